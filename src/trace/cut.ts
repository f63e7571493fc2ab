/**
 * The trace of the first `cycles` cycles of a run: for runs that end with an error, whose engine may have been ahead of it.
 * Stalls that last at the error stay for one cycle more: the picture at the end shows who waits.
 */
import { eventsBefore, type HostSteps, type Intervals, isStall, type Runs, type Trace } from './schema.ts';

export function cutTrace(trace: Trace, cycles: number): Trace {
  const cut = (runs: Runs): Runs => cutRuns(runs, cycles);
  const { moves, uses, sends, hostIn, hostOut } = trace;
  return {
    ...trace,
    cycles,
    intervals: cutIntervals(trace.intervals, cycles),
    moves: cut(moves),
    uses: cut(uses),
    sends: cut(sends),
    hostIn: cut(hostIn),
    hostOut: cut(hostOut),
    hostSteps: cutSteps(trace.hostSteps, cycles),
  };
}

function cutIntervals({ pe, thread, kind, mark, begin, end }: Intervals, cycles: number): Intervals {
  const last = (row: number): number => (isStall(kind[row]) ? cycles + 1 : cycles);
  const rows = [...begin.keys()].filter((row) => begin[row] < last(row));
  return {
    pe: Uint32Array.from(rows, (row) => pe[row]),
    thread: Uint8Array.from(rows, (row) => thread[row]),
    kind: Uint8Array.from(rows, (row) => kind[row]),
    mark: Int32Array.from(rows, (row) => mark[row]),
    begin: Uint32Array.from(rows, (row) => begin[row]),
    end: Uint32Array.from(rows, (row) => Math.min(last(row), end[row])),
  };
}

function cutRuns({ lane, tx, begin, count, period }: Runs, cycles: number): Runs {
  const rows = [...begin.keys()].filter((row) => begin[row] < cycles);
  const counts = Uint32Array.from(rows, (row) => eventsBefore(cycles, begin[row], count[row], period[row]));
  return {
    lane: Uint32Array.from(rows, (row) => lane[row]),
    tx: Uint8Array.from(rows, (row) => tx[row]),
    begin: Uint32Array.from(rows, (row) => begin[row]),
    count: counts,
    period: Uint32Array.from(rows, (row, i) => (counts[i] === 1 ? 1 : period[row])),
  };
}

function cutSteps({ step, begin, end }: HostSteps, cycles: number): HostSteps {
  const rows = [...begin.keys()].filter((row) => begin[row] < cycles);
  return {
    step: Uint32Array.from(rows, (row) => step[row]),
    begin: Uint32Array.from(rows, (row) => begin[row]),
    end: Uint32Array.from(rows, (row) => Math.min(cycles, end[row])),
  };
}
