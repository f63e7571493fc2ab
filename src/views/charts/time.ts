/** The time axis all charts of the dock share, so that one playhead crosses them at one place. */
import { type ScaleLinear, scaleLinear } from 'd3';
import type { TimeSpan } from '../../store/span.ts';

export const LEFT = 84;
export const RIGHT = 16;

/** Cycle to x, in pixels of a chart `width` wide; what is outside the span lies at its edges. `narrow` leaves no room for labels at the left. */
export function timeScale({ from, to }: TimeSpan, width: number, narrow = false): ScaleLinear<number, number> {
  const left = narrow ? 0 : LEFT;
  return scaleLinear([from, Math.max(from + 1, to)], [left, Math.max(left + 1, width - (narrow ? 0 : RIGHT))]).clamp(true);
}

/** Ticks on whole cycles, at most twelve, none so near the end that two labels touch. */
export function timeTicks(scale: ScaleLinear<number, number>): readonly number[] {
  const [from, to] = scale.range();
  return scale.ticks(Math.max(2, Math.min(11, Math.floor((to - from) / 90)))).filter(Number.isInteger);
}
