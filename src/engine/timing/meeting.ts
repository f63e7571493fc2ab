/** Whether words of two colors leave a router at one tick: by one port only one of them could, which is arbitration (docs/tick.md 5). */
import type { Shapes } from '../../trace/shapes.ts';

/** Whether a shape of departures has one at one of `count` ticks from `begin` on, `period` apart. */
export function hasOneAt(moves: Shapes, shape: number, begin: number, count: number, period: number): boolean {
  const [past, last] = [moves.first(shape + 1), begin + (count - 1) * period];
  for (let row = rowAt(moves, shape, begin); row < past && moves.begin(row) <= last; row++) {
    const [own, pace] = [moves.begin(row), moves.extra(row)];
    const ownLast = own + (moves.extent(row) - 1) * pace;
    const isShared = pace > period ? hasTick(own, ownLast, pace, begin, last, period) : hasTick(begin, last, period, own, ownLast, pace);
    if (isShared) return true;
  }
  return false;
}

/** The last row that begins at a tick or before it, or the first one. */
function rowAt(moves: Shapes, shape: number, tick: number): number {
  let [low, high] = [moves.first(shape), moves.first(shape + 1)];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (moves.begin(middle) <= tick) low = middle;
    else high = middle;
  }
  return low;
}

/** Whether a run from `a` to `aLast` has a tick of another, whose period is no longer. */
function hasTick(a: number, aLast: number, aPeriod: number, b: number, bLast: number, bPeriod: number): boolean {
  const first = a < b ? a + Math.ceil((b - a) / aPeriod) * aPeriod : a;
  for (let tick = first; tick <= Math.min(aLast, bLast); tick += aPeriod) if ((tick - b) % bPeriod === 0) return true;
  return false;
}
