import { describe, expect, it } from 'vitest';
import { rng } from '../../src/base/rng.ts';
import { Tuples } from '../../src/base/tuples.ts';

describe('numbers for tuples', () => {
  it('are one for equal tuples and in order of coming, as a map from their text gives them', () => {
    const r = rng(5);
    const tuples = new Tuples(1 << 20);
    const known = new Map<string, number>();
    const made = Array.from({ length: 5000 }, () => Array.from({ length: 5 }, () => r.below(5) - 2));
    const numbers = made.map(([a, b, c, d, e]) => tuples.of(a, b, c, d, e));
    for (const tuple of made) if (!known.has(tuple.join())) known.set(tuple.join(), known.size);
    expect(numbers).toEqual(made.map((tuple) => known.get(tuple.join())));
    const words = [...known.values()].map((number) => [0, 1, 2, 3, 4].map((k) => tuples.word(number, k)).join());
    expect(words).toEqual([...known.keys()]);
    expect(tuples.count).toBe(known.size);
  });

  it('are no more than there may be; the known ones stay known', () => {
    const tuples = new Tuples(2);
    const numbers = [1, 2, 3, 2].map((a) => tuples.of(a, 0, 0, 0, 0));
    expect(numbers).toEqual([0, 1, -1, 1]);
  });
});
