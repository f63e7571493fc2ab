/**
 * The numbers of a run, each with one definition (kernels.md section 5), computed from the trace after the run.
 */
import { each, toEnd } from '../base/pieces.ts';
import type { TraceReader } from '../trace/reader.ts';
import { isStall, KIND, KINDS } from '../trace/schema.ts';
import { findingLatency, type LatencyMap } from './latency.ts';

/** What the trace cannot know about a run: sizes and the price of a multiply-add. */
export interface Work {
  /** Bytes of A as stored, replicas included. */
  readonly weightBytes: number;
  readonly usedPes: number;
  /** Multiply-adds a cycle of the chosen dot program. */
  readonly macRate: number;
  /** Multiply-adds that a word taken from the fabric stands for, by PE class and input queue, and how many there must be. */
  readonly macs: { readonly perWord: ReadonlyArray<readonly number[]>; readonly expected: number };
}

export interface Metrics {
  /** From the first activation entering the fabric (tick 0) to the last result leaving it. */
  readonly cycles: number;
  readonly microseconds: number;
  readonly utilisation: {
    /** Useful multiply-adds / (PEs of the rectangle x cycles x mac rate of the chosen program). */
    readonly mac: number;
    /** Issue cycles / (PEs x cycles). */
    readonly busy: number;
    /** PEs holding rows / PEs. */
    readonly mapping: number;
  };
  /** Cycles from the first x entering the fabric to a row's last result at the edge: of the first row, mean, of the last row. */
  readonly latency: { readonly first: number; readonly mean: number; readonly max: number };
  /** Cycles the host needs for the weights, for the activations, for the results, at its rate for the whole wafer. */
  readonly loadCycles: number;
  readonly hostInCycles: number;
  readonly hostOutCycles: number;
  /** PE-cycles by kind of schema.ts, and idle, over all PEs of the rectangle; they sum to PEs × cycles. */
  readonly peCycles: Readonly<Record<string, number>>;
  /** Wavelet-hops over links, ramp deliveries and consumed words. */
  readonly wavelets: { readonly hops: number; readonly ramp: number; readonly used: number };
}

export const computeMetrics = (reader: TraceReader, work: Work): Metrics => toEnd(computingMetrics(reader, work));

/** The same in pieces. */
export function* computingMetrics(reader: TraceReader, work: Work): Generator<void, Metrics> {
  const { program } = reader;
  const { machine } = program;
  const pes = reader.pes;
  const cycles = simulatedCycles(reader);
  const peCycles = yield* countingCycles(reader, cycles);
  const busy = issueCycles(peCycles);
  return {
    cycles,
    microseconds: (cycles / machine.clockHz) * 1e6,
    utilisation: {
      mac: work.macs.expected / (pes * cycles * work.macRate),
      busy: busy / (pes * cycles),
      mapping: work.usedPes / pes,
    },
    latency: yield* rowLatency(yield* findingLatency(reader)),
    loadCycles: Math.ceil(work.weightBytes / 4 / machine.host.wordsInPerCycle),
    hostInCycles: Math.ceil(program.sources.reduce((sum, s) => sum + s.words.length, 0) / machine.host.wordsInPerCycle),
    hostOutCycles: Math.ceil(program.sinks.reduce((sum, s) => sum + s.expect, 0) / machine.host.wordsOutPerCycle),
    peCycles,
    wavelets: yield* countingWavelets(reader),
  };
}

/** PE-cycles in which something was issued: neither idle nor a stall. */
export const issueCycles = (peCycles: Metrics['peCycles']): number =>
  Object.entries(peCycles).reduce((sum, [kind, n]) => (kind === 'idle' || isStall(KIND[kind as keyof typeof KIND]) ? sum : sum + n), 0);

/** Bytes of payload moved over links and ramps; a wavelet carries 32 bits (docs/machine.md). */
export const bytesMoved = ({ hops, ramp }: Metrics['wavelets']): number => 4 * (hops + ramp);

/** In place of energy, which is not modelled: a unit for every issue cycle of a PE and for every wavelet over a link or a ramp (assumed equal). */
export const energyProxy = (peCycles: Metrics['peCycles'], { hops, ramp }: Metrics['wavelets']): number => issueCycles(peCycles) + hops + ramp;

/** Cycles from tick 0 to the last result, one at least. */
export const simulatedCycles = (reader: TraceReader): number => Math.max(0, lastResult(reader)) + 1;

/** Tick of the last word that left the fabric at any sink; -1 if none did. */
export function lastResult({ hostOut }: TraceReader): number {
  let last = -1;
  for (let sink = 0; sink < hostOut.lanes; sink++) last = Math.max(last, hostOut.lastTick(sink));
  return last;
}

/** PE-cycles up to `cycles` by what the PEs did in them, and idle; they sum to PEs × cycles. */
export const cyclesByKind = (reader: TraceReader, cycles: number): Record<string, number> => toEnd(countingCycles(reader, cycles));

const kept = new WeakMap<TraceReader, { readonly cycles: number; readonly counted: Record<string, number> }>();

/** The same in pieces; what was counted last of a reader is kept. */
export function* countingCycles(reader: TraceReader, cycles: number): Generator<void, Record<string, number>> {
  const known = kept.get(reader);
  if (known?.cycles === cycles) return known.counted;
  const sums = yield* reader.spans.stateCycles(cycles);
  const idle = reader.pes * cycles - sums.reduce((a, b) => a + b, 0);
  const counted = { ...Object.fromEntries(KINDS.map((name, kind) => [name, sums[kind]])), idle };
  kept.set(reader, { cycles, counted });
  return counted;
}

function* rowLatency({ atEdge }: LatencyMap): Generator<void, Metrics['latency']> {
  let [count, first, sum, max] = [0, Number.POSITIVE_INFINITY, 0, 0];
  yield* each(atEdge.length, (pe) => {
    const t = atEdge[pe];
    if (t < 0) return;
    count++;
    first = Math.min(first, t);
    max = Math.max(max, t);
    sum += t;
  });
  return count === 0 ? { first: 0, mean: 0, max: 0 } : { first, mean: sum / count, max };
}

/** Wavelets by where they went: over links, to compute elements, into instructions. */
export const waveletsOf = (reader: TraceReader): Metrics['wavelets'] => toEnd(countingWavelets(reader));

function* countingWavelets({ moves, uses }: TraceReader): Generator<void, Metrics['wavelets']> {
  let [hops, ramp, used] = [0, 0, 0];
  yield* moves.groups((lane, times) => {
    for (let row = moves.from(lane); row < moves.to(lane); row++) {
      const tx = moves.txOf(lane, row);
      for (let port = 0; port < 4; port++) if ((tx >> port) & 1) hops += times * moves.count[row];
      if ((tx >> 4) & 1) ramp += times * moves.count[row];
    }
  });
  yield* uses.groups((lane, times) => {
    used += times * uses.total(lane);
  });
  return { hops, ramp, used };
}
