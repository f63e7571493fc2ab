/**
 * The numbers that make a whole model's shape, without any weights, and the matrices that follow from them. Families: llama
 * (Llama 1 to 3, Mistral) and qwen2. Read from GGUF metadata (read-gguf.ts), from a Hugging Face config.json (read-config.ts),
 * or taken from a table of published models (presets.ts). Left out: experts, sliding windows, other attention.
 */
import { WeftError } from '../base/error.ts';
import { grouped } from '../base/numbers.ts';
import type { FormatId } from '../quant/formats.ts';

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
  /** Matrices of a layer that have a bias, by name. */
  readonly biases: readonly string[];
}

/** What Qwen2 adds a bias to. */
export const QKV = ['attn_q', 'attn_k', 'attn_v'] as const;

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

/** Beyond these no sum of bytes would be exact, and no list short. */
export const MOST_LAYERS = 4096;
const MOST_SIZE = 2 ** 24;

/** A whole number from 1. @throws WeftError that names `key` and shows the value. */
export function sizeOf(value: unknown, key: string, most = MOST_SIZE): number {
  const fixes = ['Use a complete model'];
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value <= 0)
    throw new WeftError(key, `it is ${shown(value)}; it must be a whole number from 1`, fixes);
  if (value > most) throw new WeftError(key, `it is ${grouped(value)}; the largest that is taken is ${grouped(most)}`, fixes);
  return value;
}

/** The same architecture, if its numbers go together. @throws WeftError that names the contradiction. */
export function checkedArchitecture(a: Architecture, keys: { readonly kvHeads: string; readonly heads: string; readonly layers: string }): Architecture {
  if (a.heads % a.kvHeads !== 0)
    throw new WeftError(keys.kvHeads, `${a.heads} heads do not share ${a.kvHeads} heads of keys and values evenly`, ['Use a model whose sizes fit']);
  sizeOf(a.heads * a.headSize, keys.heads);
  sizeOf(a.layers, keys.layers, MOST_LAYERS);
  return a;
}

const FAMILIES: Readonly<Record<string, Architecture['family']>> = { llama: 'llama', mistral: 'llama', qwen2: 'qwen2' };

/** @throws WeftError (`field`) for an architecture whose matrices are not known. */
export function familyOf(type: unknown, field: string): Architecture['family'] {
  if (typeof type === 'string' && Object.hasOwn(FAMILIES, type)) return FAMILIES[type];
  const known = Object.keys(FAMILIES).join(', ');
  throw new WeftError(field, `the architecture is ${shown(type)}; sizes are known for ${known}`, ['Use a model of one of these']);
}

/** A value in an error: short, whatever a file may hold. */
function shown(value: unknown): string {
  if (value === undefined) return 'missing';
  if (typeof value === 'string') return JSON.stringify(value.length > 60 ? `${value.slice(0, 60)}…` : value);
  return typeof value === 'object' && value !== null ? (Array.isArray(value) || 'elementType' in value ? 'a list' : 'an object') : String(value);
}
