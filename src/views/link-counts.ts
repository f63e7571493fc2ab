/**
 * The links of the run on screen, counted once (analysis/link-load.ts) in slices between which the page draws. Whoever shows
 * them asks with `countLinks` and follows the store.
 */
import { createStore } from 'zustand/vanilla';
import { type LinkTimes, linkTimes } from '../analysis/link-load.ts';
import type { TraceReader } from '../trace/reader.ts';

/** As many as a chart has pixels for. */
export const LINK_BUCKETS = 400;
/** Milliseconds of counting before the page may draw. */
const SLICE_MS = 12;

interface LinkCounts {
  readonly reader: TraceReader | null;
  /** Share that is counted, 0 to 1. */
  readonly share: number;
  /** When it is 1: the links, or null for a trace too long to be followed. */
  readonly times: LinkTimes | null;
}

export const linkCounts = createStore<LinkCounts>(() => ({ reader: null, share: 0, times: null }));

/** The counted links of a run, or null as long as there are none. */
export const linkTimesOf = (reader: TraceReader): LinkTimes | null => {
  const counts = linkCounts.getState();
  return counts.reader === reader ? counts.times : null;
};

/** Counts the links of a run, unless they are counted or being counted; another run ends it. */
export function countLinks(reader: TraceReader): void {
  if (linkCounts.getState().reader === reader) return;
  linkCounts.setState({ reader, share: 0, times: null });
  const work = linkTimes(reader, LINK_BUCKETS);
  const slice = (): void => {
    if (linkCounts.getState().reader !== reader) return;
    const until = performance.now() + SLICE_MS;
    let step = work.next();
    while (!step.done && performance.now() < until) step = work.next();
    linkCounts.setState(step.done ? { share: 1, times: step.value } : { share: step.value });
    if (!step.done) setTimeout(slice, 0);
  };
  setTimeout(slice, 0);
}
