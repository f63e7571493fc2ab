/** What a vector op touches, to know whether it matters when another thread does what it does. */
import { VECTOR_OP_NAMES } from '../../machine/ops.ts';
import type { MemoryFifo } from '../../machine/program.ts';
import { AT, type CompiledInstruction, type CompiledOperand, IS } from '../compile.ts';

/** Bytes [from, to), read or written. */
interface Range {
  readonly from: number;
  readonly to: number;
  readonly writes: boolean;
}

/** Queues and registers are bits. */
export interface Footprint {
  readonly memory: readonly Range[];
  /** Rings of FIFOs in memory, which whoever takes and adds may share. */
  readonly rings: readonly Range[];
  /** Queues taken from and sent to, FIFOs taken from and added to, as bits of 8 each. */
  readonly queues: number;
  /** The register that it adds up in, and all that it reads, of which it reads the others when it begins. */
  readonly writes: number;
  readonly reads: number;
}

/** Registers that an instruction which is no vector op reads or writes, as bits. */
export function registersOf(ins: CompiledInstruction): number {
  if (ins.is === IS.LOOP || ins.is === IS.BRANCH || ins.is === IS.MARK) return bit(ins.register);
  return ins.steps.reduce((bits, { d = -1, a = -1, b = -1 }) => bits | bit(d) | bit(a) | bit(b), 0);
}

const bit = (register: number): number => (register < 0 ? 0 : 1 << register);

/** Whether an op copies a vector of memory onto itself, as programs do to wait for a microthread: element by element, so it changes nothing. */
const isIdle = ({ op, d, a }: CompiledInstruction): boolean =>
  MOVES.includes(op) &&
  a.at === AT.MEMORY &&
  d.at === AT.MEMORY &&
  a.address === d.address &&
  a.base === d.base &&
  a.step === d.step &&
  a.inner === d.inner &&
  a.outerStep === d.outerStep;

const MOVES = [VECTOR_OP_NAMES.indexOf('mov16'), VECTOR_OP_NAMES.indexOf('mov32')];

/** The footprint of an op whose base registers hold `base(register)`. */
export function footprintOf(ins: CompiledInstruction, fifos: readonly MemoryFifo[], base: (register: number) => number): Footprint {
  const range = (o: CompiledOperand, writes: boolean): Range => {
    const start = o.address + (o.base < 0 ? 0 : base(o.base));
    return { from: start + o.lo, to: start + o.hi + o.width, writes };
  };
  const ring = (o: CompiledOperand): Range => {
    const { address, capacity } = fifos[o.index];
    return { from: address, to: address + 4 * capacity, writes: true };
  };
  const sources = [ins.a, ins.b];
  const all = [...sources, ins.d];
  const into = ins.d.at === AT.REGISTER ? bit(ins.d.index) : 0;
  const used = (shift: number, at: number, operands: readonly CompiledOperand[]): number =>
    operands.reduce((bits, o) => (o.at === at ? bits | (1 << (shift + o.index)) : bits), 0);
  return {
    memory: isIdle(ins) ? [] : all.filter((o) => o.at === AT.MEMORY).map((o) => range(o, o === ins.d)),
    rings: all.filter((o) => o.at === AT.FIFO).map(ring),
    queues: used(0, AT.FABRIC, sources) | used(8, AT.FABRIC, [ins.d]) | used(16, AT.FIFO, sources) | used(24, AT.FIFO, [ins.d]),
    writes: into,
    reads: into | all.reduce((bits, o) => bits | (o.at === AT.MEMORY ? bit(o.base) : 0), bit(ins.scalarRegister)),
  };
}

const overlap = (a: Range, b: Range): boolean => a.from < b.to && b.from < a.to;
const clash = (a: readonly Range[], b: readonly Range[]): boolean => a.some((x) => b.some((y) => (x.writes || y.writes) && overlap(x, y)));

/** Whether an op `b` that begins must not change places with an op `a` that runs, which has read its scalar and bases. */
export const conflicts = (a: Footprint, b: Footprint): boolean =>
  (a.queues & b.queues) !== 0 || (a.writes & b.reads) !== 0 || clash(a.memory, b.memory) || clash(a.memory, b.rings) || clash(a.rings, b.memory);

/** Whether an op's memory and its own FIFOs overlap: then it goes group by group. */
export const isTangled = ({ memory, rings }: Footprint): boolean => clash(memory, rings);

/** Whether an access to bytes [from, to) must not change places with an op. */
export const touches = (from: number, to: number, writes: boolean, { memory, rings }: Footprint): boolean =>
  clash([{ from, to, writes }], memory) || clash([{ from, to, writes }], rings);
