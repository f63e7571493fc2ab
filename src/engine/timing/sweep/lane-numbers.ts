/** The lanes of a program's run tables, numbered once for a whole sweep: the numbers of a wafer take 10 MB. */
import { type FifoNumbers, numbering, numberingQueues } from '../../../machine/channels.ts';
import type { Program } from '../../../machine/program.ts';
import type { LaneCounts } from './rows.ts';

export interface LaneNumbers {
  readonly fifos: FifoNumbers;
  /** Input and output queues of PE p: first[p] .. first[p + 1] - 1. */
  readonly inputFirst: Uint32Array;
  readonly outputFirst: Uint32Array;
  readonly counts: LaneCounts;
}

/** In pieces. */
export function* numberingRunLanes(program: Program): Generator<void, LaneNumbers> {
  const pes = program.classOf.length;
  const fifos = yield* numbering(program);
  const { inputFirst, outputFirst } = yield* numberingQueues(program);
  return { fifos, inputFirst, outputFirst, counts: [fifos.first[pes], inputFirst[pes], outputFirst[pes], program.sources.length, program.sinks.length] };
}
