/** Two runs as one picture: what texels show, and that the painter's numbers are those that both fabrics show. */
import { describe, expect, it } from 'vitest';
import { fillMagnitude, LINK_PORTS } from '../../src/analysis/magnitudes.ts';
import { ONLY_A, ONLY_B } from '../../src/analysis/pair-map.ts';
import { type CompareState, compare, type Side, type SideId } from '../../src/store/compare.ts';
import { COMPARE_LAYERS, type CompareLayer } from '../../src/store/compare-url.ts';
import type { Scene } from '../../src/views/canvas/scene.ts';
import { differenceData, differenceLabels, legendTables, missingCounts } from '../../src/views/compare/pair-data.ts';
import { PairValues } from '../../src/views/compare/pair-values.ts';
import { type Delta, differencePicture, drawPair, overlayPicture, Sheet } from '../../src/views/compare/sheet.ts';
import { seenGrid } from '../../src/views/compare/spot.ts';
import { Turns } from '../../src/views/compare/turns.ts';
import type { PairLegend } from '../../src/views/compare/view.ts';
import { SceneSource } from '../../src/views/fabric/scene-source.ts';
import { csvOf } from '../../src/views/table/chart-data.ts';
import { PALETTES } from '../../src/views/theme/palette.ts';
import { fakeCanvas } from '../drivers/fake-canvas.ts';
import { SAMPLE, sampleRun } from '../drivers/sample-run.ts';

const palette = PALETTES.light;
const readers = { a: sampleRun(), b: sampleRun({ ...SAMPLE, width: 6, height: 2, block: 32 }) };

function stateAt(layer: CompareLayer, t: number): CompareState {
  const side = (id: SideId): Side => ({
    ...compare.getState()[id],
    reader: readers[id],
    result: { trace: readers[id].trace, plan: {}, rows: { first: [] } } as never,
    marks: { start: 0, mac: 0, result: 0, end: 0 },
  });
  return { ...compare.getState(), a: side('a'), b: side('b'), layer, latencyStage: 'sent', t, spot: { x: 5, y: 2 } };
}

function shown(layer: CompareLayer, t: number) {
  const [state, values] = [stateAt(layer, t), new PairValues()];
  const of = (id: SideId) => new SceneSource().scene(values.drawn(state, id), palette, null, true, 0) as Scene;
  const scenes = { a: of('a'), b: of('b') };
  return { state, values, scenes, delta: values.delta(state, scenes, 0) };
}

describe('numbers of two runs', () => {
  it.each(COMPARE_LAYERS.map((layer) => [layer]))('%s: both fabrics have one scale, and what they show is subtracted', (layer) => {
    for (const t of [0, 31, 60, 130]) {
      const { scenes, delta, values, state } = shown(layer, t);
      const [a, b] = [scenes.a.values, scenes.b.values];
      expect([a?.min, a?.max, a?.window]).toEqual([b?.min, b?.max, b?.window]);
      if (a === null || b === null || delta.links !== null) continue;
      const under = values.under(readers.a, readers.b);
      delta.cells.forEach((difference, cell) => {
        const [inA, inB] = [a.perPe[under.a[cell]], b.perPe[under.b[cell]]];
        if (Number.isFinite(difference)) expect(difference).toBeCloseTo(inB - inA, 4);
        else expect(difference === ONLY_A ? (b.upTo ?? -1) < inB || inB < 0 : (a.upTo ?? -1) < inA || inA < 0).toBe(true);
      });
      expect(scenes.a.selected).toBe(under.a[2 * (seenGrid(state)?.width ?? 0) + 5]);
    }
  });

  it('links are subtracted one by one, and a cell shows the largest difference of them', () => {
    const { scenes, delta, values } = shown('links', 40);
    const { window } = scenes.a.values as { window: number };
    const own = [readers.a, readers.b].map((reader) => {
      const perLink = new Float32Array(reader.pes * LINK_PORTS);
      fillMagnitude(reader, { layer: 'links', stage: 'sent', cycle: 40, window, perLink }, new Float32Array(reader.pes));
      return perLink;
    });
    const under = values.under(readers.a, readers.b);
    delta.cells.forEach((most, cell) => {
      const links = Array.from({ length: LINK_PORTS }, (_, port) => own[1][under.b[cell] * LINK_PORTS + port] - own[0][under.a[cell] * LINK_PORTS + port]);
      for (const [port, difference] of links.entries()) expect(delta.links?.[cell * LINK_PORTS + port]).toBeCloseTo(difference, 5);
      expect(Math.abs(most)).toBeCloseTo(Math.max(...links.map(Math.abs)), 5);
    });
  });

  it('are computed once a moment', () => {
    const { state, values, scenes, delta } = shown('queues', 40);
    expect(values.delta(state, scenes, 5)).toBe(delta);
    expect(values.delta({ ...state, t: 41 }, scenes, 5).version).toBe(delta.version + 1);
  });

  it('data files name the unit, hold every cell, and nothing where a run has no value', () => {
    const { state, scenes, values, delta } = shown('latency', 60);
    const data = differenceData(state, scenes, values.sides!, delta);
    expect(data.columns.map(({ key }) => key)).toEqual(['x', 'y', 'a_cycles', 'b_cycles', 'difference_cycles']);
    expect(data.rows).toHaveLength(18);
    for (const [, , a, b, difference] of data.rows) expect(difference).toBe(a === null || b === null ? null : Number(b) - Number(a));
    const links = shown('links', 40);
    const list = differenceData(links.state, links.scenes, links.values.sides!, links.delta);
    expect(csvOf(list)).toMatch(/^x,y,link,a_share,b_share,difference_share\r\n0,0,east,/);
    expect(list.rows.length).toBeLessThan(18 * 4);
    const states = shown('state', 60);
    expect(differenceData(states.state, states.scenes, states.values.sides!, states.delta).columns.map(({ key }) => key)).toEqual([
      'x',
      'y',
      'a_state',
      'b_state',
      'a_share',
      'b_share',
      'difference_share',
    ]);
  });

  it('the legend counts cells without a difference where a PE can be without a value', () => {
    const facts = { both: 3, differ: 2, onlyA: 4, onlyB: 5, neither: 6, min: -1, mean: 0, max: 1 };
    const legend: PairLegend = {
      layer: 'latency',
      stage: 'sent',
      window: 16,
      scale: { domain: { min: 0, max: 9 }, limit: 2 },
      a: null,
      b: null,
      facts,
      counted: 1,
    };
    expect(missingCounts(legend).map(({ text }) => text)).toEqual(['in A only: 4', 'in B only: 5', 'in neither: 6']);
    expect(missingCounts({ ...legend, layer: 'sram' })).toEqual([]);
    const labels = (limit: number, layer: CompareLayer = 'latency') => differenceLabels({ ...legend, layer, scale: { ...legend.scale, limit } });
    expect(labels(2)).toEqual(['\u22122', '0', '+2']);
    expect(labels(1952)).toEqual(['\u22121\u202f952', '\u2212488', '0', '+488', '+1\u202f952']);
    expect(labels(12_000)).toEqual(['\u221212\u202f000', '0', '+12\u202f000']);
    expect(labels(1, 'links')).toEqual(['\u2212100', '\u221225', '0', '+25', '+100']);
    const tables = legendTables(legend);
    expect(tables.map(({ title }) => title)).toEqual(['B − A, Cycles since the first x entered, until result sent', 'PEs compared']);
    expect(tables[0].columns.map(({ name, key }) => `${name}: ${key}`)).toEqual(['Of all PEs: of', 'B − A (cycles): difference_cycles']);
    expect(tables[1].rows.map(([, pes]) => pes)).toEqual([1, 2, 4, 5, 6]);
  });
});

describe('turns of large fabrics', () => {
  it('a frame brings A, B or their difference up to date, the difference last; a state that comes between is taken by all', () => {
    const turns = new Turns(0);
    expect([1, 1, 1, 1].map((state) => turns.take(state, 745_500, false))).toEqual([false, false, true, true]);
    expect(turns.take(2, 745_500, false)).toBe(false);
    expect(turns.taken).toEqual({ a: 2, b: 1, difference: 1 });
    // Time runs: every frame has another state, and each has its turn.
    for (const state of [3, 4, 5]) turns.take(state, 745_500, false);
    expect(turns.taken).toEqual({ a: 5, b: 3, difference: 4 });
    let frames = 0;
    while (!turns.take(6, 745_500, false)) frames++;
    expect([frames, turns.taken]).toEqual([4, { a: 6, b: 6, difference: 6 }]);
  });

  it('small ones are up to date in every frame, and so are all after another run', () => {
    const turns = new Turns(0);
    expect([turns.take(1, 96, false), turns.taken]).toEqual([true, { a: 1, b: 1, difference: 1 }]);
    expect([turns.take(2, 745_500, true), turns.taken]).toEqual([true, { a: 2, b: 2, difference: 2 }]);
  });
});

describe('pictures of two runs', () => {
  const grid = { width: 8, height: 4 };
  const delta = (cells: Float32Array): Delta => ({ cells, links: null, limit: 2, label: String, version: 1 });
  const texels = (cells: Float32Array, pool = 1): number[] => {
    const out = new Uint32Array(Math.ceil(grid.width / pool) * Math.ceil(grid.height / pool));
    differencePicture(delta(cells), grid, palette, null).fill(pool, out);
    return [...out];
  };

  it('a value in A only, in B only and in none are told apart without colour: rising stripes, falling stripes, dots', () => {
    const inked = (value: number): string =>
      texels(new Float32Array(32).fill(value))
        .map((word) => (word === palette.ctlWord ? '#' : word === palette.paperWord ? '.' : '?'))
        .join('');
    expect(inked(ONLY_A)).toBe('#...#......#...#..#...#..#...#..');
    expect(inked(ONLY_B)).toBe('#...#....#...#....#...#....#...#');
    expect(inked(Number.NaN)).toBe('#...#...........................');
  });

  it('no difference is the middle of the scale, the limit its ends, a quarter of it half the way', () => {
    const words = texels(Float32Array.from({ length: 32 }, (_, cell) => [0, 2, -2, 0.5, -0.5][cell % 5]));
    const steps = words.slice(0, 5).map((word) => palette.divergingWords.indexOf(word));
    expect(steps).toEqual([128, 255, 0, 191, 64]);
  });

  it('a pixel of several PEs shows the largest difference in it', () => {
    const cells = new Float32Array(32);
    cells[9] = -2;
    expect(texels(cells, 2)[0]).toBe(palette.divergingWords[0]);
  });

  it('overlay: A is every first texel, B every second one, at the same places', () => {
    const { scenes, values } = shown('state', 60);
    const under = values.under(readers.a, readers.b);
    const out = new Uint32Array(2 * 6 * 3);
    overlayPicture([scenes.a, scenes.b], [under.a, under.b], { width: 6, height: 3 }, palette, null).fill(1, out);
    for (let cell = 0; cell < 18; cell++) {
      expect(out[2 * cell]).toBe(palette.stateWords[scenes.a.states[under.a[cell]]]);
      expect(out[2 * cell + 1]).toBe(palette.stateWords[scenes.b.states[under.b[cell]]]);
    }
  });

  it('every number drawn is one, at every size of a cell', () => {
    for (const layer of ['links', 'queues', 'latency'] as const) {
      const { delta: own } = shown(layer, 40);
      for (const scale of [18, 40, 130]) {
        const canvas = fakeCanvas();
        const view = { width: 900, height: 700, dpr: 2, gutters: { left: 72, top: 26, right: 10, bottom: 10 }, scale, x: 72, y: 26 };
        drawPair(canvas.ctx, differencePicture(own, { width: 6, height: 3 }, palette, 3), new Sheet(), view);
        expect(canvas.calls.flatMap(({ args }) => args.filter((arg) => typeof arg === 'number')).every(Number.isFinite)).toBe(true);
        if (scale === 130 && layer === 'links') expect(canvas.texts().filter((text) => /^[+\u2212]\d+$/.test(text)).length).toBeGreaterThan(3);
      }
    }
  });
});
