/** The fabric by scale, on a context that remembers: what is drawn at which size, and that nothing is drawn at NaN. */
import { beforeAll, describe, expect, it } from 'vitest';
import { FabricFrame } from '../../src/analysis/fabric-frame.ts';
import type { TraceReader } from '../../src/trace/reader.ts';
import { KIND } from '../../src/trace/schema.ts';
import { draw } from '../../src/views/canvas/draw.ts';
import type { Scene, Values } from '../../src/views/canvas/scene.ts';
import { streamEnds } from '../../src/views/canvas/streams.ts';
import { fillTexels, poolOf, TexelSheet } from '../../src/views/canvas/texel.ts';
import type { Viewport } from '../../src/views/canvas/viewport.ts';
import { waitArrows } from '../../src/views/canvas/waits.ts';
import { pathLine } from '../../src/views/fabric/path-line.ts';
import { PALETTES } from '../../src/views/theme/palette.ts';
import { type FakeCanvas, fakeCanvas } from '../drivers/fake-canvas.ts';
import { sampleRun } from '../drivers/sample-run.ts';

let reader: TraceReader;
beforeAll(() => {
  reader = sampleRun();
});

function sceneAt(cycle: number, more: Partial<Scene> = {}): Scene {
  const frame = new FabricFrame(reader);
  frame.seek(Math.floor(cycle));
  return {
    reader,
    frame,
    states: frame.states,
    cycle,
    motion: 'slide',
    window: reader.program.machine.hop,
    values: null,
    routes: null,
    waits: [],
    regions: [],
    palette: PALETTES.light,
    selected: 5,
    area: null,
    hovered: 6,
    rowLabel: (pe) => `row ${pe}`,
    version: 1,
    texels: new TexelSheet(),
    ...more,
  };
}

const viewport = (scale: number): Viewport => ({
  width: 900,
  height: 700,
  dpr: 2,
  gutters: { left: 72, top: 26, right: 10, bottom: 10 },
  scale,
  x: 72,
  y: 26,
});

function drawn(scene: Scene, scale: number): FakeCanvas {
  const canvas = fakeCanvas();
  draw(canvas.ctx, scene, viewport(scale));
  const numbers = canvas.calls.flatMap((c) => c.args.filter((a) => typeof a === 'number'));
  expect(numbers.every(Number.isFinite)).toBe(true);
  expect(canvas.count('save')).toBe(canvas.count('restore'));
  return canvas;
}

const values = (perPe: readonly number[], max: number, upTo: number | null = null): Values => ({
  perPe: Float32Array.from(perPe),
  min: 0,
  max,
  upTo,
  stage: null,
  label: (v) => `v${v}`,
});

describe('the fabric', () => {
  it('at 10 px: the 12 PEs of one state are one path, rulers and stream names beside', () => {
    const canvas = drawn(sceneAt(20), 10);
    const deq = canvas.calls.filter((c) => c.name === 'fill' && c.style === PALETTES.light.states[KIND.dequantise]);
    expect(deq).toHaveLength(1);
    expect(canvas.texts()).toEqual(expect.arrayContaining(['0', '3', '2', 'y out']));
  });

  it('at 10 px: a source that cannot send is written as held', () => {
    expect(drawn(sceneAt(20), 10).texts()).toContain('x held');
    expect(drawn(sceneAt(40), 10).texts()).toContain('x in');
  });

  it('at 10 and at 60 px: named regions have a frame and their names, inside where there is room and beside where not', () => {
    const regions = [
      { name: 'QKV', x: 0, y: 0, width: 4, height: 2 },
      { name: 'a name too long', x: 0, y: 2, width: 1, height: 1 },
    ];
    for (const scale of [10, 60]) {
      const canvas = drawn(sceneAt(20, { regions }), scale);
      expect(canvas.texts()).toEqual(expect.arrayContaining(['QKV', 'a name too long']));
      expect(canvas.count('strokeRect') - drawn(sceneAt(20), scale).count('strokeRect')).toBe(2);
    }
  });

  it('at 30 px: a glyph on every PE', () => {
    const at10 = drawn(sceneAt(20), 10).count('moveTo');
    // Four small squares for each of 12 dequantising PEs.
    expect(drawn(sceneAt(20), 30).count('moveTo') - at10).toBeGreaterThanOrEqual(48);
  });

  it('at 60 px: coordinates of every PE and its router, no words', () => {
    const texts = drawn(sceneAt(40), 60).texts();
    expect(texts).toEqual(expect.arrayContaining(['0,0', '3,2', '2,1']));
    expect(texts).not.toContain('Compute');
  });

  it('at 160 px: state, mark, progress, SRAM, queue count, row and wavelets with labels in words', () => {
    const texts = drawn(sceneAt(40), 160).texts();
    expect(texts).toEqual(expect.arrayContaining(['Compute', 'col 0, block 0', 'row 5', '9\u202f% of 48\u202fKiB', 'x13']));
    expect(texts.some((t) => /^\d+ of \d+$/.test(t))).toBe(true);
    expect(texts.some((t) => /^\d+\/8$/.test(t))).toBe(true);
  });

  it('at 160 px: a wavelet slides with the fraction of the cycle', () => {
    const xOf = (cycle: number): number[] =>
      drawn(sceneAt(cycle), 160)
        .calls.filter((c) => c.name === 'fillText' && c.args[0] === 'x13')
        .map((c) => c.args[1] as number);
    const [start, later] = [xOf(40), xOf(40.25)];
    expect(later).toHaveLength(start.length);
    expect(Math.max(...later)).toBeGreaterThan(Math.max(...start));
  });

  it('while time runs fast: no single wavelets, links as strong as they are busy', () => {
    const texts = drawn(sceneAt(40, { motion: 'average', window: 32 }), 160).texts();
    expect(texts.filter((t) => /^x\d\d$/.test(t))).toEqual([]);
  });

  it('of a magnitude: zero, missing and not yet reached are outlines, the rest is on the ramp', () => {
    const perPe = [0, -1, 50, 100, 100, 100, 100, 100, 100, 100, 100, 100];
    const { ramp } = PALETTES.light;
    const canvas = drawn(sceneAt(40, { values: values(perPe, 100) }), 10);
    const fills = canvas.calls.filter((c) => c.name === 'fill').map((c) => c.style);
    expect(fills).toEqual(expect.arrayContaining([ramp[128], ramp[255]]));
    const reached = drawn(sceneAt(40, { values: values(perPe, 100, 60) }), 10);
    expect(reached.calls.filter((c) => c.name === 'fill').map((c) => c.style)).not.toContain(ramp[255]);
  });

  it.each([3, 10, 60])('at %i px: a value above the domain has the colour of an error, not the end of the ramp', (scale) => {
    const over = sceneAt(40, { values: values([250, ...new Array(11).fill(50)], 100) });
    if (scale < 6) {
      const out = new Uint32Array(12);
      fillTexels(over, 1, out);
      expect(out[0]).toBe(PALETTES.light.overWord);
    } else expect(drawn(over, scale).calls.map((c) => c.style)).toContain(PALETTES.light.token.err);
  });
});

describe('the critical path', () => {
  const { ways } = pathLine(sampleRun(), 0);

  it('leads from PE to PE, each way once, over neighbours', () => {
    expect(ways.length).toBeGreaterThan(0);
    expect(new Set(ways.map(String)).size).toBe(ways.length);
    for (const [from, to] of ways) expect(Math.abs((from % 4) - (to % 4)) + Math.abs(Math.floor(from / 4) - Math.floor(to / 4))).toBe(1);
  });

  it.each([6, 10, 60, 160])('is drawn at %i px a PE on a halo, with a dot where it is', (scale) => {
    const plain = drawn(sceneAt(40), scale);
    const canvas = drawn(sceneAt(40, { path: { ways: [[0, 1]], at: 1 } }), scale);
    expect(canvas.count('stroke') - plain.count('stroke')).toBe(2);
    expect(canvas.count('roundRect') - plain.count('roundRect')).toBe(2);
  });
});

describe('the waits of a stuck run', () => {
  const wait = (pe: number, next?: number) => ({ pe, text: '', ...(next === undefined ? {} : { next }) });
  const circle = [wait(0, 1), wait(1, 2), wait(1, 3), wait(5, 0)];

  it('are arrows from PE to PE; waits of one PE that follow one another share one', () => {
    expect(waitArrows(circle)).toEqual([
      { from: 0, to: 1, first: 1, last: 1 },
      { from: 1, to: 5, first: 2, last: 3 },
      { from: 5, to: 0, first: 4, last: 4 },
    ]);
    expect(waitArrows([wait(2, 1), wait(2)])).toEqual([{ from: 2, to: 2, first: 1, last: 2 }]);
  });

  it.each([10, 30, 60, 160])('are numbered at %i px a PE', (scale) => {
    expect(drawn(sceneAt(40, { waits: circle }), scale).texts()).toEqual(expect.arrayContaining(['1', '2–3', '4']));
  });

  it('without any nothing is drawn for them', () => {
    expect(drawn(sceneAt(40), 30).calls.some((c) => c.style === PALETTES.light.token.err)).toBe(false);
    expect(drawn(sceneAt(40, { waits: circle }), 30).calls.filter((c) => c.name === 'quadraticCurveTo')).toHaveLength(6);
  });
});

describe('texels', () => {
  it('are at least a device pixel: 2 PEs a side at half a pixel a PE, 1 with twice the pixels', () => {
    expect([poolOf(0.5, 1), poolOf(0.5, 2), poolOf(4, 1), poolOf(0.3, 1)]).toEqual([2, 1, 1, 4]);
  });

  it('of several PEs show the most of them: the largest value, never the mean', () => {
    const perPe = new Array(12).fill(1);
    perPe[5] = 100;
    const out = new Uint32Array(4);
    fillTexels(sceneAt(40, { values: values(perPe, 100) }), 2, out);
    expect(out[0]).toBe(PALETTES.light.rampWords[255]);
    expect(out[1]).toBe(PALETTES.light.rampWords[3]);
  });

  it('of several states show the one that asks for attention: one blocked PE among computing ones', () => {
    const states = new Uint8Array(12).fill(KIND.compute);
    states[11] = KIND.blocked;
    const out = new Uint32Array(1);
    fillTexels(sceneAt(40, { states }), 4, out);
    expect(out[0]).toBe(PALETTES.light.stateWords[KIND.blocked]);
  });
});

describe('stream ends', () => {
  it('of the sample are x in at row 0 and y out over rows 0 to 2, both west', () => {
    expect(streamEnds(reader.program).map(({ text, side, from, to }) => ({ text, side, from, to }))).toEqual([
      { text: 'x in', side: 3, from: 0, to: 0 },
      { text: 'y out', side: 3, from: 0, to: 2 },
    ]);
  });
});
