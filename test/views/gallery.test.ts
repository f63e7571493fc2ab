import { deflateRawSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { Film } from '../../src/store/gallery.ts';
import { drawReels, unpack } from '../../src/views/gallery/film.ts';
import { PALETTES } from '../../src/views/theme/palette.ts';
import { fakeCanvas } from '../drivers/fake-canvas.ts';

const film = (values: Film['values'], bytes: readonly number[]): Film => ({
  width: 3,
  height: 2,
  values,
  data: deflateRawSync(Uint8Array.from(bytes)).toString('base64'),
});

/** Two frames of 3 x 2 PEs. */
const FRAMES = [0, 0, 1, 1, 255, 255, 2, 2, 2, 2, 2, 255];

function draw(reels: Parameters<typeof drawReels>[1], frame: number, width = 90, height = 60) {
  const fake = fakeCanvas();
  drawReels({ width, height, getContext: () => fake.ctx } as unknown as HTMLCanvasElement, reels, frame, PALETTES.light, 1);
  return fake;
}

describe('films of the gallery', () => {
  it('come back from their file as they were made', async () => {
    const { cells, ...rest } = await unpack(film('states', FRAMES));
    expect([...cells]).toEqual(FRAMES);
    expect(rest).toEqual({ width: 3, height: 2, values: 'states' });
  });

  it('draw a cell a PE in the colour of its state, idle ones as outlines, and glyphs where there is room', async () => {
    const reel = await unpack(film('states', FRAMES));
    const first = draw([reel], 0);
    expect(first.calls.filter((c) => c.name === 'fillRect').map((c) => c.style)).toEqual([0, 0, 1, 1].map((kind) => PALETTES.light.states[kind]));
    expect(first.count('strokeRect')).toBe(2);
    expect(first.count('fill')).toBe(4);
    expect(draw([reel], 1).count('strokeRect')).toBe(1);
    expect(draw([reel], 0, 30, 20).count('fill')).toBe(0);
  });

  it('draw magnitudes in steps of the ramp, and two films side by side', async () => {
    const reel = await unpack(film('ramp', FRAMES));
    const { calls } = draw([reel, reel], 0);
    const cells = calls.filter((c) => c.name === 'fillRect');
    expect(cells.map((c) => c.style)).toEqual([0, 0, 1, 1, 0, 0, 1, 1].map((step) => PALETTES.light.ramp[step]));
    expect(Number(cells[4].args[0])).toBeGreaterThan(Number(cells[2].args[0]));
  });
});
