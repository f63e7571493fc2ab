/** What is asked of a whole model's estimate and what it answers: plain data, with the words to show beside the numbers. */
import type { KernelOptions, Rectangle } from '../kernels/types.ts';
import type { MachineId } from '../machine/spec.ts';

export type MappingChoice = 'rows' | 'split-k' | 'best';

/** How weights lie in SRAM: as stored and dequantised for every token, or dequantised once before and kept. */
export type Weights = 'stored' | 'resident';

export interface EstimateQuestion {
  readonly machine: MachineId;
  /** Tokens in the cache of keys and values while decoding. */
  readonly context: number;
  /** Sequences that decode at the same time. */
  readonly batch: number;
  /** Tokens of a prompt; the smaller of 512 and the context if not given. */
  readonly prompt?: number;
  readonly mapping: MappingChoice;
  /** Of the row dot (`dot`, `f16`), as the kernels have them. */
  readonly options?: Pick<KernelOptions, 'dot' | 'f16'>;
}

/** A matrix product's place and program. */
export interface ProductPlan {
  readonly mapping: 'rows' | 'split-k';
  readonly kernel: 'streaming' | 'stationary' | 'split-k';
  readonly options: KernelOptions;
  /** Format that the PEs hold. */
  readonly format: string;
  readonly m: number;
  readonly k: number;
  /** Columns at once. */
  readonly n: number;
  /** Rectangles side by side that share the rows, and each of them. */
  readonly panels: number;
  readonly panel: Rectangle;
  /** PEs that hold weights, rows of a PE, weights of a row on a PE. */
  readonly pes: number;
  readonly rowsPerPe: number;
  readonly slice: number;
  /** Parts in which the rows go through, where they do not fit at once. */
  readonly passes: number;
  /** Bytes of weights on the fullest PE, and of everything else (code reserve included). */
  readonly weightBytes: number;
  readonly otherBytes: number;
  /** Of all N columns, and the least that any program of this dot could take. */
  readonly cycles: number;
  readonly lowerBound: number;
  /** What limits it: the largest term of its closed form. */
  readonly boundBy: string;
  /** Cycles that one more column adds. */
  readonly period: number;
  /** Hops from the last result to the farthest entry of the next stage. */
  readonly hops: number;
}

export type StageKind = 'product' | 'attention' | 'vector' | 'transport' | 'host';

/** One line of the table: what a token, or a batch of tokens, meets `times` times. */
export interface StageRow {
  readonly id: string;
  readonly name: string;
  readonly meaning: string;
  readonly kind: StageKind;
  /** Within a layer, or once a token. */
  readonly per: 'layer' | 'token';
  readonly times: number;
  /** Of one time, and of all times. */
  readonly cycles: number;
  readonly allCycles: number;
  readonly seconds: number;
  /** Of all cycles of the phase. */
  readonly share: number;
  readonly boundBy: string;
  /** No program of this kind is faster. */
  readonly lowerBound: number;
  readonly pes: number;
  readonly product?: ProductPlan;
}

/** Decode or prefill. */
export interface PhaseEstimate {
  /** Tokens that go through together. */
  readonly tokens: number;
  readonly weights: Weights | 'streamed from the host';
  /** All PEs serve one stage after the other, or every stage has PEs of its own and tokens follow each other. */
  readonly schedule: 'serial' | 'pipelined';
  readonly mapping: 'rows' | 'split-k' | 'mixed';
  readonly cycles: number;
  readonly seconds: number;
  readonly tokensPerSecond: number;
  /** Pipelined: cycles from token to token, and the stage that decides. */
  readonly period?: number;
  readonly slowest?: string;
  /** All panels of the largest product. */
  readonly rectangle: Rectangle;
  readonly stages: readonly StageRow[];
}

/** A way that was looked at beside the one reported. */
export interface Alternative {
  readonly name: string;
  readonly fits: boolean;
  readonly tokensPerSecond: number | null;
  readonly why: string;
}

/** Whether weights, keys and values stay on the wafer. */
export interface Residence {
  readonly fits: boolean;
  readonly pes: number;
  readonly weightPes: number;
  readonly cachePes: number;
  readonly weightBytes: number;
  readonly cacheBytes: number;
  readonly cacheBytesPerToken: number;
  /** Longest context at this batch, and largest batch at this context, beside the weights. */
  readonly maxContext: number;
  readonly maxBatch: number;
  /** Wafers that hold weights and cache. */
  readonly wafers: number;
  /** Cycles of the host's copy of all weights, and of dequantising them once where they are resident. */
  readonly loadCycles: number;
  readonly dequantiseCycles: number;
  readonly meaning: string;
}

export interface Published {
  readonly name: string;
  readonly model: string;
  readonly value: number;
  readonly unit: string;
  /** As the source counts; null where it says none. */
  readonly clockHz: number | null;
  readonly source: string;
  readonly meaning: string;
}

/** A program that is run wavelet by wavelet on a synthetic matrix or layer: a product at a reduced size, or a layer. */
export interface Piece {
  readonly name: string;
  readonly kernel: string;
  readonly machine: MachineId;
  readonly m: number;
  readonly k: number;
  readonly n: number;
  readonly format: string;
  readonly pes: Rectangle;
  readonly options: KernelOptions;
}

export interface Measured {
  readonly simulated: number;
  readonly closedForm: number;
}

/** Runs a piece on the wavelet engine; src/api has one. */
export type Measure = (piece: Piece) => Promise<Measured>;

export interface Calibration extends Measured {
  readonly piece: Piece;
  /** closedForm / simulated - 1. */
  readonly error: number;
}

export interface Evidence {
  readonly simulated: string;
  readonly closedForm: string;
  readonly assumed: readonly string[];
  /** Empty with --no-check. */
  readonly pieces: readonly Calibration[];
  /** Largest |error| of the pieces; null without any. */
  readonly worst: number | null;
  /** Share of a decoded token's cycles whose programs the pieces are. */
  readonly covered: number;
}

export interface ModelEstimate {
  readonly model: string;
  readonly source: string;
  readonly machine: { readonly id: MachineId; readonly name: string };
  /** Hz. */
  readonly clock: number;
  readonly context: number;
  readonly batch: number;
  readonly prompt: number;
  readonly mapping: string;
  /** All panels of the largest product of a decoded token. */
  readonly rectangle: Rectangle;
  readonly decodeTokensPerSecond: number;
  readonly prefillTokensPerSecond: number;
  /** Seconds from a prompt to its first token. */
  readonly timeToFirstToken: number;
  /** Joules of a decoded token; null where the machine has no published power. */
  readonly energyPerToken: number | null;
  readonly energy: { readonly watts: number | null; readonly source: string };
  readonly decode: PhaseEstimate;
  readonly prefill: PhaseEstimate;
  readonly layers: number;
  /** The decode table again, one line a stage. */
  readonly stages: readonly StageRow[];
  readonly residence: Residence;
  readonly alternatives: readonly Alternative[];
  /** One row a PE: weights multiplied one after the other, and what one a cycle would give (kernels.md section 6). */
  readonly bound: { readonly serialSteps: number; readonly tokensPerSecond: number; readonly meaning: string };
  /** Decoding, if every stage's results left by the host and came in again. */
  readonly throughHost: { readonly decodeTokensPerSecond: number; readonly meaning: string };
  readonly searched: { readonly candidates: number; readonly pruned: number };
  readonly published: readonly Published[];
  readonly evidence: Evidence;
}
