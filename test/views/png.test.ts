/** A PNG of a large fabric is complete to its last corner: on a canvas that only remembers what was covered, and what by. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { KIND } from '../../src/trace/schema.ts';
import type { Scene } from '../../src/views/canvas/scene.ts';
import { drawTexels, TexelSheet } from '../../src/views/canvas/texel.ts';
import { type Drawing, framed, rowPng } from '../../src/views/picture/fabric-picture.ts';
import { PALETTES } from '../../src/views/theme/palette.ts';

const SIDE = 1024;

/** 1 where something opaque was drawn, 2 where an image was. */
class CoverageCanvas {
  static made: CoverageCanvas[] = [];
  /** A browser's largest canvas; beyond it calls are taken and nothing is drawn. */
  static most = 16_384;
  globalCompositeOperation = 'source-over';
  fillStyle = '';
  image: { readonly data: Uint8ClampedArray } | null = null;
  readonly covered: Uint8Array;
  readonly width: number;
  readonly height: number;

  constructor(width: number, height: number) {
    [this.width, this.height] = [width, height];
    this.covered = new Uint8Array(Math.max(width, height) > CoverageCanvas.most ? 0 : width * height);
    CoverageCanvas.made.push(this);
  }

  getContext = () => this;
  strokeRect = () => {};
  measureText = () => ({ width: 0 });
  putImageData = (image: { data: Uint8ClampedArray }) => {
    this.image = image;
  };
  private cover(x: number, y: number, width: number, height: number, by: number): void {
    if (this.covered.length === 0) return;
    for (let row = Math.max(0, y); row < Math.min(this.height, y + height); row++) {
      const [from, to] = [row * this.width + Math.max(0, x), row * this.width + Math.min(this.width, x + width)];
      if (this.globalCompositeOperation === 'source-over') this.covered.fill(by, from, to);
      else for (let i = from; i < to; i++) this.covered[i] ||= by;
    }
  }
  fillRect = (x: number, y: number, width: number, height: number) => this.cover(x, y, width, height, 1);
  drawImage = (_: unknown, x: number, y: number, width: number, height: number) => this.cover(x, y, width, height, 2);
  getImageData = (x: number, y: number) => ({ data: [0, 0, 0, this.covered[y * this.width + x] ? 255 : 0] });
  convertToBlob = async () => new Blob([]);
}

/** A fabric of 1 024 x 1 024 PEs, all computing but the last one, which is blocked. */
function drawing(): Drawing {
  const states = new Uint8Array(SIDE * SIDE).fill(KIND.compute);
  states[states.length - 1] = KIND.blocked;
  const reader = { trace: { width: SIDE, height: SIDE } };
  const scene = { reader, states, values: null, palette: PALETTES.light, version: 1, texels: new TexelSheet() } as unknown as Scene;
  const screen = { width: 800, height: 700, dpr: 1, gutters: { left: 72, top: 26, right: 10, bottom: 10 }, scale: 0.64, x: 72, y: 26 };
  return { viewport: framed(screen, reader.trace), paper: '#fff', captionHeight: () => 38, paint: (ctx, v) => drawTexels(ctx, scene, v) };
}

describe('a PNG of 1 024 x 1 024 PEs', () => {
  beforeEach(() => {
    CoverageCanvas.made = [];
    CoverageCanvas.most = 16_384;
    vi.stubGlobal('OffscreenCanvas', CoverageCanvas);
    vi.stubGlobal(
      'ImageData',
      class {
        readonly data: Uint8ClampedArray;
        constructor(width: number, height: number) {
          this.data = new Uint8ClampedArray(4 * width * height);
        }
      },
    );
  });
  afterEach(() => vi.unstubAllGlobals());

  it('has every PE as a texel of its own and no pixel that is not opaque', async () => {
    await rowPng([drawing()], 1);
    const canvas = CoverageCanvas.made.toSorted((a, b) => b.covered.length - a.covered.length)[0];
    expect([canvas.width, canvas.height]).toEqual([72 + SIDE + 10, 26 + SIDE + 10 + 38]);
    expect(canvas.covered.includes(0), 'nothing is transparent').toBe(false);
    expect(
      canvas.covered.filter((by) => by === 2),
      'the fabric is all there',
    ).toHaveLength(SIDE ** 2);
    const sheet = CoverageCanvas.made.find(({ image }) => image !== null);
    const words = new Uint32Array(sheet?.image?.data.buffer ?? new ArrayBuffer(0));
    const { stateWords } = PALETTES.light;
    expect([words.length, words[0], words.at(-1)]).toEqual([SIDE * SIDE, stateWords[KIND.compute], stateWords[KIND.blocked]]);
  });

  it('that the browser cannot make is refused in words instead of saved empty', async () => {
    CoverageCanvas.most = 2000;
    await expect(rowPng([drawing()], 2)).rejects.toThrow('this browser makes no picture of 2212 × 2196 pixels');
  });
});
