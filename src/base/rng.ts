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
}

export function rng(seed: number): Rng {
  let state = seed >>> 0;
  const bits = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t = (t + Math.imul(t ^ (t >>> 7), t | 61)) ^ t;
    return (t ^ (t >>> 14)) >>> 0;
  };
  const unit = (): number => bits() / 4294967296;
  const gauss = (): number => {
    let sum = -6;
    for (let i = 0; i < 12; i++) sum += unit();
    return sum;
  };
  return { bits, unit, below: (n) => Math.floor(unit() * n), gauss };
}
