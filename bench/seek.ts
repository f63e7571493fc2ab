/**
 * A whole wafer as the page shows it: what a seek to any cycle costs (the state of every PE, the counts of the legend), and what
 * the reader needs before the first one. The trace stays as the timing engine gives it; nothing is expanded. Wall times would
 * measure the neighbours on a shared machine, so these are of CPU. Baseline: the target.
 */
import { describeMoment } from '../src/analysis/describe.ts';
import { FabricFrame } from '../src/analysis/fabric-frame.ts';
import { type LinkTimes, linkTimes } from '../src/analysis/link-load.ts';
import { waveletsOnLinks } from '../src/analysis/links-now.ts';
import { fillMagnitude, MAGNITUDES } from '../src/analysis/magnitudes.ts';
import { toEnd } from '../src/base/pieces.ts';
import { rng } from '../src/base/rng.ts';
import { timeShared } from '../src/engine/timing/timing.ts';
import { KERNELS } from '../src/kernels/registry.ts';
import { WSE2 } from '../src/machine/spec.ts';
import { FORMATS, rowBytes } from '../src/quant/formats.ts';
import { TraceReader, tabulating } from '../src/trace/reader.ts';
import { columnsOf } from '../src/trace/shared-columns.ts';
import { type BenchRow, cpuMs, row } from './row.ts';

const [WIDTH, HEIGHT, K] = [750, 994, 4096];
const SEEKS = 60;
/** As the page counts them. */
const LINK_BUCKETS = 400;

/** Milliseconds of CPU of each of `times` calls, ascending. */
function timesOf(times: number, act: (i: number) => void): number[] {
  const list = Array.from({ length: times }, (_, i) => {
    const begin = cpuMs();
    act(i);
    return cpuMs() - begin;
  });
  return list.sort((a, b) => a - b);
}

const p95 = (sorted: readonly number[]): number => sorted[Math.floor(sorted.length * 0.95)];
const median = (sorted: readonly number[]): number => sorted[sorted.length >> 1];

export function benches(): BenchRow[] {
  const shape = { m: WIDTH * HEIGHT, k: K, n: 1, format: 'q4_k' };
  const kernel = KERNELS.streaming!;
  const weights = new Uint8Array(shape.m * rowBytes(FORMATS.q4_k, K));
  const program = kernel.build(kernel.plan(shape, WSE2, { width: WIDTH, height: HEIGHT }), { ...shape, weights, x: new Float32Array(K) });
  const { shared } = timeShared(program);
  if (!shared) throw new Error('a row program has a shared trace');
  const trace = columnsOf(shared);
  const tables = toEnd(tabulating(program, trace));
  const made = timesOf(3, () => new TraceReader(program, trace, tables));
  const reader = new TraceReader(program, trace, tables);
  const frame = new FabricFrame(reader);
  const random = rng(7);
  const cycle = (): number => random.below(reader.trace.cycles);
  const seeks = timesOf(SEEKS, () => frame.seek(cycle()));
  const legends = timesOf(10, () => {
    frame.seek(cycle());
    waveletsOnLinks(reader, frame.cycle);
    describeMoment(frame);
  });
  const values = new Float32Array(reader.pes);
  let links: LinkTimes | null = null;
  const [counting] = timesOf(1, () => {
    links = toEnd(linkTimes(reader, LINK_BUCKETS));
  });
  const moving = MAGNITUDES.filter((layer) => layer !== 'latency' && layer !== 'sram');
  const layers = moving.map((layer) => ({
    layer,
    ms: median(timesOf(10, () => fillMagnitude(reader, { layer, stage: 'sent', cycle: cycle(), window: 128, links }, values))),
  }));
  const name = `${(WIDTH * HEIGHT).toLocaleString('en-US')} PEs`;
  return [
    row(`seek, ${name}: states and counts, 95th percentile (target 50 ms)`, p95(seeks), 'ms CPU', 50),
    row('  the same with what the legend says (median)', median(legends), 'ms CPU', 50),
    row('  the reader, before the first seek', median(made), 'ms CPU', 50),
    row('  every link counted, in slices between which the page draws', counting, 'ms CPU', 5000),
    ...layers.map(({ layer, ms }) => row(`  layer ${layer} (median)`, ms, 'ms CPU', 50)),
  ];
}
