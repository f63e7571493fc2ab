/** The PE that is looked at, and the run it is of. */
import type { Outcome, PeValues, TimedRun } from '../../store/types.ts';
import type { TraceReader } from '../../trace/reader.ts';
import { useLab } from '../hooks.ts';

export interface PeView {
  /** Null for a run that failed: it has a trace, but no numbers. */
  readonly result: TimedRun | null;
  readonly reader: TraceReader;
  readonly pe: number;
}

/** The run on screen and the selected PE, or null before there is one. */
export function usePeView(): PeView | null {
  const result = useLab((s) => s.result);
  const reader = useLab((s) => s.reader);
  const pe = useLab((s) => s.pe);
  return reader !== null && pe !== null && pe < reader.pes ? { result, reader, pe } : null;
}

/** What the PE computes by itself, of a run that is timed only; null while it is not known. */
export function usePeValues(pe: number): Outcome<PeValues> | null {
  const values = useLab((s) => s.peValues);
  return values?.pe === pe ? values.outcome : null;
}
