/** What others claim of such machines, each beside what the model of the machine gives. Plain data, ready to show. */
import type { KernelOptions, Rectangle } from '../kernels/types.ts';
import type { MachineId } from '../machine/spec.ts';

export type Verdict = 'holds' | 'partly' | 'does not hold' | 'outside the model';

export interface Claim {
  readonly id: string;
  /** What is claimed, in our words. */
  readonly claim: string;
  /** Who says so. */
  readonly source: string;
  /** What was computed, as text with units. */
  readonly ours: string;
  /** The command or configuration that computed it. */
  readonly input: string;
  readonly verdict: Verdict;
  /** One or two sentences. */
  readonly why: string;
}

/** A run of a synthetic matrix that a claim needs. */
export interface ClaimRun {
  readonly kernel: 'streaming' | 'stationary';
  readonly machine: MachineId;
  readonly m: number;
  readonly k: number;
  readonly n: number;
  readonly seed: number;
  readonly pes: Rectangle;
  readonly options?: KernelOptions;
}

/** What is wanted of it. */
export interface RunFacts {
  readonly cycles: number;
  readonly traceHash: string;
  /** PE-cycles in which an instruction is issued, and multiply-adds. */
  readonly busyCycles: number;
  readonly macs: number;
  /** Cycles from the first activation to a row's result: of the first row and of the last. */
  readonly latency: { readonly first: number; readonly max: number };
}

/** Runs it wavelet by wavelet; src/api has one. */
export type Simulate = (run: ClaimRun) => Promise<RunFacts>;

/** A claim without what is the same for all of one source. */
export type Finding = Omit<Claim, 'source'>;
