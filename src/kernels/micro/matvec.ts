/**
 * Matrix times vector on one PE, as the vendor's example maps it: y += column j * x[j], one vector op a column over y padded
 * to whole 16-byte lines; the matrix begins one element further, so that y and a column never meet in a bank. The map keeps
 * the descriptors in registers and feeds x[j]: every step after the first pays `setup.mapped` (S2: 780 cycles for 25 columns
 * padded to 28).
 */
import { rng } from '../../base/rng.ts';
import type { Cycle } from '../../base/units.ts';
import { immediate, mem, vector } from '../../machine/builder.ts';
import { priceTotal, priceVector } from '../../machine/price.ts';
import type { VectorInstruction } from '../../machine/program.ts';
import type { MachineSpec } from '../../machine/spec.ts';
import type { Measured } from '../measured/measured.ts';
import { R, stamp } from '../measured/stamps.ts';
import { bytesOf, OnePe } from './bench.ts';

/** f32 in a line of 16 bytes. */
const LINE = 4;

export interface MatvecRow {
  readonly machine: MachineSpec;
  /** Rows and columns. */
  readonly size: number;
}

interface Bench {
  readonly pe: OnePe;
  readonly steps: readonly VectorInstruction[];
  readonly y: number;
  readonly result: Float32Array;
}

function benchOf({ machine, size }: MatvecRow): Bench {
  const random = rng(1);
  const padded = Math.ceil(size / LINE) * LINE;
  const value = (): number => 2 * random.unit() - 1;
  const matrix = Float32Array.from({ length: size * padded }, (_, i) => (i % padded < size ? value() : 0));
  const x = Float32Array.from({ length: size }, value);
  const pe = new OnePe(machine);
  const y = pe.data('y', new Uint8Array(4 * padded));
  const columns = pe.data('matrix, column after column', bytesOf(matrix), 4);
  const bits = new Uint32Array(x.buffer);
  const steps = Array.from(x, (_, j): VectorInstruction => {
    const operands = { to: mem(y), a: mem(y), b: mem(columns + 4 * padded * j), scalar: immediate(bits[j]) };
    return { ...vector('compute', 'f32_mac', padded, operands), ...(j > 0 && { mapped: true }) };
  });
  return { pe, steps, y, result: product(matrix, x, padded) };
}

/** Column after column, each product and each sum rounded to f32. */
function product(matrix: Float32Array, x: Float32Array, padded: number): Float32Array {
  const y = new Float32Array(padded);
  for (let j = 0; j < x.length; j++) {
    for (let i = 0; i < padded; i++) y[i] += Math.fround(matrix[j * padded + i] * x[j]);
  }
  return y;
}

export function matvec(row: MatvecRow): Measured {
  const { pe, steps, y, result } = benchOf(row);
  const program = pe.program('size', [stamp(R.begin), ...steps, stamp(R.end)]);
  return { program, begin: { pe: 0, address: pe.begin }, end: { pe: 0, address: pe.end }, outside: 0, expected: [{ pe: 0, address: y, values: result }] };
}

/** The same in closed form. */
export function matvecModel(row: MatvecRow): Cycle {
  const { steps } = benchOf(row);
  return row.machine.scalar.timestamp + steps.reduce((sum, step) => sum + priceTotal(priceVector(step, row.machine)), 0);
}
