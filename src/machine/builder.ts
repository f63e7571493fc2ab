/**
 * Writing code for a PE so that it reads like code: operands, named registers, vector ops, scalar runs and counted loops.
 * A piece of code is a tree; {@link assemble} flattens it into instructions, {@link timeOf} says what running it costs. Both
 * read the same tree, so a closed form cannot count another loop than the one that runs.
 *
 * Models: program.ts and the prices of price.ts. Leaves out: branches other than counted loops, and waiting (no price here
 * knows the fabric).
 */
import { assert } from '../base/error.ts';
import type { VectorOp } from './ops.ts';
import { priceCode, priceTotal } from './price.ts';
import {
  type Activity,
  type Destination,
  type FabricInOperand,
  type FabricOutOperand,
  type Instruction,
  type LoopInstruction,
  type MarkInstruction,
  type MemoryOperand,
  REGISTERS,
  type RegisterOperand,
  type Scalar,
  type ScalarInstruction,
  type ScalarStep,
  type Source,
  type VectorInstruction,
} from './program.ts';
import type { MachineSpec } from './spec.ts';

/** Runs `body` `times` times (at least once), counting down in a register. */
export interface Repeat {
  readonly kind: 'repeat';
  readonly counter: number;
  readonly times: number;
  /** Register that says at run time how often (at least once); prices then assume `times`. */
  readonly from?: number;
  readonly activity: Activity;
  readonly body: Code;
}

/** A piece of code: instructions and loops in order. */
export type Code = ReadonlyArray<Instruction | Repeat>;

/** Numbers for named registers, in order from 0. */
export function registers<const Name extends string>(...names: readonly Name[]): Readonly<Record<Name, number>> {
  assert(names.length <= REGISTERS, `a PE has ${REGISTERS} registers, not ${names.length}`);
  return Object.fromEntries(names.map((name, i) => [name, i])) as Record<Name, number>;
}

/** Elements at `address` (+ the bytes in register `base`), `stride` elements apart; `inner` and `outer` make it two-dimensional. */
export function mem(address: number, stride = 1, more: Pick<MemoryOperand, 'base' | 'inner' | 'outer'> = {}): MemoryOperand {
  return { kind: 'memory', address, stride, ...more };
}

/** The next wavelets of input queue `queue` (its number in the PE class). */
export const fabricIn = (queue: number): FabricInOperand => ({ kind: 'fabricIn', queue });

/** Wavelets into output queue `queue`; with `advance` the last one flips the own router's switch as it leaves. */
export const fabricOut = (queue: number, more: { readonly advance: boolean }): FabricOutOperand => ({ kind: 'fabricOut', queue, advance: more.advance });

/** A register as the accumulator of a reduction. */
export const accumulator = (register: number): RegisterOperand => ({ kind: 'register', register });

/** A register as the scalar of a vector op. */
export const inRegister = (register: number): Scalar => ({ register });

/** A constant as the scalar of a vector op. */
export const immediate = (imm: number): Scalar => ({ imm });

/** What a vector op reads and writes. */
export interface VectorOperands {
  readonly to: Destination;
  readonly a: Source;
  readonly b?: Source;
  readonly scalar?: Scalar;
}

/** One vector op of the main thread over `length` elements. */
export function vector(activity: Activity, op: VectorOp, length: number, operands: VectorOperands): VectorInstruction {
  const { to, ...sources } = operands;
  return { kind: 'vector', op, activity, length, destination: to, ...sources };
}

/** A straight run of scalar steps. */
export const scalar = (activity: Activity, ...steps: readonly ScalarStep[]): ScalarInstruction => ({ kind: 'scalar', activity, steps });

/** Scalar step d = imm. */
export const setTo = (d: number, imm: number): ScalarStep => ({ op: 'li', d, imm });

/** Scalar step d = d + imm. */
export const increase = (d: number, imm: number): ScalarStep => ({ op: 'addi', d, a: d, imm });

/** From here on the trace's intervals carry the value of `register`. */
export const mark = (register: number): MarkInstruction => ({ kind: 'mark', register });

/** A counted loop of at least one round. */
export function repeat(activity: Activity, counter: number, times: number, body: Code): Repeat {
  assert(Number.isInteger(times) && times >= 1, `a loop runs at least once, not ${times} times`);
  return { kind: 'repeat', counter, times, activity, body };
}

/** A loop of as many rounds as register `from` says, at least one; priced as `times` rounds. */
export function repeatFrom(activity: Activity, counter: number, from: number, times: number, body: Code): Repeat {
  return { ...repeat(activity, counter, times, body), from };
}

/** The instructions of a task: every loop becomes its counter's initial value, its body and a loop instruction. */
export function assemble(code: Code): Instruction[] {
  const out: Instruction[] = [];
  append(out, code);
  return out;
}

function append(out: Instruction[], code: Code): void {
  for (const piece of code) {
    if (piece.kind !== 'repeat') {
      out.push(piece);
      continue;
    }
    out.push(loopStart(piece));
    const to = out.length;
    append(out, piece.body);
    out.push(loopEnd(piece, to));
  }
}

const loopStart = ({ activity, counter, times, from }: Repeat): ScalarInstruction =>
  scalar(activity, from === undefined ? setTo(counter, times) : { op: 'mov', d: counter, a: from });
const loopEnd = (loop: Repeat, to: number): LoopInstruction => ({ kind: 'loop', activity: loop.activity, counter: loop.counter, to });

/** Issue cycles by activity. */
export type ActivityCycles = Readonly<Record<Activity, number>>;

/** What running a piece of code costs a thread that never waits. All in issue cycles. */
export interface CodeTime {
  readonly total: number;
  readonly byActivity: ActivityCycles;
  /** From the start to the first element taken from the fabric (its op's set-up included); the total if nothing is. */
  readonly beforeStream: number;
  /** From the end of the last op that takes elements from the fabric to the end; the total if nothing is taken. */
  readonly afterStream: number;
  /** Whether anything is taken from the fabric. */
  readonly streams: boolean;
}

/** What running `code` costs on `machine`: loops in full, the last round's branch not taken. */
export function timeOf(code: Code, machine: MachineSpec): CodeTime {
  return code.map((piece) => (piece.kind === 'repeat' ? timeOfLoop(piece, machine) : timeOfInstruction(piece, machine))).reduce(inSequence, NO_TIME);
}

const NO_ACTIVITY: ActivityCycles = { compute: 0, dequantise: 0, send: 0, receive: 0, load: 0 };
const NO_TIME: CodeTime = { total: 0, byActivity: NO_ACTIVITY, beforeStream: 0, afterStream: 0, streams: false };

function inSequence(first: CodeTime, second: CodeTime): CodeTime {
  return {
    total: first.total + second.total,
    byActivity: sum(first.byActivity, second.byActivity, 1),
    beforeStream: first.streams ? first.beforeStream : first.total + second.beforeStream,
    afterStream: second.streams ? second.afterStream : first.afterStream + second.total,
    streams: first.streams || second.streams,
  };
}

function timeOfInstruction(instruction: Instruction, machine: MachineSpec): CodeTime {
  const price = priceCode([instruction], machine);
  const total = priceTotal(price);
  const activity = 'activity' in instruction ? instruction.activity : 'compute';
  const streams = instruction.kind === 'vector' && (instruction.a.kind === 'fabricIn' || instruction.b?.kind === 'fabricIn');
  return { total, byActivity: { ...NO_ACTIVITY, [activity]: total }, beforeStream: streams ? price.setup : total, afterStream: streams ? 0 : total, streams };
}

function timeOfLoop(loop: Repeat, machine: MachineSpec): CodeTime {
  const start: CodeTime = timeOfInstruction(loopStart(loop), machine);
  const body: CodeTime = timeOf(loop.body, machine);
  const { branchTaken, branchNotTaken } = machine.scalar;
  const branches = (loop.times - 1) * branchTaken + branchNotTaken;
  const total = loop.times * body.total + branches;
  const byActivity = sum({ ...NO_ACTIVITY, [loop.activity]: branches }, body.byActivity, loop.times);
  const { streams } = body;
  const [beforeStream, afterStream] = streams ? [body.beforeStream, body.afterStream + branchNotTaken] : [total, total];
  const rounds: CodeTime = { total, byActivity, beforeStream, afterStream, streams };
  return inSequence(start, rounds);
}

/** Written out: closed forms of whole models call it more often than anything else. */
function sum(a: ActivityCycles, b: ActivityCycles, times: number): ActivityCycles {
  return {
    compute: a.compute + times * b.compute,
    dequantise: a.dequantise + times * b.dequantise,
    send: a.send + times * b.send,
    receive: a.receive + times * b.receive,
    load: a.load + times * b.load,
  };
}
