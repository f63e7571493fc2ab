/** Control wavelets, tick by tick: commands at switches, what is taken off a word, closed routes, and `advance` behind a command. */
import { describe, expect, it } from 'vitest';
import { fabricIn, fabricOut, mem, vector } from '../../../src/machine/builder.ts';
import { type Command, encodeControl, type Pop, popped } from '../../../src/machine/control.ts';
import { maskOf, Port } from '../../../src/machine/fabric.ts';
import type { FabricOutOperand, Program } from '../../../src/machine/program.ts';
import { TEACHING } from '../../../src/machine/spec.ts';
import { Sketch } from '../../drivers/sketch.ts';
import { bytesOf, ENGINES, failure, run, ticks, wordsAt } from './engines.ts';

const { N, E, S, W, RAMP } = Port;

/** The host's words, some of them control wavelets, into a row of routers whose color 0 goes east, then (position 1) north. */
function row(pop: Pop, words: ReadonlyArray<number | readonly Command[]>, east: number, north: number): Program {
  const sketch = new Sketch(TEACHING, 3, 1);
  for (const pe of [0, 1, 2]) {
    const positions = [E, N].map((port) => [maskOf(W), maskOf(port)] as const);
    sketch.route(pe, 0, positions, false, pop).sink(pe, N, 0, pe === 0 ? north : 0);
  }
  return streamed(sketch, words).sink(2, E, 0, east).build();
}

function streamed(sketch: Sketch, words: ReadonlyArray<number | readonly Command[]>): Sketch {
  const controls = Uint8Array.from(words, (word) => (typeof word === 'number' ? 0 : 1));
  const list = words.map((word) => (typeof word === 'number' ? word : encodeControl(word)));
  return sketch.source(0, W, 0, list, { controls });
}

/** One router whose color 0 comes from the west and goes east, north and south, a position each. */
function fork(ring: boolean, words: ReadonlyArray<number | readonly Command[]>, east: number, north: number, south: number): Program {
  const positions = [E, N, S].map((port) => [maskOf(W), maskOf(port)] as const);
  const sketch = new Sketch(TEACHING, 1, 1).route(0, 0, positions, ring);
  return streamed(sketch, words).sink(0, E, 0, east).sink(0, N, 0, north).sink(0, S, 0, south).build();
}

/** A control word from which `taken` commands were popped. */
const without = (word: number, taken: number): number => (taken === 0 ? word : without(popped(word, 'always', true) >>> 0, taken - 1));

describe.each(ENGINES)('control wavelets on the %s engine', (_, factory) => {
  it.each([
    ['always', ['advance', 'nop', 'advance'], [1, 0, 1], 3],
    ['never', ['advance', 'nop', 'nop'], [1, 1, 1], 0],
    ['onAdvance', ['nop', 'advance'], [0, 0, 0], 0],
    ['onAdvance', ['advance', 'advance', 'nop', 'advance'], [1, 1, 0], 2],
    ['onAdvanceOrNop', ['advance', 'nop', 'nop'], [1, 0, 0], 3],
  ] as const)('with pop mode %s a word of commands %j leaves three switches at %j, %i commands taken off', (pop, commands, positions, taken) => {
    // PE 0 sends on at 1 (the word 5), 2 (the control wavelet, by the old position) and 3 (the word 6, by the new one).
    const turned = positions[0] === 1;
    const { engine, trace, sinks } = run(factory, row(pop, [5, commands, 6], turned ? 2 : 3, turned ? 1 : 0));
    expect([0, 1, 2].map((pe) => engine.inspect(pe).positions[0])).toEqual(positions);
    const [north, east] = [sinks[0], sinks[3]];
    expect([east.slice(0, 2), ticks(trace.hostOut, 3).slice(0, 2)]).toEqual([
      [5, without(encodeControl(commands), taken)],
      [3, 4],
    ]);
    expect(turned ? [north, ticks(trace.hostOut, 0)] : [east.slice(2), ticks(trace.hostOut, 3).slice(2)]).toEqual([[6], [turned ? 3 : 5]]);
  });

  const TURNS = [['advance'], 1, ['advance'], 2, ['advance'], 3, ['reset'], 4] as const;

  it('stays at the last position without a ring, and a reset goes back to the first', () => {
    const { trace, sinks } = run(factory, fork(false, TURNS, 2, 2, 4));
    expect([0, 1, 2].map((sink) => ticks(trace.hostOut, sink))).toEqual([
      [1, 8],
      [2, 3],
      [4, 5, 6, 7],
    ]);
    expect([sinks[0][1], sinks[1][0], sinks[2][0], sinks[2][2]]).toEqual([4, 1, 2, 3]);
  });

  it('goes around a ring: the third advance is back at the first position', () => {
    const { trace, sinks } = run(factory, fork(true, TURNS, 4, 2, 2));
    expect([0, 1, 2].map((sink) => ticks(trace.hostOut, sink))).toEqual([
      [1, 6, 7, 8],
      [2, 3],
      [4, 5],
    ]);
    expect([sinks[0][1], sinks[0][3]]).toEqual([3, 4]);
  });

  it('passes a teardown on and closes the route behind it: the next word waits for ever, known at cycle 3', () => {
    const { error, engine } = failure(factory, fork(false, [1, ['teardown'], 2], 3, 0, 0));
    expect(error.cycle).toBe(3);
    expect([[...engine.sinkWords(0)], [...engine.inspect(0).positions]]).toEqual([[1, encodeControl(['teardown'])], [4]]);
  });

  it('a route of one position neither executes a command nor takes it off', () => {
    const sketch = new Sketch(TEACHING, 3, 1);
    const both = [E, N].map((port) => [maskOf(W), maskOf(port)] as const);
    sketch
      .route(0, 0, both, false, 'always')
      .route(1, 0, [[maskOf(W), maskOf(E)]])
      .route(2, 0, both, false, 'always');
    streamed(sketch, [['reset', 'advance', 'teardown']]);
    sketch.sink(0, N, 0, 0).sink(2, N, 0, 0).sink(2, E, 0, 1);
    const { engine, sinks } = run(factory, sketch.build());
    expect([0, 1, 2].map((pe) => engine.inspect(pe).positions[0])).toEqual([0, 0, 1]);
    expect(sinks[2]).toEqual([without(encodeControl(['reset', 'advance', 'teardown']), 2)]);
  });

  it('gives all copies of a multicast the word without its first command, its task kept', () => {
    const positions = [maskOf(E, N), maskOf(S)].map((tx) => [maskOf(W), tx] as const);
    const sketch = new Sketch(TEACHING, 1, 1).route(0, 0, positions, false, 'always');
    const word = encodeControl(['advance', 'teardown'], { task: 3 });
    sketch.source(0, W, 0, [word, 9], { controls: Uint8Array.of(1, 0) });
    const { trace, sinks } = run(factory, sketch.sink(0, E, 0, 1).sink(0, N, 0, 1).sink(0, S, 0, 1).build());
    const copy = without(word, 1);
    expect(sinks).toEqual([[copy], [copy], [9]]);
    expect([0, 1, 2].map((sink) => ticks(trace.hostOut, sink))).toEqual([[1], [1], [2]]);
  });

  it('a filtered control wavelet turns the switch and does not go up the ramp: the element finds only the data behind it', () => {
    const sketch = new Sketch(TEACHING, 1, 1).route(0, 0, [
      [maskOf(W), maskOf(RAMP, E)],
      [maskOf(W), maskOf(RAMP)],
    ]);
    sketch.source(0, W, 0, [encodeControl(['advance'], { filtered: true }), 8], { controls: Uint8Array.of(1, 0) }).sink(0, E, 0, 1);
    const to = mem(sketch.memory(0, 4));
    sketch.task(0, [vector('receive', 'mov32', 1, { to, a: fabricIn(sketch.input(0, 0)) })]);
    const { engine, trace } = run(factory, sketch.build());
    expect([wordsAt(engine, 0, to.address, 1), ticks(trace.hostOut, 0), ticks(trace.uses, 0)]).toEqual([[8], [1], [4]]);
  });

  /** PE 0 sends a control wavelet, its last one with `advance`, and then a word, through three positions: east, north, south. */
  function sender(command: Command, south: number): Program {
    const sketch = new Sketch(TEACHING, 1, 1).route(
      0,
      0,
      [E, N, S].map((port) => [maskOf(RAMP), maskOf(port)]),
    );
    const values = mem(sketch.loaded(0, bytesOf([encodeControl([command])])));
    const data = mem(sketch.loaded(0, bytesOf([7])));
    const queue = sketch.output(0, 0);
    const control: FabricOutOperand = { ...fabricOut(queue, { advance: true }), control: true };
    sketch.task(0, [vector('send', 'mov32', 1, { to: control, a: values }), vector('send', 'mov32', 1, { to: fabricOut(queue, { advance: false }), a: data })]);
    return sketch.sink(0, E, 0, 1).sink(0, N, 0, 0).sink(0, S, 0, south).build();
  }

  it('executes the command first and `advance` after it: from east by two positions to south', () => {
    // Issued at 0 and 1, on the ramp from 1 and 2, at the router 2 later.
    const { trace, sinks } = run(factory, sender('advance', 1));
    expect([ticks(trace.hostOut, 0), ticks(trace.hostOut, 2), sinks[2]]).toEqual([[3], [4], [7]]);
  });

  it('stays closed after a teardown that carries `advance`', () => {
    const { error, engine } = failure(factory, sender('teardown', 1));
    expect([error.cycle, engine.inspect(0).positions[0]]).toEqual([4, 4]);
  });
});
