/**
 * The host's rate shared by lanes that stream at the same time: 44 wavelets a cycle go in for the whole wafer, 44 / 7.5 come
 * out, one a cycle through each edge port (machine.md section 1). More lanes than that get equal shares, fixed for the run
 * (*assumed*: a lane that is done leaves its share unused).
 */
import { assert } from '../base/error.ts';
import type { Rate } from '../machine/program.ts';

/** The share of each of `lanes` lanes of a host that moves `perCycle` wavelets a cycle; undefined if it can serve all at full rate. */
export function sharedRate(perCycle: number, lanes: number): Rate | undefined {
  if (lanes <= perCycle) return undefined;
  const scale = wholeFactor(perCycle);
  const [words, cycles] = [Math.round(perCycle * scale), lanes * scale];
  const common = gcd(words, cycles);
  return { words: words / common, cycles: cycles / common };
}

/** Cycles from one wavelet of a lane to the next. */
export const periodOf = (rate: Rate | undefined): number => (rate ? rate.cycles / rate.words : 1);

/** The smallest factor that makes `value` whole: 15 for 44 / 7.5. */
function wholeFactor(value: number): number {
  for (let factor = 1; factor <= 1000; factor++) if (Math.abs(value * factor - Math.round(value * factor)) < 1e-9) return factor;
  assert(false, `${value} is no ratio of small numbers`);
}

function gcd(a: number, b: number): number {
  return b === 0 ? a : gcd(b, a % b);
}
