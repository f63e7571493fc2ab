/**
 * A Llama file as a forward pass reads it: every size, type and tensor checked from the header before any weight is read, then
 * embeddings, layers and output on demand, one at a time. What a file asks for beyond the plain Llama layer (biases, experts,
 * scaled rotary embeddings, sliding windows) is refused, since leaving it out would give other numbers without saying so.
 */
import { WeftError } from '../base/error.ts';
import { canPlace } from '../kernels/dequant/index.ts';
import type { Gemm, LayerShape } from '../kernels/types.ts';
import type { GgufFile, TensorInfo } from '../model/gguf-read.ts';
import { gainsOf, LAYER_MATRICES, type LayerWorkload, layerFromModel, layerShape, llamaNumber, matrixTensor } from '../model/layer.ts';
import { FORMATS, type FormatId, GGML_FORMATS } from '../quant/formats.ts';

export interface LlamaModel {
  readonly file: GgufFile;
  readonly layers: readonly LayerShape[];
  readonly hidden: number;
  readonly vocabulary: number;
  /** Longest sequence the model was made for, tokens. */
  readonly context: number;
  /** Under the root of the final norm. */
  readonly epsilon: number;
  /** Whether the output matrix is the embedding. */
  readonly tied: boolean;
  readonly embedding: TensorInfo;
  readonly outputNorm: TensorInfo;
  readonly output: TensorInfo;
}

const NORMS = ['attn_norm', 'ffn_norm'] as const;
const COMPLETE = ['Use a complete llama GGUF'];
const FITTING = ['Use a file whose metadata fit its tensors'];

/** Checks the header of a file. Throws WeftError that names the metadata key or tensor that is missing, contradicts another or is not supported. */
export function openLlama(file: GgufFile): LlamaModel {
  const architecture = file.metadata.get('general.architecture');
  if (architecture !== 'llama') {
    const problem = architecture === undefined ? 'the metadata name no architecture' : `the architecture is ${JSON.stringify(architecture)}`;
    throw new WeftError('general.architecture', `${problem}; a forward pass is made of llama files`, ['Use a GGUF file of architecture llama']);
  }
  checkMetadata(file);
  const blocks = size(file, 'block_count');
  if (blocks > file.tensors.length) throw new WeftError('llama.block_count', `it is ${blocks}, the file has ${file.tensors.length} tensors`, FITTING);
  const hidden = size(file, 'embedding_length');
  const embedding = tensorNamed(file, 'token_embd.weight');
  const tied = !file.tensors.some(({ name }) => name === 'output.weight');
  const output = tied ? embedding : tensorNamed(file, 'output.weight');
  checkTensors(file, blocks, tied);
  const layers = Array.from({ length: blocks }, (_, block) => layerShape(file, block));
  const vocabulary = vocabularyOf(file, embedding, output, hidden);
  const { norm } = layers[0];
  return {
    file,
    layers,
    hidden,
    vocabulary,
    context: size(file, 'context_length'),
    epsilon: norm?.epsilon ?? 0,
    tied,
    embedding,
    outputNorm: tensorNamed(file, 'output_norm.weight'),
    output,
  };
}

/** A size of the llama metadata, a whole number from 1. */
function size(file: GgufFile, key: string): number {
  const value = llamaNumber(file, key);
  if (Number.isSafeInteger(value) && value > 0) return value;
  throw new WeftError(`llama.${key}`, `it is ${value}; it must be a whole number from 1`, COMPLETE);
}

/** Keys that change what a layer computes, and the values that do not. */
const CHANGES: readonly (readonly [key: string, harmless: (value: unknown) => boolean, what: string])[] = [
  ['expert_count', (value) => value === 0, 'layers of experts'],
  ['rope.scaling.type', (value) => value === 'none', 'scaled rotary embeddings'],
  ['rope.scaling.factor', (value) => value === 1 || value === 0, 'scaled rotary embeddings'],
  ['rope.scale_linear', (value) => value === 1, 'scaled rotary embeddings'],
  ['attention.sliding_window', (value) => value === 0, 'a sliding window'],
  ['logit_scale', (value) => value === 1 || value === 0, 'scaled logits'],
];

function checkMetadata(file: GgufFile): void {
  for (const [key, harmless, what] of CHANGES) {
    const value = file.metadata.get(`llama.${key}`);
    if (value !== undefined && !harmless(value))
      throw new WeftError(`llama.${key}`, `it is ${String(value)}; ${what} are not simulated`, ['Use a plain Llama model']);
  }
}

/** Every tensor that is needed is there and can be placed, and there is none whose part in the model is unknown. */
function checkTensors(file: GgufFile, blocks: number, tied: boolean): void {
  const all = Array.from({ length: blocks }, (_, block) => block);
  const matrices = [...all.flatMap((block) => LAYER_MATRICES.map((matrix) => matrixTensor(block, matrix))), ...(tied ? [] : ['output.weight'])];
  const others = [...all.flatMap((block) => NORMS.map((name) => `blk.${block}.${name}.weight`)), 'output_norm.weight', 'token_embd.weight'];
  for (const name of matrices) checkType(tensorNamed(file, name));
  for (const name of others) tensorNamed(file, name);
  if (tied) checkType(tensorNamed(file, 'token_embd.weight'));
  const known = new Set([...matrices, ...others]);
  const unknown = file.tensors.find(({ name }) => !known.has(name));
  if (!unknown) return;
  const problem = `the layers of a plain Llama model of ${blocks} block${blocks > 1 ? 's' : ''} have no such tensor; without it the results would be others`;
  throw new WeftError(unknown.name, problem, ['Use a plain Llama model, without biases, experts or scaled rotary embeddings']);
}

function tensorNamed(file: GgufFile, name: string): TensorInfo {
  const found = file.tensors.find((tensor) => tensor.name === name);
  if (found) return found;
  throw new WeftError(name, `the file has no such tensor among its ${file.tensors.length}`, COMPLETE);
}

function checkType({ name, type }: TensorInfo): void {
  if (canPlace(type)) return;
  throw new WeftError(name, `its type is ${type}, for which PEs have no program; they have ${GGML_FORMATS.map(({ id }) => id).join(', ')}`, [
    'Use another quantisation of the model',
  ]);
}

function vocabularyOf(file: GgufFile, embedding: TensorInfo, output: TensorInfo, hidden: number): number {
  for (const { name, shape, rows } of [embedding, output]) {
    if (shape[0] !== hidden || rows !== embedding.rows)
      throw new WeftError(name, `it is ${rows} x ${shape[0]}, the metadata ask for ${embedding.rows} x ${hidden}`, FITTING);
  }
  if (FORMATS[embedding.type as FormatId] === undefined)
    throw new WeftError(embedding.name, `its type is ${embedding.type}, which cannot be turned into f32`, ['Use another quantisation of the model']);
  const stated = llamaNumber(file, 'vocab_size', embedding.rows);
  if (stated === embedding.rows) return stated;
  throw new WeftError('llama.vocab_size', `it is ${stated}, ${embedding.name} has ${embedding.rows} rows`, FITTING);
}

/** Throws WeftError (`--tokens`) that names the token that is none of the vocabulary, or how many fit the context. */
export function checkTokens({ vocabulary, context }: LlamaModel, tokens: readonly number[]): void {
  const bad = tokens.findIndex((token) => !Number.isInteger(token) || token < 0 || token >= vocabulary);
  if (tokens.length === 0) throw new WeftError('--tokens', 'there is none', ['Write for example --tokens 1,2,3']);
  if (bad >= 0)
    throw new WeftError('--tokens', `token ${tokens[bad]} at position ${bad} is not in the vocabulary of ${vocabulary}`, [`Use 0 to ${vocabulary - 1}`]);
  if (tokens.length > context)
    throw new WeftError('--tokens', `${tokens.length} tokens are more than the model's context of ${context}`, [`Give at most ${context}`]);
}

/** The host's part: rows of the embedding, N x hidden f32. */
export async function embed({ file, embedding, hidden }: LlamaModel, tokens: readonly number[]): Promise<Float32Array> {
  const out = new Float32Array(tokens.length * hidden);
  for (const [i, token] of tokens.entries()) {
    FORMATS[embedding.type as FormatId].dequantise(await file.readTensor(embedding, token, 1), out.subarray(i * hidden, (i + 1) * hidden));
  }
  return out;
}

/** Layer `block` with its weights and these activations. */
export const readLayer = ({ file }: LlamaModel, block: number, input: Float32Array): Promise<LayerWorkload> => layerFromModel(file, block, { input });

export const readFinalGains = ({ file, outputNorm, hidden }: LlamaModel): Promise<Float32Array> => gainsOf(file, outputNorm, hidden);

/** The output matrix times N tokens. */
export async function readOutput({ file, output, hidden, vocabulary }: LlamaModel, x: Float32Array): Promise<Gemm> {
  return { m: vocabulary, k: hidden, n: x.length / hidden, format: output.type, weights: (await file.readTensor(output)).slice(), x };
}
