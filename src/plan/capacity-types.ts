/** What the capacity planner answers: plain data, named for display. Bytes are bytes, PEs whole PEs. */
import type { KernelOptions } from '../kernels/options.ts';
import type { Fact } from '../kernels/types.ts';
import type { MemoryKind } from '../machine/program.ts';
import type { MachineId } from '../machine/spec.ts';
import type { Storage } from '../model/storage.ts';
import type { PlanKernel } from './account.ts';
import type { CacheFormat } from './cache.ts';

/** A named part of a PE's memory. */
export interface Part {
  readonly name: string;
  readonly kind: MemoryKind;
  readonly bytes: number;
}

/** A PE: every byte by name, and what is left of its SRAM. */
export interface PeAccount {
  readonly parts: readonly Part[];
  readonly usedBytes: number;
  /** Negative where it overflows. */
  readonly freeBytes: number;
}

/** Rows of a matrix on PEs. */
export interface RowsOnPes {
  /** Rows on the fullest PE, and PEs that share a row (1 but for split-k). */
  readonly rowsPerPe: number;
  readonly slices: number;
  /** PEs of one such matrix. */
  readonly pes: number;
  readonly account: PeAccount;
}

/** Matrices of one kind, size and format. */
export interface MatrixPlan {
  /** As in GGUF, without `blk.N.` and `.weight`. */
  readonly kind: string;
  /** The layers that have it; -1 outside of layers. */
  readonly blocks: readonly number[];
  readonly format: string;
  readonly rows: number;
  readonly k: number;
  /** Weights of a row on the PEs: K in whole units of 256, the rest zeros. */
  readonly paddedK: number;
  /** Of one matrix, as stored in a file. */
  readonly storedBytes: number;
  readonly bias: boolean;
  /** `yes`: whole rows fit into PEs; `split`: a row is spread over PEs; `no`: not even one row fits. */
  readonly fits: 'yes' | 'split' | 'no';
  /** On the fewest PEs; null if it does not fit. */
  readonly densest: RowsOnPes | null;
  /** When the model uses the whole wafer; null if it does not fit onto one. */
  readonly spread: RowsOnPes | null;
  /** A PE with a single row, where not even that fits. */
  readonly overflowing: PeAccount | null;
}

/** Norms: their gains and the token that they scale. */
export interface NormPlan {
  readonly count: number;
  readonly hidden: number;
  /** PEs of one norm: more than 1 where the layer kernel's one PE overflows. */
  readonly pes: number;
  readonly account: PeAccount;
}

export interface CachePlan {
  readonly format: CacheFormat;
  readonly bytesPerToken: number;
  /** Keys and values of the whole context and batch. */
  readonly bytes: number;
  /** Of one layer, and in all. */
  readonly pesPerLayer: number;
  readonly pes: number;
  /** Tokens of one head on a PE: at most, and on the fullest at this context. */
  readonly mostTokensPerPe: number;
  readonly tokensPerPe: number;
  readonly account: PeAccount;
  /** Longest context that fits beside the weights, and the longest that the model was made for. */
  readonly longestContext: number;
  readonly modelContext: number;
}

/** What a question may be changed to; `options` replaces all of them. */
interface Change {
  readonly machine?: MachineId;
  readonly kernel?: PlanKernel;
  readonly options?: KernelOptions;
  readonly context?: number;
  readonly batch?: number;
  readonly cache?: CacheFormat;
  readonly storage?: Storage;
}

/** A change that was planned again and does mend it. */
export interface Fix {
  /** As a sentence: "use the kernel streaming". */
  readonly label: string;
  /** What to ask instead; only what differs. */
  readonly change: Change;
  /** The same as flags of the command line. */
  readonly flags: string;
  /** What the plan says with it. */
  readonly outcome: string;
}

export interface Overflow {
  /** What overflows: a kind of matrix, the cache, the model. */
  readonly what: string;
  readonly amount: number;
  readonly unit: 'B' | 'PEs';
  /** One sentence with the numbers. */
  readonly problem: string;
  /** Empty where nothing that was tried mends it. */
  readonly fixes: readonly Fix[];
}

/** A tensor that the host keeps, and why. */
export interface OnHost {
  readonly name: string;
  readonly bytes: number;
  readonly why: string;
}

export interface CapacityReport {
  readonly model: {
    readonly name: string;
    readonly source: 'gguf' | 'config' | 'preset';
    readonly file: string | null;
    readonly layers: number;
    readonly parameters: number;
    /** All tensors, as stored in a file. */
    readonly storedBytes: number;
  };
  readonly machine: {
    readonly id: string;
    readonly name: string;
    readonly width: number;
    readonly height: number;
    readonly pes: number;
    readonly sramBytes: number;
    readonly codeReserve: number;
  };
  readonly question: {
    readonly kernel: PlanKernel;
    readonly options: KernelOptions;
    readonly context: number;
    readonly batch: number;
    readonly cache: CacheFormat;
  };
  readonly matrices: readonly MatrixPlan[];
  readonly norms: readonly NormPlan[];
  /** Null for models of which only the tensors are known. */
  readonly cache: CachePlan | null;
  readonly onHost: readonly OnHost[];
  /** Whole layers that lie on a wafer at once, with their caches. */
  readonly layersAtOnce: number;
  /** Wafers for all layers at once, or passes over one; null if a matrix does not fit at all. */
  readonly wafers: number | null;
  /** PEs for everything, as densely as it goes; null likewise. */
  readonly pes: number | null;
  /** The numbers above and a few more, in order, for display. */
  readonly facts: readonly Fact[];
  readonly overflows: readonly Overflow[];
  /** What was padded or counted in another format, and what the plan leaves out. */
  readonly notes: readonly string[];
}
