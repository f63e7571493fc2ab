/**
 * Throughput of `batched` against the batch, by its closed form: no program is built, so any batch will do. Columns a second
 * grow with the batch while every sequence has a group of its own, and no longer once one of the three limits holds: the
 * number of PEs, whole fabric rows, the host's rate.
 *
 * Leaves out: loading the replicas; what is not a matrix product.
 */
import { WeftError } from '../../base/error.ts';
import type { MachineSpec } from '../../machine/spec.ts';
import { INNER, type InnerId } from '../inner.ts';
import type { KernelOptions } from '../options.ts';
import type { Kernel, Rectangle, Shape } from '../types.ts';
import { type Bands, bandsOf } from './bands.ts';
import { estimateBand, lanesOf } from './estimate.ts';

export interface ThroughputQuestion extends Omit<Shape, 'n'> {
  readonly machine: MachineSpec;
  readonly inner: InnerId;
  /** Of the inner kernel. */
  readonly options?: KernelOptions;
  /** The usable fabric if not given. */
  readonly rectangle?: Rectangle;
  /** Columns of a sequence; 1 if not given. */
  readonly columns?: number;
  /** False asks what the same wafer would do if every lane ran at full rate, as when activations and results stay on it. */
  readonly hostLimited?: boolean;
}

/** What more of would help: nothing but a larger batch (`compute`), PEs, a rectangle that whole rows fill better, host rate. */
export type Limit = 'pes' | 'rows' | 'host' | 'compute';

export interface ThroughputPoint {
  readonly batch: number;
  readonly groups: number;
  readonly waves: number;
  readonly cycles: number;
  readonly columnsPerSecond: number;
  readonly limit: Limit;
}

export interface Throughput {
  readonly points: readonly ThroughputPoint[];
  /** The largest batch that gives at least 95 % of batch times what one sequence gives. */
  readonly linearTo: number;
  /** The smallest batch that gives at least 95 % of the most that any batch gives. */
  readonly knee: number;
}

/** 1, 2, 5, 10 ... 10^6. */
export const BATCHES: readonly number[] = [0, 1, 2, 3, 4, 5].flatMap((power) => [1, 2, 5].map((digit) => digit * 10 ** power)).concat(10 ** 6);

/** Of a full rate of the host, at most this is lost before it counts as the limit. */
const NOTICEABLE = 1.05;
const NEARLY = 0.95;

/** Throughput at `batches`; the knee is searched in all batches up to the last of them. */
export function throughput(question: ThroughputQuestion, batches: readonly number[] = BATCHES): Throughput {
  const at = pointsOf(question);
  const { fitting } = bandsOf(question.m, 1, question.rectangle ?? question.machine.usable);
  return { points: batches.map(at), ...bends((batch) => at(batch).columnsPerSecond, fitting, batches[batches.length - 1]) };
}

/** In the first wave throughput rises with every sequence; beyond it is best where all waves are full, and rises with their number. */
function bends(rate: (batch: number) => number, fitting: number, most: number): Pick<Throughput, 'linearTo' | 'knee'> {
  const first = Math.min(fitting, most);
  const waves = Math.max(1, Math.floor(most / fitting));
  const one = rate(1);
  const enough = NEARLY * Math.max(rate(first), rate(waves * first));
  const linearTo = firstThat(first, (batch) => rate(batch) < NEARLY * one * batch) - 1;
  if (rate(first) >= enough) return { linearTo, knee: firstThat(first, (batch) => rate(batch) >= enough) };
  return { linearTo, knee: fitting * firstThat(waves, (count) => rate(count * fitting) >= enough) };
}

/** The smallest integer from 1 to `most` for which `holds`, which must stay true once it is, or most + 1. */
function firstThat(most: number, holds: (n: number) => boolean): number {
  let [below, above] = [0, most + 1];
  while (above - below > 1) {
    const middle = Math.floor((below + above) / 2);
    if (holds(middle)) above = middle;
    else below = middle;
  }
  return above;
}

function pointsOf(question: ThroughputQuestion): (batch: number) => ThroughputPoint {
  const { m, machine, columns = 1 } = question;
  const rectangle = question.rectangle ?? machine.usable;
  const cost = costOf(question);
  const known = new Map<number, ThroughputPoint>();
  return (batch) => {
    const before = known.get(batch);
    if (before) return before;
    const bands = bandsOf(m, batch, rectangle);
    const { shared, free } = cost(bands, bands.waves * columns);
    const point = {
      batch,
      groups: bands.groups,
      waves: bands.waves,
      cycles: shared,
      columnsPerSecond: (batch * columns * machine.clockHz) / shared,
      limit: limitOf(bands, shared / free),
    };
    known.set(batch, point);
    return point;
  };
}

function limitOf({ batch, fitting, waves, replicaPes, rectangle }: Bands, slower: number): Limit {
  if (slower > NOTICEABLE) return 'host';
  if (batch <= fitting) return 'compute';
  return waves > Math.ceil((replicaPes * batch) / (rectangle.width * rectangle.height)) ? 'rows' : 'pes';
}

interface Cost {
  /** Cycles with the host's rate shared, and with every lane at full rate. */
  readonly shared: number;
  readonly free: number;
}

/** Cycles of a group with that many columns. Those whose results do not fit into a PE at once go through in several launches. */
function costOf(question: ThroughputQuestion): (bands: Bands, columns: number) => Cost {
  const inner = INNER[question.inner];
  const fits = mostThatFits(question, inner);
  const once = (bands: Bands, n: number): Cost => {
    const plan = planOf(question, inner, bands.band, n);
    const free = inner.estimate(plan).closedForm.cycles;
    if (question.hostLimited === false) return { shared: free, free };
    return { shared: estimateBand(inner, plan, lanesOf(bands.groups, bands.band)).closedForm.cycles, free };
  };
  return (bands, columns) => {
    const [launches, rest] = [Math.floor(columns / fits), columns % fits];
    const parts = [...(launches > 0 ? [{ times: launches, ...once(bands, fits) }] : []), ...(rest > 0 ? [{ times: 1, ...once(bands, rest) }] : [])];
    return { shared: parts.reduce((sum, p) => sum + p.times * p.shared, 0), free: parts.reduce((sum, p) => sum + p.times * p.free, 0) };
  };
}

const planOf = ({ m, k, format, machine, options }: ThroughputQuestion, inner: Kernel, band: Rectangle, n: number) =>
  inner.plan({ m, k, n, format }, machine, band, options);

/** The most columns of a group whose results fit beside the weights. */
function mostThatFits(question: ThroughputQuestion, inner: Kernel): number {
  const { band } = bandsOf(question.m, 1, question.rectangle ?? question.machine.usable);
  planOf(question, inner, band, 1);
  return firstThat(question.machine.sramBytes, (n) => !isPossible(() => planOf(question, inner, band, n))) - 1;
}

function isPossible(plan: () => unknown): boolean {
  try {
    plan();
    return true;
  } catch (error) {
    if (error instanceof WeftError) return false;
    throw error;
  }
}
