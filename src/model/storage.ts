/**
 * How a model's matrices would be stored: all in one format, or in one of the mixes that llama.cpp makes (llama-quant.cpp, for
 * models of the llama and qwen2 families): the output matrix, or a tied embedding, in Q6_K; values and ffn_down of the layers
 * that are most sensitive, about half of them, in Q6_K; values that eight heads share in 70B models in Q5_K at least.
 *
 * A format that does not divide a row gives way to the next that does: the K family's blocks hold 256 weights, those of Q8_0
 * hold 32. (llama.cpp takes Q5_0 for Q4_K then, for which PEs have no program here.)
 */
import { FORMATS, type FormatId } from '../quant/formats.ts';
import type { Architecture } from './architecture.ts';

const MIXES = { q4_k_m: 'q4_k', q5_k_m: 'q5_k' } as const;
type Mix = keyof typeof MIXES;

/** One format, or a mix of them. */
export type Storage = FormatId | Mix;

/** Mixes by name. */
export const MIX_NAMES = Object.keys(MIXES) as readonly Mix[];

/** A matrix as far as its storage depends on it. */
interface Stored {
  readonly kind: string;
  readonly block: number;
  readonly k: number;
  readonly use: 'matrix' | 'embedding' | 'both' | 'vector';
}

/** The format of a tensor; vectors stay f32, as in GGUF. */
export function storageFormat(tensor: Stored, storage: Storage, architecture: Architecture | null): FormatId {
  if (tensor.use === 'vector') return 'f32';
  const wanted = isMix(storage) ? inMix(storage, tensor, architecture) : storage;
  return ([wanted, 'q8_0', 'f16'] as const).find((id) => tensor.k % FORMATS[id].blockSize === 0) ?? 'f16';
}

const isMix = (storage: Storage): storage is Mix => Object.hasOwn(MIXES, storage);

function inMix(mix: Mix, { kind, block, use }: Stored, architecture: Architecture | null): FormatId {
  const base = MIXES[mix];
  if (kind === 'output' || use === 'both') return 'q6_k';
  if (!architecture || (kind !== 'attn_v' && kind !== 'ffn_down')) return base;
  if (isSensitive(block, architecture.layers)) return 'q6_k';
  return kind === 'attn_v' && is70B(architecture) ? 'q5_k' : base;
}

/** The first and the last eighth of the layers, and every third one between. */
function isSensitive(block: number, layers: number): boolean {
  const eighth = Math.floor(layers / 8);
  return block < eighth || block >= Math.floor((7 * layers) / 8) || (block - eighth) % 3 === 2;
}

const is70B = ({ family, layers, heads, kvHeads }: Architecture): boolean => family === 'llama' && layers === 80 && heads === 8 * kvHeads;
