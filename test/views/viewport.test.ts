/** Where PEs lie on the canvas, which are visible, and what the rulers say. */
import { describe, expect, it } from 'vitest';
import { rulerStep, rulerTicks } from '../../src/views/canvas/rulers.ts';
import { columnX, detailOf, fitScale, gapOf, inUnits, peAtPoint, showsAll, type Viewport, visibleRegion } from '../../src/views/canvas/viewport.ts';

const GRID = { width: 64, height: 64 };
const at = (scale: number, x: number, y: number): Viewport => ({
  width: 600,
  height: 560,
  dpr: 1,
  gutters: { left: 72, top: 26, right: 10, bottom: 10 },
  scale,
  x,
  y,
});

describe('viewport', () => {
  it('fits 64 x 64 PEs into 518 x 524 px at whole 8 px, and a whole wafer at less than one', () => {
    expect(fitScale({ width: 518, height: 524 }, GRID)).toBe(8);
    expect(fitScale({ width: 500, height: 500 }, { width: 750, height: 994 })).toBeCloseTo(500 / 994);
    expect(fitScale({ width: 500, height: 500 }, { width: 2, height: 2 })).toBe(200);
  });

  it('sees all at 8 px, and at 48 px only the PEs between the gutters', () => {
    expect(showsAll(at(8, 72, 26), GRID)).toBe(true);
    const close = at(48, 72 - 480, 26 - 96);
    expect(showsAll(close, GRID)).toBe(false);
    expect(visibleRegion(close, GRID)).toEqual({ x0: 10, y0: 2, x1: 21, y1: 13 });
  });

  it('finds PE 10,2 under its corner, and none in a gutter or beside the fabric', () => {
    const v = at(8, 72, 26);
    expect(peAtPoint(v, GRID, 72 + 80, 26 + 16)).toBe(2 * 64 + 10);
    expect(peAtPoint(v, GRID, 71, 100)).toBe(-1);
    expect(peAtPoint(v, GRID, 589, 100)).toBe(-1);
  });

  it('counted in units of 1.5 px it lies at the same device pixels, and the same PEs are visible', () => {
    const v = { ...at(48, 72 - 480, 26 - 96), unit: 1.5 };
    const units = inUnits(v);
    for (const column of [0, 3, 11]) expect(columnX(units, column) * units.dpr).toBeCloseTo(columnX(v, column) * v.dpr, 6);
    expect([units.width * units.dpr, units.scale]).toEqual([600, 32]);
    expect(visibleRegion(units, GRID)).toEqual(visibleRegion(v, GRID));
    expect(inUnits(units)).toBe(units);
  });

  it('changes detail at 6, 18, 48 and 120 px', () => {
    expect([5.9, 6, 17.9, 18, 47.9, 48, 119, 120].map(detailOf)).toEqual(['texel', 'cell', 'cell', 'glyph', 'glyph', 'router', 'router', 'words']);
    expect([3.9, 4, 6, 7.9, 8, 18, 48].map(gapOf)).toEqual([0, 1, 1, 1, 2, 5, 0]);
  });
});

describe('rulers', () => {
  it('label every 8th index and the last from 6 px, every 16th below, every one from 40 px', () => {
    expect(rulerTicks(64, 8, 0, 64)).toEqual([0, 8, 16, 24, 32, 40, 48, 56, 63]);
    expect(rulerTicks(64, 5, 0, 64)).toEqual([0, 16, 32, 48, 63]);
    expect(rulerStep(40)).toBe(1);
  });

  it('leave out a multiple nearer than 28 px to the last index', () => {
    expect(rulerTicks(40, 8, 0, 40)).toEqual([0, 8, 16, 24, 32, 39]);
    expect(rulerTicks(34, 8, 0, 34)).toEqual([0, 8, 16, 24, 33]);
  });

  it('keep 28 px between labels of a whole wafer at half a pixel a PE', () => {
    const ticks = rulerTicks(994, 0.5, 0, 994);
    for (let i = 1; i < ticks.length; i++) expect((ticks[i] - ticks[i - 1]) * 0.5).toBeGreaterThanOrEqual(28);
    expect(ticks.at(-1)).toBe(993);
  });
});
