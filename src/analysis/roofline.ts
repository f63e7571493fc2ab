/**
 * The roofline of one PE of a run: multiply-adds a cycle against multiply-adds for each word that reaches the PE. Two roofs:
 * the ramp, which delivers one wavelet a cycle, and the rate of the row dot from the op table; below the second one lies what
 * is left of it when every block is dequantised, set up and stepped through as well.
 */
import { priceTotal } from '../machine/price.ts';
import type { TraceReader } from '../trace/reader.ts';
import type { Metrics } from './metrics.ts';
import type { VerdictInput } from './verdict.ts';

/** Weights in a block, whose price the plan states. */
const BLOCK = 256;

export interface Roofline {
  /** Multiply-adds for each word consumed from the fabric, over all PEs. */
  readonly intensity: number;
  /** Multiply-adds a cycle of a PE that holds rows, over the whole run. */
  readonly achieved: number;
  /** The ramp's roof at that intensity: wavelets a cycle times intensity. */
  readonly ramp: number;
  /** Multiply-adds a cycle of the row dot alone. */
  readonly peak: number;
  /** The same with dequantising, set-up and scalar code of every block; equals `peak` where blocks cost nothing more. */
  readonly withOverheads: number;
  readonly bound: 'ramp' | 'compute';
}

export function roofline(metrics: Metrics, plan: VerdictInput['plan']): Roofline {
  const { width, height } = plan.rectangle;
  const done = metrics.utilisation.mac * width * height * metrics.cycles * plan.macRate;
  const intensity = metrics.wavelets.used === 0 ? 0 : done / metrics.wavelets.used;
  const block = priceTotal(plan.blockPrice.dequantise) + priceTotal(plan.blockPrice.dot);
  return {
    intensity,
    achieved: plan.usedPes === 0 ? 0 : done / (plan.usedPes * metrics.cycles),
    ramp: intensity,
    peak: plan.macRate,
    withOverheads: block === 0 ? plan.macRate : BLOCK / block,
    bound: intensity < plan.macRate ? 'ramp' : 'compute',
  };
}

/** What one PE of a run did. */
export interface PeWork {
  /** Multiply-adds of its rows. */
  readonly macs: number;
  /** Words it took from the fabric. */
  readonly words: number;
}

/** Words a PE takes from its input queues in the whole run. */
export function wordsTaken(reader: TraceReader, pe: number): number {
  const { inputFirst } = reader.channels;
  let words = 0;
  for (let lane = inputFirst[pe]; lane < inputFirst[pe + 1]; lane++) words += reader.useTotal(lane);
  return words;
}

/** The same roofs with one PE's own intensity and rate in place of the mean. */
export function peRoofline(run: Roofline, { macs, words }: PeWork, cycles: number, macRate: number): Roofline {
  const intensity = words === 0 ? 0 : macs / words;
  return { ...run, intensity, ramp: intensity, achieved: macs / Math.max(1, cycles), bound: intensity < macRate ? 'ramp' : 'compute' };
}

type RowPlan = Pick<VerdictInput['plan'], 'rectangle' | 'macRate'> & { readonly shape: { readonly k: number; readonly n: number } };

/** Multiply-adds of a PE that holds whole rows; null where the matrix is tiled or replicated, so that rows do not tell. */
export function macsOfRows(metrics: Metrics, plan: RowPlan, rows: { readonly count: ArrayLike<number> }, pe: number): number | null {
  const { width, height } = plan.rectangle;
  const done = metrics.utilisation.mac * width * height * metrics.cycles * plan.macRate;
  const each = plan.shape.k * plan.shape.n;
  let placed = 0;
  for (let i = 0; i < rows.count.length; i++) placed += rows.count[i];
  const total = placed * each;
  return Math.abs(total - done) <= 1e-6 * done ? rows.count[pe] * each : null;
}
