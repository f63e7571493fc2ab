/**
 * What a PE computes in a run without values: its rows of A, as few PEs as give their results, in the same order of operations.
 * Nothing else is read or drawn, so the size of the run does not matter.
 */
import { countingUnequal, float64Product } from '../analysis/errors.ts';
import { WeftError } from '../base/error.ts';
import { computeSinks } from '../engine/values/values.ts';
import { kernelById } from '../kernels/registry.ts';
import { validating } from '../machine/validate.ts';
import { storedBlocks } from './detail.ts';
import { rowsOf } from './matrix-run.ts';
import type { Models } from './models.ts';
import { kernelAndPlan } from './planning.ts';
import type { PeResult, PeValues, RunConfig } from './protocol.ts';
import { inSlices } from './slices.ts';

/** Multiply-adds at most, some tenths of a second: of a PE with more, the first columns of B are computed. */
const MOST_WORK = 2 ** 21;

/**
 * The values of a PE; `pause` is awaited between pieces and throws to stop it.
 * @throws WeftError (`pe`) for a PE without rows, and where a PE has no values by itself
 */
export async function peValues(models: Models, config: RunConfig, pe: number, pause: () => Promise<void>): Promise<PeValues> {
  const { kernel, plan } = kernelAndPlan(models, config);
  const map = kernel.rowMap(plan);
  const rows = { first: map.first[pe] ?? -1, count: map.count[pe] ?? 0 };
  if (rows.first < 0 || !kernel.partOf || !kernel.sumOf)
    throw new WeftError('pe', `PE ${pe} has no values by itself`, ['choose another PE', 'run with values']);
  const { tokens } = kernel.sumOf(plan, pe);
  const columns = tokens.slice(0, Math.max(1, Math.floor(MOST_WORK / (rows.count * plan.shape.k))));
  const part = kernel.partOf(plan, pe, columns.length);
  const own = kernelById(part.kernel);
  const workload = await models.part(config, rows, columns, pause);
  const program = await inSlices(own.building(part, workload), pause);
  await inSlices(validating(program), pause);
  const sinks = await inSlices(computeSinks(program, undefined), pause);
  const y = await inSlices(own.gathering(part, sinks), pause);
  const plain = await inSlices(own.adding(part, workload), pause);
  const { m, k, n, x } = workload;
  const yF64 = await inSlices(float64Product(rowsOf(workload), x, m, k, n), pause);
  const results = Array.from({ length: m }).flatMap((_, r) =>
    columns.map((column, t): PeResult => ({ row: rows.first + r, column, y: y[t * m + r], yF64: yF64[t * m + r] })),
  );
  return {
    pe,
    results,
    of: rows.count * tokens.length,
    vsPlainLoop: await inSlices(countingUnequal(y, plain), pause),
    blocks: storedBlocks(workload, map, pe, rows.first),
  };
}
