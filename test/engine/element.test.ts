/** Exact cycles of the compute element: set-up, widths, bank conflicts, microthreads, tasks, flags and marks, on every engine. */
import { describe, expect, it } from 'vitest';
import type { Engine, EngineFactory } from '../../src/engine/engine.ts';
import { createReferenceEngine } from '../../src/engine/reference.ts';
import { createWaveletEngine } from '../../src/engine/wavelet.ts';
import { accumulator, assemble, mark, mem, repeat, scalar, setTo, vector } from '../../src/machine/builder.ts';
import { enumerateChannels } from '../../src/machine/channels.ts';
import type { Instruction, VectorInstruction } from '../../src/machine/program.ts';
import { type MachineSpec, TEACHING, WSE2, WSE3 } from '../../src/machine/spec.ts';
import { validateProgram } from '../../src/machine/validate.ts';
import { Recorder } from '../../src/trace/recorder.ts';
import { KIND, KINDS, type Trace } from '../../src/trace/schema.ts';
import { Sketch } from '../drivers/sketch.ts';

const ENGINES: ReadonlyArray<readonly [string, EngineFactory]> = [
  ['reference', createReferenceEngine],
  ['wavelet', createWaveletEngine],
];

function run(factory: EngineFactory, sketch: Sketch): { engine: Engine; trace: Trace; cycles: number } {
  const program = sketch.build();
  validateProgram(program);
  const recorder = new Recorder(sketch.width * sketch.height, enumerateChannels(program), 0, 0);
  const engine = factory(program, recorder);
  engine.advance(1_000_000);
  return { engine, trace: recorder.finish(sketch.width, sketch.height, engine.cycle), cycles: engine.cycle };
}

/** Cycles of one PE that runs `code`, given a place in memory. */
function cyclesOf(factory: EngineFactory, machine: MachineSpec, code: (sketch: Sketch) => readonly Instruction[]): number {
  const sketch = new Sketch(machine, 1, 1);
  sketch.task(0, code(sketch));
  return run(factory, sketch).cycles;
}

/** d = a op b with sources whose banks differ by `phase` / 2 modulo 4. */
function binary(sketch: Sketch, op: 'f32_mul' | 'add16', length: number, phase: number): VectorInstruction {
  const bytes = length * (op === 'add16' ? 2 : 4);
  const [a, b, to] = [sketch.memory(0, bytes), sketch.memory(0, bytes, phase), sketch.memory(0, bytes)].map((address) => mem(address));
  return vector('compute', op, length, { to, a, b });
}

/** "compute 0-6 mark -1" for every interval of a thread of PE 0. */
function spans(trace: Trace, thread: number): string[] {
  const { intervals } = trace;
  const rows = [...intervals.pe.keys()].filter((row) => intervals.thread[row] === thread);
  return rows.map((row) => `${KINDS[intervals.kind[row]]} ${intervals.begin[row]}-${intervals.end[row]} mark ${intervals.mark[row]}`);
}

describe.each(ENGINES)('the compute element of the %s engine', (_, factory) => {
  it('multiplies 1028 f32 in 6 + 1028 = 1034 cycles on WSE-2, and in 6 + 2 x 1028 = 2062 when the sources share banks', () => {
    expect(cyclesOf(factory, WSE2, (sketch) => [binary(sketch, 'f32_mul', 1028, 4)])).toBe(1034);
    expect(cyclesOf(factory, WSE2, (sketch) => [binary(sketch, 'f32_mul', 1028, 0)])).toBe(2062);
  });

  it('adds 2048 16-bit words in 256 issues of 8 on WSE-3: 266 cycles with the set-up of 10, 522 when the sources share banks', () => {
    expect(cyclesOf(factory, WSE3, (sketch) => [binary(sketch, 'add16', 2048, 2)])).toBe(266);
    expect(cyclesOf(factory, WSE3, (sketch) => [binary(sketch, 'add16', 2048, 0)])).toBe(522);
  });

  it('needs 2 cycles an element for a running sum on WSE-2, and takes a shorter last group: 5 f32 adds of width 2 are 3 issues', () => {
    const sum = (sketch: Sketch) => vector('compute', 'f32_sum', 10, { to: accumulator(0), a: mem(sketch.memory(0, 40)) });
    expect(cyclesOf(factory, WSE2, (sketch) => [sum(sketch)])).toBe(26);
    const add = (sketch: Sketch) => {
      const [a, b] = [mem(sketch.memory(0, 24)), mem(sketch.memory(0, 24, 4))];
      return vector('compute', 'f32_add', 5, { to: a, a, b });
    };
    expect(cyclesOf(factory, WSE2, (sketch) => [add(sketch)])).toBe(9);
  });

  it('runs scalar code for nothing on Teaching and for 1 + 3 cycles (li and a load) on WSE-2', () => {
    const code = (sketch: Sketch) => [scalar('compute', setTo(0, 1), { op: 'ld32', d: 1, imm: sketch.memory(0, 8) })];
    // A task that takes no time is still picked in cycle 0.
    expect([TEACHING, WSE2].map((machine) => cyclesOf(factory, machine, code))).toEqual([1, 4]);
  });

  it('a loop of 3 rounds pays its branch 6 + 6 + 3 cycles on WSE-2', () => {
    const code = assemble([repeat('compute', 0, 3, [scalar('compute', setTo(1, 5))])]);
    expect(cyclesOf(factory, WSE2, () => code)).toBe(1 + 3 * 1 + 15);
  });

  it('sums in index order, rounding after every step: 2^24 + 1 + 1 stays 2^24', () => {
    const sketch = new Sketch(WSE2, 1, 1);
    sketch.task(0, [vector('compute', 'f32_sum', 3, { to: accumulator(3), a: mem(sketch.floats(0, [2 ** 24, 1, 1])) })]);
    const word = run(factory, sketch).engine.inspect(0).registers[3];
    expect(new Float32Array(Int32Array.of(word).buffer)[0]).toBe(2 ** 24);
  });

  it('two microthreads take turns, the main thread starting them in cycles 0 and 1 on Teaching', () => {
    const sketch = new Sketch(TEACHING, 1, 1);
    const op = (thread: number): VectorInstruction => {
      const [a, to] = [mem(sketch.memory(0, 16)), mem(sketch.memory(0, 16))];
      return { ...vector('receive', 'mov32', 4, { to, a }), thread };
    };
    sketch.task(0, [op(0), op(5)]);
    const { trace } = run(factory, sketch);
    // Microthreads go before main, so main gets the slot for its second start when the first op is done.
    expect(spans(trace, 8)).toEqual(['receive 0-1 mark -1', 'slot 1-5 mark -1', 'receive 5-6 mark -1']);
    expect(spans(trace, 0)).toEqual(['receive 1-5 mark -1']);
    expect(spans(trace, 5)).toEqual(['receive 6-10 mark -1']);
  });

  it('microthreads that are ready together issue round robin', () => {
    const sketch = new Sketch(WSE2, 1, 1);
    const op = (thread: number): VectorInstruction => {
      const to = mem(sketch.memory(0, 16));
      return { ...vector('compute', 'f32_scale', 3, { to, a: to, scalar: { imm: 0 } }), thread };
    };
    sketch.task(0, [op(2), op(6)]);
    const { trace } = run(factory, sketch);
    // Each start holds the slot for 6 cycles; microthread 2 has it from 6 to 9, then main starts 6 in 9-15.
    expect(spans(trace, 2)).toEqual(['compute 6-9 mark -1']);
    expect(spans(trace, 6)).toEqual(['compute 15-18 mark -1']);
  });

  it('the end of an op activates a task 6 cycles later, and the lowest-numbered ready task goes first', () => {
    const sketch = new Sketch(WSE2, 1, 1);
    const note = (value: number): Instruction[] => [scalar('compute', setTo(0, value)), mark(0), scalar('compute', setTo(1, 0))];
    sketch.task(0, note(0), { active: false });
    sketch.task(0, note(1), { active: false });
    const to = mem(sketch.memory(0, 16));
    const op = { ...vector('compute', 'f32_scale', 4, { to, a: to, scalar: { imm: 0 } }), activates: 1 };
    sketch.task(0, [{ kind: 'activate', task: 0 }, op]);
    const { trace, cycles } = run(factory, sketch);
    expect(spans(trace, 8)).toEqual(['compute 0-12 mark -1', 'compute 12-13 mark 0', 'compute 17-18 mark 0', 'compute 18-19 mark 1']);
    expect(cycles).toBe(1 + 10 + 6 + 2);
  });

  it('a blocked task waits for its unblock: one that costs 1 cycle starts 6 cycles after the op of 6 + 4 cycles that unblocks it', () => {
    const sketch = new Sketch(WSE2, 1, 1);
    sketch.task(0, [scalar('load', setTo(0, 1))], { blocked: true });
    const to = mem(sketch.memory(0, 16));
    sketch.task(0, [{ ...vector('compute', 'f32_scale', 4, { to, a: to, scalar: { imm: 0 } }), unblocks: 0 }]);
    const { trace } = run(factory, sketch);
    expect(spans(trace, 8)).toEqual(['compute 0-10 mark -1', 'load 16-17 mark -1']);
  });

  it('marks the intervals of a thread and of the microthreads it starts', () => {
    const sketch = new Sketch(WSE2, 1, 1);
    const to = mem(sketch.memory(0, 16));
    const op: VectorInstruction = { ...vector('dequantise', 'f32_scale', 2, { to, a: to, scalar: { imm: 0 } }), thread: 1 };
    sketch.task(0, [scalar('compute', setTo(0, 42)), mark(0), op]);
    const { trace } = run(factory, sketch);
    expect(spans(trace, 8)).toEqual(['compute 0-1 mark -1', 'dequantise 1-7 mark 42']);
    expect(spans(trace, 1)).toEqual(['dequantise 7-9 mark 42']);
    expect(trace.intervals.kind.includes(KIND.slot)).toBe(false);
  });

  it('base registers move operands at run time, and an address past the data memory is an error of its cycle', () => {
    const sketch = new Sketch(WSE2, 1, 1);
    const values = sketch.floats(0, [1, 2, 3, 4]);
    const to = mem(sketch.memory(0, 8));
    sketch.task(0, [scalar('load', setTo(4, 8)), vector('compute', 'mov32', 2, { to, a: mem(values, 1, { base: 4 }) })]);
    const { engine } = run(factory, sketch);
    expect([...new Float32Array(engine.memory(0, to.address, 8).buffer)]).toEqual([3, 4]);
    const wrong = new Sketch(WSE2, 1, 1);
    const two = mem(wrong.memory(0, 8), 1, { base: 4 });
    wrong.task(0, [scalar('load', setTo(4, 4)), vector('compute', 'mov32', 2, { to: two, a: two })]);
    expect(() => run(factory, wrong)).toThrow('cycle 7: PE 0,0 (class 0), task t0, touches 4 bytes at address 4184, outside its data memory 4176 to 4183');
  });
});
