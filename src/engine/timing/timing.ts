/**
 * The timing engine: the cycle of every event of a statically routed program from its timed event graph, not by stepping
 * cycles. It accepts programs whose streams from the host run through trees and whose results leave through chains, with
 * elements of one task; everything else it declines. What it accepts has the trace of the wavelet engine, event by event
 * (test/engine/timing). It computes no values.
 */
import type { Program } from '../../machine/program.ts';
import type { SharedTrace } from '../../trace/shared.ts';
import { assembleTrace } from './assemble.ts';
import { type Chain, evaluateChains } from './chains.ts';
import { Declined } from './declined.ts';
import { sweepTrees, type Trees } from './tree.ts';

export interface Timing {
  readonly cycles: number;
  readonly trace: SharedTrace;
  /** Passages of streams that had to be evaluated, and chains of results: the others are equal to one of them. */
  readonly passages: number;
  readonly chains: number;
}

/** The timing of a program that validateProgram accepts. @throws Declined with the reason, if it is not one of those evaluated here */
export function timeProgram(program: Program): Timing {
  if ((program.host ?? []).length > 0) throw new Declined('host', 'the host does more than streaming');
  const trees = sweepTrees(program);
  const chains = evaluateChains(program, trees);
  const cycles = cyclesOf(program, trees, chains);
  const trace = assembleTrace(program, trees, chains, cycles);
  return { cycles, trace, passages: trees.passages.length, chains: new Set(chains.map((chain) => chain.drained)).size };
}

/** Rule 17: one past the last departure, or the end of the last issue; a task that ends at once counts as one cycle. */
function cyclesOf(program: Program, trees: Trees, chains: readonly Chain[]): number {
  let cycles = trees.skeletons.some((skeleton) => skeleton !== null) && program.classOf.length > 0 ? 1 : 0;
  for (const { lastLeave, end } of trees.passages) cycles = Math.max(cycles, lastLeave + 1, end);
  for (const { begin, drained } of chains) cycles = Math.max(cycles, begin + drained.cycles);
  return cycles;
}
