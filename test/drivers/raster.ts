/** What takes the pixels of a raster where there is no browser, and a file of them. */
class Raster {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8ClampedArray;
  constructor(width: number, height: number) {
    [this.width, this.height] = [width, height];
    this.data = new Uint8ClampedArray(4 * width * height);
  }
}

class Canvas {
  readonly width: number;
  readonly height: number;
  image: Raster | null = null;
  constructor(width: number, height: number) {
    [this.width, this.height] = [width, height];
  }
  getContext = () => ({
    putImageData: (image: Raster): void => {
      this.image = image;
    },
  });
}

/** To be stubbed as globals. */
export const RASTERS = { OffscreenCanvas: Canvas, ImageData: Raster } as const;

/** Pixels as a bitmap of 24 bits, about which no two encoders can differ; a canvas into which none were put is nothing. */
export function bitmap(canvas: unknown): string {
  const { image } = canvas as Canvas;
  if (image === null) return '';
  const { width, height, data } = image;
  const row = Math.ceil((3 * width) / 4) * 4;
  const head = Buffer.alloc(54);
  head.write('BM');
  head.writeUInt32LE(head.length + row * height, 2);
  head.writeUInt32LE(head.length, 10);
  head.writeUInt32LE(40, 14);
  head.writeInt32LE(width, 18);
  head.writeInt32LE(-height, 22);
  head.writeUInt16LE(1, 26);
  head.writeUInt16LE(24, 28);
  const body = Buffer.alloc(row * height);
  for (let i = 0; i < width * height; i++) {
    const at = row * Math.floor(i / width) + 3 * (i % width);
    for (let c = 0; c < 3; c++) body[at + c] = data[4 * i + 2 - c];
  }
  return `data:image/bmp;base64,${Buffer.concat([head, body]).toString('base64')}`;
}
