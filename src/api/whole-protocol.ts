/** Questions about whole models, as they cross to their own worker and back: no run on the page waits for them. */
import type { KernelOptions } from '../kernels/options.ts';
import type { MachineId } from '../machine/spec.ts';
import type { Storage } from '../model/storage.ts';
import type { CacheFormat } from '../plan/cache.ts';
import type { CapacityReport } from '../plan/capacity-types.ts';
import type { Claim } from '../plan/claims-types.ts';
import type { MappingChoice, ModelEstimate } from '../plan/estimate-types.ts';
import type { PassProgress } from './launch-sums.ts';
import type { Outcome } from './protocol.ts';
import type { SimilarityResult } from './similarity.ts';

/** A published model by name, or a file the user gave: GGUF or config.json. */
export type WholeSource = { readonly kind: 'preset'; readonly name: string } | { readonly kind: 'file'; readonly file: File; readonly name: string };

/** What both the planner and the estimate are asked. */
interface Asked {
  readonly machine: MachineId;
  /** Tokens; null takes what the model was made for, 4,096 at most. */
  readonly context: number | null;
  readonly batch: number;
  /** Counted as if stored so; null is as the file says, Q4_K where it says nothing. */
  readonly format: Storage | null;
}

export interface WholeCapacityQuestion extends Asked {
  readonly kernel: string;
  readonly options: KernelOptions;
  readonly cache: CacheFormat;
}

export interface WholeEstimateQuestion extends Asked {
  readonly mapping: MappingChoice;
}

export interface SentencesQuestion {
  readonly a: string;
  readonly b: string;
  readonly machine: MachineId;
  readonly kernel: string;
  /** Address of the sentence model. */
  readonly url: string;
}

/** Calls never throw across the wire: they return an Outcome. A new question of a kind ends the one before it as cancelled. */
export interface WholeModels {
  capacity(source: WholeSource, question: WholeCapacityQuestion): Promise<Outcome<CapacityReport>>;
  estimate(source: WholeSource, question: WholeEstimateQuestion): Promise<Outcome<ModelEstimate>>;
  claims(machine: MachineId): Promise<Outcome<readonly Claim[]>>;
  sentences(question: SentencesQuestion, onProgress: (progress: PassProgress) => void): Promise<Outcome<SimilarityResult>>;
  /** Ends a comparison of sentences. */
  cancel(): Promise<void>;
}

export { MODEL_PRESETS } from '../model/presets.ts';
export type { MatrixPlan, Overflow, PeAccount, RowsOnPes } from '../plan/capacity-types.ts';
export type { PhaseEstimate, StageRow } from '../plan/estimate-types.ts';
export type { CapacityReport, Claim, ModelEstimate, PassProgress, SimilarityResult, Storage };
