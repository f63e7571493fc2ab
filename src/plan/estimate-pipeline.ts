/**
 * Every stage of every layer on PEs of its own, so that tokens follow one another through the whole model. A *level* is how many
 * weights a PE may work through for a token; each product gets the mapping that needs the fewest PEs at that level, attention
 * as many PEs a head as keep its pace and hold its cache, and the lowest level at which all of them fit on the wafer is taken.
 * Then n tokens take the larger of one token's way through all stages and n times the slowest stage (decoding), or their sum
 * less one period (a prompt). Packing rectangles on the wafer is taken to waste nothing (*assumed*).
 */
import { dequantisePrice } from '../kernels/dequant/index.ts';
import { attentionLayout } from '../kernels/transformer_layer/attention-layout.ts';
import { usedBytes } from '../machine/memory.ts';
import { priceTotal } from '../machine/price.ts';
import type { MachineSpec } from '../machine/spec.ts';
import type { Architecture } from '../model/architecture.ts';
import { type Place, type Product, planProduct, type Setting } from './estimate-products.ts';
import { mostWeights, rowsOf, splitWidths, type Tally, weightsOf } from './estimate-search.ts';
import type { MappingChoice, ProductPlan } from './estimate-types.ts';
import { attentionCost, type Blocks, MOST_BLOCK } from './estimate-vector.ts';

/** What a level search is asked. */
export interface PipelineQuestion {
  readonly setting: Setting;
  readonly architecture: Architecture;
  readonly blocks: Blocks;
  readonly products: readonly Product[];
  readonly mapping: MappingChoice;
  /** Tokens of the cache that a query sees, on average, and tokens of all caches that must be held. */
  readonly mean: number;
  readonly cached: number;
}

export interface Pipeline {
  readonly products: ReadonlyArray<{ readonly product: Product; readonly plan: ProductPlan }>;
  /** PEs of a head's block, and PEs in all. */
  readonly headPes: number;
  readonly pes: number;
}

/** PEs for a norm's vector: enough that it never decides. */
const NORM_PES = 64;
const LEVEL_STEP = 256;
const MOST_LEVEL = 2 ** 16;
/** What an f32 weight and its share of set-up cost, about; only to set attention's pace. */
const CYCLES_A_WEIGHT = 3.1;

/** A block, activations of a block, scratch and sums, about: what is tried must also be planned. */
const BUFFERS = 3072;

/** Undefined where no level fits. */
export function pipelineOf(question: PipelineQuestion, tally: Tally): Pipeline | undefined {
  const { machine } = question.setting;
  const budget = machine.usable.width * machine.usable.height;
  const needs = (steps: number): number => pesAt(question, steps * LEVEL_STEP);
  let [below, above] = [0, MOST_LEVEL / LEVEL_STEP];
  if (needs(above) > budget) return undefined;
  while (above - below > 1) {
    const middle = Math.floor((below + above) / 2);
    if (needs(middle) <= budget) above = middle;
    else below = middle;
  }
  const level = above * LEVEL_STEP;
  const products = question.products.map((product) => {
    tally.candidates++;
    const place = placeAt(question, product, level);
    const plan = place && planProduct(question.setting, product, place, 1);
    return plan && { product, plan };
  });
  if (products.some((one) => one === undefined)) return undefined;
  return { products: products.filter((one) => one !== undefined), headPes: headPesAt(question, level) ?? 1, pes: needs(above) };
}

/** PEs of the whole model at a level; infinite where a product or a cache cannot be placed. */
function pesAt(question: PipelineQuestion, level: number): number {
  const { architecture: a, products } = question;
  const heads = headPesAt(question, level);
  if (heads === undefined) return Number.POSITIVE_INFINITY;
  const vectors = a.layers * (a.kvHeads * heads + 2 * NORM_PES) + NORM_PES;
  return products.reduce((sum, product) => {
    const place = placeAt(question, product, level);
    return sum + (place ? product.times * pesOf(product, place) : Number.POSITIVE_INFINITY);
  }, vectors);
}

const pesOf = (product: Product, place: Place): number =>
  place.mapping === 'rows' ? Math.ceil(product.m / rowsOf(product, place)) : place.panels * place.panel.width * place.panel.height;

/** The place with the fewest PEs on which no PE works through more weights than the level, or holds more than it can. */
function placeAt({ setting, mapping }: PipelineQuestion, product: Product, level: number): Place | undefined {
  const { machine } = setting;
  const most = Math.min(level, mostWeights(setting, product, BUFFERS));
  const places = [...(mapping === 'split-k' ? [] : rowsAt(machine, product, most)), ...(mapping === 'rows' ? [] : splitAt(machine, product, most))];
  const possible = places.filter((place) => weightsOf(product, place) <= most);
  if (possible.length === 0) return undefined;
  return possible.reduce((a, b) => (pesOf(product, b) < pesOf(product, a) ? b : a));
}

function rowsAt({ usable }: MachineSpec, { m, k }: Product, level: number): Place[] {
  const rows = Math.floor(level / k);
  if (rows < 1) return [];
  const pes = Math.ceil(m / rows);
  const width = Math.max(Math.ceil(pes / usable.height), Math.min(usable.width, Math.ceil(Math.sqrt(pes))));
  const panel = { width, height: Math.ceil(pes / width) };
  return panel.width <= usable.width && panel.height <= usable.height ? [{ mapping: 'rows', panel, panels: 1, passes: 1 }] : [];
}

function splitAt(machine: MachineSpec, product: Product, level: number): Place[] {
  const { usable } = machine;
  return splitWidths(machine, product).flatMap((width): Place[] => {
    const slice = weightsOf(product, { mapping: 'split-k', panel: { width, height: product.m }, panels: 1, passes: 1 });
    const rows = Math.floor(level / slice);
    if (rows < 1) return [];
    const lines = Math.ceil(product.m / rows);
    const panels = Math.max(Math.ceil(lines / usable.height), Math.round(Math.sqrt(lines / width)), 1);
    const panel = { width, height: Math.ceil(lines / panels) };
    return panels * width <= usable.width ? [{ mapping: 'split-k', panel, panels, reduce: 'tree', passes: 1 }] : [];
  });
}

/** The fewest PEs a head that keep the pace of `level` and hold the caches. */
function headPesAt({ setting, architecture: a, blocks, products, mean, cached }: PipelineQuestion, level: number): number | undefined {
  const { machine, weights } = setting;
  const dequantising = weights === 'stored' ? Math.max(...products.map(({ format }) => priceTotal(dequantisePrice(format, machine)) / 256)) : 0;
  const pace = level * (CYCLES_A_WEIGHT + dequantising);
  const heads = { heads: a.heads, kvHeads: a.kvHeads, headSize: a.headSize, most: mean, mean };
  const holds = (pes: number): boolean =>
    usedBytes(attentionLayout(machine, { ...cacheOf(a), perSequence: Math.ceil(cached / pes) }).allocations) <= machine.sramBytes;
  const found = blocks
    .sizes(MOST_BLOCK)
    .toSorted((x, y) => x.width * x.height - y.width * y.height || x.width - y.width)
    .find(({ width, height }) => {
      const pes = width * height;
      return holds(pes) && (pes >= mean || attentionCost(blocks, heads, width, height).busy <= pace);
    });
  return found && found.width * found.height;
}

const cacheOf = ({ headSize }: Architecture) => ({ headSize, rope: { base: 10_000, dimensions: headSize } });
