import { expect, it } from 'vitest';
import { SplitMap } from '../../src/base/split-map.ts';

it('has what a map has', () => {
  const [split, plain] = [new SplitMap<number>(), new Map<number, number>()];
  for (let i = 0; i < 1000; i++) {
    const key = (i * i * 7919) % 2 ** 40;
    split.set(key, i);
    plain.set(key, i);
  }
  for (const [key, value] of plain) expect(split.get(key)).toBe(value);
  expect(split.get(3)).toBe(plain.get(3));
});
