/** Branches, carries and the time-stamp counter, tick by tick. */
import { describe, expect, it } from 'vitest';
import { mem, scalar, setTo, vector } from '../../../src/machine/builder.ts';
import { CONDITIONS, type Instruction } from '../../../src/machine/program.ts';
import { type MachineSpec, TEACHING, WSE2, WSE3 } from '../../../src/machine/spec.ts';
import { Sketch } from '../../drivers/sketch.ts';
import { ENGINES, run, spans } from './engines.ts';

const stamp = (d: number): Instruction => scalar('compute', { op: 'tsc', d });

describe.each(ENGINES)('scalar code on the %s engine', (_, factory) => {
  it('a branch back while negative, from -2 up: 1 + (1 + 6) + (1 + 3) = 12 cycles on WSE-2', () => {
    const sketch = new Sketch(WSE2, 1, 1);
    const up = scalar('compute', { op: 'addi', d: 0, a: 0, imm: 1 });
    sketch.task(0, [scalar('compute', setTo(0, -2)), up, { kind: 'branch', activity: 'compute', register: 0, when: 'negative', to: 1 }]);
    const { engine, trace, cycles } = run(factory, sketch.build());
    expect([cycles, spans(trace, 0, 8), engine.inspect(0).registers[0]]).toEqual([12, ['compute 0-12'], 0]);
  });

  it.each([
    [0, ['zero']],
    [5, ['nonzero', 'positive']],
    [-5, ['nonzero', 'negative']],
    [-(2 ** 31), ['nonzero', 'negative']],
  ])('%i is %j', (value, met) => {
    const sketch = new Sketch(TEACHING, 1, 1);
    const code = CONDITIONS.flatMap((when, i): Instruction[] => [
      { kind: 'branch', activity: 'compute', register: 15, when, to: 3 * i + 3 },
      scalar('compute', setTo(i, 1)),
      scalar('compute', setTo(14, 1)),
    ]);
    sketch.task(0, [scalar('compute', setTo(15, value)), ...code].map((ins) => (ins.kind === 'branch' ? { ...ins, to: ins.to + 1 } : ins)).concat(stamp(13)));
    const { engine } = run(factory, sketch.build());
    expect(CONDITIONS.filter((_name, i) => engine.inspect(0).registers[i] === 0)).toEqual(met);
  });

  /** What the counter says between two reads around one f32 multiply by a scalar of `length` elements. */
  function window(machine: MachineSpec, length: number): number {
    const sketch = new Sketch(machine, 1, 1);
    const [a, to] = [mem(sketch.memory(0, 4 * length)), mem(sketch.memory(0, 4 * length))];
    sketch.task(0, [scalar('compute', setTo(5, 0)), stamp(0), vector('compute', 'f32_scale', length, { to, a, scalar: { imm: 0 } }), stamp(1)]);
    const { registers } = run(factory, sketch.build()).engine.inspect(0);
    return registers[1] - registers[0];
  }

  it.each([
    ['WSE-2', WSE2, 9],
    ['WSE-3', WSE3, 11],
  ] as const)('%s adds 48-bit numbers with the carry going from element to element, within a group and across', (_name, machine, cycles) => {
    const sketch = new Sketch(machine, 1, 1);
    const halves = (...values: number[]): Uint8Array => new Uint8Array(Uint16Array.from(values).buffer);
    const [a, b] = [mem(sketch.loaded(0, halves(0xffff, 0xffff, 1))), mem(sketch.loaded(0, halves(1, 0, 0), 4))];
    const to = mem(sketch.memory(0, 8));
    sketch.task(0, [vector('compute', 'addc16', 3, { to, a, b, scalar: { imm: 1 } })]);
    const ran = run(factory, sketch.build());
    expect([...new Uint16Array(ran.engine.memory(0, to.address, 6).slice().buffer)]).toEqual([1, 0, 2]);
    expect(ran.cycles).toBe(cycles);
  });

  it('a time-stamp window of one op is one read, its set-up and its elements: 0 + 6 + 100 on WSE-2, 6 + 9 + 100 on WSE-3, 100 on Teaching', () => {
    expect([WSE2, WSE3, TEACHING].map((machine) => window(machine, 100))).toEqual([106, 115, 100]);
  });

  it('reads the cycle in which its instruction starts, however many steps stand before it: 0 and 5 + 1 after a task of 5 cycles', () => {
    const sketch = new Sketch(WSE2, 1, 1);
    sketch.task(0, [scalar('compute', setTo(5, 0), setTo(5, 0), setTo(5, 0), setTo(5, 0), setTo(5, 0), { op: 'tsc', d: 0 })]);
    sketch.task(0, [scalar('compute', setTo(5, 0)), stamp(1)]);
    const { registers } = run(factory, sketch.build()).engine.inspect(0);
    expect([registers[0], registers[1]]).toEqual([0, 6]);
  });

  it('free reads see the tick of the pick, and behind an op its end: 0 and 4 on Teaching', () => {
    const sketch = new Sketch(TEACHING, 1, 1);
    const to = mem(sketch.memory(0, 16));
    sketch.task(0, [stamp(0), vector('compute', 'mov32', 4, { to, a: to }), stamp(1)]);
    sketch.task(0, [stamp(2)]);
    const { registers } = run(factory, sketch.build()).engine.inspect(0);
    expect([registers[0], registers[1], registers[2]]).toEqual([0, 4, 4]);
  });
});
