/**
 * The part of a run that the charts over time show. Whole cycles, inside the run, at least {@link LEAST_SPAN} of them; null stands
 * for the whole run, so that it stays whole when another run is shown. Pure functions of cycles; who calls them is the page's business.
 */

/** The cycles `from` to `to`; charts draw what happens from the start of `from` to the start of `to`. */
export interface TimeSpan {
  readonly from: number;
  readonly to: number;
}

/** Narrower is not shown: at eight cycles a cycle is as wide as words need. */
export const LEAST_SPAN = 8;

/** The span as cycles: itself, or the whole run. */
export const spanIn = (span: TimeSpan | null, cycles: number): TimeSpan => span ?? { from: 0, to: cycles };

/** `width` cycles from about `from` on, inside a run of `cycles`; null when that is all of it. */
function placed(from: number, width: number, cycles: number): TimeSpan | null {
  const wide = Math.max(LEAST_SPAN, Math.round(width));
  if (wide >= cycles) return null;
  const first = Math.max(0, Math.min(cycles - wide, Math.round(from)));
  return { from: first, to: first + wide };
}

/** A span as a run of `cycles` can show it. */
export const spanInside = ({ from, to }: TimeSpan, cycles: number): TimeSpan | null => placed(from, to - from, cycles);

/** `factor` times as many cycles, with cycle `at` where it was; below 1 shows fewer. One step changes at least a cycle. */
export function zoomed(span: TimeSpan | null, cycles: number, at: number, factor: number): TimeSpan | null {
  const { from, to } = spanIn(span, cycles);
  const width = to - from;
  const wanted = factor > 1 ? Math.max(width + 1, width * factor) : Math.min(width - 1, width * factor);
  const wide = Math.max(LEAST_SPAN, Math.round(wanted));
  const fixed = Math.max(from, Math.min(to, at));
  return placed(fixed - ((fixed - from) / Math.max(1, width)) * wide, wide, cycles);
}

/** Later (or earlier, below 0) by a share of what is shown, at least a cycle. */
export function panned(span: TimeSpan | null, cycles: number, share: number): TimeSpan | null {
  if (span === null) return null;
  const width = span.to - span.from;
  return placed(span.from + Math.sign(share) * Math.max(1, Math.round(Math.abs(share) * width)), width, cycles);
}

/** The cycles of a range with an eighth of them on either side; null when that is the whole run. */
export function spanOver({ from, to }: TimeSpan, cycles: number): TimeSpan | null {
  const room = Math.ceil((to - from) / 8);
  return placed(from - room, to - from + 2 * room, cycles);
}

export const holds = ({ from, to }: TimeSpan, cycle: number): boolean => from <= cycle && cycle <= to;

/** The span after the playhead went from `before` to `after`: turned over like a page when the playhead leaves it. */
export function followed(span: TimeSpan | null, cycles: number, before: number, after: number): TimeSpan | null {
  if (span === null || !holds(span, before) || holds(span, after)) return span;
  const width = span.to - span.from;
  return placed(after > span.to ? Math.floor(after) : Math.ceil(after) - width, width, cycles);
}
