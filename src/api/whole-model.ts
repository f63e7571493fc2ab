/** Opens what says a whole model's sizes: a GGUF file, a config.json, or a preset by name. No weights are read. */
import { WeftError } from '../base/error.ts';
import { openGguf } from '../model/gguf-read.ts';
import { nearestNames } from '../model/nearest.ts';
import { modelPreset } from '../model/presets.ts';
import { type BlobLike, fromBlob } from '../model/range.ts';
import { fromConfigJson } from '../model/read-config.ts';
import { sizesOfGguf } from '../model/read-gguf.ts';
import { type ModelSizes, sizesOfArchitecture } from '../model/sizes.ts';
import { MIX_NAMES, type Storage } from '../model/storage.ts';
import { GGML_FORMATS } from '../quant/formats.ts';

/** Largest JSON that is read: real config.json files have a few KB. */
const MAX_CONFIG_BYTES = 2 ** 20;
/** How a model is stored that says nothing about it. */
const USUAL_STORAGE: Storage = 'q4_k';

export type SizesSource = { readonly preset: string } | { readonly blob: BlobLike; readonly name: string };

/**
 * Sizes and formats of every tensor; as if stored otherwise if `storage` says how.
 * @throws WeftError (`MODEL`, or the key or tensor that is wrong)
 */
export async function openSizes(source: SizesSource, storage?: Storage): Promise<ModelSizes> {
  if ('preset' in source) return sizesOfArchitecture(modelPreset(source.preset), storage ?? USUAL_STORAGE, { source: 'preset' });
  const { blob, name } = source;
  const start = new Uint8Array(await blob.slice(0, Math.min(4, blob.size)).arrayBuffer());
  if (String.fromCharCode(...start) === 'GGUF') return sizesOfGguf(await openGguf(fromBlob(blob, name)), storage);
  const architecture = fromConfigJson(await textOf(blob, name), name);
  return sizesOfArchitecture(architecture, storage ?? USUAL_STORAGE, { source: 'config', file: name });
}

/** @throws WeftError (`MODEL`) for what is no JSON object by its size or its first character. */
async function textOf(blob: BlobLike, name: string): Promise<string> {
  const fixes = ['Give a GGUF file', 'Give the config.json of a model'];
  const bytes = blob.size <= MAX_CONFIG_BYTES ? new Uint8Array(await blob.slice(0, blob.size).arrayBuffer()) : undefined;
  const text = bytes && new TextDecoder().decode(bytes);
  if (text?.trimStart().startsWith('{')) return text;
  throw new WeftError('MODEL', `'${name}' (${blob.size} B) is neither a GGUF file nor a config.json`, fixes);
}

/** A format or mix of formats that a model may be counted in. @throws WeftError (`--format`) */
export function storageOf(text: string): Storage {
  const names: readonly Storage[] = [...GGML_FORMATS.map(({ id }) => id), ...MIX_NAMES];
  const found = names.find((name) => name === text.toLowerCase());
  if (found) return found;
  throw new WeftError('--format', `there is no format '${text}'; there are ${names.join(', ')}`, [`use ${nearestNames(text, names, 1)[0]}`]);
}
