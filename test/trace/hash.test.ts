/** The hash: what is added without making its text is what the text would add. */
import { describe, expect, it } from 'vitest';
import { Hash } from '../../src/base/hash.ts';
import { rng } from '../../src/base/rng.ts';

describe('the hash', () => {
  it('takes the end of another as it takes the text of it, of 2,000 random ones', () => {
    const random = rng(11);
    for (let i = 0; i < 2000; i++) {
      const other = new Hash().words(Array.from({ length: i % 5 }, () => random.bits()));
      const text = new Hash().word(i).text(other.hex());
      expect(new Hash().word(i).ending(other).hex()).toBe(text.hex());
      expect(
        new Hash()
          .word(i)
          .ended(...other.end)
          .hex(),
      ).toBe(text.hex());
    }
  });
});
