/** The lane index against a plain list of events, on random lanes: forwards, backwards and in jumps. */
import { describe, expect, it } from 'vitest';
import { toEnd } from '../../src/base/pieces.ts';
import { rng } from '../../src/base/rng.ts';
import { LaneIndex, tabulatingRuns } from '../../src/trace/lane-index.ts';
import type { Runs } from '../../src/trace/schema.ts';

interface Event {
  readonly tick: number;
  readonly tx: number;
}

/** Three lanes of random runs; lane 1 is empty, lane 2 has one port mask. */
function randomLanes(seed: number): { runs: Runs; events: Event[][] } {
  const random = rng(seed);
  const events: Event[][] = [[], [], []];
  const rows: { lane: number; tx: number; begin: number; count: number; period: number }[] = [];
  for (const lane of [0, 2]) {
    let tick = random.below(5);
    for (let row = 0; row < 12; row++) {
      const run = { lane, tx: lane === 2 ? 8 : 1 + random.below(15), begin: tick, count: 1 + random.below(6), period: 1 + random.below(4) };
      rows.push(run);
      for (let i = 0; i < run.count; i++) events[lane].push({ tick: run.begin + i * run.period, tx: run.tx });
      tick = run.begin + (run.count - 1) * run.period + 1 + random.below(9);
    }
  }
  const column = (name: 'lane' | 'begin' | 'count' | 'period'): Uint32Array => Uint32Array.from(rows, (r) => r[name]);
  return {
    runs: { lane: column('lane'), tx: Uint8Array.from(rows, (r) => r.tx), begin: column('begin'), count: column('count'), period: column('period') },
    events,
  };
}

describe('the lane index', () => {
  it.each([1, 2, 3, 4, 5])('answers like a list of events, seed %i', (seed) => {
    const { runs, events } = randomLanes(seed);
    const index = LaneIndex.ofRuns(runs, 3, toEnd(tabulatingRuns(runs, 3)));
    const random = rng(seed + 100);
    for (let i = 0; i < 600; i++) {
      const lane = random.below(3);
      const tick = i < 200 ? i : random.below(250);
      const list = events[lane];
      const mask = 1 << random.below(4);
      const at = list.findIndex((e) => e.tick === tick);
      expect(index.countBefore(lane, tick)).toBe(list.filter((e) => e.tick < tick).length);
      expect(index.countThrough(lane, mask, tick)).toBe(list.filter((e) => e.tick < tick && e.tx & mask).length);
      expect(index.ordinalAt(lane, tick)).toBe(at);
      expect(index.txAt(lane, tick)).toBe(at < 0 ? 0 : list[at].tx);
    }
    for (const [lane, list] of events.entries()) {
      expect(index.total(lane)).toBe(list.length);
      expect(list.map((_, n) => index.tickOf(lane, n))).toEqual(list.map((e) => e.tick));
      expect(index.tickOf(lane, list.length)).toBe(-1);
    }
  });

  it('three words taken in tick 5 are a run of period 0: none before 5, three before 6, the first has ordinal 1', () => {
    const runs = {
      lane: Uint32Array.of(0, 0, 0),
      tx: new Uint8Array(3),
      begin: Uint32Array.of(2, 5, 8),
      count: Uint32Array.of(1, 3, 1),
      period: Uint32Array.of(1, 0, 1),
    };
    const index = LaneIndex.ofRuns(runs, 1, toEnd(tabulatingRuns(runs, 1)));
    expect([5, 6, 8, 9].map((tick) => index.countBefore(0, tick))).toEqual([1, 4, 4, 5]);
    expect([4, 5, 6].map((tick) => index.ordinalAt(0, tick))).toEqual([-1, 1, -1]);
    expect([0, 1, 3, 4].map((n) => index.tickOf(0, n))).toEqual([2, 5, 5, 8]);
  });
});
