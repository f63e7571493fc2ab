/** FIFOs in memory and completion latency, tick by tick: stalls at full and empty, what a push or pop activates and when. */
import { describe, expect, it } from 'vitest';
import { mem, scalar, setTo, vector } from '../../../src/machine/builder.ts';
import type { FifoOperand, Instruction, VectorInstruction } from '../../../src/machine/program.ts';
import { type MachineSpec, TEACHING, WSE2 } from '../../../src/machine/spec.ts';
import { Sketch } from '../../drivers/sketch.ts';
import { bytesOf, ENGINES, failure, run, spans, upward, wordsAt } from './engines.ts';

const fifo = (number: number): FifoOperand => ({ kind: 'fifo', fifo: number });
const moved = (length: number, to: VectorInstruction['destination'], a: VectorInstruction['a']) => vector('compute', 'mov32', length, { to, a });

describe.each(ENGINES)('FIFOs in memory of the %s engine', (_, factory) => {
  it('a FIFO of 2 between a microthread and main: 4 words in 9 cycles, stalls at empty and at full', () => {
    const sketch = new Sketch(TEACHING, 1, 1);
    const ring = fifo(sketch.fifo(0, 2));
    const [from, to] = [mem(sketch.loaded(0, bytesOf([5, 6, 7, 8]))), mem(sketch.memory(0, 16))];
    sketch.task(0, [{ ...moved(4, ring, from), thread: 0 }, moved(4, to, ring)]);
    const { engine, trace, cycles } = run(factory, sketch.build());
    // The microthread goes first whenever it is ready: words in at 1, 2, 4, 6; out at 3, 5, 7, 8.
    expect(spans(trace, 0, 0)).toEqual(['compute 1-3', 'blocked 3-4', 'compute 4-5', 'blocked 5-6', 'compute 6-7']);
    expect(spans(trace, 0, 8)).toEqual(['compute 0-1', 'wait 1-2', 'slot 2-3', 'compute 3-4', 'slot 4-5', 'compute 5-6', 'slot 6-7', 'compute 7-9']);
    expect([cycles, wordsAt(engine, 0, to.address, 4)]).toEqual([9, [5, 6, 7, 8]]);
  });

  it('an op stalls in the middle and keeps its position: 3 words through a FIFO of 3 in two halves of an op of 6', () => {
    const sketch = new Sketch(TEACHING, 1, 1);
    const ring = fifo(sketch.fifo(0, 3));
    const [from, to] = [mem(sketch.loaded(0, bytesOf(upward(6)))), mem(sketch.memory(0, 24))];
    // The microthread takes 6; main puts 3, computes 10 cycles, puts 3.
    const pause = vector('load', 'f32_scale', 10, { to: mem(sketch.memory(0, 40)), a: mem(sketch.memory(0, 40)), scalar: { imm: 0 } });
    sketch.task(0, [{ ...moved(6, to, ring), thread: 2 }, moved(3, ring, from), pause, moved(3, ring, mem(from.address + 12))]);
    const { engine, trace } = run(factory, sketch.build());
    expect(spans(trace, 0, 2)).toEqual([
      'wait 1-2',
      'compute 2-3',
      'wait 3-4',
      'compute 4-5',
      'wait 5-6',
      'compute 6-7',
      'wait 7-18',
      'compute 18-19',
      'wait 19-20',
      'compute 20-21',
      'wait 21-22',
      'compute 22-23',
    ]);
    expect(wordsAt(engine, 0, to.address, 6)).toEqual(upward(6));
  });

  it('an op with both sources on one FIFO needs two words, the older one as source a', () => {
    const sketch = new Sketch(TEACHING, 1, 1);
    const ring = fifo(sketch.fifo(0, 4));
    const [from, to] = [mem(sketch.floats(0, [8, 2, 5, 7])), mem(sketch.memory(0, 8))];
    sketch.task(0, [{ ...moved(4, ring, from), thread: 0 }, vector('compute', 'f32_add', 2, { to, a: ring, b: ring })]);
    const { engine, trace } = run(factory, sketch.build());
    // In at 1, 2, 3, 4: main misses a second word at 1 and 2, then has no slot until 5.
    expect(spans(trace, 0, 8)).toEqual(['compute 0-1', 'wait 1-3', 'slot 3-5', 'compute 5-7']);
    expect([...new Float32Array(engine.memory(0, to.address, 8).slice().buffer)]).toEqual([10, 12]);
  });

  it('an op that takes from and adds to one full FIFO waits for ever, known at cycle 1', () => {
    const sketch = new Sketch(TEACHING, 1, 1);
    const ring = fifo(sketch.fifo(0, 1));
    sketch.task(0, [moved(1, ring, mem(sketch.memory(0, 8))), moved(1, ring, ring)]);
    expect(failure(factory, sketch.build()).error.cycle).toBe(1);
  });

  it.each([0, 3])('with a completion of %i every word added activates a task that takes it', (completion) => {
    const sketch = new Sketch({ ...TEACHING, completion }, 1, 1);
    const to = mem(sketch.memory(0, 8), 1, { base: 0 });
    const taker = (ring: number): Instruction[] => [moved(1, to, fifo(ring)), scalar('compute', { op: 'addi', d: 0, a: 0, imm: 4 })];
    const ring = sketch.fifo(0, 4, { activatesOnPush: 0 });
    sketch.task(0, taker(ring), { active: false });
    const from = mem(sketch.loaded(0, bytesOf([3, 4])));
    sketch.task(0, [moved(1, fifo(ring), from)]);
    sketch.task(0, [moved(1, fifo(ring), mem(from.address + 4))]);
    const { engine, trace, cycles } = run(factory, sketch.build());
    // Without latency the task is visible at 1 and goes first; with 3 the flags come at 4 and 5.
    expect([spans(trace, 0, 8), cycles]).toEqual(completion === 0 ? [['compute 0-4'], 4] : [['compute 0-2', 'compute 4-6'], 6]);
    expect(wordsAt(engine, 0, to.address, 2)).toEqual([3, 4]);
  });

  it('a word taken activates a task too: the one that fills the FIFO again', () => {
    const sketch = new Sketch(TEACHING, 1, 1);
    const ring = sketch.fifo(0, 1, { activatesOnPop: 0 });
    const [from, to] = [mem(sketch.loaded(0, bytesOf([3, 4])), 1, { base: 0 }), mem(sketch.memory(0, 8))];
    sketch.task(0, [moved(1, fifo(ring), from), scalar('compute', { op: 'addi', d: 0, a: 0, imm: 4 })]);
    sketch.task(0, [{ ...moved(2, to, fifo(ring)), thread: 1 }]);
    const { engine, trace } = run(factory, sketch.build());
    // Task 0 puts a word at 0, task 1 starts the op at 1, which takes at 2 and activates task 0: picked at 3, word out at 4. The last pop activates it again.
    expect(spans(trace, 0, 1)).toEqual(['compute 2-3', 'wait 3-4', 'compute 4-5']);
    expect(spans(trace, 0, 8)).toEqual(['compute 0-2', 'compute 3-4', 'compute 5-6']);
    expect(wordsAt(engine, 0, to.address, 2)).toEqual([3, 4]);
  });
});

/** A task of one op of 4 cycles that activates task 0, which has an op of 1 cycle. */
function completing(machine: MachineSpec, more: Partial<VectorInstruction>): Sketch {
  const sketch = new Sketch(machine, 1, 1);
  const to = mem(sketch.memory(0, 16));
  const op = (length: number): VectorInstruction => vector('compute', 'f32_scale', length, { to, a: to, scalar: { imm: 0 } });
  sketch.task(0, [{ ...op(1), activity: 'load' }], { active: false });
  sketch.task(0, [{ ...op(4), ...more }]);
  return sketch;
}

describe.each(ENGINES)('completion on the %s engine', (_, factory) => {
  it.each([
    [0, 4],
    [3, 7],
  ])('with a latency of %i the task that an op of 4 cycles activates starts at %i', (completion, start) => {
    const { trace } = run(factory, completing({ ...TEACHING, completion }, { activates: 0 }).build());
    expect(spans(trace, 0, 8)).toEqual(completion === 0 ? ['compute 0-4', 'load 4-5'] : ['compute 0-4', `load ${start}-${start + 1}`]);
  });

  it('holds for microthreads, which start and end at 1 and 5, and on WSE-2 with its set-up of 6', () => {
    const teaching = run(factory, completing({ ...TEACHING, completion: 3 }, { activates: 0, thread: 4 }).build());
    expect(spans(teaching.trace, 0, 8)).toEqual(['compute 0-1', 'load 8-9']);
    const wse2 = run(factory, completing({ ...WSE2, completion: 3 }, { activates: 0 }).build());
    expect(spans(wse2.trace, 0, 8)).toEqual(['compute 0-10', 'load 13-20']);
  });

  it('does not delay main, nor flag instructions: they show at the next cycle', () => {
    const sketch = completing({ ...TEACHING, completion: 3 }, { activates: 0 });
    const to = mem(sketch.memory(0, 8));
    const late = sketch.task(0, [moved(1, to, to)], { active: false });
    sketch.task(0, [{ kind: 'activate', task: late }, scalar('compute', setTo(0, 1))]);
    const { trace, cycles } = run(factory, sketch.build());
    // Task 1 at 0-4; task 3 takes no time at 4 and activates task 2 for 5; task 0 follows at 7.
    expect([spans(trace, 0, 8), cycles]).toEqual([['compute 0-4', 'compute 5-6', 'load 7-8'], 8]);
  });

  it('a flag that is not visible yet keeps the run from being over: an op that ends at 4 and unblocks a task ends the run at 7', () => {
    expect(run(factory, completing({ ...TEACHING, completion: 3 }, { unblocks: 0 }).build()).cycles).toBe(7);
  });
});
