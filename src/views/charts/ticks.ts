/** Values to write at an axis. */
import type { ScaleLinear, ScaleLogarithmic } from 'd3';

/** First digits of the values of a decade, the finest choice first. */
const DIGITS: readonly (readonly number[])[] = [[1, 2, 3, 4, 5, 6, 7, 8, 9], [1, 2, 5], [1]];

/** Round values; on a logarithmic scale as many of every decade as make at most `most` in all, powers of ten before others. */
export function axisTicks(scale: ScaleLinear<number, number> | ScaleLogarithmic<number, number>, most: number): readonly number[] {
  if (!('base' in scale)) return scale.ticks(Math.min(5, most));
  const [low, high] = scale.domain();
  const from = Math.floor(Math.log10(low));
  const decades = Array.from({ length: Math.ceil(Math.log10(high)) - from + 1 }, (_, i) => 10 ** (from + i));
  const choices = DIGITS.map((digits) => decades.flatMap((power) => digits.map((d) => d * power)).filter((v) => v >= low && v <= high));
  const powers = choices[choices.length - 1];
  return choices.find((ticks) => ticks.length <= most) ?? powers.filter((_, i) => i % Math.ceil(powers.length / most) === 0);
}
