/**
 * A PE's code in `split-k`: the row code of streaming or stationary on its tile, then its part of the reduction, vector ops
 * of the main thread one after the other over the R N partial sums in memory. The order of the additions is
 *
 *     chain, two-phase, tree: (own + first child) + second child + ..., element by element, each sum rounded to f32
 *
 * where the children are those of collectives/pattern.ts, nearest first.
 */
import { assemble, type Code, increase, mark, scalar, setTo } from '../../machine/builder.ts';
import type { PeClass, VectorInstruction } from '../../machine/program.ts';
import { absorbControl, type Operands, type PatternPe, reduceOps } from '../collectives/pattern.ts';
import { blocksOf, type RowJob } from '../rows/mapping.ts';
import { R } from '../rows/registers.ts';
import { ACTIVATIONS, ACTIVATIONS_QUEUE, FIRST_SUM, SUMS_IN_QUEUE, SUMS_OUT_QUEUE } from './fabric.ts';
import { jobAt, layout, type Mapping, type SplitLayout } from './layout.ts';

/** Everything before the reduction. */
export function rowCode(mapping: Mapping, job: RowJob, own: SplitLayout): Code {
  return withMarks(mapping.inner.code(job, own), (blocksOf(mapping.job) - blocksOf(job)) * job.rowsPerPe);
}

/** Marks count the blocks of the longest slice: a PE with a shorter one skips some at the end of every column. */
function withMarks(code: Code, skipped: number): Code {
  if (skipped === 0) return code;
  const skip = scalar('compute', increase(R.mark, skipped));
  return code.map((piece) => (piece.kind === 'repeat' && piece.counter === R.columns ? { ...piece, body: [...piece.body, skip] } : piece));
}

/** Between the two: mark -1 from here on. */
export const BEFORE_REDUCTION: Code = [scalar('send', setTo(R.mark, -1)), mark(R.mark)];

/** Of the queues in the PE's class activations have the first, sums the second; results the only one of their kind. */
const operandsOf = (job: RowJob, own: SplitLayout): Operands => ({
  length: job.rows * job.n,
  own: own.results,
  input: 1,
  output: 0,
  control: own.controlWord,
});

export const reduction = (pe: PatternPe, job: RowJob, own: SplitLayout): VectorInstruction[] => reduceOps(pe, operandsOf(job, own));

/** The class of a PE in fabric column x that holds `rows` rows. */
export function classAt(mapping: Mapping, x: number, rows: number): PeClass {
  const pe = mapping.pattern[x];
  const job = jobAt(mapping, x, rows);
  const own = layout(mapping.inner, job, pe);
  const code = assemble([...rowCode(mapping, job, own), ...BEFORE_REDUCTION, ...reduction(pe, job, own)]);
  const task = { name: 'split-k', code, active: true, blocked: false };
  const sums = pe.children.length > 0 ? [{ queue: SUMS_IN_QUEUE, color: FIRST_SUM + pe.receives }] : [];
  return {
    name: `${rows} row${rows > 1 ? 's' : ''} x ${job.k}, ${pe.name}`,
    tasks: pe.absorbs ? [absorbControl(R.acc), task] : [task],
    memory: own.allocations,
    inputs: [{ queue: ACTIVATIONS_QUEUE, color: ACTIVATIONS }, ...sums],
    outputs: pe.sends === undefined ? [] : [{ queue: SUMS_OUT_QUEUE, color: FIRST_SUM + pe.sends }],
  };
}

/** The class of PEs without rows. */
export function idleClass({ job }: Mapping): PeClass {
  const reserve = { name: 'code and run-time reserve', kind: 'code', address: 0, bytes: job.machine.codeReserve } as const;
  return { name: 'no rows', tasks: [], memory: [reserve], inputs: [], outputs: [] };
}
