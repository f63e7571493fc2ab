/**
 * The model of Luczynski et al., "Near-Optimal Wafer-Scale Reduce", HPDC 2024 (S6), held beside the simulation:
 * T = max(C, E / N + L) + (2 T_R + 1) D. With a hop of more than one cycle the distance counts that many times.
 */
import type { Cycle } from '../../base/units.ts';
import type { MachineSpec } from '../../machine/spec.ts';

/** What an algorithm asks of the row. */
export interface Demand {
  /** C: most wavelets that one PE sends or receives. */
  readonly contention: number;
  /** E: wavelets times hops. */
  readonly energy: number;
  /** N: links used. */
  readonly links: number;
  /** L: longest way of data, in hops. */
  readonly distance: number;
  /** D: longest chain of PEs of which each waits for the one before. */
  readonly depth: number;
}

/** Cycles of the model, rounded. */
export function waferModel({ contention, energy, links, distance, depth }: Demand, { hop, ramp }: MachineSpec): Cycle {
  const spread = links > 0 ? energy / links : 0;
  return Math.round(Math.max(contention, spread + hop * distance) + (2 * ramp + 1) * depth);
}
