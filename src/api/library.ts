/**
 * Weft as a library: `import { simulate, presets } from 'weft'` (docs/api.md). One call runs one matrix product as the page and
 * the command line do, in the thread of the caller, which it lets breathe; in a browser that is best a worker.
 */
import { WeftError } from '../base/error.ts';
import { MACHINES, type MachineId, type MachineSpec } from '../machine/spec.ts';
import { type Report, reportData, summarise } from '../report/report.ts';
import type { Piece } from '../report/trace/types.ts';
import type { Summary } from '../report/types.ts';
import { TraceReader } from '../trace/reader.ts';
import { exportRun } from './export.ts';
import type { ExportFormat, KernelOptions, KernelSummary, Outcome, Progress, RunConfig, RunResult } from './protocol.ts';
import { createSession } from './session.ts';

export { WeftError } from '../base/error.ts';
export type { MachineId, MachineSpec } from '../machine/spec.ts';
export type { Report } from '../report/report.ts';
export type { Summary } from '../report/types.ts';
export type { TraceReader } from '../trace/reader.ts';
export type { ExportFormat, KernelOptions, KernelSummary, Progress, RunResult } from './protocol.ts';

/** The machines, with every constant and its source. */
export const presets: Readonly<Record<MachineId, MachineSpec>> = MACHINES;

/** How to run, whatever the weights are. */
export interface RunRequest {
  /** Tokens: columns of the activations. Default 1, or the rows of `input`. */
  readonly n?: number;
  /** Mapping of the product; {@link kernels} lists them. Default streaming. */
  readonly kernel?: string;
  /** Default wse2. */
  readonly machine?: MachineId;
  /** Rectangle of PEs; the kernel chooses one if absent. */
  readonly pes?: { readonly width: number; readonly height: number };
  /** Options of the kernel. */
  readonly options?: KernelOptions;
  /** Every engine gives the same numbers; absent takes the session's default. */
  readonly engine?: RunConfig['engine'];
  /** Of activations and synthetic weights. Default 7. */
  readonly seed?: number;
}

/** A synthetic matrix of M x K weights. */
export interface MatrixRequest extends RunRequest {
  readonly m: number;
  /** A multiple of 256. */
  readonly k: number;
  /** Stored format. Default q4_k. */
  readonly format?: string;
}

/** A tensor of a GGUF file; of a Blob only the header and the rows of the tensor are read. */
export interface ModelRequest extends RunRequest {
  readonly model: Blob | Uint8Array;
  /** Name, exact or without `.weight`; for kernels that take layers `blk.0`. */
  readonly tensor: string;
  /** Activations, N rows of K, one token after the other, instead of seeded ones. */
  readonly input?: Float32Array;
}

export interface SimulateOptions {
  readonly onProgress?: (progress: Progress) => void;
  /** Ends the run with the signal's reason. */
  readonly signal?: AbortSignal;
  /** Adds load, host in and host out to the cycles of the metrics. Default false. */
  readonly includeLoad?: boolean;
}

/** A finished run. */
export interface Simulation {
  /** What `weft run --json` prints. Cycles are whole numbers, shares are of 1. */
  readonly metrics: Summary;
  /** The results C as N x M, one token after the other; the same in float64. */
  readonly y: Float32Array;
  readonly yF64: Float64Array;
  /** The state at any cycle: what each PE did, which wavelets moved, what waited. */
  readonly trace: TraceReader;
  /** Everything that is known, as the page's worker gives it. */
  readonly result: RunResult;
  /** The report as data. */
  report(): Report;
  /** The report or the trace as the pieces of a file. */
  export(format: ExportFormat): Promise<readonly Piece[]>;
}

/** The mappings that can be asked for, with their options. */
export async function kernels(): Promise<readonly KernelSummary[]> {
  return value(await createSession().kernels());
}

/**
 * Simulates one matrix product. Throws WeftError, with the field and what would mend it, for a request that cannot be run or a
 * simulated program that fails, and the signal's reason for one that was aborted.
 */
export async function simulate(request: MatrixRequest | ModelRequest, options: SimulateOptions = {}): Promise<Simulation> {
  const { onProgress = () => undefined, signal, includeLoad = false } = options;
  signal?.throwIfAborted();
  const session = createSession();
  if ('model' in request) value(await session.openModel({ kind: 'file', file: blobOf(request.model), name: MODEL }));
  const cancel = (): void => void session.cancel();
  signal?.addEventListener('abort', cancel);
  try {
    const outcome = await session.run(configOf(request), onProgress);
    signal?.throwIfAborted();
    return simulation(value(outcome), includeLoad);
  } finally {
    signal?.removeEventListener('abort', cancel);
  }
}

/** What the session calls the one model of a request. */
const MODEL = 'model';

const blobOf = (model: Blob | Uint8Array): Blob => (model instanceof Blob ? model : new Blob([model as Uint8Array<ArrayBuffer>]));

function configOf(request: MatrixRequest | ModelRequest): RunConfig {
  const { n = 1, kernel = 'streaming', machine = 'wse2', seed = 7, pes, options, engine } = request;
  const common = { n, kernel, machine, seed, ...(pes && { pes }), ...(options && { options }), ...(engine && { engine }) };
  if (!('model' in request)) {
    const { m, k, format } = request;
    return { model: 'synthetic', tensor: '', m, k, ...common, ...(format && { format }) };
  }
  const { tensor, input } = request;
  return { model: MODEL, tensor, m: 0, k: 0, ...common, ...(input && { input }) };
}

function simulation(result: RunResult, includeLoad: boolean): Simulation {
  return {
    metrics: summarise(result, { includeLoad }),
    y: result.y,
    yF64: result.yF64,
    trace: new TraceReader(result.program, result.trace),
    result,
    report: () => reportData(result, { includeLoad }),
    export: (format) => exportRun(result, format),
  };
}

/** Fields of a request that the core calls by the name of the thing. */
const FIELDS: Readonly<Record<string, string>> = { M: 'm', K: 'k', N: 'n', rectangle: 'pes' };

/** The value, or the error it came with, about the field of the request; the core calls some by their flags. */
function value<T>(outcome: Outcome<T>): T {
  if (outcome.ok) return outcome.value;
  const { field, message, fixes } = outcome.error;
  throw new WeftError(FIELDS[field] ?? field.replace(/^--/, ''), message, fixes);
}
