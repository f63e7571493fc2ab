/**
 * Seeded random numbers (mulberry32: 32 bits of state, period 2^32). Every random choice in Weft comes from here,
 * so a seed is all that is needed to repeat a run.
 */
export interface Rng {
  /** The next 32 random bits, as an unsigned integer. */
  bits(): number;
  /** A float in [0, 1). */
  unit(): number;
  /** An integer in [0, n). */
  below(n: number): number;
  /** Nearly standard normal: the sum of 12 uniforms less 6 (Irwin-Hall). Exact additions only, so every browser gives the same bits. */
  gauss(): number;
  /** Passes over `count` draws of 32 bits at once; a draw of `gauss` takes {@link GAUSS_DRAWS} of them, all others one. */
  skip(count: number): void;
}

/** Uniforms behind a draw of `gauss`. */
export const GAUSS_DRAWS = 12;
/** What a draw adds to the state, whatever it gives. */
const STEP = 0x6d2b79f5;

export function rng(seed: number): Rng {
  let state = seed >>> 0;
  const bits = (): number => {
    state = (state + STEP) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t = (t + Math.imul(t ^ (t >>> 7), t | 61)) ^ t;
    return (t ^ (t >>> 14)) >>> 0;
  };
  const unit = (): number => bits() / 4294967296;
  const gauss = (): number => {
    let sum = -GAUSS_DRAWS / 2;
    for (let i = 0; i < GAUSS_DRAWS; i++) sum += unit();
    return sum;
  };
  // Math.imul takes its arguments modulo 2^32, as the state is.
  const skip = (count: number): void => {
    state = (state + Math.imul(STEP, count)) >>> 0;
  };
  return { bits, unit, below: (n) => Math.floor(unit() * n), gauss, skip };
}
