/** Packed words, tick by tick: two 16-bit elements a wavelet, on every machine. */
import { describe, expect, it } from 'vitest';
import { fabricIn, fabricOut, mem, vector } from '../../../src/machine/builder.ts';
import { maskOf, Port } from '../../../src/machine/fabric.ts';
import type { FabricInOperand, FabricOutOperand, Program } from '../../../src/machine/program.ts';
import { type MachineSpec, TEACHING, WSE2, WSE3 } from '../../../src/machine/spec.ts';
import { Sketch } from '../../drivers/sketch.ts';
import { bytesOf, ENGINES, run, spans, ticks, upward } from './engines.ts';

const { E, N, W, RAMP } = Port;
const taken = (queue: number): FabricInOperand => ({ ...fabricIn(queue), packed: true });
const given = (queue: number): FabricOutOperand => ({ ...fabricOut(queue, { advance: false }), packed: true });

/** The pair of f16 (a, b) as a word, a in the low half; both small integers by their f16 bits. */
const HALVES = [0x0000, 0x3c00, 0x4000, 0x4200, 0x4400, 0x4500, 0x4600, 0x4700, 0x4800];
const pair = (a: number, b: number): number => ((HALVES[b] << 16) | HALVES[a]) >>> 0;

/** A PE that takes words of color 0 from the west and passes them east in color 1. */
function relay(machine: MachineSpec, elements: number): Program {
  const sketch = new Sketch(machine, 1, 1).route(0, 0, [[maskOf(W), maskOf(RAMP)]]).route(0, 1, [[maskOf(RAMP), maskOf(E)]]);
  const words = Math.ceil(elements / 2);
  sketch.source(0, W, 0, upward(words)).sink(0, E, 1, words);
  sketch.task(0, [vector('compute', 'mov16', elements, { to: given(sketch.output(0, 1)), a: taken(sketch.input(0, 0)) })]);
  return sketch.build();
}

describe.each(ENGINES)('packed words on the %s engine', (_, factory) => {
  it.each([
    ['WSE-2', WSE2, 6],
    ['WSE-3', WSE3, 9],
  ] as const)('%s relays 200 f16 in 100 cycles, a wavelet a cycle', (_name, machine, setup) => {
    const { trace, sinks, cycles } = run(factory, relay(machine, 200));
    // The first word is there at hop + T_R = 3 or 4, the set-up is paid from 0 on; issued at `setup`, it leaves 1 + T_R later.
    expect([ticks(trace.uses, 0), ticks(trace.sends, 0), ticks(trace.hostOut, 0)]).toEqual([upward(100, setup), upward(100, setup), upward(100, setup + 3)]);
    expect([spans(trace, 0, 8), sinks[0], cycles]).toEqual([[`compute 0-${setup + 100}`], upward(100), setup + 103]);
  });

  it('Teaching, at one element a cycle, takes 2 cycles a word', () => {
    const { trace, cycles } = run(factory, relay(TEACHING, 20));
    expect(ticks(trace.uses, 0)).toEqual(upward(10).map((word) => 3 + 2 * (word - 1)));
    expect(cycles).toBe(3 + 20 + 2 + 1);
  });

  it('an odd last element has a word of its own, its high half zero', () => {
    const { trace, sinks } = run(factory, relay(WSE2, 5));
    expect([ticks(trace.uses, 0), sinks[0]]).toEqual([
      [6, 7, 8],
      [1, 2, 3],
    ]);
    const { sinks: cut } = run(factory, { ...relay(WSE2, 5), sources: [{ ...relay(WSE2, 5).sources[0], words: Uint32Array.of(1, 2, 0x70003) }] });
    expect(cut[0]).toEqual([1, 2, 3]);
  });

  it('adds a packed stream to memory in index order: low half first', () => {
    const sketch = new Sketch(WSE2, 1, 1).route(0, 0, [[maskOf(W), maskOf(RAMP)]]).route(0, 1, [[maskOf(RAMP), maskOf(E)]]);
    sketch.source(0, W, 0, [pair(1, 2), pair(3, 0)]).sink(0, E, 1, 2);
    const b = mem(sketch.loaded(0, bytesOf([pair(4, 3), pair(2, 1)])));
    sketch.task(0, [vector('compute', 'f16_add', 4, { to: given(sketch.output(0, 1)), a: taken(sketch.input(0, 0)), b })]);
    const { sinks, cycles } = run(factory, sketch.build());
    expect([sinks[0], cycles]).toEqual([[pair(5, 5), pair(5, 1)], 6 + 2 + 2 + 1]);
  });

  it('takes two words of one queue for two packed sources: the first is a', () => {
    const sketch = new Sketch(WSE2, 1, 1).route(0, 0, [[maskOf(W), maskOf(RAMP)]]);
    sketch.source(0, W, 0, [pair(5, 7), pair(1, 3), pair(8, 2), pair(4, 1)]);
    const queue = sketch.input(0, 0);
    const to = mem(sketch.memory(0, 8));
    sketch.task(0, [vector('compute', 'f16_sub', 4, { to, a: taken(queue), b: taken(queue) })]);
    const { engine, trace, cycles } = run(factory, sketch.build());
    const halves = new Uint16Array(engine.memory(0, to.address, 8).slice().buffer);
    expect([...halves].map((half) => HALVES.indexOf(half))).toEqual([4, 4, 4, 1]);
    // All four words are there at 6; the second pair is there at 6 as well.
    expect([ticks(trace.uses, 0), cycles]).toEqual([[6, 6, 7, 7], 8]);
  });

  it('carries `advance` with the word of the last element: 3 elements, the switch turns behind the second word', () => {
    const sketch = new Sketch(WSE2, 1, 1).route(0, 1, [
      [maskOf(RAMP), maskOf(E)],
      [maskOf(RAMP), maskOf(N)],
    ]);
    const a = mem(sketch.loaded(0, bytesOf([0x20001, 3])));
    const queue = sketch.output(0, 1);
    const send = (advance: boolean) => vector('send', 'mov16', 3, { to: { ...given(queue), advance }, a });
    sketch.task(0, [send(true), send(false)]);
    const { sinks } = run(factory, sketch.sink(0, E, 1, 2).sink(0, N, 1, 2).build());
    expect(sinks).toEqual([
      [0x20001, 3],
      [0x20001, 3],
    ]);
  });
});
