/** What lies between two looks at the message queue, on a clock that the work itself moves. */
import { afterEach, describe, expect, it, vi } from 'vitest';
import { breathe, inSlices } from '../../src/api/slices.ts';

/** Milliseconds of a piece of work, and those after which a look is due. */
const PIECE = 7;
const SLICE = 20;

afterEach(() => vi.restoreAllMocks());

describe('work in slices', () => {
  it.each([1, 3, 100])('breathes after 20 ms, whether it is one long work or many of %i pieces', async (pieces) => {
    let [clock, since] = [1000, 0];
    vi.spyOn(performance, 'now').mockImplementation(() => clock);
    const stretches: number[] = [];
    function* work(): Generator<void, void> {
      for (let i = 0; i < pieces; i++) {
        clock += PIECE;
        since += PIECE;
        yield;
      }
    }
    const pause = async (): Promise<void> => {
      stretches.push(since);
      since = 0;
      await breathe();
    };
    await breathe();
    for (let done = 0; done < 300; done += pieces) await inSlices(work(), pause);
    expect(stretches.length).toBeGreaterThan(40);
    // A work that ends is followed by the first piece of the next one before anybody looks.
    expect(Math.max(...stretches)).toBeLessThan(SLICE + 2 * PIECE);
  });
});
