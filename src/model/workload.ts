/**
 * A workload: one named matrix multiplication C[M x N] = A[M x K] * B[K x N] with its numbers, A as stored in the file
 * (quantised), B in f32. It is what a kernel maps onto the machine (kernels.md); which formats a kernel takes is its own affair.
 * Left out: matrices of more than two dimensions (experts), zero-padding of K (a GGUF tensor must fit as it is).
 */
import { WeftError } from '../base/error.ts';
import { type Drive, each, toEnd } from '../base/pieces.ts';
import { GAUSS_DRAWS, rng } from '../base/rng.ts';
import { findTensor, type GgufFile, type TensorInfo } from './gguf-read.ts';

/** Weights in a Q4_K super-block; kernels work through K in pieces of this size. */
export const K_MULTIPLE = 256;
/** 1 GiB of f32 activations: beyond it the host's memory, not the wafer, is what a run would test. */
const MAX_ACTIVATIONS = 2 ** 28;
/** Activations that are drawn from one yield to the next. */
const BREATH = 1 << 16;

/** Where a workload comes from, for pages and reports. */
export interface WorkloadSource {
  readonly kind: 'gguf' | 'synthetic';
  /** File name, when it is known. */
  readonly file?: string;
  readonly tensor: string;
  /** What the file says of itself, label and value, in reading order; for a synthetic workload how it was made. */
  readonly summary: readonly (readonly [label: string, value: string])[];
  /** Licence line to show wherever the data is shown. */
  readonly attribution?: string;
}

export interface Workload {
  readonly name: string;
  readonly source: WorkloadSource;
  /** Rows of A. */
  readonly m: number;
  /** Columns of A, a multiple of 256. */
  readonly k: number;
  /** Columns of B (tokens). */
  readonly n: number;
  /** Number format of A's rows, e.g. `q4_k`. */
  readonly format: string;
  /** M rows as stored, one after the other. */
  readonly weights: Uint8Array;
  /** N x K f32: the K values of token 0, then those of token 1, ... */
  readonly x: Float32Array;
  /** M x K f32, the weights before quantisation, when they are known. */
  readonly original?: Float32Array;
}

/** Some rows of A that follow one another. */
export interface RowRange {
  readonly first: number;
  readonly count: number;
}

/** The activations: given ones (N = length / K), or N seeded gaussian columns. */
export type Activations = { readonly n: number; readonly seed: number } | { readonly input: Float32Array };

/**
 * The workload of one tensor: M = its rows, K = ne[0]. Reads only that tensor's bytes, or those of some of its `rows`, which are M then;
 * `drive` draws the activations. Throws WeftError on `--tensor` (no such tensor, not a matrix, K no multiple of 256), `--n` or `--input`.
 */
export async function workloadFromTensor(
  file: GgufFile,
  tensorName: string,
  activations: Activations,
  { rows, drive = toEnd }: { readonly rows?: RowRange; readonly drive?: Drive } = {},
): Promise<Workload> {
  const tensor = findTensor(file, tensorName);
  checkMatrix(file, tensor);
  const k = tensor.shape[0]!;
  const x = 'input' in activations ? checkInput(activations.input, k) : await drive(drawingActivations(activations.n, k, activations.seed));
  const weights = ownBytes(await file.readTensor(tensor, rows?.first, rows?.count));
  return { name: tensor.name, source: describe(file, tensor), m: rows?.count ?? tensor.rows, k, n: x.length / k, format: tensor.type, weights, x };
}

/** Bytes of a tensor as they were read, or a copy of what is a view of the whole file: a workload travels to a worker. */
export const ownBytes = (bytes: Uint8Array): Uint8Array => (bytes.byteLength === bytes.buffer.byteLength ? bytes : bytes.slice());

/** What a tensor is that has not two dimensions; empty if it has. */
function otherThanFlat({ shape }: TensorInfo): string {
  if (shape.length < 2) return `a vector (${shape.join(' x ')}), not a matrix`;
  return shape.slice(2).every((ne) => ne === 1) ? '' : `of more than two dimensions (${shape.join(' x ')})`;
}

/** Why a tensor is no matrix the kernels could take: two dimensions, K a multiple of 256. Empty if it is one. */
export function whyNoMatrix(tensor: TensorInfo): string {
  const k = tensor.shape[0]!;
  return otherThanFlat(tensor) || (k % K_MULTIPLE === 0 ? '' : `K = ${k} is not a multiple of ${K_MULTIPLE}`);
}

/** N x K standard normal values rounded to f32, token after token, in pieces; the same for the same seed everywhere. */
export function* drawingActivations(n: number, k: number, seed: number): Generator<void, Float32Array> {
  if (!Number.isInteger(n) || n < 1) throw new WeftError('--n', `N is ${n}, it must be a whole number of at least 1`, ['Use --n 1']);
  if (n * k > MAX_ACTIVATIONS) {
    const most = Math.floor(MAX_ACTIVATIONS / k);
    throw new WeftError('--n', `N = ${n} columns of K = ${k} are ${n * k} activations, at most ${MAX_ACTIVATIONS} are simulated`, [`Use --n ${most} or less`]);
  }
  const random = rng(seed ^ ACTIVATION_STREAM);
  const x = new Float32Array(n * k);
  const draw = (i: number): void => {
    x[i] = random.gauss();
  };
  yield* each(x.length, draw, BREATH);
  return x;
}

/** Some columns of {@link drawingActivations}, as they are among any N; nothing else is drawn. */
export function gaussianColumns(columns: readonly number[], k: number, seed: number): Float32Array {
  const x = new Float32Array(columns.length * k);
  for (const [i, column] of columns.entries()) {
    const random = rng(seed ^ ACTIVATION_STREAM);
    random.skip(column * k * GAUSS_DRAWS);
    for (let at = i * k; at < (i + 1) * k; at++) x[at] = random.gauss();
  }
  return x;
}

/** Separates the activations' random stream from the weights' of the same seed. */
const ACTIVATION_STREAM = 0x5eed_ac71;

/** Throws WeftError on `field` unless K is a positive multiple of 256; names the multiples around it. */
export function checkK(k: number, field: string, fixes: readonly string[] = []): void {
  if (Number.isInteger(k) && k > 0 && k % K_MULTIPLE === 0) return;
  const below = Math.floor(k / K_MULTIPLE) * K_MULTIPLE;
  const around = below > 0 ? `${below} and ${below + K_MULTIPLE}` : `${K_MULTIPLE}`;
  throw new WeftError(field, `K is ${k}, it must be a multiple of ${K_MULTIPLE} (next: ${around})`, fixes);
}

function checkMatrix(file: GgufFile, tensor: TensorInfo): void {
  if (whyNoMatrix(tensor) === '') return;
  const others = file.tensors
    .filter((other) => whyNoMatrix(other) === '')
    .slice(0, 3)
    .map((other) => other.name);
  const fixes = others.length > 0 ? [`Choose another tensor, e.g. ${others.join(', ')}`] : [];
  const other = otherThanFlat(tensor);
  if (other !== '') throw new WeftError('--tensor', `'${tensor.name}' is ${other}`, fixes);
  checkK(tensor.shape[0]!, '--tensor', fixes);
}

/** Throws WeftError (`--input`) unless it is whole tokens of K values. */
export function checkInput(input: Float32Array, k: number): Float32Array {
  if (input.length > 0 && input.length % k === 0) return input;
  const problem = `the input holds ${input.length} values, K = ${k} needs a positive multiple of ${k}`;
  throw new WeftError('--input', problem, [`Give little-endian f32 values, ${k} a token, one token after the other`]);
}

/** Metadata keys worth showing, in reading order (GGUF specification, "general metadata"). */
const SUMMARY_KEYS = ['general.name', 'general.architecture', 'general.author', 'general.license', 'general.source.url', 'general.source'] as const;

function describe(file: GgufFile, tensor: TensorInfo): WorkloadSource {
  const text = (key: string): string | undefined => {
    const value = file.metadata.get(key);
    return typeof value === 'string' ? value : undefined;
  };
  const summary = SUMMARY_KEYS.flatMap((key) => {
    const value = text(key);
    return value === undefined ? [] : [[key.replace('general.', ''), value] as const];
  });
  const license = text('general.license');
  const parts = [text('general.name'), text('general.author'), license].filter((part) => part !== undefined);
  return {
    kind: 'gguf',
    ...(file.name === undefined ? {} : { file: file.name }),
    tensor: tensor.name,
    summary,
    ...(license === undefined ? {} : { attribution: parts.join(', ') }),
  };
}
