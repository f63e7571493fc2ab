/**
 * Where keys and values lie. A PE keeps a part of the context for one head of keys and values of one layer and one sequence,
 * and serves the queries of its group one after the other; its memory is that of the layer kernel's attention PE. Spreading
 * one head over several PEs, and a cache in f16, are planned here by their bytes; no kernel of Weft runs them yet.
 */

import { attentionLayout } from '../kernels/transformer_layer/attention-layout.ts';
import { usedBytes } from '../machine/memory.ts';
import type { Allocation } from '../machine/program.ts';
import type { MachineSpec } from '../machine/spec.ts';
import type { Architecture } from '../model/architecture.ts';

export const CACHE_FORMATS = ['f32', 'f16'] as const;
export type CacheFormat = (typeof CACHE_FORMATS)[number];

/** Bytes of keys and values that one token adds in all layers. */
export const cacheBytesOfToken = (a: Architecture, format: CacheFormat): number => 2 * a.layers * a.kvHeads * a.headSize * elementBytes(format);

const elementBytes = (format: CacheFormat): number => (format === 'f32' ? 4 : 2);

/** Every byte of a PE that keeps `tokens` of a head. */
export function cacheAccount(machine: MachineSpec, { headSize }: Architecture, tokens: number, format: CacheFormat): readonly Allocation[] {
  const f32 = attentionLayout(machine, { headSize, perSequence: tokens, rope: { base: 0, dimensions: headSize } }).allocations;
  if (format === 'f32') return f32;
  const isCache = ({ name }: Allocation): boolean => name.startsWith('keys') || name.startsWith('values');
  return f32.map((part) => (isCache(part) ? { ...part, name: part.name.replace('f32', 'f16'), bytes: part.bytes / 2 } : part));
}

/** Most tokens of a head that a PE keeps; 0 if not even one fits. */
export function tokensOfPe(machine: MachineSpec, a: Architecture, format: CacheFormat): number {
  let [good, bad] = [0, Math.ceil(machine.sramBytes / elementBytes(format))];
  while (bad - good > 1) {
    const middle = Math.floor((good + bad) / 2);
    if (usedBytes(cacheAccount(machine, a, middle, format)) <= machine.sramBytes) good = middle;
    else bad = middle;
  }
  return good;
}
