/**
 * The links of the run on screen, counted (analysis/link-load.ts) in slices between which the page draws: over the whole run once,
 * and over the part of it that is shown. Whoever shows them asks with `countLinks` and follows the store.
 */
import { createStore } from 'zustand/vanilla';
import { type LinkTimes, linkTimes } from '../analysis/link-load.ts';
import type { TimeSpan } from '../store/span.ts';
import type { TraceReader } from '../trace/reader.ts';

/** As many as a chart has pixels for. */
export const LINK_BUCKETS = 400;
/** Milliseconds of counting before the page may draw. */
const SLICE_MS = 12;

interface LinkCounts {
  readonly reader: TraceReader | null;
  /** Share of the whole run's links that are counted, 0 to 1. */
  readonly share: number;
  /** When it is 1: the links, or null for a trace too long to be followed. */
  readonly times: LinkTimes | null;
  /** The same over the part of the run that was asked for last; null until it is counted. */
  readonly part: { readonly span: TimeSpan; readonly times: LinkTimes | null } | null;
}

export const linkCounts = createStore<LinkCounts>(() => ({ reader: null, share: 0, times: null, part: null }));

/** What was counted of a run, as long as somebody has it. */
const counted = new WeakMap<TraceReader, LinkTimes | null>();

/** The counted links of a run, or null as long as there are none. */
export const linkTimesOf = (reader: TraceReader): LinkTimes | null => counted.get(reader) ?? null;

/** Counts the links of a whole run, or tells what was counted before, as long as the run is `current`. */
export function countWhole(reader: TraceReader, current: () => boolean, tell: (share: number, times: LinkTimes | null) => void): void {
  const known = counted.get(reader);
  if (known !== undefined) {
    tell(1, known);
    return;
  }
  const end = (times: LinkTimes | null): void => {
    counted.set(reader, times);
    tell(1, times);
  };
  inSlices(linkTimes(reader, LINK_BUCKETS), current, (share) => tell(share, null), end);
}

/** The part that is wanted now. */
let wanted: TimeSpan | null = null;

/** Counts the links of a run, unless they are counted or being counted; another run ends it. */
export function countLinks(reader: TraceReader): void {
  if (linkCounts.getState().reader === reader) return;
  wanted = null;
  linkCounts.setState({ reader, share: 0, times: null, part: null });
  const tell = (share: number, times: LinkTimes | null): void => {
    linkCounts.setState({ share, times });
    if (share === 1) countPart(reader, wanted);
  };
  countWhole(reader, () => linkCounts.getState().reader === reader, tell);
}

/** The same, and then those of a part of the run; another part ends that. */
export function countLinksIn(reader: TraceReader, span: TimeSpan | null): void {
  countLinks(reader);
  wanted = span;
  countPart(reader, span);
}

function countPart(reader: TraceReader, span: TimeSpan | null): void {
  if (span === null || linkCounts.getState().times === null) return;
  inSlices(
    linkTimes(reader, 1, span),
    () => linkCounts.getState().reader === reader && wanted === span,
    () => {},
    (times) => linkCounts.setState({ part: { span, times } }),
  );
}

/** Goes on with the work as long as it is `current`, and tells how far it is and what it came to. */
function inSlices<T>(work: Generator<number, T>, current: () => boolean, tell: (share: number) => void, end: (value: T) => void): void {
  const slice = (): void => {
    if (!current()) return;
    const until = performance.now() + SLICE_MS;
    let step = work.next();
    while (!step.done && performance.now() < until) step = work.next();
    if (step.done) end(step.value);
    else {
      tell(step.value);
      setTimeout(slice, 0);
    }
  };
  setTimeout(slice, 0);
}
