/** Runs told at once are the runs that their events one by one would make. */
import { expect, it } from 'vitest';
import { rng } from '../../src/base/rng.ts';
import { Recorder } from '../../src/trace/recorder.ts';
import type { Trace } from '../../src/trace/schema.ts';

const CHANNELS = { count: 2, inputCount: 0, outputCount: 0 };

it('departures told as runs of any period make the trace of single departures, over 500 random histories', () => {
  for (let seed = 0; seed < 500; seed++) {
    const random = rng(seed);
    const [runs, events] = [0, 1].map(() => new Recorder(1, CHANNELS, 0, 0));
    for (let tick = 0, n = 0; n < 12; n++) {
      const [lane, tx] = [random.below(2), 1 + random.below(2)];
      const [count, period] = [1 + random.below(6), 1 + random.below(4)];
      runs.moveRun(lane, tx, tick, count, period);
      for (let i = 0; i < count; i++) events.moveRun(lane, tx, tick + i * period, 1);
      tick += (count - 1) * period + 1 + random.below(20);
    }
    expect(runs.finish(1, 1, 1000).moves, `seed ${seed}`).toEqual(events.finish(1, 1, 1000).moves);
  }
});

it('a recorder that has finished records another run as a new one does', () => {
  const [used, fresh] = [0, 1].map(() => new Recorder(1, CHANNELS, 0, 0));
  const record = (recorder: Recorder, from: number): Trace => {
    recorder.moveRun(0, 1, from, 3, 2);
    recorder.moveRun(0, 2, from + 9, 5);
    recorder.span(0, 8, 1, 0, from, from + 9);
    return recorder.finish(1, 1, 100);
  };
  const first = record(used, 40);
  expect(record(used, 7)).toEqual(record(fresh, 7));
  expect(first.moves.begin).toEqual(Uint32Array.of(40, 49));
});
