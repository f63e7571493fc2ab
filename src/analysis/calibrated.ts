/** How far the model is from published cycles, by family of programs. */
import { CALIBRATION, type CalibrationRow } from './calibration.ts';

/** Published cycles of a family of programs beside ours; errors are shares of the published numbers. */
export interface CalibrationFamily {
  readonly family: string;
  readonly n: number;
  readonly exact: number;
  readonly meanError: number;
  readonly worstError: number;
}

export interface Calibration {
  readonly families: readonly CalibrationFamily[];
  readonly rows: readonly CalibrationRow[];
}

/** Published cycles beside ours, by family and in full. */
export function calibration(): Calibration {
  const names = [...new Set(CALIBRATION.map((row) => row.family))];
  return {
    families: names.map((family) =>
      familyOf(
        family,
        CALIBRATION.filter((row) => row.family === family),
      ),
    ),
    rows: CALIBRATION,
  };
}

function familyOf(family: string, rows: readonly CalibrationRow[]): CalibrationFamily {
  const errors = rows.map(({ ours, published }) => Math.abs(ours / published - 1));
  const sum = errors.reduce((a, b) => a + b, 0);
  return { family, n: rows.length, exact: errors.filter((e) => e === 0).length, meanError: sum / rows.length, worstError: Math.max(...errors) };
}
