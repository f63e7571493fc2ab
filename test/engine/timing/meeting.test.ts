import { expect, it } from 'vitest';
import { rng } from '../../../src/base/rng.ts';
import { hasOneAt } from '../../../src/engine/timing/meeting.ts';
import { Shapes } from '../../../src/trace/shapes.ts';
import { between } from '../../drivers/late.ts';

const ticksOf = (begin: number, count: number, period: number): number[] => Array.from({ length: count }, (_, i) => begin + i * period);

it('says of random runs whether they have a tick of random departures, as looking at every tick does', () => {
  let shared = 0;
  for (let seed = 0; seed < 500; seed++) {
    const r = rng(seed);
    const moves = new Shapes();
    const departures = new Set<number>();
    for (let row = between(r, 1, 4), tick = 1; row > 0; row--) {
      const [count, period] = [between(r, 1, 5), between(r, 1, 6)];
      const begin = tick + between(r, 0, 9);
      moves.row(0, begin, count, period);
      for (const each of ticksOf(begin, count, period)) departures.add(each);
      tick = begin + (count - 1) * period + 1;
    }
    const shape = moves.close(false);
    const [begin, count, period] = [between(r, 0, 60), between(r, 1, 6), between(r, 1, 6)];
    const isShared = ticksOf(begin, count, period).some((tick) => departures.has(tick));
    expect(hasOneAt(moves, shape, begin, count, period), `seed ${seed}`).toBe(isShared);
    if (isShared) shared++;
  }
  expect(shared).toBeGreaterThan(50);
});
