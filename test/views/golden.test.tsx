/**
 * The fabric and the charts of a small fixed run against golden pictures, as text: deterministic SVG, coordinates to a tenth of a
 * pixel. After a change that is meant, `WEFT_GOLDEN=write npx vitest run test/views/golden.test.tsx` writes them anew; look at them.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import type { ReactNode } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import { describe, expect, it, vi } from 'vitest';
import { departuresOver } from '../../src/analysis/departures.ts';
import { linkPartsIn } from '../../src/analysis/link-demand.ts';
import { type LinkTimes, linkTimes } from '../../src/analysis/link-load.ts';
import { histogram } from '../../src/analysis/numerics.ts';
import { pesUnder } from '../../src/analysis/pair-map.ts';
import { latencyCurves, stateShares } from '../../src/analysis/timeline.ts';
import { WSE2 } from '../../src/machine/spec.ts';
import { type CompareState, compare, type Side, type SideId } from '../../src/store/compare.ts';
import type { CompareLayer, CompareView } from '../../src/store/compare-url.ts';
import { INITIAL } from '../../src/store/lab.ts';
import type { PointRecord } from '../../src/store/sweep.ts';
import { LAYERS } from '../../src/store/types.ts';
import { crossingsOf, type Series } from '../../src/sweep/series.ts';
import { TraceReader } from '../../src/trace/reader.ts';
import { draw } from '../../src/views/canvas/draw.ts';
import type { Scene } from '../../src/views/canvas/scene.ts';
import type { Viewport } from '../../src/views/canvas/viewport.ts';
import { Curves } from '../../src/views/charts/Curves.tsx';
import { Histogram } from '../../src/views/charts/Histogram.tsx';
import { Lanes } from '../../src/views/charts/Lanes.tsx';
import { LinkArea } from '../../src/views/charts/LinkArea.tsx';
import { LogLines } from '../../src/views/charts/LogLines.tsx';
import { StackedShares } from '../../src/views/charts/StackedShares.tsx';
import { TimeAxis } from '../../src/views/charts/TimeAxis.tsx';
import { Tornado } from '../../src/views/charts/Tornado.tsx';
import { timeScale } from '../../src/views/charts/time.ts';
import { PairValues } from '../../src/views/compare/pair-values.ts';
import { differencePicture, drawPair, overlayPicture, Sheet } from '../../src/views/compare/sheet.ts';
import { latencyOf } from '../../src/views/derived.ts';
import { SceneSource } from '../../src/views/fabric/scene-source.ts';
import { SvgContext } from '../../src/views/picture/svg-context.ts';
import { Pareto } from '../../src/views/sweep/Pareto.tsx';
import { SweepChart } from '../../src/views/sweep/SweepChart.tsx';
import { PALETTES } from '../../src/views/theme/palette.ts';
import { drive } from '../kernels/drive.ts';

const METER = { width: (_: string, text: string) => text.length * 5, drop: () => 0 };
const VIEW: Viewport = { width: 360, height: 260, dpr: 1, gutters: { left: 60, top: 26, right: 10, bottom: 10 }, scale: 40, x: 60, y: 26 };
const { program, trace } = drive({ kernel: 'split-k', m: 12, k: 1280, n: 2, machine: WSE2, rectangle: { width: 4, height: 3 } });
const reader = new TraceReader(program, trace);
const { cycles } = reader.trace;

/** Numbers to a tenth: what is further right differs from machine to machine. */
const rounded = (svg: string): string => svg.replace(/-?\d+\.\d+/g, (number) => String(+Number(number).toFixed(1)));

function matches(name: string, svg: string): void {
  const file = new URL(`../golden/pictures/${name}.svg`, import.meta.url);
  const text = `${rounded(svg).replaceAll('><', '>\n<').trim()}\n`;
  if (process.env.WEFT_GOLDEN === 'write') writeFileSync(file, text);
  expect(existsSync(file), `${name}.svg is missing; write it as the head of this file says`).toBe(true);
  expect(text).toBe(readFileSync(file, 'utf8'));
}

const chart = (name: string, content: ReactNode): void =>
  matches(
    name,
    renderToStaticMarkup(
      <svg xmlns="http://www.w3.org/2000/svg" width={500} height={140}>
        <title>{name}</title>
        {content}
      </svg>,
    ),
  );

/** PEs compute, wait, send and are blocked at once. */
const CYCLE = 15_034;

describe('golden pictures of the fabric', () => {
  it.each([...LAYERS.map((layer) => [layer, 40] as const), ['state', 130] as const])('layer %s, %i px a PE', async (layer, scale) => {
    const state = { ...INITIAL, reader, opened: { trace: reader.trace } as never, cycle: CYCLE, layer, pe: 5 };
    const scene = new SceneSource().scene(state, PALETTES.light, null, true, 0);
    const svg = new SvgContext(METER);
    if (scene !== null) draw(svg as unknown as CanvasRenderingContext2D, scene, { ...VIEW, scale, width: 60 + scale * 4 + 10, height: 26 + scale * 3 + 10 });
    matches(`fabric-${layer}-${scale}`, await svg.finish(60 + scale * 4 + 10, 26 + scale * 3 + 10, 1, async () => ''));
  });
});

describe('golden pictures of two runs', () => {
  const other = drive({ kernel: 'stationary', m: 12, k: 1280, n: 2, machine: WSE2, rectangle: { width: 4, height: 3 } });
  const b = new TraceReader(other.program, other.trace);
  const sides = (layer: CompareLayer, view: CompareView, t: number): CompareState => {
    const side = (start: number, of: TraceReader): Side => ({
      ...compare.getState().a,
      reader: of,
      result: { trace: of.trace, plan: {}, rows: { first: [] } } as never,
      marks: { start, mac: 0, result: 0, end: 0 },
    });
    // B is a cycle ahead, so that some PEs have their first x in A only and some in B only.
    const runs = { a: side(0, reader), b: side(1, b) };
    return { ...compare.getState(), ...runs, t, layer, view, spot: { x: 1, y: 1 } };
  };

  it.each([
    ['links', 'difference', 96, 12],
    ['latency', 'difference', 40, 4],
    ['queues', 'overlay', 64, 5],
  ] as const)('layer %s, %s, %i px a PE', async (layer, view, scale, t) => {
    const state = sides(layer, view, t);
    const [values, palette, under] = [new PairValues(), PALETTES.light, pesUnder(reader, reader.trace)];
    const of = (id: SideId) => new SceneSource().scene(values.drawn(state, id), palette, null, true, 0) as Scene;
    const scenes = { a: of('a'), b: of('b') };
    const picture =
      view === 'overlay'
        ? overlayPicture([scenes.a, scenes.b], [under, under], reader.trace, palette, 5)
        : differencePicture(values.delta(state, scenes, 0), reader.trace, palette, 5);
    const svg = new SvgContext(METER);
    const size = [60 + scale * 4 + 10, 26 + scale * 3 + 10] as const;
    drawPair(svg as unknown as CanvasRenderingContext2D, picture, new Sheet(), { ...VIEW, scale, width: size[0], height: size[1] });
    matches(`pair-${layer}-${view}`, await svg.finish(...size, 1, async () => ''));
  });
});

describe('golden pictures of the charts', () => {
  const scale = timeScale({ from: 0, to: cycles }, 500);

  it('shares of states, lanes and axis', () => {
    chart('shares', <StackedShares shares={stateShares(reader, cycles, 40)} scale={scale} top={10} bottom={110} />);
    chart('lanes', <Lanes reader={reader} pes={[0, 5, 10]} selected={5} scale={scale} top={10} height={14} gap={4} />);
    chart('axis', <TimeAxis scale={scale} y={110} last={cycles} />);
  });

  it('latency curves and their histogram', () => {
    const map = latencyOf(reader);
    chart('curves', <Curves curves={latencyCurves(map, cycles, 60)} pes={reader.pes} scale={scale} top={10} bottom={110} />);
    chart('histogram', <Histogram bins={histogram(map.firstX, 8)} fill="#000" label="PEs" />);
  });

  it('a link over time', () => {
    const counting = linkTimes(reader, 40);
    let step = counting.next();
    while (!step.done) step = counting.next();
    const times = step.value as LinkTimes;
    const [link] = times.links;
    chart('link', <LinkArea parts={linkPartsIn(departuresOver(reader, link.pe, link.port, times), 0, cycles, 20)} scale={scale} top={10} bottom={110} />);
  });

  it('lines over logarithmic axes', () => {
    const lines = [
      { name: 'A', points: [1, 2, 4, 8].map((n) => [n, 3000 / n] as const) },
      { name: 'B', dash: '4 2', points: [1, 2, 4, 8].map((n) => [n, 2000 + n] as const) },
    ];
    chart('log-lines', <LogLines lines={lines} width={500} height={140} xTitle="N" yTitle="cycles" mark={{ x: 2, text: 'N = 2' }} label="two lines" />);
  });

  it('what changes would move, wide and narrow', () => {
    const bars = [
      {
        name: 'Rate, as it is',
        ends: [
          { value: 'half of it', change: 0.567 },
          { value: 'twice of it', change: -0.213 },
        ],
      },
      { name: 'Hop latency, 1 cycle', ends: [{ value: '2 cycles', change: 0.0008 }] },
    ];
    for (const width of [700, 320]) chart(`tornado-${width}`, <Tornado bars={bars} width={width} label="what each would move" />);
  });

  it('a sweep with its crossing, and its trade-offs, what is best filled and named', () => {
    vi.stubGlobal('location', { pathname: '/sweep/' });
    const recordOf = (kernel: string, cycles: number, sramBytes: number, n = 1): PointRecord =>
      ({ hash: `${kernel}${n}`, config: { model: 'synthetic', kernel, machine: 'wse2', n }, result: { cycles, sramBytes } }) as unknown as PointRecord;
    const lineOf = (name: string, cycles: readonly number[]): Series => ({
      name,
      points: cycles.map((value, i) => ({ x: 2 ** i, value, closedForm: value, record: recordOf(name, value, 0, 2 ** i) })),
    });
    const series = [lineOf('streaming', [5700, 11_400, 22_800]), lineOf('stationary', [5900, 8000, 12_300])];
    chart('sweep', <SweepChart series={series} crossings={crossingsOf(series)} xName="n" yTitle="cycles" width={600} height={300} />);
    const records = [recordOf('streaming', 30_000, 9000), recordOf('stationary', 8000, 23_000), recordOf('split-k', 31_000, 24_000)];
    chart('pareto', <Pareto records={records} names={['kernel']} cost="sramBytes" title="B" width={500} height={240} />);
    vi.unstubAllGlobals();
  });
});
