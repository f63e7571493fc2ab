import { expect, it } from 'vitest';
import { enumerateChannels } from '../../src/machine/channels.ts';
import { Port } from '../../src/machine/fabric.ts';
import { TEACHING } from '../../src/machine/spec.ts';
import { cutTrace } from '../../src/trace/cut.ts';
import { Recorder } from '../../src/trace/recorder.ts';
import { KIND } from '../../src/trace/schema.ts';
import { Sketch } from '../drivers/sketch.ts';

it('a trace cut at 10 has no event at 10 or later; a stall that lasts stays for cycle 10 itself, an issue does not', () => {
  const program = new Sketch(TEACHING, 2, 1).route(0, 0, [[1 << Port.W, 1 << Port.E]]).route(1, 0, [[1 << Port.W, 1 << Port.E]]);
  const channels = enumerateChannels(program.source(0, Port.W, 0, [1]).sink(1, Port.E, 0, 1).build());
  const recorder = new Recorder(2, channels, 1, 1);
  for (const tick of [1, 4, 7, 10, 13]) recorder.move(0, 2, tick);
  recorder.move(1, 2, 11);
  recorder.span(0, 8, KIND.compute, -1, 8, 14);
  recorder.span(1, 8, KIND.wait, -1, 3, 20);
  recorder.span(1, 0, KIND.send, -1, 10, 12);
  const { cycles, moves, intervals } = cutTrace(recorder.finish(2, 1, 20), 10);
  expect(cycles).toBe(10);
  expect([...moves.lane].map((lane, i) => [lane, moves.begin[i], moves.count[i], moves.period[i]])).toEqual([[0, 1, 3, 3]]);
  expect([...intervals.pe].map((pe, i) => [pe, intervals.kind[i], intervals.begin[i], intervals.end[i]])).toEqual([
    [0, KIND.compute, 8, 10],
    [1, KIND.wait, 3, 11],
  ]);
});
