/** The critical path as a story: work at a PE, then a way to the next, and what all of them come to. */
import type { Cycle, PeId } from '../base/units.ts';
import { KINDS } from '../trace/schema.ts';
import type { PathPiece, Reason } from './critical-path.ts';

/** Work of one kind at a PE, or the way of words between two: hops, ramps, waits for links and room, the host. */
export interface Leg {
  /** The kind of work; null for a way. */
  readonly work: Reason | null;
  /** Where it begins; -1 for the host. */
  readonly pe: PeId;
  /** Where the way ends, or `pe`. */
  readonly to: PeId;
  readonly begin: Cycle;
  readonly end: Cycle;
}

const WORK: ReadonlySet<string> = new Set(KINDS);

/** Pieces in time order as legs; what lies between works is one way. */
export function legsOf(pieces: readonly PathPiece[]): Leg[] {
  const legs: Leg[] = [];
  for (const { reason, pe, begin, end } of pieces) {
    const work = WORK.has(reason) ? reason : null;
    const last = legs[legs.length - 1];
    if (work === null && last?.work === null) legs[legs.length - 1] = { ...last, to: pe, end };
    else legs.push({ work, pe, to: pe, begin, end });
  }
  return legs;
}

/** The part of the path in the cycles [from, to): pieces are cut at its ends. */
export function pathIn(pieces: readonly PathPiece[], from: number, to: number): readonly PathPiece[] {
  const inside = pieces.filter((p) => p.begin < to && p.end > from);
  return inside.map((p) => (p.begin >= from && p.end <= to ? p : { ...p, begin: Math.max(from, p.begin), end: Math.min(to, p.end) }));
}

/** Cycles by reason, the most first. */
export function sharesOfPath(pieces: readonly PathPiece[]): { readonly reason: Reason; readonly cycles: number }[] {
  const sums = new Map<Reason, number>();
  for (const { reason, begin, end } of pieces) sums.set(reason, (sums.get(reason) ?? 0) + end - begin);
  return [...sums].map(([reason, cycles]) => ({ reason, cycles })).sort((a, b) => b.cycles - a.cycles);
}
