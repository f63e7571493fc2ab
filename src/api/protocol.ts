/**
 * The types that cross the worker boundary, and the few coarse calls. Everything here survives structured cloning;
 * large arrays are transferred.
 */

import type { Ahead } from '../analysis/ahead.ts';
import type { Conservation } from '../analysis/conservation.ts';
import type { Errors } from '../analysis/errors.ts';
import type { Metrics } from '../analysis/metrics.ts';
import type { Cycle, PeId } from '../base/units.ts';
import type { Wait } from '../engine/engine.ts';
import type { Throughput } from '../kernels/batched/throughput.ts';
import type { Accounting, Against, Along, Comparison } from '../kernels/compare.ts';
import type { OptionId, OptionSpec } from '../kernels/options.ts';
import type { BlockPrice, Estimate, Kernel, KernelOptions, Plan, RowMap } from '../kernels/types.ts';
import type { Program } from '../machine/program.ts';
import type { MachineId, Tuning } from '../machine/spec.ts';
import type { Tunable, TunableId } from '../machine/tuning.ts';
import type { OriginalFormatId } from '../quant/formats.ts';
import type { Sensitivity } from '../report/types.ts';
import type { PeSite } from '../trace/pe-site.ts';
import type { Kind, Trace } from '../trace/schema.ts';
import type { AnyTrace } from '../trace/shared-columns.ts';
import type { MemoryNeed } from './memory-need.ts';

/** Version of the model of the machine; part of every report and link. */
export const MODEL_VERSION = '0.1';

/** What can be chosen about a mapping; a kernel knows some of them. */
export { OPTION_IDS, OPTIONS } from '../kernels/options.ts';
/** What can be set by hand about a machine. */
export { fittedTo, TUNABLE_IDS, TUNABLES } from '../machine/tuning.ts';
export type { KernelOptions, OptionId, OptionSpec, Tunable, TunableId, Tuning };

/** A kernel as it is offered. */
export interface KernelSummary extends Pick<Kernel, 'id' | 'name' | 'idea' | 'takes'> {
  /** In the order in which they are shown, each with what applies when nothing is chosen on a real machine. */
  readonly options: readonly OptionId[];
}

/** Where the weights come from. */
export type ModelSource =
  | { readonly kind: 'url'; readonly url: string; readonly name: string }
  | { readonly kind: 'file'; readonly file: Blob; readonly name: string }
  /** On another server, read by ranges where that gives some. */
  | { readonly kind: 'remote'; readonly url: string; readonly name: string }
  | { readonly kind: 'synthetic' };

/** What nobody chose an engine for is simulated with values up to so many PE-cycles: about a minute of the wavelet engine. */
export const MOST_PE_CYCLES = 1e9;

/** What may run a program: `auto` is the timing engine where it accepts the program, else the wavelet engine. */
export type EngineChoice = 'wavelet' | 'reference' | 'timing' | 'auto';

/** One run, as data; `model` must have been opened in the session first ('synthetic' needs no opening). */
export interface RunConfig {
  /** Name of an opened model (a file's name, or 'demo'), or 'synthetic'. */
  readonly model: string;
  /** Tensor name, exact or without `.weight`; unused for synthetic. */
  readonly tensor: string;
  /** Sizes of a synthetic matrix; for a model's tensor they are read from it. */
  readonly m: number;
  readonly k: number;
  /** Columns (tokens) of a sequence. */
  readonly n: number;
  readonly seed: number;
  /** Stored format of a synthetic matrix; q4_k if absent. */
  readonly format?: string;
  /** Run the weights re-encoded in the original kernel file's format, instead of as stored. */
  readonly as?: OriginalFormatId;
  readonly kernel: string;
  /** A hand-written program (src/scenarios) instead of the matrix product; of the rest only machine, engine, pes (a row) and words count then. */
  readonly scenario?: string;
  /** Words of the stream of a hand-written program. */
  readonly words?: number;
  readonly machine: MachineId;
  /** Constants of the machine set by hand (machine/tuning.ts). */
  readonly tuning?: Tuning;
  /** Rectangle of PEs; absent takes the kernel's default. */
  readonly pes?: { readonly width: number; readonly height: number };
  readonly options?: KernelOptions;
  /** Default wavelet; the reference engine is slow and literal, the timing engine refuses what it cannot prove. */
  readonly engine?: EngineChoice;
  /** Activations, N rows of K, instead of seeded ones. */
  readonly input?: Float32Array;
}

export interface TensorSummary {
  readonly name: string;
  readonly type: string;
  /** ne order: shape[0] = K is contiguous. */
  readonly shape: readonly number[];
  readonly offset: number;
  readonly bytes: number;
  /** Whether the kernels can place it now. */
  readonly runnable: boolean;
  /** Why not, in words; empty when runnable. */
  readonly reason: string;
}

export interface ModelSummary {
  readonly name: string;
  readonly title: string;
  readonly architecture: string;
  readonly attribution: string;
  readonly bytes: number;
  /** Whole layers (blk.0 ...) that kernels can take; null if it is no llama model. */
  readonly layers: { readonly count: number; readonly hidden: number } | null;
  readonly tensors: readonly TensorSummary[];
}

/** What can be said before running: placement, account, estimate. */
export interface PlanSummary {
  readonly plan: Plan;
  readonly estimate: Estimate;
  readonly prices: Prices;
  /** What a run with values needs of this computer's memory. */
  readonly memory: MemoryNeed;
  /** Bytes that a run without values needs at most. */
  readonly timedMemory: number;
  /** Bytes that its results need at most when they are computed afterwards ({@link Session.results}). */
  readonly resultsMemory: number;
  /** Bytes that a run may take here. */
  readonly memoryFree: number;
  /** What {@link Session.runOrTime} does where no engine is chosen. */
  readonly auto: 'wavelet' | 'timing';
}

/** Issue cycles of 256 weights on every machine on which the same problem can be placed. */
export type Prices = ReadonlyArray<{ readonly machine: MachineId; readonly name: string; readonly price: BlockPrice }>;

export interface Progress {
  readonly phase: 'loading' | 'placing' | 'simulating' | 'checking';
  readonly cycle: Cycle;
  /** Closed form, as the expected end; 0 when unknown. */
  readonly expected: number;
  /** While loading, and while cycles alone are computed: bytes of memory that the run needs here at most (memory-need.ts). */
  readonly needs?: number;
}

/** What every finished run has, whether its values were computed or not. */
export interface TimedRun extends Traced {
  readonly config: RunConfig;
  readonly attribution: string;
  /** Which one made the trace. */
  readonly engine: Exclude<EngineChoice, 'auto'>;
  readonly plan: Plan;
  /** Which rows of A each PE holds. */
  readonly rows: RowMap;
  readonly estimate: Estimate;
  readonly prices: Prices;
  readonly metrics: Metrics;
  readonly conservation: readonly Conservation[];
  /** Wall time of the simulation alone, ms; for the status bar only, never in a report's numbers. */
  readonly simulationMs: number;
  /** What a page asks first, where it would take a page too long. */
  readonly ahead?: Ahead;
  /** Of a run without values: what computing its results would need of this computer's memory, and what is free, bytes. */
  readonly toCompute?: { readonly memory: number; readonly free: number };
}

/** The results of a run, and how far they are from what they are held against. */
export interface Results {
  readonly errors: Errors;
  /** C as N x M, one token after the other, and the same in float64. */
  readonly y: Float32Array;
  readonly yF64: Float64Array;
}

/** A run with results, whether it came with them or they were computed afterwards. */
export type ValuedRun = TimedRun & Results;

/** A finished run with its values. */
export interface RunResult extends TimedRun, Results {
  readonly trace: Trace;
  /** Of the final state; empty from the timing engine, which has none. */
  readonly stateHash: string;
}

export const hasValues = (run: Traced): run is ValuedRun => 'y' in run;

/** Whether the machine's state of a finished run can be asked for, cycle by cycle. */
export const isVisitable = (run: Traced): run is RunResult => 'stateHash' in run;

/** What the timing engine says of a run: cycles without values. */
export interface TimingResult {
  readonly kernel: string;
  readonly plan: Plan;
  readonly estimate: Estimate;
  readonly engine: 'timing' | 'wavelet';
  /** Whether PEs shared what they have in common, words were swept over all PEs, the graph was evaluated agent by agent, or cycles were stepped. */
  readonly way: 'shared' | 'sweep' | 'graph' | 'stepped';
  /** Why the timing engine declined the program, of one that was simulated instead. */
  readonly declined?: string;
  readonly cycles: number;
  /** Parts that were evaluated for all PEs. */
  readonly evaluated: number;
  /** PE-cycles by what the PEs did or waited for, up to the end of the run, which may be after its last result; idle ones are what is left. */
  readonly peCycles: Readonly<Record<Kind, number>>;
  readonly traceHash: string;
  /** Wall time of the evaluation, the trace included, ms. */
  readonly simulationMs: number;
}

/** What the inspector asks of a PE at a cycle: the machine's real state there. */
export interface PeDetail {
  readonly cycle: Cycle;
  readonly pe: PeId;
  readonly registers: Int32Array;
  readonly threads: ReadonlyArray<{
    readonly thread: number;
    readonly task: string;
    readonly instruction: string;
    readonly position: number;
    readonly length: number;
    readonly mark: number;
  }>;
  readonly inputs: ReadonlyArray<{ readonly color: number; readonly capacity: number; readonly words: Uint32Array }>;
  readonly fifos: ReadonlyArray<{ readonly port: number; readonly color: number; readonly capacity: number; readonly words: Uint32Array }>;
  readonly positions: ReadonlyArray<{ readonly color: number; readonly position: number; readonly rx: number; readonly tx: number }>;
  /** Null of a PE that was simulated alone. */
  readonly stateHash: string | null;
  /** The stored blocks of the PE's rows, decoded, row by row; none when it holds no row or another format. */
  readonly blocks: readonly StoredBlock[];
  /** The sum its accumulator holds; null while it holds none, or one that mixes more than whole products. */
  readonly partial: PartialSum | null;
}

/** A sum of some products of a row and a column of B, as the PE has it and as others add up the same products. */
export interface PartialSum {
  readonly row: number;
  /** Column of B. */
  readonly token: number;
  /** First column of A on the PE, how many are added up, how many the PE has. */
  readonly from: number;
  readonly count: number;
  readonly of: number;
  /** The accumulator as f32. */
  readonly value: number;
  /** The plain loop's sum after the same products; equal in all bits where the PE does what it should. */
  readonly plainLoop: number;
  /** The same weights and activations in float64. */
  readonly f64: number;
}

/** What a PE of a run without values computes, by itself. */
export interface PeValues {
  readonly pe: PeId;
  /** Its results, row by row; of a PE with very much to do only those of its first columns of B, of `of` in all. */
  readonly results: readonly PeResult[];
  readonly of: number;
  /** How many of them differ from the plain loop's in any bit. */
  readonly vsPlainLoop: number;
  /** As {@link PeDetail.blocks}. */
  readonly blocks: readonly StoredBlock[];
}

/** A result in the PE's own order of operations, and in float64. */
export interface PeResult {
  readonly row: number;
  readonly column: number;
  readonly y: number;
  readonly yF64: number;
}

/** 256 weights as Q4_K stores them: weight i of sub-block i / 32 is d x scale x nibble - dmin x min. */
export interface StoredBlock {
  readonly row: number;
  /** First column of A in it. */
  readonly column: number;
  readonly d: number;
  readonly dmin: number;
  readonly scales: readonly number[];
  readonly mins: readonly number[];
  readonly quants: Uint8Array;
  /** Dequantised, as the PE computes with them. */
  readonly values: Float32Array;
}

/** What every run on screen has, whether it gave numbers or not. */
export interface Traced {
  readonly title: string;
  readonly modelVersion: string;
  /** The program without its load table. */
  readonly program: Program;
  readonly trace: AnyTrace;
  readonly traceHash: string;
}

/** A run of which there is a trace file and nothing else; no session can visit it. */
export interface OpenedTrace extends Traced {
  readonly trace: Trace;
  /** Name of the file. */
  readonly file: string;
}

/** The run of a hand-written program that came to its end: its trace, and the window of time that it measured itself. */
export interface ProgramRun extends Traced {
  readonly trace: Trace;
  readonly config: RunConfig;
  readonly stateHash: string;
  readonly window: ProgramWindow;
}

export interface ProgramWindow {
  /** Between the program's two time stamps. */
  readonly cycles: Cycle;
  /** The same by the program's model. */
  readonly model: Cycle;
  /** Whether what the PEs hold at the end is right to the bit. */
  readonly exact: boolean;
}

/**
 * What there is of a run that ended with an error of the simulated program; it can be visited like a finished one. The trace
 * goes up to the cycle of the error, in which the stalls that last are still told.
 */
export interface Failure extends Traced {
  readonly trace: Trace;
  readonly config: RunConfig;
  /** For a stuck machine: who waits for whom. */
  readonly waits: readonly Wait[];
  readonly message: string;
  readonly fixes: readonly string[];
}

/** An error on the wire; WeftError's fields survive the clone. */
export interface WireError {
  readonly field: string;
  readonly message: string;
  readonly fixes: readonly string[];
  readonly cancelled: boolean;
  /** When the simulated program failed: the run up to there. */
  readonly failure?: Failure;
}

export type { Errors, Wait };

export type Outcome<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: WireError };

/** What a finished run can be saved as: its report, or its trace. */
export type ExportFormat = 'markdown' | 'html' | 'json' | 'trace' | 'chrome' | 'perfetto' | 'ndjson' | 'csv';

/** How far a file is. */
export interface ExportProgress {
  /** 0 to 1; null where nobody knows. */
  readonly share: number | null;
  readonly bytes: number;
}

/** A file that the trace of a run is written to while it runs, and read back from. For callers in the session's own thread. */
export interface TraceFile {
  /** Appends; the run waits for it. */
  write(bytes: Uint8Array): Promise<void>;
  /** All that was written, from the beginning. */
  read(): AsyncIterable<Uint8Array>;
}

/** What a study is about: another kernel, or the machine's constants. */
export type StudyAbout = 'kernels' | 'constants';

/** In which direction a study looks for a crossing, and against which kernel. */
export interface StudyQuestion {
  readonly about: StudyAbout;
  readonly along: Along;
  readonly against: Against;
}

/** What closed forms say beside a run: crossings of stationary with another kernel, throughput against the batch, or what each constant would move. */
export type Study =
  | {
      readonly kind: 'crossing';
      readonly along: Along;
      readonly against: Against;
      readonly accountings: ReadonlyArray<{ readonly accounting: Accounting; readonly comparison: Comparison }>;
    }
  | { readonly kind: 'throughput'; readonly inner: string; readonly throughput: Throughput }
  | { readonly kind: 'constants'; readonly sensitivity: Sensitivity };

/** What the original kernel file's block format makes of a tensor: relative RMS against ggml's weights. */
export interface OriginalFormatReport {
  readonly tensor: string;
  readonly type: string;
  readonly kinds: ReadonlyArray<{ readonly as: OriginalFormatId; readonly name: string; readonly misreading: number; readonly reencoding: number }>;
  /** Blocks looked at; of large tensors a sample. */
  readonly blocks: number;
}

/** One session per worker; comlink exposes it. Calls never throw across the wire: they return an Outcome. */
export interface Session {
  kernels(): Promise<Outcome<readonly KernelSummary[]>>;
  openModel(source: ModelSource): Promise<Outcome<ModelSummary>>;
  plan(config: RunConfig): Promise<Outcome<PlanSummary>>;
  /** Reads a trace file, piece by piece; the run before it stays the one that can be visited. */
  openTrace(file: Blob, name: string): Promise<Outcome<OpenedTrace>>;
  /** From closed forms only; nothing is simulated. */
  study(config: RunConfig, question: StudyQuestion): Promise<Outcome<Study>>;
  /** Of the configuration's Q4_K tensor, or the synthetic matrix. */
  originalFormat(config: RunConfig): Promise<Outcome<OriginalFormatReport>>;
  /** What each constant of the machine would move, from closed forms. */
  sensitivity(config: RunConfig): Promise<Outcome<Sensitivity>>;
  /** Cycles without values, by the timing engine. A run, or cancel(), ends it as it ends a run. */
  timing(config: RunConfig, onProgress: (progress: Progress) => void): Promise<Outcome<TimingResult>>;
  /** Runs to the end. A second run, or cancel(), ends the first with a cancelled error. */
  run(config: RunConfig, onProgress: (progress: Progress) => void, file?: TraceFile): Promise<Outcome<RunResult>>;
  /**
   * For whoever wants to look at a run, with values or without. The wavelet engine if it is the configuration's, the timing
   * engine without values if that is; where none is chosen, by {@link PlanSummary.auto}. A run without values cannot be visited.
   */
  runOrTime(config: RunConfig, onProgress: (progress: Progress) => void): Promise<Outcome<RunResult | TimedRun>>;
  /** The same for a configuration that names a scenario. */
  program(config: RunConfig, onProgress: (progress: Progress) => void): Promise<Outcome<ProgramRun>>;
  /**
   * All results of a configuration without simulating its wavelets, for a run that came without them: bits and errors of a run
   * with values. A run, or cancel(), ends it as it ends a run.
   */
  results(config: RunConfig, onProgress: (progress: Progress) => void): Promise<Outcome<Results>>;
  cancel(): Promise<void>;
  /** The machine's state hash after `cycle` ticks of the last finished run: restores a snapshot and re-runs. Latest call wins. */
  stateHash(cycle: Cycle): Promise<Outcome<string>>;
  inspect(pe: PeId, cycle: Cycle): Promise<Outcome<PeDetail>>;
  /**
   * The same of a run without values, of which the site says what the PE got and gave when; the router's switches are left out. Latest
   * call of this and the two before wins.
   */
  inspectAlone(config: RunConfig, site: PeSite): Promise<Outcome<PeDetail>>;
  /**
   * What one PE computes in the run of a configuration, whether that was run with values, without or not at all. Latest call
   * wins; a run or a cancel ends it, too.
   */
  values(config: RunConfig, pe: PeId): Promise<Outcome<PeValues>>;
}
