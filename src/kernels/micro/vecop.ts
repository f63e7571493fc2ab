/**
 * One vector op between two readings of the time-stamp counter, and the windows in which such numbers were published. One
 * set-up model (price.ts) gives all of them:
 *
 *   [load descriptors from memory]  [descriptors, 3 cycles | dispatch, 4 cycles]  [elements]
 *                                   ^ issue begins at the dispatch
 *
 * - `issue`: from the dispatch to the last element's issue (S2: 16-bit add 514, f16 add 4, 6, 18 for 8, 16, 64 elements).
 * - `stamps`: between two readings right around the op, set-up included (S3: n + 6; S2: f16 multiply-add 1040).
 * - `descriptors`: the same, with descriptors that come from memory first (S3: n + 34, n / 2 + 35, 2 n + 33).
 */
import { WeftError } from '../../base/error.ts';
import { rng } from '../../base/rng.ts';
import type { Cycle } from '../../base/units.ts';
import { accumulator, immediate, mem, scalar, setTo, vector } from '../../machine/builder.ts';
import { VECTOR_OPS, type VectorOp } from '../../machine/ops.ts';
import { banksConflict, elementOffset, groupCycles, groupWidth, priceTotal, priceVector, scalarCycles, setupCycles } from '../../machine/price.ts';
import type { ScalarInstruction, VectorInstruction } from '../../machine/program.ts';
import type { MachineSpec } from '../../machine/spec.ts';
import type { Measured } from '../measured/measured.ts';
import { descriptorCycles, loadDescriptors, R, stamp } from '../measured/stamps.ts';
import { afterDispatch, bytesOf, OnePe, seeded } from './bench.ts';

export const WINDOWS = ['issue', 'stamps', 'descriptors'] as const;
export type Window = (typeof WINDOWS)[number];

export interface VecopRow {
  readonly machine: MachineSpec;
  readonly op: VectorOp;
  /** Elements. */
  readonly n: number;
  /** Whether the two sources start in conflicting banks. */
  readonly conflict: boolean;
  readonly window: Window;
  /** Steps of an independent scalar recurrence that follows the op. */
  readonly chain: number;
}

/** The window in which an op's cycles were published: S2 read 16-bit integer ops off a log of issues, all others are time stamps. */
export const publishedWindow = (machine: MachineSpec, op: VectorOp): Window => (machine.id === 'wse3' && /^[a-z]+16$/.test(op) ? 'issue' : 'stamps');

/** Memory operands of the op, as a PE's code and as the counts its set-up needs. */
interface Bench {
  readonly pe: OnePe;
  readonly instruction: VectorInstruction;
}

/** The destination is the first source where the widths allow it, as in S3's program; the second source lies beside or on its banks. */
function benchOf({ machine, op, n, conflict }: VecopRow): Bench {
  const info = VECTOR_OPS[op];
  if (conflict && info.b === 0) throw new WeftError('bank-conflict', `${op} has one source, which conflicts with nothing`, ['leave --bank-conflict out']);
  const random = rng(1);
  const pe = new OnePe(machine);
  const a = mem(pe.data('source a', bytesOf(seeded(random, n, info.a))));
  const b = info.b > 0 ? { b: mem(pe.data('source b', bytesOf(seeded(random, n, info.b as 2 | 4)), conflict ? 0 : 4)) } : {};
  const separate = info.dst !== info.a && !info.reduces;
  const to = info.reduces ? accumulator(R.scratch) : separate ? mem(pe.data('destination', new Uint8Array(n * info.dst))) : a;
  // 1.0 as f16 for 16-bit operands; a shift reads its low four bits.
  const scalarOperand = info.scalar ? { scalar: immediate(info.b === 4 || info.a === 4 ? 0x3f800000 : 0x3c01) } : {};
  return { pe, instruction: vector('compute', op, n, { to, a, ...b, ...scalarOperand }) };
}

/** One step of the recurrence x = x * x + 3, which no compiler folds (S2). */
const RECURRENCE: ScalarInstruction = scalar(
  'compute',
  { op: 'mul', d: R.scratch, a: R.scratch, b: R.scratch },
  { op: 'addi', d: R.scratch, a: R.scratch, imm: 3 },
);

export function vecop(row: VecopRow): Measured {
  const { machine, window, chain } = row;
  const { pe, instruction } = benchOf(row);
  const first = row.window === 'descriptors' ? loadDescriptors(machine, operandsOf(instruction), pe.begin) : [];
  const recurrence = chain > 0 ? [scalar('compute', setTo(R.scratch, 3)), ...Array<ScalarInstruction>(chain).fill(RECURRENCE)] : [];
  const program = pe.program('n', [stamp(R.begin), ...first, instruction, ...recurrence, stamp(R.end)]);
  const outside = window === 'issue' ? beforeDispatch(instruction, machine) + lastIssue(row, instruction) : 0;
  return { program, begin: { pe: 0, address: pe.begin }, end: { pe: 0, address: pe.end }, outside, expected: [] };
}

/** The same window in closed form. */
export function vecopModel(row: VecopRow): Cycle {
  const { machine, window, chain } = row;
  const { instruction } = benchOf(row);
  const descriptors = window === 'descriptors' ? descriptorCycles(machine, operandsOf(instruction)) : 0;
  const recurrence = chain > 0 ? machine.scalar.alu + chain * scalarCycles(RECURRENCE, machine) : 0;
  const all = machine.scalar.timestamp + descriptors + priceTotal(priceVector(instruction, machine)) + recurrence;
  return window === 'issue' ? all - beforeDispatch(instruction, machine) - lastIssue(row, instruction) : all;
}

const operandsOf = (op: VectorInstruction): number => [op.destination, op.a, op.b].filter((o) => o?.kind === 'memory').length;

function beforeDispatch(op: VectorInstruction, machine: MachineSpec): Cycle {
  const setup = setupCycles(op, machine);
  return machine.scalar.timestamp + setup - afterDispatch(setup);
}

/** Cycles that the last issue takes, which a window of issues does not see. */
function lastIssue({ machine, n, chain }: VecopRow, op: VectorInstruction): Cycle {
  if (chain > 0) return machine.scalar.alu;
  const width = groupWidth(op, machine);
  const last = Math.floor((n - 1) / width) * width;
  const { a, b } = op;
  if (a.kind !== 'memory' || b?.kind !== 'memory') return groupCycles(op, machine);
  const info = VECTOR_OPS[op.op];
  const [first, second] = [a.address + elementOffset(a, info.a, last), b.address + elementOffset(b, info.b || info.a, last)];
  return groupCycles(op, machine) + (banksConflict(first, second) ? 1 : 0);
}
