/**
 * The scalar code around a measured vector op: time stamps and descriptors that must be loaded first.
 */
import { scalar } from '../../machine/builder.ts';
import type { Instruction, ScalarStep } from '../../machine/program.ts';
import type { MachineSpec } from '../../machine/spec.ts';

/** Registers of measured programs; `zero` is never written. */
export const R = { begin: 0, end: 1, zero: 2, scratch: 3 } as const;

const load = (address: number): ScalarStep => ({ op: 'ld32', d: R.scratch, imm: address });
const store = (register: number, address: number): ScalarStep => ({ op: 'st32', b: register, imm: address });

/** Reads the counter into a register; {@link keep} stores it later, outside the window. */
export const stamp = (register: number): Instruction => scalar('compute', { op: 'tsc', d: register });
export const keep = (register: number, address: number): Instruction => scalar('compute', store(register, address));

/**
 * Cycles that a traced time stamp takes after it has read the counter: call and return 6 each, the buffer's index loaded,
 * advanced and stored, three words stored. 28 at the prices of WSE-2 (*assumed* code: the vendor's debug library is not
 * public; its end is visible in S3's logs as about 37 cycles that follow the last stamp).
 */
export function tracedStamp(address: number): Instruction[] {
  return [
    stamp(R.begin),
    call(2),
    scalar('compute', store(R.begin, address), store(R.zero, address + 4), store(R.zero, address + 8)),
    scalar('compute', load(address + 12), { op: 'addi', d: R.scratch, a: R.scratch, imm: 1 }, store(R.scratch, address + 12)),
    call(5),
  ];
}
/** Bytes of the buffer of one traced stamp: three words of time, then the index. */
export const TRACED_BYTES = 16;

/** A taken branch to instruction `to`, the next one. */
const call = (to: number): Instruction => ({ kind: 'branch', activity: 'compute', register: R.zero, when: 'zero', to });

/** Loads `count` operand descriptors into their registers, on machines whose set-up does not include it; the words are those at `address`. */
export function loadDescriptors(machine: MachineSpec, count: number, address: number): Instruction[] {
  const words = count * machine.setup.descriptorWords;
  return words > 0 ? [scalar('load', ...Array.from({ length: words }, () => load(address)))] : [];
}

/** Cycles of {@link loadDescriptors}. */
export const descriptorCycles = (machine: MachineSpec, count: number): number => count * machine.setup.descriptorWords * machine.scalar.load;
