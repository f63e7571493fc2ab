/** What PEs of a row did over time, as strips of a figure. */
import type { ProgramRun } from '../api/protocol.ts';
import { Port } from '../machine/fabric.ts';
import { MAIN_THREAD } from '../machine/program.ts';
import { TraceReader } from '../trace/reader.ts';
import { KIND, KINDS } from '../trace/schema.ts';
import type { Figure, Strip } from './types.ts';

export const readerOf = ({ program, trace }: ProgramRun): TraceReader => new TraceReader(program, trace);

/** Words as they are taken: single ones a strip each, streams without gaps one strip. */
export function arrivals({ trace, program }: ProgramRun): Figure {
  const { inputFirst } = new TraceReader(program, trace).channels;
  const { lane, begin, count, period } = trace.uses;
  const rowOf = (input: number): number => inputFirst.findLastIndex((first, pe) => first <= input && pe < trace.width && inputFirst[pe + 1] > input);
  const strips = Array.from(
    lane,
    (input, i): Strip => ({ row: rowOf(input), kind: 'receive', begin: begin[i], end: begin[i] + (count[i] - 1) * period[i] + 1 }),
  );
  return { kind: 'strips', rows: trace.width, cycles: trace.cycles, strips: [...threads(trace, 0), ...strips] };
}

/** What every PE's threads did. */
export function work({ trace }: ProgramRun): Figure {
  return { kind: 'strips', rows: trace.width, cycles: trace.cycles, strips: Array.from({ length: trace.width }, (_, pe) => threads(trace, pe)).flat() };
}

function threads({ intervals }: ProgramRun['trace'], row: number): Strip[] {
  const { pe, kind, begin, end } = intervals;
  return Array.from(pe.keys())
    .filter((i) => pe[i] === row)
    .map((i) => ({ row, kind: KINDS[kind[i]], begin: begin[i], end: end[i] }));
}

/** Gaps in which a FIFO is not quite full, between two words of a slow consumer, are shown as full up to this many cycles. */
const GAP = 4;

/** The first and the last PE's work, and between them when the FIFOs of the routers are full. */
export function pressure(run: ProgramRun): Figure {
  const { trace } = run;
  const reader = readerOf(run);
  const full = Array.from({ length: trace.width - 2 }, (_, i) => fullSpans(reader, i + 1)).flat();
  return { kind: 'strips', rows: trace.width, cycles: trace.cycles, strips: [...threads(trace, 0), ...full, ...threads(trace, trace.width - 1)] };
}

function fullSpans(reader: TraceReader, pe: number): Strip[] {
  const fifo = reader.channel(pe, Port.W, 0);
  const strips: { row: number; kind: Strip['kind']; begin: number; end: number }[] = [];
  for (let cycle = 0; cycle < reader.trace.cycles; cycle++) {
    if (reader.fifoCount(fifo, cycle) < reader.channels.capacity[fifo]) continue;
    const last = strips.at(-1);
    if (last && cycle - last.end <= GAP) last.end = cycle + 1;
    else strips.push({ row: pe, kind: 'blocked', begin: cycle, end: cycle + 1 });
  }
  return strips;
}

/** Cycles from the first word of PE 0 to its first wait for room; NaN if it never waits. */
export function firstBlocked(run: ProgramRun): number {
  const { intervals, sends } = run.trace;
  const { pe, kind, begin, thread } = intervals;
  const at = begin.findIndex((_, i) => pe[i] === 0 && thread[i] === MAIN_THREAD && kind[i] === KIND.blocked);
  return at < 0 ? Number.NaN : begin[at] - sends.begin[sends.lane.indexOf(0)];
}
