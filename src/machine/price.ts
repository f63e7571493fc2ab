/**
 * What instructions cost in issue cycles on a machine: the only place where the op table becomes time.
 * Engines and closed forms both ask here, so an estimate and a simulation can differ only in waiting, never in price.
 *
 * Set-up model (one, for all windows): a vector op costs setup = base + perOperand * (memory and fabric operands) issue
 * cycles in the thread that starts it, then its elements. WSE-2 S3: 6 with the descriptors in registers, and three word
 * loads for each that is not. WSE-3 S2: one for each descriptor, 3 until the dispatch, 4 from there to the first execution.
 */
import { SCALAR_OPS, VECTOR_OPS } from './ops.ts';
import type { Instruction, MemoryOperand, ScalarInstruction, VectorInstruction } from './program.ts';
import type { MachineSpec } from './spec.ts';

/** Issue cycles of a piece of code, by what they pay for. */
export interface Price {
  readonly element: number;
  readonly setup: number;
  readonly scalar: number;
}

export const priceTotal = (p: Price): number => p.element + p.setup + p.scalar;

/** Set-up of a vector op in issue cycles. */
export function setupCycles(op: VectorInstruction, machine: MachineSpec): number {
  if (op.mapped) return machine.setup.mapped;
  const operands = [op.destination, op.a, op.b].filter((o) => o !== undefined && o.kind !== 'register').length;
  return machine.setup.base + machine.setup.perOperand * operands;
}

/** True if an operand of the op is a fabric queue or a FIFO in memory: such an op moves one word an issue. */
export function usesQueues(op: VectorInstruction): boolean {
  return [op.destination, op.a, op.b].some((o) => o !== undefined && o.kind !== 'memory' && o.kind !== 'register');
}

/** True if the op's fabric operands carry two 16-bit elements a wavelet. */
export function isPacked(op: VectorInstruction): boolean {
  return [op.destination, op.a, op.b].some((o) => (o?.kind === 'fabricIn' || o?.kind === 'fabricOut') && o.packed === true);
}

/**
 * Elements that one issue may handle: the table's rate, narrowed by the strides of the memory operands
 * (stride % 8 in {2,3,5,6} full, {1,7} width 2 unless the stride is 1, 4 width 2, 0 width 1 unless the stride is 0; S1),
 * and 1 where a queue takes part, or 2 where its words are packed pairs.
 */
export function groupWidth(op: VectorInstruction, machine: MachineSpec): number {
  const rate = machine.rates[op.op];
  if (isPacked(op)) return 2;
  if (rate <= 1 || usesQueues(op)) return 1;
  const strides = [op.destination, op.a, op.b].filter((o): o is MemoryOperand => o?.kind === 'memory').map((o) => strideWidth(o.stride));
  return Math.max(1, Math.min(rate, ...strides));
}

function strideWidth(stride: number): number {
  if (stride === 0 || stride === 1) return Number.POSITIVE_INFINITY;
  const low = ((stride % 8) + 8) % 8;
  if (low === 0) return 1;
  return low === 1 || low === 7 || low === 4 ? 2 : Number.POSITIVE_INFINITY;
}

/** Issue cycles of one group without a bank conflict: 1, or more for ops slower than one element a cycle. */
export function groupCycles(op: VectorInstruction, machine: MachineSpec): number {
  const rate = machine.rates[op.op];
  return Math.max(1, Math.round((isPacked(op) ? 2 : 1) / rate));
}

/** Byte offset of element i of a memory operand from its address plus base register. */
export function elementOffset(o: MemoryOperand, width: number, i: number): number {
  if (o.inner === undefined) return width * o.stride * i;
  return width * (o.stride * (i % o.inner) + (o.outer ?? 0) * Math.floor(i / o.inner));
}

/**
 * True if two memory sources conflict when their first words lie at these byte addresses: 8 banks of 16-bit words, bank =
 * address bits 3:1, conflict when the banks are equal modulo 4 (S1; the 2x of S3). A conflicting issue costs one cycle more.
 */
export function banksConflict(addressA: number, addressB: number): boolean {
  return ((addressA >> 1) & 3) === ((addressB >> 1) & 3);
}

/** Conflicting issues of a whole vector op; base registers must be multiples of 8 for this to be exact. */
export function conflictIssues(op: VectorInstruction, machine: MachineSpec): number {
  if (op.a.kind !== 'memory' || op.b?.kind !== 'memory') return 0;
  const info = VECTOR_OPS[op.op];
  const step = groupWidth(op, machine);
  let count = 0;
  for (let i = 0; i < op.length; i += step) {
    if (banksConflict(op.a.address + elementOffset(op.a, info.a, i), op.b.address + elementOffset(op.b, info.b || info.a, i))) count++;
  }
  return count;
}

/** Price of one vector op when it never waits for the fabric. Handing it to a microthread takes an issue of its own. */
export function priceVector(op: VectorInstruction, machine: MachineSpec): Price {
  const issues = Math.ceil(op.length / groupWidth(op, machine));
  const setup = Math.max(op.thread === undefined ? 0 : 1, setupCycles(op, machine));
  return { element: issues * groupCycles(op, machine) + conflictIssues(op, machine), setup, scalar: 0 };
}

/** Issue cycles of a run of scalar steps. */
export function scalarCycles(code: ScalarInstruction, machine: MachineSpec): number {
  return code.steps.reduce((sum, step) => sum + machine.scalar[SCALAR_OPS[step.op]], 0);
}

/** Price of straight code; a loop or branch instruction counts as one taken branch. Elements, set-up and scalar cycles apart. */
export function priceCode(code: readonly Instruction[], machine: MachineSpec): Price {
  let [element, setup, scalar] = [0, 0, 0];
  for (const i of code) {
    if (i.kind === 'vector') {
      const p = priceVector(i, machine);
      element += p.element;
      setup += p.setup;
    } else if (i.kind === 'scalar') scalar += scalarCycles(i, machine);
    else if (i.kind === 'loop' || i.kind === 'branch') scalar += machine.scalar.branchTaken;
    else if (i.kind !== 'mark') scalar += machine.scalar.alu;
  }
  return { element, setup, scalar };
}
