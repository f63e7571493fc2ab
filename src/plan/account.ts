/**
 * The memory of a PE that holds rows of a matrix, as the kernels lay it out: the same functions make the memory of a real run.
 * From it the most rows that a PE can hold. A bias, for which no kernel has code yet, adds four bytes a row.
 */
import { assert, WeftError } from '../base/error.ts';
import { dequantiserFor } from '../kernels/dequant/index.ts';
import { defaultDot, type KernelOptions } from '../kernels/options.ts';
import type { RowJob } from '../kernels/rows/mapping.ts';
import { fullest } from '../kernels/split-k/fit.ts';
import { splitK } from '../kernels/split-k/index.ts';
import { mappingOf } from '../kernels/split-k/plan.ts';
import { stationary, stationaryRows } from '../kernels/stationary/index.ts';
import { streaming, streamingRows } from '../kernels/streaming/index.ts';
import type { Kernel } from '../kernels/types.ts';
import { usedBytes } from '../machine/memory.ts';
import type { Allocation } from '../machine/program.ts';
import type { MachineSpec } from '../machine/spec.ts';

/** Kernels whose PEs keep rows of a matrix: those that a resident model can be planned with. */
export const PLAN_KERNELS = ['streaming', 'stationary', 'split-k'] as const;
export type PlanKernel = (typeof PLAN_KERNELS)[number];

const KERNELS: Readonly<Record<PlanKernel, Kernel>> = { streaming, stationary, 'split-k': splitK };

/** What a PE's memory depends on, beside how many rows it holds. */
export interface PeKind {
  readonly machine: MachineSpec;
  readonly kernel: PlanKernel;
  readonly options: KernelOptions;
  /** Row length in whole units; stored format; columns of activations at once. */
  readonly k: number;
  readonly format: string;
  readonly n: number;
  readonly bias: boolean;
}

/** A row length in whole units of its format (256 weights): what is missing is stored as zeros. */
export function paddedK(k: number, format: string): number {
  const { size } = dequantiserFor(format).unit;
  return size * Math.ceil(k / size);
}

/** @throws WeftError on options that the kernel does not know or that do not go with the format. */
export function checkChoice({ machine, kernel, options, format }: PeKind): void {
  const { size } = dequantiserFor(format).unit;
  try {
    KERNELS[kernel].plan({ m: 1, k: size, n: 1, format }, machine, { width: 1, height: 1 }, options);
  } catch (error) {
    if (!(error instanceof WeftError && error.field === 'placement')) throw error;
  }
}

/** Every byte of the fullest PE: `rows` rows, each spread over `slices` PEs (1 but for split-k). */
export function accountOf(kind: PeKind, rows: number, slices: number): readonly Allocation[] {
  const own = kind.kernel === 'split-k' ? tileAccount(kind, rows, slices) : rowAccount(kind, rows);
  if (!kind.bias) return own;
  return [...own, { name: 'biases, f32', kind: 'weights', address: own.reduce((end, a) => Math.max(end, a.address + a.bytes), 0), bytes: 4 * rows }];
}

/** The PE at the end of a fabric row, which needs most. */
function rowAccount({ machine, kernel, options, k, format, n }: PeKind, rows: number): readonly Allocation[] {
  assert(kernel !== 'split-k', 'split-k has tiles');
  const { dot = defaultDot(machine), overlap, f16, factored, drain } = options;
  const job: RowJob = { machine, dequantiser: dequantiserFor(format), dot, overlap, f16, factored, drain, k, n, rows, rowsPerPe: rows, endsRow: true };
  return (kernel === 'streaming' ? streamingRows : stationaryRows).layout(job).allocations;
}

function tileAccount({ machine, options, k, format, n }: PeKind, rows: number, slices: number): readonly Allocation[] {
  return fullest(mappingOf({ shape: { m: rows, k, n, format }, machine, rectangle: { width: slices, height: 1 }, options })).allocations;
}

/** Rows of a matrix on PEs: at most `rows` on one, each row on `slices` of them. */
export interface Spread {
  readonly rows: number;
  readonly slices: number;
}

export const pesOf = (m: number, { rows, slices }: Spread): number => slices * Math.ceil(m / rows);

/** Fewest PEs that hold `m` rows, and of equal numbers the fewest slices; undefined if not even one row fits. */
export function densest(kind: PeKind, m: number): Spread | undefined {
  let best: Spread | undefined;
  for (const slices of slicesOf(kind)) {
    const rows = mostRows(kind, m, slices);
    if (rows > 0 && (best === undefined || pesOf(m, { rows, slices }) < pesOf(m, best))) best = { rows, slices };
  }
  return best;
}

/** Numbers of slices at which the longest one becomes a unit shorter. */
function slicesOf({ kernel, k, format, machine }: PeKind): number[] {
  if (kernel !== 'split-k') return [1];
  const units = k / dequantiserFor(format).unit.size;
  const all = Array.from({ length: units }, (_, i) => Math.ceil(units / (units - i)));
  return [...new Set(all)].filter((slices) => slices <= machine.usable.width);
}

/** The largest number of rows up to `m` whose account fits, 0 if none does: more rows never need less. */
function mostRows(kind: PeKind, m: number, slices: number): number {
  const fits = (rows: number): boolean => usedBytes(accountOf(kind, rows, slices)) <= kind.machine.sramBytes;
  let [good, bad] = [0, 1];
  while (bad <= m && fits(bad)) [good, bad] = [bad, 2 * bad];
  bad = Math.min(bad, m + 1);
  while (bad - good > 1) {
    const middle = Math.floor((good + bad) / 2);
    if (fits(middle)) good = middle;
    else bad = middle;
  }
  return good;
}
