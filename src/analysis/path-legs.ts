/** The critical path as a story: work at a PE, then a way to the next, and what all of them come to. */
import type { Cycle, PeId } from '../base/units.ts';
import type { TraceReader } from '../trace/reader.ts';
import { KINDS } from '../trace/schema.ts';
import { type PathPiece, type Reason, type Wait, whyWaits, workBehind } from './critical-path.ts';

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

/**
 * Why a PE waits, as legs that fill the wait. Where they are one way only, the work that the way waited for comes first: it lies
 * before the wait.
 */
export function legsOfWait(reader: TraceReader, pe: PeId, wait: Wait): Leg[] {
  const legs = legsOf(whyWaits(reader, pe, wait));
  const behind = legs.some(({ work }) => work !== null) ? null : workBehind(reader, pe, wait);
  return behind === null ? legs : [...legsOf([behind]), ...legs];
}

/** What a wait of a PE comes from: the longest work of another PE; where there is none, what its legs begin with. */
export function causeOf(legs: readonly Leg[], pe: PeId): Leg | undefined {
  const others = legs.filter((leg) => leg.work !== null && leg.pe !== pe);
  return others.toSorted((a, b) => b.end - b.begin - (a.end - a.begin))[0] ?? legs[0];
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
