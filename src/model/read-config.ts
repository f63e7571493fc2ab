/** The architecture in a Hugging Face config.json. */
import { WeftError } from '../base/error.ts';
import { type Architecture, checkedArchitecture, familyOf, QKV, sizeOf } from './architecture.ts';

/** Fields of config.json by our names. */
const KEYS = {
  hidden: 'hidden_size',
  layers: 'num_hidden_layers',
  heads: 'num_attention_heads',
  kvHeads: 'num_key_value_heads',
  headSize: 'head_dim',
  feedForward: 'intermediate_size',
  vocabulary: 'vocab_size',
  context: 'max_position_embeddings',
} as const;

/** Sizes from a config.json. Throws WeftError that names the key. */
export function fromConfigJson(text: string, name: string): Architecture {
  const config = parse(text, name);
  const family = familyOf(config.model_type, 'model_type');
  const size = (key: keyof typeof KEYS, fallback?: number): number => sizeOf(config[KEYS[key]] ?? fallback, KEYS[key]);
  const [hidden, heads] = [size('hidden'), size('heads')];
  const a: Architecture = {
    name,
    family,
    hidden,
    heads,
    layers: size('layers'),
    kvHeads: size('kvHeads', heads),
    headSize: size('headSize', hidden / heads),
    feedForward: size('feedForward'),
    vocabulary: size('vocabulary'),
    context: size('context'),
    tied: flag(config, 'tie_word_embeddings'),
    biases: [
      ...(family === 'qwen2' || flag(config, 'attention_bias') ? QKV : []),
      ...(family === 'llama' && flag(config, 'attention_bias') ? ['attn_output'] : []),
      ...(flag(config, 'mlp_bias') ? ['ffn_gate', 'ffn_up', 'ffn_down'] : []),
    ],
  };
  return checkedArchitecture(a, KEYS);
}

/** A switch that may be absent. @throws WeftError for anything but true and false. */
function flag(config: Readonly<Record<string, unknown>>, key: string): boolean {
  const value = config[key] ?? false;
  if (typeof value === 'boolean') return value;
  throw new WeftError(key, 'it is neither true nor false', ['Use a complete model']);
}

function parse(text: string, name: string): Readonly<Record<string, unknown>> {
  const fixes = ['Give the config.json of a model'];
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  } catch (error) {
    throw new WeftError('MODEL', `'${name}' is no JSON: ${error instanceof Error ? error.message : String(error)}`, fixes);
  }
  throw new WeftError('MODEL', `'${name}' holds no object`, fixes);
}
