/**
 * The sizes of a whole model: what a planner and an estimate need, without any weights. Read from GGUF metadata, from a Hugging
 * Face config.json, or taken from a table of published models. Families: llama (Llama 1 to 3, Mistral) and qwen2.
 * Left out: models with experts, sliding windows, other attention.
 */
import { WeftError } from '../base/error.ts';
import { FORMATS, type FormatId } from '../quant/formats.ts';
import type { GgufFile } from './gguf-read.ts';
import { nearestNames } from './nearest.ts';

export interface Architecture {
  readonly name: string;
  readonly family: 'llama' | 'qwen2';
  readonly hidden: number;
  readonly layers: number;
  readonly heads: number;
  readonly kvHeads: number;
  readonly headSize: number;
  readonly feedForward: number;
  readonly vocabulary: number;
  /** Longest context the model was made for, tokens. */
  readonly context: number;
  /** Whether the output matrix is the embedding. */
  readonly tied: boolean;
}

/** A matrix of the model, and how often it occurs. */
export interface ModelMatrix {
  /** As in GGUF, without `blk.N.` and `.weight`. */
  readonly name: string;
  readonly m: number;
  readonly k: number;
  readonly count: number;
  readonly format: FormatId;
}

/** Matrices of a layer in the order in which a token meets them; those of one stage work at the same time. */
export const STAGES = ['qkv', 'attn_output', 'ffn_up', 'ffn_down', 'output'] as const;
export type Stage = (typeof STAGES)[number];

export interface StagedMatrix extends ModelMatrix {
  readonly stage: Stage;
}

/** Every matrix that multiplies activations; the embedding is a look-up. `format` of each by name, Q4_K if it says none. */
export function matricesOfModel(a: Architecture, format: (name: string) => FormatId = () => 'q4_k'): StagedMatrix[] {
  const [q, kv] = [a.heads * a.headSize, a.kvHeads * a.headSize];
  const layer = (stage: Stage, name: string, m: number, k: number): StagedMatrix => ({ stage, name, m, k, count: a.layers, format: format(name) });
  return [
    layer('qkv', 'attn_q', q, a.hidden),
    layer('qkv', 'attn_k', kv, a.hidden),
    layer('qkv', 'attn_v', kv, a.hidden),
    layer('attn_output', 'attn_output', a.hidden, q),
    layer('ffn_up', 'ffn_gate', a.feedForward, a.hidden),
    layer('ffn_up', 'ffn_up', a.feedForward, a.hidden),
    layer('ffn_down', 'ffn_down', a.hidden, a.feedForward),
    { stage: 'output', name: 'output', m: a.vocabulary, k: a.hidden, count: 1, format: format('output') },
  ];
}

/** Parameters in the matrices that multiply activations, and in the embedding. */
export function parametersOf(a: Architecture): number {
  const matrices = matricesOfModel(a).reduce((sum, { m, k, count }) => sum + m * k * count, 0);
  return matrices + (a.tied ? 0 : a.vocabulary * a.hidden);
}

type Row = readonly [
  name: string,
  family: Architecture['family'],
  hidden: number,
  layers: number,
  heads: number,
  kvHeads: number,
  feedForward: number,
  vocabulary: number,
  context: number,
  tied: boolean,
];

/** Shapes as published by their authors in config.json; no weights. */
const PUBLISHED: readonly Row[] = [
  ['Llama-2-7B', 'llama', 4096, 32, 32, 32, 11_008, 32_000, 4096, false],
  ['Llama-2-13B', 'llama', 5120, 40, 40, 40, 13_824, 32_000, 4096, false],
  ['Llama-2-70B', 'llama', 8192, 80, 64, 8, 28_672, 32_000, 4096, false],
  ['Llama-3-8B', 'llama', 4096, 32, 32, 8, 14_336, 128_256, 8192, false],
  ['Llama-3-70B', 'llama', 8192, 80, 64, 8, 28_672, 128_256, 8192, false],
  ['Llama-3.1-405B', 'llama', 16_384, 126, 128, 8, 53_248, 128_256, 131_072, false],
  ['Llama-3.2-1B', 'llama', 2048, 16, 32, 8, 8192, 128_256, 131_072, true],
  ['Llama-3.2-3B', 'llama', 3072, 28, 24, 8, 8192, 128_256, 131_072, true],
  ['Qwen2-0.5B', 'qwen2', 896, 24, 14, 2, 4864, 151_936, 32_768, true],
  ['Qwen2-1.5B', 'qwen2', 1536, 28, 12, 2, 8960, 151_936, 32_768, true],
  ['Qwen2-7B', 'qwen2', 3584, 28, 28, 4, 18_944, 152_064, 32_768, false],
  ['Qwen2-72B', 'qwen2', 8192, 80, 64, 8, 29_568, 152_064, 32_768, false],
];

export const MODEL_PRESETS: readonly Architecture[] = PUBLISHED.map(
  ([name, family, hidden, layers, heads, kvHeads, feedForward, vocabulary, context, tied]) => ({
    name,
    family,
    hidden,
    layers,
    heads,
    kvHeads,
    headSize: hidden / heads,
    feedForward,
    vocabulary,
    context,
    tied,
  }),
);

/** The preset of this name, whatever its case. Throws WeftError (`MODEL`) with the nearest names. */
export function modelPreset(name: string): Architecture {
  const found = MODEL_PRESETS.find((preset) => preset.name.toLowerCase() === name.toLowerCase());
  if (found) return found;
  const names = MODEL_PRESETS.map((preset) => preset.name);
  throw new WeftError('MODEL', `there is no model called '${name}'`, [`Use ${nearestNames(name, names, 3).join(', ')}`, 'Give a GGUF file or a config.json']);
}

const FAMILIES: Readonly<Record<string, Architecture['family']>> = { llama: 'llama', mistral: 'llama', qwen2: 'qwen2' };

function familyOf(type: unknown, field: string): Architecture['family'] {
  if (typeof type === 'string' && FAMILIES[type]) return FAMILIES[type];
  const known = Object.keys(FAMILIES).join(', ');
  throw new WeftError(field, `the architecture is ${JSON.stringify(type) ?? 'missing'}; sizes are known for ${known}`, ['Use a model of one of these']);
}

/** Fields of config.json by our names, with what stands for an absent one. */
const CONFIG_KEYS = {
  hidden: 'hidden_size',
  layers: 'num_hidden_layers',
  heads: 'num_attention_heads',
  kvHeads: 'num_key_value_heads',
  feedForward: 'intermediate_size',
  vocabulary: 'vocab_size',
  context: 'max_position_embeddings',
} as const;

/** Sizes from a config.json. Throws WeftError that names the key. */
export function fromConfigJson(text: string, name: string): Architecture {
  const config = parse(text, name);
  const family = familyOf(config.model_type, 'model_type');
  const size = (key: keyof typeof CONFIG_KEYS, fallback?: number): number => positive(config[CONFIG_KEYS[key]] ?? fallback, CONFIG_KEYS[key]);
  const [hidden, heads] = [size('hidden'), size('heads')];
  return checked({
    name,
    family,
    hidden,
    heads,
    layers: size('layers'),
    kvHeads: size('kvHeads', heads),
    headSize: positive(config.head_dim ?? hidden / heads, 'head_dim'),
    feedForward: size('feedForward'),
    vocabulary: size('vocabulary'),
    context: size('context'),
    tied: config.tie_word_embeddings === true,
  });
}

/** Sizes from GGUF metadata, and the stored format of every matrix by name. Throws WeftError that names the key or tensor. */
export function fromGguf(file: GgufFile): { readonly architecture: Architecture; readonly format: (name: string) => FormatId } {
  const type = file.metadata.get('general.architecture');
  const family = familyOf(type, 'general.architecture');
  const value = (key: string, fallback?: number): number => {
    const found = file.metadata.get(`${String(type)}.${key}`) ?? fallback;
    return positive(typeof found === 'bigint' ? Number(found) : found, `${String(type)}.${key}`);
  };
  const [hidden, heads] = [value('embedding_length'), value('attention.head_count')];
  const embedding = tensor(file, 'token_embd');
  const architecture = checked({
    name: String(file.metadata.get('general.name') ?? file.name ?? 'model'),
    family,
    hidden,
    heads,
    layers: value('block_count'),
    kvHeads: value('attention.head_count_kv', heads),
    headSize: value('attention.key_length', hidden / heads),
    feedForward: value('feed_forward_length'),
    vocabulary: embedding.rows,
    context: value('context_length'),
    tied: !file.tensors.some((t) => t.name === 'output.weight'),
  });
  const types = new Map(matricesOfModel(architecture).map(({ name }) => [name, storedFormat(file, architecture, name)]));
  return { architecture, format: (name) => types.get(name) ?? 'q4_k' };
}

function storedFormat(file: GgufFile, a: Architecture, name: string): FormatId {
  const wanted = name === 'output' ? (a.tied ? 'token_embd' : 'output') : `blk.0.${name}`;
  const { type } = tensor(file, wanted);
  if (FORMATS[type as FormatId] === undefined)
    throw new WeftError(`${wanted}.weight`, `its type is ${type}, which PEs have no program for`, ['Use another quantisation']);
  return type as FormatId;
}

function tensor(file: GgufFile, name: string): GgufFile['tensors'][number] {
  const found = file.tensors.find((t) => t.name === `${name}.weight`);
  if (found) return found;
  throw new WeftError(`${name}.weight`, 'the file has no such tensor', ['Use a complete model file']);
}

function parse(text: string, name: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  } catch (error) {
    throw new WeftError('MODEL', `'${name}' is no JSON: ${error instanceof Error ? error.message : String(error)}`, ['Give the config.json of a model']);
  }
  throw new WeftError('MODEL', `'${name}' holds no object`, ['Give the config.json of a model']);
}

function positive(value: unknown, key: string): number {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value > 0) return value;
  throw new WeftError(key, `it is ${value === undefined ? 'missing' : JSON.stringify(value)}; it must be a whole number from 1`, ['Use a complete model']);
}

function checked(a: Architecture): Architecture {
  if (a.heads % a.kvHeads !== 0)
    throw new WeftError('num_key_value_heads', `${a.heads} heads do not share ${a.kvHeads} heads of keys and values evenly`, ['Use a model whose sizes fit']);
  return a;
}
