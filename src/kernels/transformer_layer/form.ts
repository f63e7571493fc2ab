/**
 * Which layer is computed: sizes from the model's metadata, changed by the options `form` and `activation`, and the stages
 * that tokens pass in order. A stage is one region of PEs (projections, attention) or one PE of the spine (norms, residuals).
 */
import { WeftError } from '../../base/error.ts';
import { type LayerMatrix, matrixSize } from '../../model/layer.ts';
import { UNIT_WEIGHTS } from '../dequant/dequantiser.ts';
import type { KernelOptions } from '../options.ts';
import type { LayerShape, ProblemShape } from '../types.ts';

export interface Form extends LayerShape {
  /** Tokens in all, and of one sequence: attention begins anew after each. */
  readonly tokens: number;
  readonly perSequence: number;
}

/** Rows of a projection that PEs hold alike: of one matrix, or of gate and up in pairs (which may differ in format). */
export interface Part {
  readonly matrices: readonly LayerMatrix[];
  /** Rows of each, which is also how many words it sends a token. */
  readonly m: number;
}

export interface Projection {
  readonly kind: 'projection';
  readonly name: string;
  readonly k: number;
  readonly parts: readonly Part[];
  /** Most rows (or pairs) on a PE. */
  readonly units: number;
  readonly activation: LayerShape['activation'];
}

export type Stage =
  | Projection
  | { readonly kind: 'attention'; readonly name: string }
  | { readonly kind: 'norm'; readonly name: string; readonly gains: 'attention' | 'feedForward' }
  | { readonly kind: 'residual'; readonly name: string };

export const sequencesOf = (form: Form): number => form.tokens / form.perSequence;
/** Words that the QKV projection sends a token: q of all heads, then k, then v. */
export const qkvWords = ({ heads, kvHeads, headSize }: Form): number => (heads + 2 * kvHeads) * headSize;
export const attentionWords = ({ heads, headSize }: Form): number => heads * headSize;

/** @throws WeftError for sizes that do not go together, or no gate for SwiGLU. */
export function formOf(shape: ProblemShape, options: KernelOptions): Form {
  const { layer } = shape;
  if (!layer) throw new WeftError('kernel', 'transformer_layer maps a layer, not one matrix', ['choose a layer, such as blk.0', 'use the kernel streaming']);
  const bare = options.form === 'bare';
  const chosen = options.activation ?? 'model';
  const own = bare ? 'none' : layer.activation;
  const activation = chosen === 'model' ? own : chosen;
  if (activation === 'swiglu' && layer.activation !== 'swiglu')
    throw new WeftError('activation', 'SwiGLU needs a gate matrix, which this layer does not have', ['use activation gelu', 'leave activation out']);
  const form = { ...layer, activation, ...(bare ? { norm: null, rope: null, residual: false } : {}), tokens: shape.n, perSequence: shape.n };
  checkSizes(form);
  return { ...form, perSequence: sequenceLength(shape.n, options.sequences ?? 1) };
}

function sequenceLength(tokens: number, sequences: number): number {
  if (tokens % sequences === 0) return tokens / sequences;
  throw new WeftError('sequences', `${tokens} tokens are not ${sequences} sequences of equal length`, [`use N = ${Math.ceil(tokens / sequences)} tokens each`]);
}

function checkSizes(form: Form): void {
  const { hidden, heads, kvHeads, headSize, feedForward, rope, tokens } = form;
  whole('N', tokens);
  for (const [field, size] of [['hidden', hidden] as const, ['feedForward', feedForward] as const, ['heads', heads * headSize] as const]) {
    if (Number.isInteger(size) && size > 0 && size % UNIT_WEIGHTS === 0) continue;
    const near = Math.max(UNIT_WEIGHTS, Math.round(size / UNIT_WEIGHTS) * UNIT_WEIGHTS);
    const what = field === 'hidden' ? 'the hidden size' : field === 'feedForward' ? 'the FFN size' : 'heads times head size';
    throw new WeftError(field, `${what} is ${size}; it must be a multiple of ${UNIT_WEIGHTS}`, [`use ${near}`]);
  }
  if (!Number.isInteger(headSize) || headSize < 2 || headSize % 2 !== 0 || hidden % headSize !== 0)
    throw new WeftError('headSize', `a head size of ${headSize} does not divide the hidden size ${hidden} into heads of even size`, ['use 64']);
  whole('kvHeads', kvHeads);
  if (heads % kvHeads !== 0)
    throw new WeftError('kvHeads', `${heads} heads cannot share ${kvHeads} heads of keys and values evenly`, [`use ${heads} or a divisor of it`]);
  if (rope && (rope.dimensions % 2 !== 0 || rope.dimensions < 2 || rope.dimensions > headSize))
    throw new WeftError('rope', `${rope.dimensions} rotated dimensions do not fit a head of ${headSize}`, [`use ${headSize}`]);
}

function whole(field: string, value: number): void {
  if (!Number.isSafeInteger(value) || value < 1) throw new WeftError(field, `${field} is ${value}; it must be a whole number from 1`, [`use 1`]);
}

/**
 * The stages in order. `level` is how many weights a PE may work through for a token (at least one row is): stages of longer
 * rows get fewer rows on a PE, so that no stage takes much longer than the others.
 */
export function stagesOf(form: Form, level = 0): Stage[] {
  const norm = (name: string, gains: 'attention' | 'feedForward'): Stage[] => (form.norm ? [{ kind: 'norm', name, gains }] : []);
  const residual = (name: string): Stage[] => (form.residual ? [{ kind: 'residual', name }] : []);
  const plain = (name: string, matrices: readonly LayerMatrix[]): Projection =>
    projection(
      form,
      level,
      name,
      matrices.map((m) => [m]),
    );
  return [
    ...norm('norm 1', 'attention'),
    plain('QKV', ['q', 'k', 'v']),
    { kind: 'attention', name: 'attention' },
    plain('output', ['output']),
    ...residual('residual 1'),
    ...norm('norm 2', 'feedForward'),
    { ...projection(form, level, 'FFN up', [form.activation === 'swiglu' ? ['gate', 'up'] : ['up']]), activation: form.activation },
    plain('FFN down', ['down']),
    ...residual('residual 2'),
  ];
}

function projection(form: Form, level: number, name: string, matrices: ReadonlyArray<readonly LayerMatrix[]>): Projection {
  const { k } = matrixSize(form, matrices[0][0]);
  const parts = matrices.map((names): Part => ({ matrices: names, m: matrixSize(form, names[0]).m }));
  const units = Math.min(Math.floor(level / (k * matrices[0].length)), Math.max(...parts.map(({ m }) => m)));
  return { kind: 'projection', name, k, activation: 'none', parts, units: Math.max(1, units) };
}
