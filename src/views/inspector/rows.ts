/** Which rows of A a PE holds: rows go to PEs in order, rowsPerPe each, the last fewer (kernels.md section 2). */
import type { RunResult } from '../../store/types.ts';

export function rowsOf(plan: Pick<RunResult['plan'], 'rowsPerPe' | 'shape'>, pe: number): { readonly first: number; readonly count: number } {
  const first = pe * plan.rowsPerPe;
  return { first, count: Math.max(0, Math.min(plan.rowsPerPe, plan.shape.m - first)) };
}
