/**
 * Puts a whole model on PEs: every matrix as densely as its PEs' memory allows, its norms, the cache of a context; and packs
 * layer after layer onto wafers. Counts PEs and bytes; leaves out residual adders and turners (a few PEs a layer) and what the
 * edges of rectangles leave over.
 */
import type { KernelOptions } from '../kernels/options.ts';
import { normLayout } from '../kernels/transformer_layer/norm.ts';
import { usedBytes } from '../machine/memory.ts';
import type { Allocation } from '../machine/program.ts';
import type { MachineSpec } from '../machine/spec.ts';
import type { ModelSizes, TensorSize } from '../model/sizes.ts';
import { densest, type PeKind, type PlanKernel, paddedK, pesOf, type Spread } from './account.ts';
import { type CacheFormat, tokensOfPe } from './cache.ts';

/** What is asked, complete. */
export interface Question {
  readonly sizes: ModelSizes;
  readonly machine: MachineSpec;
  readonly kernel: PlanKernel;
  readonly options: KernelOptions;
  /** Tokens of a sequence that the cache keeps; sequences at once, which are also the columns of a matrix product. */
  readonly context: number;
  readonly batch: number;
  readonly cache: CacheFormat;
}

/** Matrices of one kind, size and format, in the layers `blocks` (-1: outside of layers). */
export interface Group {
  readonly tensor: TensorSize;
  readonly bias: boolean;
  readonly blocks: readonly number[];
  readonly kind: PeKind;
  /** With the fewest PEs; undefined if not even one row fits. */
  readonly densest: Spread | undefined;
}

export interface NormGroup {
  readonly hidden: number;
  readonly blocks: readonly number[];
  /** PEs that share a norm's gains and the token, and the memory of one. */
  readonly pes: number;
  readonly account: readonly Allocation[];
}

export interface Residence {
  readonly groups: readonly Group[];
  readonly norms: readonly NormGroup[];
  /** Tokens of a head on the fullest PE of the cache; 0 without a cache. */
  readonly tokensPerPe: number;
  /** PEs of each layer, in order, cache left out, and of what is outside of layers; undefined if a matrix does not fit at all. */
  readonly pes: { readonly layers: readonly number[]; readonly outside: number } | undefined;
}

export function residenceOf(q: Question): Residence {
  const groups = groupsOf(q);
  const norms = normsOf(q);
  const { architecture } = q.sizes;
  const tokensPerPe = architecture ? tokensOfPe(q.machine, architecture, q.cache) : 0;
  if (groups.some((group) => group.densest === undefined)) return { groups, norms, tokensPerPe, pes: undefined };
  const pes = { layers: [] as number[], outside: 0 };
  const add = (blocks: readonly number[], each: number): void => {
    for (const block of blocks) {
      if (block < 0) pes.outside += each;
      else pes.layers[block] = (pes.layers[block] ?? 0) + each;
    }
  };
  for (const { blocks, densest, tensor } of groups) if (densest) add(blocks, pesOf(tensor.m, densest));
  for (const norm of norms) add(norm.blocks, norm.pes);
  return { groups, norms, tokensPerPe, pes: { layers: Array.from(pes.layers, (layer) => layer ?? 0), outside: pes.outside } };
}

function groupsOf({ sizes, machine, kernel, options, batch }: Question): Group[] {
  const names = new Set(sizes.tensors.map(({ name }) => name));
  const byKind = new Map<string, { tensor: TensorSize; bias: boolean; blocks: number[] }>();
  for (const tensor of sizes.tensors) {
    if (tensor.use !== 'matrix' && tensor.use !== 'both') continue;
    const bias = names.has(tensor.name.replace(/\.weight$/, '.bias'));
    const key = [tensor.kind, tensor.format, tensor.m, tensor.k, bias].join();
    const group = byKind.get(key) ?? { tensor, bias, blocks: [] };
    byKind.set(key, group);
    group.blocks.push(tensor.block);
  }
  return [...byKind.values()].map(({ tensor, bias, blocks }) => {
    const { m, k, format } = tensor;
    const kind: PeKind = { machine, kernel, options, k: paddedK(k, format), format, n: batch, bias };
    return { tensor, bias, blocks, kind, densest: densest(kind, m) };
  });
}

/** A norm lies on one PE, as in the layer kernel; where that overflows, on as many equal parts as it takes. */
function normsOf({ sizes: { architecture, tensors }, machine }: Question): NormGroup[] {
  if (!architecture) return [];
  const { hidden } = architecture;
  const blocks = tensors.filter(({ kind }) => /^(attn|ffn|output)_norm$/.test(kind)).map(({ block }) => block);
  let pes = 1;
  while (usedBytes(normLayout(machine, Math.ceil(hidden / pes)).allocations) > machine.sramBytes) pes++;
  return [{ hidden, blocks, pes, account: normLayout(machine, Math.ceil(hidden / pes)).allocations }];
}

/** PEs that the cache of one layer takes. */
export function cachePesOfLayer({ sizes: { architecture }, batch }: Question, tokensPerPe: number, context: number): number {
  if (!architecture || context === 0) return 0;
  return tokensPerPe === 0 ? Number.POSITIVE_INFINITY : architecture.kvHeads * batch * Math.ceil(context / tokensPerPe);
}

/** How layers go onto wafers, one behind the other. */
export interface Packing {
  /** Wafers that the model needs, or passes over one; infinite if a matrix or the cache does not fit at all. */
  readonly wafers: number;
  /** Whole layers on the first wafer at once. */
  readonly layers: number;
  /** PEs that are taken on all wafers together. */
  readonly pes: number;
  /** PEs of the cache in all layers. */
  readonly cachePes: number;
  /** Whether a layer with its cache is never torn apart. */
  readonly whole: boolean;
}

/** Packs at this context; 0 leaves the cache out. */
export function pack(q: Question, { pes, tokensPerPe }: Residence, context = q.context): Packing {
  const usable = q.machine.usable.width * q.machine.usable.height;
  const cache = cachePesOfLayer(q, tokensPerPe, context);
  if (pes === undefined || cache === Number.POSITIVE_INFINITY) return { wafers: Number.POSITIVE_INFINITY, layers: 0, pes: 0, cachePes: 0, whole: false };
  const parts = pes.layers.map((layer) => layer + cache);
  const all = [...parts, pes.outside];
  const total = all.reduce((sum, part) => sum + part, 0);
  const shared = { pes: total, cachePes: cache * parts.length };
  if (all.some((part) => part > usable)) return { ...shared, wafers: Math.ceil(total / usable), layers: 0, whole: false };
  let [wafers, taken, layers] = [1, 0, 0];
  all.forEach((part, i) => {
    if (taken + part > usable) [wafers, taken] = [wafers + 1, 0];
    taken += part;
    if (wafers === 1 && i < parts.length) layers++;
  });
  return { ...shared, wafers, layers, whole: true };
}

/** Longest context at which the model takes no more wafers than without one, with no layer torn apart; 0 if there is none. */
export function longestContext(q: Question, residence: Residence): number {
  const { architecture } = q.sizes;
  const bare = pack(q, residence, 0);
  if (!architecture || bare.wafers === Number.POSITIVE_INFINITY) return 0;
  const fits = (context: number): boolean => {
    const { wafers, whole } = pack(q, residence, context);
    return wafers <= bare.wafers && whole === bare.whole;
  };
  let [good, bad] = [0, 2 ** 31];
  while (bad - good > 1) {
    const middle = Math.floor((good + bad) / 2);
    if (fits(middle)) good = middle;
    else bad = middle;
  }
  return good;
}
