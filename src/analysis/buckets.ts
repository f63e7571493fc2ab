/** Cycles counted by bucket of `cycles` each. A span costs the same however many buckets it covers: those it fills are counted by where they begin and end. */
export class Buckets {
  private readonly cycles: number;
  private readonly parts: Float64Array;
  private readonly full: Float64Array;

  constructor(buckets: number, cycles: number) {
    this.cycles = cycles;
    this.parts = new Float64Array(buckets);
    this.full = new Float64Array(buckets);
  }

  /** Counts the cycles [begin, end) `times` times; they lie inside the buckets. */
  add(begin: number, end: number, times: number): void {
    if (end <= begin) return;
    const { cycles, parts, full } = this;
    const [first, last] = [Math.floor(begin / cycles), Math.floor((end - 1) / cycles)];
    if (first === last) {
      parts[first] += times * (end - begin);
      return;
    }
    parts[first] += times * ((first + 1) * cycles - begin);
    parts[last] += times * (end - last * cycles);
    full[first + 1] += times;
    full[last] -= times;
  }

  sums(): Float64Array {
    const { parts, full, cycles } = this;
    const sums = new Float64Array(parts.length);
    for (let b = 0, filled = 0; b < sums.length; b++) {
      filled += full[b];
      sums[b] = parts[b] + filled * cycles;
    }
    return sums;
  }
}
