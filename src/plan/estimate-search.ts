/**
 * The best rectangle of a product. Looked at: for rows, R = 1, 2, ... rows a PE on five shapes around the square; for split-k,
 * every width at which the longest slice of K gets a unit shorter, R rows a PE, panels such that W P + H is small, every
 * reduction. A place is not put to the closed form if its multiply-adds alone take longer than the best so far, or its weights
 * are more than a PE holds. If nothing fits, rows go through in passes.
 */
import { WeftError } from '../base/error.ts';
import { dequantiserFor } from '../kernels/dequant/index.ts';
import { defaultDot } from '../kernels/options.ts';
import type { MachineSpec } from '../machine/spec.ts';
import { type Place, type Product, planProduct, type Setting, sliceOf } from './estimate-products.ts';
import type { MappingChoice, ProductPlan } from './estimate-types.ts';

/** How many places were put to a closed form, and how many were not worth it. */
export interface Tally {
  candidates: number;
  pruned: number;
}

/** Places are compared with the first of them; the best place then gets the best. */
const FIRST_REDUCE = 'tree';
const OTHER_REDUCES = ['chain', 'two-phase'] as const;
/** Rows a PE beyond the least, as factors: a lower rectangle has shorter ways. */
const ROW_FACTORS = [1, 2, 3, 4, 6, 8] as const;
const SHAPES = [1, 1 / 2, 2, 1 / 4, 4] as const;
const MOST_PASSES = 2 ** 12;

/** Cycles of the product and of the way to the next stage. */
export const withWay = (plan: ProductPlan, { hop }: MachineSpec): number => plan.cycles + plan.hops * hop;

/** @throws WeftError (`placement`) if not even a single row fits in any place. */
export function bestPlace(setting: Setting, product: Product, mapping: MappingChoice, n: number, tally: Tally): ProductPlan {
  for (let passes = 1; passes <= MOST_PASSES; passes *= 2) {
    const found = bestInPasses(setting, product, mapping, n, passes, tally);
    if (found) return found;
  }
  throw new WeftError('placement', `a row of K = ${product.k} does not fit into a PE of ${setting.machine.name} with mapping ${mapping}`, [
    'use the mapping split-k',
    'use the mapping best',
  ]);
}

function bestInPasses(setting: Setting, product: Product, mapping: MappingChoice, n: number, passes: number, tally: Tally): ProductPlan | undefined {
  const places = [
    ...(mapping === 'rows' ? [] : splitPlaces(setting.machine, product, passes)),
    ...(mapping === 'split-k' ? [] : rowPlaces(setting.machine, product, passes)),
  ];
  const ordered = places.map((place) => ({ place, least: leastCycles(setting, product, place, n) })).sort((a, b) => a.least - b.least);
  let best: Found | undefined;
  for (const { place, least } of ordered) {
    if (weightsOf(product, place) > mostWeights(setting, product) || (best && least >= withWay(best.plan, setting.machine))) {
      tally.pruned++;
      continue;
    }
    tally.candidates++;
    const plan = planProduct(setting, product, place, n);
    if (plan && (!best || withWay(plan, setting.machine) < withWay(best.plan, setting.machine))) best = { plan, place };
  }
  return best && bestReduction(setting, product, best, n, tally);
}

function bestReduction(setting: Setting, product: Product, { plan, place }: Found, n: number, tally: Tally): ProductPlan {
  if (place.mapping === 'rows') return plan;
  const others = OTHER_REDUCES.map((reduce) => planProduct(setting, product, { ...place, reduce }, n)).filter((one) => one !== undefined);
  tally.candidates += others.length;
  return [plan, ...others].reduce((a, b) => (b.cycles < a.cycles ? b : a));
}

interface Found {
  readonly plan: ProductPlan;
  readonly place: Place;
}

export const rowsOf = (product: Product, { panel, panels, passes, mapping }: Place): number => {
  const rows = Math.ceil(product.m / passes / panels);
  return Math.ceil(rows / (mapping === 'rows' ? panel.width * panel.height : panel.height));
};

export const weightsOf = (product: Product, place: Place): number => rowsOf(product, place) * (place.mapping === 'rows' ? product.k : sliceOf(product, place));

/** What any program of this dot needs: a cycle a weight if fused, three if not (two in f16), and the ways. */
function leastCycles({ machine, options }: Setting, product: Product, place: Place, n: number): number {
  const fused = (options.dot ?? defaultDot(machine)) === 'fused1';
  const each = fused ? 1 : options.f16 === 'on' ? 2 : 3;
  return place.passes * n * each * weightsOf(product, place) + (place.panels * place.panel.width + 2 * place.panel.height) * machine.hop;
}

/** Weights that a PE holds beside `beside` bytes. */
export function mostWeights({ machine, weights, options }: Setting, { format }: Product, beside = 0): number {
  const { bytes, size } = dequantiserFor(format).unit;
  const each = weights === 'resident' ? (options.f16 === 'on' ? 2 : 4) : bytes / size;
  return Math.floor((machine.sramBytes - machine.codeReserve - beside) / each);
}

/** Near-square rectangles for R rows a PE, from the least R on. */
export function rowPlaces({ usable }: MachineSpec, { m }: Product, passes: number): Place[] {
  const rows = Math.ceil(m / passes);
  const least = Math.ceil(rows / (usable.width * usable.height));
  const sizes = new Map<string, Place>();
  for (const factor of ROW_FACTORS) {
    const pes = Math.ceil(rows / (least * factor));
    for (const shape of SHAPES) {
      const width = Math.max(Math.ceil(pes / usable.height), Math.min(usable.width, Math.ceil(Math.sqrt(pes * shape))));
      const panel = { width, height: Math.ceil(pes / width) };
      if (panel.height <= usable.height) sizes.set(`${panel.width}x${panel.height}`, { mapping: 'rows', panel, panels: 1, passes });
    }
  }
  return [...sizes.values()];
}

/** Widths at which the longest slice is a unit shorter than at any narrower one. */
export function splitWidths({ usable }: MachineSpec, { k, format }: Product): number[] {
  const units = k / dequantiserFor(format).unit.size;
  return [...new Set(Array.from({ length: units }, (_, i) => Math.ceil(units / (units - i))))].filter((width) => width <= usable.width);
}

export function splitPlaces(machine: MachineSpec, product: Product, passes: number): Place[] {
  const { usable } = machine;
  const rows = Math.ceil(product.m / passes);
  return splitWidths(machine, product).flatMap((width) => {
    const most = Math.floor(usable.width / width);
    const least = Math.ceil(rows / (most * usable.height));
    return ROW_FACTORS.flatMap((factor) =>
      panelCounts(rows / (least * factor), width, most, usable.height).map((panels): Place => {
        const height = Math.ceil(rows / panels / (least * factor));
        return { mapping: 'split-k' as const, panel: { width, height }, panels, reduce: FIRST_REDUCE, passes };
      }),
    );
  });
}

/** Panels for so many fabric rows in all: those around the least of W P + H, which is at sqrt(rows / W). */
function panelCounts(fabricRows: number, width: number, most: number, height: number): number[] {
  const least = Math.ceil(fabricRows / height);
  const ideal = Math.sqrt(fabricRows / width);
  const wanted = [ideal / 2, ideal, ideal * Math.SQRT2, 2 * ideal].map((count) => Math.min(most, Math.max(least, 1, Math.round(count))));
  return [...new Set(wanted)].filter((count) => count >= least);
}
