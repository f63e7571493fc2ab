/**
 * Whether a whole model stays on the wafer: as stored, and as f32 rows. A PE's room is what the code reserve leaves; scratch,
 * activations and results are left out.
 */
import type { MachineSpec } from '../../machine/spec.ts';
import type { StagedMatrix } from '../../model/architecture.ts';
import { rowBytes } from '../../quant/formats.ts';
import { dequantiserFor } from '../dequant/index.ts';

export interface Residency {
  readonly rows: number;
  readonly storedBytes: number;
  /** How many times the stored model fits into all PEs, by bytes alone. */
  readonly copies: number;
  /** PEs that hold all rows as f32, whole rows of one K on each; Infinity where a row is longer than a PE. */
  readonly f32Pes: number;
  readonly pes: number;
}

export function residencyOf(shapes: readonly StagedMatrix[], { usable, sramBytes, codeReserve }: MachineSpec): Residency {
  const pes = usable.width * usable.height;
  const room = sramBytes - codeReserve;
  const sum = (of: (matrix: StagedMatrix) => number): number => shapes.reduce((total, matrix) => total + matrix.count * of(matrix), 0);
  const storedBytes = sum(({ m, k, format }) => {
    const own = dequantiserFor(format);
    return m * rowBytes(own.format, own.unit.size * Math.ceil(k / own.unit.size));
  });
  const byK = new Map<number, number>();
  for (const { m, k, count } of shapes) byK.set(k, (byK.get(k) ?? 0) + m * count);
  const f32Pes = [...byK].reduce((total, [k, rows]) => total + Math.ceil(rows / Math.floor(room / (4 * k))), 0);
  return { rows: sum(({ m }) => m), storedBytes, copies: (room * pes) / storedBytes, f32Pes, pes };
}
