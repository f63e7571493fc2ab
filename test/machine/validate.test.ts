/** What a program must be before it runs: every mistake is named with its PE, color, class and task. */
import { describe, expect, it } from 'vitest';
import { accumulator, fabricIn, fabricOut, immediate, mem, scalar, vector } from '../../src/machine/builder.ts';
import { maskOf, Port } from '../../src/machine/fabric.ts';
import type { Instruction, PeClass, Program } from '../../src/machine/program.ts';
import { TEACHING, WSE2 } from '../../src/machine/spec.ts';
import { validateProgram } from '../../src/machine/validate.ts';
import { randomProgram } from '../drivers/random-program.ts';
import { Sketch } from '../drivers/sketch.ts';

const { N, E, S, W, RAMP } = Port;

/** A PE that takes 4 words from the west and sends them on east into a sink; 16 bytes of data at address 4176. */
function sketch(): Sketch {
  const s = new Sketch(WSE2, 1, 1).route(0, 0, [[maskOf(W), maskOf(RAMP)]]).route(0, 1, [[maskOf(RAMP), maskOf(E)]]);
  s.input(0, 0);
  s.output(0, 1);
  s.memory(0, 16);
  return s.source(0, W, 0, [1, 2, 3, 4]).sink(0, E, 1, 4);
}

const RELAY = vector('send', 'mov32', 4, { to: fabricOut(0, { advance: false }), a: fabricIn(0) });

/** The program with `code` in its task, which is called "relay". */
function withCode(...code: Instruction[]): Program {
  const s = sketch();
  s.task(0, code, { name: 'relay' });
  return s.build();
}

const withClass = (change: Partial<PeClass>): Program => {
  const program = withCode(RELAY);
  return { ...program, classes: [{ ...program.classes[0], ...change }] };
};

/** A PE whose route of color 7 is `positions`. */
const withRoute = (...positions: [number, number][]): Program => new Sketch(TEACHING, 2, 2).route(1, 7, positions).build();

describe('validateProgram', () => {
  it('accepts a relay and 200 random programs', () => {
    expect(() => validateProgram(withCode(RELAY))).not.toThrow();
    for (let seed = 1; seed <= 200; seed++) expect(() => validateProgram(randomProgram(seed))).not.toThrow();
  });

  it('checks that the ticks of a timetable rise and are as many as its words', () => {
    const program = withCode(RELAY);
    const at = (...ticks: number[]): Program => ({ ...program, sinks: [{ ...program.sinks[0], rate: { ticks: Uint32Array.from(ticks) } }] });
    expect(() => validateProgram(at(1, 2, 5, 9))).not.toThrow();
    expect(() => validateProgram(at(1, 5, 5, 9))).toThrow('its timetable has tick 5 behind 5');
    expect(() => validateProgram(at(1, 2))).toThrow('its timetable has 2 ticks for 4 words');
  });

  it('checks the rectangle and the columns that cover it', () => {
    const program = withCode(RELAY);
    expect(() => validateProgram(new Sketch(TEACHING, 65, 1).build())).toThrow('65 x 1 PEs do not fit the 64 x 64 of Teaching');
    expect(() => validateProgram({ ...program, width: 2 })).toThrow('classOf: 1 entries for 2 PEs');
    expect(() => validateProgram({ ...program, routeOf: Uint16Array.of(3) })).toThrow('PE 0,0: routeOf is 3, but there are 1');
  });

  it.each([
    ['no positions', [], 'color 7: 0 switch positions, not 1 to 4'],
    ['5 positions', new Array<[number, number]>(5).fill([maskOf(RAMP), maskOf(E)]), 'color 7: 5 switch positions, not 1 to 4'],
    ['nothing to receive from', [[0, maskOf(W)]], 'color 7: position 0 receives from nowhere'],
    ['nowhere to send', [[maskOf(W), 0]], 'color 7: position 0 sends to nowhere'],
    ['the edge', [[maskOf(RAMP), maskOf(N)]], 'PE 1,0 (class 0), color 7: falls off the fabric to the north'],
    ['a PE without the color', [[maskOf(RAMP), maskOf(S)]], 'PE 1,0 (class 0), color 7: sends south, but PE 1,1 never receives it from the north'],
    ['a ramp without a queue', [[maskOf(W), maskOf(RAMP)]], 'PE 1,0 (class 0), color 7: goes up the ramp, but no input queue is bound to it'],
  ] as [string, [number, number][], string][])('names PE and color of a route with %s', (_, positions, message) => {
    expect(() => validateProgram(withRoute(...positions))).toThrow(message);
  });

  it('wants a route from the ramp for every output queue', () => {
    const s = new Sketch(TEACHING, 1, 1);
    s.output(0, 9);
    expect(() => validateProgram(s.build())).toThrow('PE 0,0 (class 0), color 9: no switch position receives from the ramp');
  });

  it('wants one color per queue and one queue per color, within the machine’s 8 input and 6 output queues', () => {
    const inputs = (...pairs: [number, number][]) => withClass({ inputs: pairs.map(([queue, color]) => ({ queue, color })) });
    expect(() => validateProgram(inputs([8, 0]))).toThrow("class class 0, input queues: queue 8 is not one of the machine's 8");
    expect(() => validateProgram(inputs([0, 24]))).toThrow('color 24 is not in 0 to 23');
    expect(() => validateProgram(inputs([0, 0], [0, 1]))).toThrow('queue 0 is bound to two colors');
    expect(() => validateProgram(inputs([0, 0], [1, 0]))).toThrow('color 0 is bound to two queues');
    expect(() => validateProgram(withClass({ outputs: [{ queue: 6, color: 1 }] }))).toThrow("output queues: queue 6 is not one of the machine's 6");
  });

  it('wants host ends at edges, one source a port, one sink a port and color', () => {
    const two = () => new Sketch(TEACHING, 2, 1).route(0, 0, [[maskOf(W), maskOf(N)]]).sink(0, N, 0, 1);
    expect(() => validateProgram(two().source(0, E, 0, [1]).build())).toThrow('source source 0: the east port of PE 0,0 is not at the edge');
    expect(() => validateProgram(two().source(0, W, 0, [1]).source(0, W, 0, [1]).build())).toThrow(
      'source source 1: the west port of PE 0,0 already belongs to source source 0',
    );
    expect(() => validateProgram(two().source(0, S, 0, [1]).build())).toThrow('source source 0: no switch position of color 0 receives from the south port');
    expect(() => validateProgram(two().sink(0, N, 0, 1).build())).toThrow('sink sink 1: its port and color already belong to sink sink 0');
  });

  it('wants every byte accounted for once, inside the SRAM', () => {
    const code = { name: 'code', kind: 'code', address: 0, bytes: 4176 } as const;
    const part = (name: string, address: number, bytes: number) => ({ name, kind: 'weights', address, bytes }) as const;
    const memory = (...list: PeClass['memory']) => withClass({ memory: list, tasks: [] });
    expect(() => validateProgram(memory(code, part('a', 4176, 44977)))).toThrow('class class 0 overflows a PE by 1 B: it needs 49153 B of 49152 B');
    expect(() => validateProgram(memory(code, part('a', 4176, 8), part('b', 4180, 8)))).toThrow('memory: b at 4180 overlaps a, which ends at 4184');
    expect(() => validateProgram(memory(part('a', 8, 8)))).toThrow('memory: a at 8 lies in the code reserve');
    expect(() => validateProgram(memory(part('a', 5000, 8)))).toThrow('memory: accounts for 0 bytes of code, not for the reserve of 4176');
    expect(() => validateProgram(memory(code, part('a', 49150, 8)))).toThrow("memory: a ends at 49158, past the SRAM's 49152 bytes");
  });

  it('wants loads inside the memory of the class', () => {
    const s = sketch();
    s.floats(0, [1, 2]);
    const program = s.build();
    const { loads } = program;
    expect(() => validateProgram(program)).not.toThrow();
    const message = 'load 0 of PE 0,0 (class 0): bytes 4200 to 4207 are outside the data memory 4176 to 4199';
    expect(() => validateProgram({ ...program, loads: { ...loads, address: Uint32Array.of(4200) } })).toThrow(message);
    expect(() => validateProgram({ ...program, loads: { ...loads, length: Uint32Array.of(12) } })).toThrow('bytes 0 to 12 are outside its data of 8');
    expect(() => validateProgram({ ...program, loads: { ...loads, pe: Uint32Array.of(1) } })).toThrow('load 0: PE 1 is outside the rectangle');
  });

  const at = 'class class 0, task relay, instruction 0';
  const data = mem(4176);
  it.each<[string, Instruction, string]>([
    ['length 0', { ...RELAY, length: 0 }, `${at} (mov32): its length is 0`],
    ['a queue it does not have', { ...RELAY, a: fabricIn(2) }, `${at} (mov32): source a is queue 2, but the class has 1`],
    ['microthread 8', { ...RELAY, thread: 8 }, 'microthread 8 is not one of 8'],
    ['a task that is not there', { ...RELAY, activates: 1 }, 'names task 1, but the class has 1'],
    ['a missing source', vector('compute', 'f32_add', 4, { to: data, a: data }), '(f32_add): it has 2 vector sources'],
    ['a missing scalar', vector('compute', 'f32_scale', 4, { to: data, a: data }), '(f32_scale): it lacks its scalar'],
    ['a scalar too many', { ...RELAY, scalar: immediate(1) }, '(mov32): it has no scalar'],
    ['a reduction into memory', vector('compute', 'f32_sum', 4, { to: data, a: data }), 'its destination must be a register'],
    ['a move into a register', vector('compute', 'mov32', 4, { to: accumulator(0), a: data }), 'its destination must be memory or a queue'],
    ['register 16', vector('compute', 'f32_sum', 4, { to: accumulator(16), a: data }), 'the destination is register 16, not one of 0 to 15'],
    ['an odd address', { ...RELAY, a: mem(4177) }, 'source a starts at address 4177, which is not a multiple of 4'],
    ['5 elements of 4', { ...RELAY, length: 5, a: data }, 'source a touches bytes 4176 to 4195, outside the data memory 4176 to 4191'],
    ['a stride of -1 from the start', { ...RELAY, a: mem(4176, -1) }, 'source a touches bytes 4164 to 4179'],
    ['rows of 2 that lie 3 apart', { ...RELAY, a: mem(4176, 1, { inner: 2, outer: 3 }) }, 'source a touches bytes 4176 to 4195'],
    ['a jump past the end', { kind: 'loop', activity: 'compute', counter: 0, to: 1 }, `${at}: jumps to 1, outside the task's 1 instructions`],
    ['a step without its operand', scalar('compute', { op: 'add', d: 1, a: 2 }), `${at}: add lacks its operand b`],
    ['a load from the code reserve', scalar('load', { op: 'ld32', d: 1, imm: 4000 }), 'ld32 touches bytes 4000 to 4003'],
    ['a mark of register 99', { kind: 'mark', register: 99 }, 'its mark is register 99'],
    ['a flag of task 5', { kind: 'block', task: 5 }, 'names task 5'],
  ])('names class, task and instruction of an op with %s', (_, instruction, message) => {
    expect(() => validateProgram(withCode(instruction))).toThrow(message);
  });

  it('leaves an address with a base register to the run', () => {
    expect(() => validateProgram(withCode({ ...RELAY, a: mem(40000, 1, { base: 3 }) }))).not.toThrow();
    expect(() => validateProgram(withCode({ ...RELAY, a: mem(40002, 1, { base: 3 }) }))).toThrow('not a multiple of 4');
  });

  it('takes rows of an inner and an outer stride that end at the last byte', () => {
    expect(() => validateProgram(withCode({ ...RELAY, a: mem(4176, 1, { inner: 2, outer: 2 }) }))).not.toThrow();
    expect(() => validateProgram(withCode({ ...RELAY, length: 3, a: mem(4176, 2, { inner: 2, outer: 3 }) }))).not.toThrow();
  });
});
