/** The time axis all charts of the dock share, so that one playhead crosses them at one place. */
import { type ScaleLinear, scaleLinear } from 'd3';

export const LEFT = 84;
export const RIGHT = 16;

/** Cycle to x, in pixels of a chart `width` wide. `narrow` leaves no room for labels at the left. */
export function timeScale(cycles: number, width: number, narrow = false): ScaleLinear<number, number> {
  const left = narrow ? 0 : LEFT;
  return scaleLinear([0, Math.max(1, cycles)], [left, Math.max(left + 1, width - (narrow ? 0 : RIGHT))]);
}

/** Ticks on whole cycles, at most twelve, none so near the end that two labels touch. */
export function timeTicks(scale: ScaleLinear<number, number>): readonly number[] {
  const [from, to] = scale.range();
  return scale.ticks(Math.max(2, Math.min(11, Math.floor((to - from) / 90)))).filter(Number.isInteger);
}
