/** Published models by name: shapes only, as their authors give them in config.json. */
import { WeftError } from '../base/error.ts';
import { type Architecture, QKV } from './architecture.ts';
import { nearestNames } from './nearest.ts';

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

/** Contexts of Qwen are those of the instruct models. */
const PUBLISHED: readonly Row[] = [
  ['Llama-2-7B', 'llama', 4096, 32, 32, 32, 11_008, 32_000, 4096, false],
  ['Llama-2-13B', 'llama', 5120, 40, 40, 40, 13_824, 32_000, 4096, false],
  ['Llama-2-70B', 'llama', 8192, 80, 64, 8, 28_672, 32_000, 4096, false],
  ['Llama-3-8B', 'llama', 4096, 32, 32, 8, 14_336, 128_256, 8192, false],
  ['Llama-3-70B', 'llama', 8192, 80, 64, 8, 28_672, 128_256, 8192, false],
  ['Llama-3.1-8B', 'llama', 4096, 32, 32, 8, 14_336, 128_256, 131_072, false],
  ['Llama-3.1-70B', 'llama', 8192, 80, 64, 8, 28_672, 128_256, 131_072, false],
  ['Llama-3.1-405B', 'llama', 16_384, 126, 128, 8, 53_248, 128_256, 131_072, false],
  ['Llama-3.2-1B', 'llama', 2048, 16, 32, 8, 8192, 128_256, 131_072, true],
  ['Llama-3.2-3B', 'llama', 3072, 28, 24, 8, 8192, 128_256, 131_072, true],
  ['Llama-3.3-70B', 'llama', 8192, 80, 64, 8, 28_672, 128_256, 131_072, false],
  ['Qwen2-0.5B', 'qwen2', 896, 24, 14, 2, 4864, 151_936, 32_768, true],
  ['Qwen2-1.5B', 'qwen2', 1536, 28, 12, 2, 8960, 151_936, 32_768, true],
  ['Qwen2-7B', 'qwen2', 3584, 28, 28, 4, 18_944, 152_064, 32_768, false],
  ['Qwen2-72B', 'qwen2', 8192, 80, 64, 8, 29_568, 152_064, 32_768, false],
  ['Qwen2.5-0.5B', 'qwen2', 896, 24, 14, 2, 4864, 151_936, 32_768, true],
  ['Qwen2.5-1.5B', 'qwen2', 1536, 28, 12, 2, 8960, 151_936, 32_768, true],
  ['Qwen2.5-7B', 'qwen2', 3584, 28, 28, 4, 18_944, 152_064, 32_768, false],
  ['Qwen2.5-72B', 'qwen2', 8192, 80, 64, 8, 29_568, 152_064, 32_768, false],
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
    biases: family === 'qwen2' ? QKV : [],
  }),
);

/** The preset of this name, whatever its case. Throws WeftError (`MODEL`) with the nearest names. */
export function modelPreset(name: string): Architecture {
  const found = MODEL_PRESETS.find((preset) => preset.name.toLowerCase() === name.toLowerCase());
  if (found) return found;
  const names = MODEL_PRESETS.map((preset) => preset.name);
  throw new WeftError('MODEL', `there is no model called '${name}'`, [`Use ${nearestNames(name, names, 3).join(', ')}`, 'Give a GGUF file or a config.json']);
}
