/**
 * What closed forms say about the neighbourhood of a configuration, without simulating: where another kernel overtakes, and
 * how throughput grows with the batch.
 */
import { WeftError } from '../base/error.ts';
import { throughput } from '../kernels/batched/throughput.ts';
import { type Accounting, type Against, type Along, type ComparedPoint, type Comparison, compare } from '../kernels/compare.ts';
import type { ProblemShape } from '../kernels/types.ts';
import type { MachineSpec } from '../machine/spec.ts';
import type { RunConfig, Study, StudyQuestion } from './protocol.ts';

/** Accountings in the order of kernels.md: weights resident, the load counted once, reloaded wave by wave. */
const ACCOUNTINGS: readonly Accounting[] = ['resident', 'loaded', 'reloaded'];

/** Throws WeftError where the shape cannot be placed at all. */
export function studyOf(shape: ProblemShape, machine: MachineSpec, config: RunConfig, { along, against }: StudyQuestion): Study {
  if (shape.layer !== undefined) throw new WeftError('kernel', 'a study compares mappings of one matrix product', ['choose a kernel for one matrix']);
  const { m, k, format } = shape;
  if (config.kernel === 'batched') {
    const inner = config.options?.inner ?? 'streaming';
    return { kind: 'throughput', inner, throughput: throughput({ m, k, format, machine, inner, rectangle: config.pes }) };
  }
  const accountings = ACCOUNTINGS.map((accounting) => ({ accounting, comparison: compareHere(shape, machine, config, along, against, accounting) }));
  return { kind: 'crossing', along, against, accountings };
}

function compareHere(shape: ProblemShape, machine: MachineSpec, { pes }: RunConfig, along: Along, against: Against, accounting: Accounting): Comparison {
  const comparison = compare({ against, along, accounting, machine, shape, ...(pes && against === 'streaming' && { rectangle: pes }) });
  return { ...comparison, table: comparison.table.map(plain) };
}

/** Without anything that does not cross the wire. */
const plain = ({ value, stationary, against, winner }: ComparedPoint): ComparedPoint => ({ value, stationary, against, winner });
