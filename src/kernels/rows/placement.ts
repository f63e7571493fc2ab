/**
 * Row-per-PE placement (kernels.md section 2): PE p, row-major in a W x H rectangle, holds rows p * R .. p * R + R - 1 with
 * R = ceil(M / PEs); the last used PE may hold fewer, PEs behind it none.
 */
import { WeftError } from '../../base/error.ts';
import type { MachineSpec } from '../../machine/spec.ts';
import type { Dequantiser } from '../dequant/dequantiser.ts';
import type { Rectangle, Shape } from '../types.ts';

export interface Placement {
  readonly rectangle: Rectangle;
  readonly rows: number;
  /** R: rows on every used PE but, possibly, the last one. */
  readonly rowsPerPe: number;
  readonly usedPes: number;
  /** Rows of the fabric that hold used PEs. */
  readonly usedHeight: number;
  /** Rows of the matrix on the last used PE, 1 .. rowsPerPe. */
  readonly rowsOfLast: number;
}

export function place(rows: number, rectangle: Rectangle, rowsPerPe: number = Math.ceil(rows / (rectangle.width * rectangle.height))): Placement {
  const usedPes = Math.ceil(rows / rowsPerPe);
  const usedHeight = Math.ceil(usedPes / rectangle.width);
  return { rectangle, rows, rowsPerPe, usedPes, usedHeight, rowsOfLast: rows - (usedPes - 1) * rowsPerPe };
}

/** Rows of the matrix on PE p. */
export function rowsOn(p: Placement, pe: number): number {
  if (pe >= p.usedPes) return 0;
  return pe === p.usedPes - 1 ? p.rowsOfLast : p.rowsPerPe;
}

/** Used PEs of fabric row y; they are the westernmost ones. */
export const usedIn = (p: Placement, y: number): number => Math.max(0, Math.min(p.rectangle.width, p.usedPes - y * p.rectangle.width));

/** Rows of the matrix in fabric row y. */
export function rowsIn(p: Placement, y: number): number {
  const last = y === p.usedHeight - 1;
  return usedIn(p, y) * p.rowsPerPe - (last ? p.rowsPerPe - p.rowsOfLast : 0);
}

/** The smallest near-square rectangle with at least `pes` PEs that the machine can hold, or undefined. */
export function nearSquare(pes: number, machine: MachineSpec): Rectangle | undefined {
  const { width: maxWidth, height: maxHeight } = machine.usable;
  if (pes > maxWidth * maxHeight) return undefined;
  const width = Math.max(Math.min(Math.ceil(Math.sqrt(pes)), maxWidth), Math.ceil(pes / maxHeight));
  return { width, height: Math.ceil(pes / width) };
}

/** One row on each PE if the wafer is large enough, else the whole usable fabric. */
export const defaultRectangle = (rows: number, machine: MachineSpec): Rectangle => nearSquare(rows, machine) ?? machine.usable;

/**
 * @throws WeftError (`rectangle`) unless it is made of whole PEs and lies within the machine's usable fabric.
 */
export function checkRectangle(rectangle: Rectangle, machine: MachineSpec): void {
  const { width, height } = rectangle;
  const { usable } = machine;
  const named = `${width}x${height}`;
  if (!isCount(width) || !isCount(height)) {
    throw new WeftError('rectangle', `${named} is not a rectangle of PEs: width and height are whole numbers from 1`, ['use for example 4x4']);
  }
  if (width > usable.width || height > usable.height) {
    const fitting = `${Math.min(width, usable.width)}x${Math.min(height, usable.height)}`;
    throw new WeftError('rectangle', `${named} PEs exceed the ${usable.width}x${usable.height} usable PEs of ${machine.name}`, [`use at most ${fitting}`]);
  }
}

/**
 * @throws WeftError (`M`, `N` or `K`) for sizes that are no whole numbers from 1, or a K that is not made of whole units.
 */
export function checkShape(shape: Shape, { format, unit }: Dequantiser): void {
  for (const [name, size] of [['M', shape.m] as const, ['N', shape.n] as const]) {
    if (!isCount(size)) throw new WeftError(name, `${name} is ${size}; it must be a whole number from 1`, [`use an ${name} of at least 1`]);
  }
  const { k } = shape;
  const { size } = unit;
  if (isCount(k) && k % size === 0) return;
  const below = Math.floor(k / size) * size;
  const neighbours = k > size ? `${below} or ${below + size}` : `${size}`;
  const fixes = Number.isFinite(k) ? [`use a K of ${neighbours}`] : [`use a K of ${size}`];
  const why =
    format.blockSize === size ? `${format.name} rows are made of blocks of ${size} weights` : `PEs take ${format.name} rows ${size} weights at a time`;
  throw new WeftError('K', `K is ${k}; ${why}, so K must be a positive multiple of ${size}`, fixes);
}

const isCount = (n: number): boolean => Number.isSafeInteger(n) && n >= 1;
