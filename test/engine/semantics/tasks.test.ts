/** Data tasks, control tasks and pickers, tick by tick: when a wavelet starts a task, which of several starts, who gets the head of a queue. */
import { describe, expect, it } from 'vitest';
import { fabricIn, fabricOut, mem, scalar, setTo, vector } from '../../../src/machine/builder.ts';
import { encodeControl } from '../../../src/machine/control.ts';
import { maskOf, Port } from '../../../src/machine/fabric.ts';
import { afterPick, pickTask, type TaskPicker } from '../../../src/machine/picker.ts';
import type { Program, ScalarStep } from '../../../src/machine/program.ts';
import { TEACHING, WSE2 } from '../../../src/machine/spec.ts';
import { Sketch } from '../../drivers/sketch.ts';
import { bytesOf, ENGINES, failure, run, spans, ticks, upward, wordsAt } from './engines.ts';

const { N, E, S, W, RAMP } = Port;

/** Keeps main busy for `length` elements. */
function busy(sketch: Sketch, length: number) {
  const to = mem(sketch.memory(0, 4 * length));
  return vector('compute', 'f32_scale', length, { to, a: to, scalar: { imm: 0 } });
}

const addWord: ScalarStep = { op: 'add', d: 0, a: 0, b: 1 };

describe.each(ENGINES)('tasks of the %s engine', (_, factory) => {
  it.each([
    [1, [3, 4, 5]],
    [2, [3, 5, 7]],
  ])('a data task of %i instructions on WSE-2 takes the wavelets that are ready at 3, 4 and 5 at %j', (steps, taken) => {
    const sketch = new Sketch(WSE2, 1, 1).route(0, 0, [[maskOf(W), maskOf(RAMP)]]).source(0, W, 0, [5, 6, 7]);
    const more = steps === 1 ? [] : [setTo(2, 0)];
    sketch.task(0, [scalar('compute', addWord, ...more)], { active: false, trigger: { kind: 'data', queue: sketch.input(0, 0), register: 1 } });
    const { engine, trace, cycles } = run(factory, sketch.build());
    expect([ticks(trace.uses, 0), engine.inspect(0).registers[0], cycles]).toEqual([taken, 18, taken[2] + steps]);
    expect(spans(trace, 0, 8)).toEqual(steps === 1 ? ['compute 3-6'] : ['compute 3-9']);
  });

  it('a data task that costs nothing takes one wavelet a cycle, and the run ends with the last pick', () => {
    const sketch = new Sketch(TEACHING, 1, 1).route(0, 0, [[maskOf(W), maskOf(RAMP)]]).source(0, W, 0, upward(20));
    sketch.task(0, [scalar('compute', addWord)], { active: false, trigger: { kind: 'data', queue: sketch.input(0, 0), register: 1 } });
    const { engine, trace, cycles } = run(factory, sketch.build());
    expect([ticks(trace.uses, 0), engine.inspect(0).registers[0], cycles]).toEqual([upward(20, 3), 210, 23]);
  });

  it('an op of a data task finds the queue without the head: a header at 3, its two words at 4 and 5', () => {
    const sketch = new Sketch(TEACHING, 1, 1).route(0, 0, [[maskOf(W), maskOf(RAMP)]]).source(0, W, 0, [9, 1, 2]);
    const queue = sketch.input(0, 0);
    const to = mem(sketch.memory(0, 8));
    const code = [vector('receive', 'mov32', 2, { to, a: fabricIn(queue) })];
    sketch.task(0, code, { active: false, trigger: { kind: 'data', queue, register: 3 } });
    const { engine, trace, cycles } = run(factory, sketch.build());
    expect([ticks(trace.uses, 0), spans(trace, 0, 8), cycles]).toEqual([[3, 4, 5], ['wait 3-4', 'receive 4-6'], 6]);
    expect([engine.inspect(0).registers[3], wordsAt(engine, 0, to.address, 2)]).toEqual([9, [1, 2]]);
  });

  it('a blocked data task takes its wavelets after the op that unblocks it: of 10 cycles, so at 10 and 11', () => {
    const sketch = new Sketch(TEACHING, 1, 1).route(0, 0, [[maskOf(W), maskOf(RAMP)]]).source(0, W, 0, [5, 6]);
    const data = sketch.task(0, [scalar('compute', addWord)], {
      active: false,
      blocked: true,
      trigger: { kind: 'data', queue: sketch.input(0, 0), register: 1 },
    });
    sketch.task(0, [{ ...busy(sketch, 10), unblocks: data }]);
    const { trace, cycles } = run(factory, sketch.build());
    expect([ticks(trace.uses, 0), cycles]).toEqual([[10, 11], 12]);
  });

  it('a control wavelet sent at 0 starts the control task of the next PE at 1 + T_R + hop + T_R = 6, its data in the register', () => {
    const sketch = new Sketch(TEACHING, 2, 1).route(0, 0, [[maskOf(RAMP), maskOf(E)]]).route(1, 0, [[maskOf(W), maskOf(RAMP)]]);
    const word = mem(sketch.loaded(0, bytesOf([encodeControl([], { task: 1, data: 513 })])));
    const to = { ...fabricOut(sketch.output(0, 0), { advance: false }), control: true };
    sketch.task(0, [vector('send', 'mov32', 1, { to, a: word })]);
    const code = [vector('compute', 'mov32', 1, { to: mem(sketch.memory(1, 8)), a: mem(sketch.memory(1, 8)) })];
    sketch.task(1, code, { active: false, trigger: { kind: 'control', register: 9 } });
    sketch.input(1, 0);
    sketch.task(1, code, { active: false, trigger: { kind: 'control', register: 7 } });
    const { engine, trace, cycles } = run(factory, sketch.build());
    expect([ticks(trace.uses, 0), spans(trace, 1, 8), cycles]).toEqual([[6], ['compute 6-7'], 7]);
    expect([...engine.inspect(1).registers].filter((register) => register !== 0)).toEqual([513]);
    expect(engine.inspect(1).registers[7]).toBe(513);
  });

  it('a control task takes the head of the lowest-numbered queue that names it', () => {
    const sketch = new Sketch(TEACHING, 1, 1).route(0, 0, [[maskOf(W), maskOf(RAMP)]]).route(0, 1, [[maskOf(N), maskOf(RAMP)]]);
    const named = (data: number): number[] => [encodeControl([], { task: 1, data })];
    sketch.source(0, W, 0, named(4), { controls: Uint8Array.of(1) }).source(0, N, 1, named(7), { controls: Uint8Array.of(1) });
    sketch.input(0, 1);
    sketch.input(0, 0);
    sketch.task(0, [busy(sketch, 10)]);
    const code = [scalar('compute', { op: 'shli', d: 0, a: 0, imm: 4 }, addWord)];
    sketch.task(0, code, { active: false, trigger: { kind: 'control', register: 1 } });
    const { engine, trace } = run(factory, sketch.build());
    // Queue 0 is bound to color 1.
    expect([ticks(trace.uses, 0), ticks(trace.uses, 1), engine.inspect(0).registers[0]]).toEqual([[10], [11], 0x74]);
  });

  it('a fabric operand leaves a control wavelet to its task and goes on with the words behind it, in the same cycle', () => {
    const build = (length: number): { program: Program; address: number } => {
      const sketch = new Sketch(TEACHING, 1, 1).route(0, 0, [[maskOf(W), maskOf(RAMP)]]);
      sketch.source(0, W, 0, [1, encodeControl([], { task: 1 }), 2], { controls: Uint8Array.of(0, 1, 0) });
      const to = mem(sketch.memory(0, 8));
      const receive = { ...vector('receive', 'mov32', 2, { to, a: fabricIn(sketch.input(0, 0)) }), thread: 0 };
      sketch.task(0, length > 0 ? [receive, busy(sketch, length)] : [receive]);
      sketch.task(0, [], { active: false, trigger: { kind: 'control', register: 1 } });
      return { program: sketch.build(), address: to.address };
    };
    const free = build(0);
    const early = run(factory, free.program);
    expect([ticks(early.trace.uses, 0), spans(early.trace, 0, 0)]).toEqual([
      [3, 4, 5],
      ['wait 1-3', 'receive 3-4', 'wait 4-5', 'receive 5-6'],
    ]);
    // Main starts the op in cycle 0 and computes from 1 to 12, but for the cycle 3 in which the microthread issues.
    const taken = build(10);
    const late = run(factory, taken.program);
    expect([ticks(late.trace.uses, 0), spans(late.trace, 0, 0)]).toEqual([
      [3, 12, 12],
      ['wait 1-3', 'receive 3-4', 'wait 4-12', 'receive 12-13'],
    ]);
    expect([late.cycles, wordsAt(late.engine, 0, taken.address, 2)]).toEqual([13, [1, 2]]);
  });

  it('a control wavelet that names no task of its PE is never taken, known when its departure is over at 2', () => {
    const sketch = new Sketch(TEACHING, 1, 1).route(0, 0, [[maskOf(W), maskOf(RAMP)]]);
    sketch.source(0, W, 0, [encodeControl([])], { controls: Uint8Array.of(1) }).input(0, 0);
    expect(failure(factory, sketch.build()).error.cycle).toBe(2);
  });

  /** Ticks at which three data tasks take their two waiting wavelets each, in cycles after the 26 of a first task that keeps main. */
  function picks(picker: TaskPicker | undefined): number[][] {
    const sketch = new Sketch(WSE2, 1, 1);
    sketch.task(0, [busy(sketch, 20)]);
    for (const [color, port] of [W, N, S].entries()) {
      sketch.route(0, color, [[maskOf(port), maskOf(RAMP)]]).source(0, port, color, [1, 2]);
      sketch.task(0, [scalar('compute', setTo(0, color))], { active: false, trigger: { kind: 'data', queue: sketch.input(0, color), register: 1 } });
    }
    const { trace } = run(factory, sketch.build({ picker }));
    return [0, 1, 2].map((lane) => ticks(trace.uses, lane).map((tick) => tick - 26));
  }

  it('picks the lowest number by default, the next in a circle with rotate', () => {
    const inOrder = [
      [0, 1],
      [2, 3],
      [4, 5],
    ];
    expect([picks(undefined), picks({ kind: 'lowest' })]).toEqual([inOrder, inOrder]);
    expect(picks({ kind: 'rotate' })).toEqual([
      [0, 3],
      [1, 4],
      [2, 5],
    ]);
  });

  it.each([1, 2, 3, 4])('picks at random by the seed %i and by how often it has picked', (seed) => {
    const picker: TaskPicker = { kind: 'random', seed };
    const [left, expected] = [[1, 2, 2, 2], [[], [], [], []] as number[][]];
    let state = 0;
    for (let pick = -1; pick < 6; pick++) {
      const mask = pick < 0 ? 1 : left.reduce((bits, count, task) => (task > 0 && count > 0 ? bits | (1 << task) : bits), 0);
      const task = pickTask(picker, mask, 0, state);
      state = afterPick(picker, task, state);
      left[task]--;
      expected[task].push(pick);
    }
    expect(picks(picker)).toEqual(expected.slice(1));
  });
});
