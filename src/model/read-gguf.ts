/**
 * The sizes of the model in a GGUF file: the architecture from its metadata, and every tensor, each of every layer compared
 * with what the metadata ask for. Of the demo's own architecture only the tensors are known. Reads the header, no weights.
 */
import { WeftError } from '../base/error.ts';
import { grouped } from '../base/numbers.ts';
import { FORMATS, type FormatId } from '../quant/formats.ts';
import { type Architecture, checkedArchitecture, familyOf, MOST_LAYERS, matricesOfModel, sizeOf } from './architecture.ts';
import type { GgufFile, TensorInfo } from './gguf-read.ts';
import { expectedTensors, type ModelSizes, storedIn, type TensorSize } from './sizes.ts';
import type { Storage } from './storage.ts';

/** Architecture of the demo model (scripts/build-demo.ts). */
const LISTED = 'use-lite';

/** As stored, or as if stored otherwise. Throws WeftError that names the metadata key or the tensor. */
export function sizesOfGguf(file: GgufFile, storage?: Storage): ModelSizes {
  checkWhole(file);
  const type = file.metadata.get('general.architecture');
  const architecture = type === LISTED ? null : architectureOfGguf(file, type);
  const title = file.metadata.get('general.name');
  const name = typeof title === 'string' && title !== '' ? title : (file.name ?? 'model');
  const uses = architecture ? checkedTensors(file, architecture) : listedTensors(file);
  const tensors = uses.map(([tensor, use]) => (storage === undefined ? sized(tensor, use) : storedIn(shapeOf(tensor, use), storage, architecture)));
  return { name, architecture, tensors, source: 'gguf', ...(file.name !== undefined && { file: file.name }) };
}

/** @throws WeftError for one part of a model that was split over several files. */
function checkWhole({ metadata }: GgufFile): void {
  const parts = metadata.get('split.count');
  if (typeof parts !== 'number' || parts <= 1) return;
  throw new WeftError('split.count', `this is one of ${parts} files of a model`, [
    'Merge them with llama-gguf-split --merge',
    'Give the config.json of the model',
  ]);
}

function architectureOfGguf(file: GgufFile, type: unknown): Architecture {
  const family = familyOf(type, 'general.architecture');
  const keyOf = (key: string): string => `${String(type)}.${key}`;
  const value = (key: string, fallback?: number): number => sizeOf(file.metadata.get(keyOf(key)) ?? fallback, keyOf(key));
  const [hidden, heads] = [value('embedding_length'), value('attention.head_count')];
  const has = (name: string): boolean => file.tensors.some((t) => t.name === name);
  const a: Architecture = {
    name: file.name ?? 'model',
    family,
    hidden,
    heads,
    layers: value('block_count'),
    kvHeads: value('attention.head_count_kv', heads),
    headSize: value('attention.key_length', hidden / heads),
    feedForward: value('feed_forward_length'),
    vocabulary: vocabularyOf(file, keyOf('vocab_size')),
    context: value('context_length'),
    tied: !has('output.weight'),
    biases: [],
  };
  const biases = matricesOfModel(a)
    .map(({ name }) => name)
    .filter((name) => has(`blk.0.${name}.bias`));
  return checkedArchitecture(
    { ...a, biases },
    { heads: keyOf('attention.head_count'), kvHeads: keyOf('attention.head_count_kv'), layers: keyOf('block_count') },
  );
}

/** Rows of the embedding, which the metadata and the tokenizer must agree with, where they say a number. */
function vocabularyOf(file: GgufFile, key: string): number {
  const { rows } = found(file, 'token_embd.weight');
  const tokens = file.metadata.get('tokenizer.ggml.tokens');
  const count = typeof tokens === 'object' ? tokens.length : undefined;
  const said = file.metadata.get(key);
  for (const [field, value] of [[key, said] as const, ['tokenizer.ggml.tokens', count] as const]) {
    if (value === undefined || value === rows) continue;
    const fixes = ['Use a file whose metadata fit its tensors'];
    throw new WeftError(
      field,
      `the vocabulary is ${typeof value === 'number' ? grouped(value) : 'no number'} here, but token_embd.weight has ${grouped(rows)} rows`,
      fixes,
    );
  }
  return sizeOf(rows, 'token_embd.weight');
}

/** A tensor and what it is for. */
type Used = readonly [TensorInfo, TensorSize['use']];

/** All tensors, for what their shapes say. */
function listedTensors({ tensors }: GgufFile): Used[] {
  const beyond = tensors.find(({ name }) => blockOf(name) >= MOST_LAYERS);
  if (beyond) throw new WeftError(beyond.name, `the largest layer that is taken is ${MOST_LAYERS - 1}`, ['Use a complete model']);
  return tensors.map((t) => [t, useOf(t)] as const);
}

/** All tensors of the file; those that the architecture asks for are there, in the size it asks for. */
function checkedTensors(file: GgufFile, a: Architecture): Used[] {
  const byName = new Map(file.tensors.map((t) => [t.name, t]));
  const expected = expectedTensors(a).map(({ name, m, k, use }) => {
    const tensor = byName.get(name) ?? found(file, name);
    byName.delete(name);
    if (tensor.rows !== m || tensor.shape[0] !== k) {
      const problem = `it is ${grouped(tensor.rows)} x ${grouped(tensor.shape[0])} (rows x row length), the metadata ask for ${grouped(m)} x ${grouped(k)}`;
      throw new WeftError(name, problem, ['Use a file whose metadata fit its tensors']);
    }
    return [tensor, use] as const;
  });
  const others = [...byName.values()];
  const beyond = others.find((t) => blockOf(t.name) >= a.layers);
  if (beyond) throw new WeftError(beyond.name, `the metadata say that there are ${a.layers} layers`, ['Use a file whose metadata fit its tensors']);
  const unknown = others.find((t) => t.shape.length > 1);
  if (unknown) throw new WeftError(unknown.name, `a model of the ${a.family} family has no such matrix`, ['Use a model without experts or adapters']);
  return [...expected, ...others.map((t) => [t, 'vector'] as const)];
}

function found(file: GgufFile, name: string): TensorInfo {
  const tensor = file.tensors.find((t) => t.name === name);
  if (tensor) return tensor;
  throw new WeftError(name, 'the file has no such tensor', ['Use a complete model file']);
}

function shapeOf(t: TensorInfo, use: TensorSize['use']): Omit<TensorSize, 'format' | 'bytes'> {
  const kind = t.name.replace(/^blk\.\d+\./, '').replace(/\.weight$/, '');
  return { name: t.name, kind, block: blockOf(t.name), m: t.rows, k: t.shape[0], use };
}

function sized(t: TensorInfo, use: TensorSize['use']): TensorSize {
  if (Object.hasOwn(FORMATS, t.type)) return { ...shapeOf(t, use), format: t.type as FormatId, bytes: t.bytes };
  const fixes = ['Use another quantisation', 'Use --format q4_k, which counts it as if it were stored so'];
  throw new WeftError(t.name, `its type is ${t.type}, which PEs have no program for`, fixes);
}

function useOf({ name, shape }: TensorInfo): TensorSize['use'] {
  if (shape.length < 2) return 'vector';
  return name === 'token_embd.weight' ? 'embedding' : 'matrix';
}

/** N of `blk.N.`, -1 without. */
function blockOf(name: string): number {
  const match = /^blk\.(\d+)\./.exec(name);
  return match ? Number(match[1]) : -1;
}
