/**
 * The matrix products of a model, and what one of them costs in one place: the kernel's own plan and closed form.
 *
 * A token passes products in the order q k v, output projection, gate and up, down; matrices of one stage work side by side as
 * one product of all their rows, in the format that dequantises slowest. Split-k may stand in *panels* side by side, each with
 * a share of the rows: W columns of K and H rows of A are a panel, and its closed form is the kernel's. What panels add is
 * distance alone, W P + H hops from the last result to the next stage.
 *
 * Activations stay on the wafer: every stream has a wavelet a cycle, whatever the host could give. Weights are `stored` (the
 * kernel streaming, dequantised for every column) or `resident` (dequantised before: rows as f32, or what the option f16 leaves).
 */
import { WeftError } from '../base/error.ts';
import { dequantisePrice, dequantiserFor } from '../kernels/dequant/index.ts';
import { splitK } from '../kernels/split-k/index.ts';
import { stationary } from '../kernels/stationary/index.ts';
import { streaming } from '../kernels/streaming/index.ts';
import type { Kernel, KernelOptions, Plan, Rectangle } from '../kernels/types.ts';
import { usedBytes } from '../machine/memory.ts';
import { priceTotal } from '../machine/price.ts';
import type { MachineSpec } from '../machine/spec.ts';
import { matricesOfModel, STAGES, type Stage } from '../model/architecture.ts';
import { architectureOf, formatOf, type ModelSizes } from '../model/sizes.ts';
import { FORMATS, type FormatId, rowBytes } from '../quant/formats.ts';
import type { EstimateQuestion, ProductPlan, Weights } from './estimate-types.ts';

/** A stage's matrices as one product. */
export interface Product {
  readonly stage: Stage;
  readonly m: number;
  /** Padded to whole units. */
  readonly k: number;
  /** The slowest of its formats, and all of them. */
  readonly format: FormatId;
  readonly formats: readonly FormatId[];
  readonly times: number;
  /** Bytes as stored, of one time. */
  readonly bytes: number;
}

/** Products of a token, one entry for layers whose formats are alike. @throws WeftError (`MODEL`, or a missing tensor) */
export function productsOf(sizes: ModelSizes, machine: MachineSpec): Product[] {
  const a = architectureOf(sizes);
  const found = new Map<string, Product>();
  const add = (stage: Stage, block: number): void => {
    const matrices = matricesOfModel(a)
      .filter((matrix) => matrix.stage === stage)
      .map(({ name, m, k }) => ({ m, k, format: formatOf(sizes, block < 0 ? name : `blk.${block}.${name}`) }));
    const product = joined(stage, matrices, machine);
    const key = `${stage} ${product.formats.join(' ')}`;
    found.set(key, { ...product, times: (found.get(key)?.times ?? 0) + 1 });
  };
  for (const stage of STAGES) {
    if (stage === 'output') add(stage, -1);
    else for (let block = 0; block < a.layers; block++) add(stage, block);
  }
  return [...found.values()];
}

function joined(stage: Stage, matrices: ReadonlyArray<{ m: number; k: number; format: FormatId }>, machine: MachineSpec): Product {
  const formats = [...new Set(matrices.map(({ format }) => format))].sort();
  const cost = (format: FormatId): number => priceTotal(dequantisePrice(format, machine));
  const format = formats.reduce((slowest, one) => (cost(one) > cost(slowest) ? one : slowest));
  const { size } = dequantiserFor(format).unit;
  const k = size * Math.ceil(matrices[0].k / size);
  const m = matrices.reduce((sum, matrix) => sum + matrix.m, 0);
  const bytes = matrices.reduce((sum, matrix) => sum + matrix.m * rowBytes(FORMATS[matrix.format], size * Math.ceil(matrix.k / size)), 0);
  return { stage, m, k, format, formats, times: 0, bytes };
}

/** A place to try. `panels` stand side by side. */
export interface Place {
  readonly mapping: 'rows' | 'split-k';
  readonly panel: Rectangle;
  readonly panels: number;
  readonly reduce?: NonNullable<KernelOptions['reduce']>;
  readonly passes: number;
}

/** Columns of a launch: results of more would take more than this from the weights' room. */
const RESULT_BYTES = 2048;

/** What is the same for all products of a question. */
export interface Setting {
  readonly machine: MachineSpec;
  readonly weights: Weights;
  readonly options: NonNullable<EstimateQuestion['options']>;
}

/** The machine with all streams at full rate. */
const onWafer = (machine: MachineSpec): MachineSpec => ({ ...machine, host: { ...machine.host, wordsInPerCycle: Number.MAX_SAFE_INTEGER } });

/** Whether rows as f32 are what resident weights are, so that nothing is left to dequantise. */
const isPlain = ({ f16 }: Setting['options']): boolean => f16 !== 'on';

function kernelOf({ weights, options }: Setting, { mapping, reduce }: Place): { kernel: Kernel; options: KernelOptions } {
  const inner = weights === 'resident' ? 'stationary' : 'streaming';
  if (mapping === 'rows') return { kernel: inner === 'stationary' ? stationary : streaming, options };
  return { kernel: splitK, options: { ...options, inner, reduce } };
}

/**
 * The product with N columns in this place, or undefined where it cannot be placed there. `rest` is what of the rows and
 * columns the last panel and launch lack; they take what full ones take.
 */
export function planProduct(setting: Setting, product: Product, place: Place, n: number): ProductPlan | undefined {
  const { kernel, options } = kernelOf(setting, place);
  const format = setting.weights === 'resident' && isPlain(setting.options) ? 'f32' : product.format;
  const shape = { m: Math.ceil(product.m / place.passes / place.panels), k: product.k, format };
  const machine = onWafer(setting.machine);
  const at = (columns: number): Plan | undefined => tryPlan(() => kernel.plan({ ...shape, n: columns }, machine, place.panel, options));
  const one = at(1);
  if (!one) return undefined;
  const launch = Math.max(1, Math.min(n, Math.floor(RESULT_BYTES / 4 / one.rowsPerPe)));
  const full = launch === 1 ? one : at(launch);
  if (!full) return undefined;
  const rest = n % launch;
  const cost = (columns: number): Cost => costOf(setting, kernel, columns === launch ? full : columns === 1 ? one : (at(columns) ?? full));
  const launches = Math.floor(n / launch);
  const main = cost(launch);
  const last = rest > 0 ? cost(rest) : { cycles: 0, lowerBound: 0 };
  const weightBytes = full.memory.filter(({ kind }) => kind === 'weights').reduce((sum, { bytes }) => sum + bytes, 0);
  return {
    mapping: place.mapping,
    kernel: kernel.id as ProductPlan['kernel'],
    options: full.options,
    format,
    m: product.m,
    k: product.k,
    n,
    panels: place.panels,
    panel: place.panel,
    pes: place.panels * one.usedPes,
    rowsPerPe: one.rowsPerPe,
    slice: place.mapping === 'rows' ? product.k : sliceOf(product, place),
    passes: place.passes,
    weightBytes,
    otherBytes: usedBytes(full.memory) - weightBytes,
    cycles: place.passes * (launches * main.cycles + last.cycles),
    lowerBound: place.passes * (launches * main.lowerBound + last.lowerBound),
    boundBy: main.boundBy,
    period: place.passes * main.period,
    hops: place.panels * place.panel.width + place.panel.height,
  };
}

/** Weights of a row on a PE of split-k: the longest slice. */
export function sliceOf({ k, format }: Pick<Product, 'k' | 'format'>, { panel }: Pick<Place, 'panel'>): number {
  const { size } = dequantiserFor(format).unit;
  return size * Math.ceil(k / size / panel.width);
}

interface Cost {
  readonly cycles: number;
  readonly lowerBound: number;
  readonly boundBy: string;
  readonly period: number;
}

/** Closed form of a launch; of resident weights that the kernel would dequantise first, without that. */
function costOf({ weights, options }: Setting, kernel: Kernel, plan: Plan): Cost {
  const { closedForm, lowerBound } = kernel.estimate(plan);
  const once = weights === 'resident' && !isPlain(options) ? (closedForm.terms.find(({ name }) => name === 'dequantising')?.cycles ?? 0) : 0;
  const terms = once > 0 ? closedForm.terms.filter(({ name }) => name !== 'dequantising') : closedForm.terms;
  const largest = terms.reduce((most, term) => (term.cycles > most.cycles ? term : most));
  const work = terms.filter(({ name }) => WORK.includes(name)).reduce((sum, term) => sum + term.cycles, 0);
  return { cycles: closedForm.cycles - once, lowerBound: Math.max(0, lowerBound.cycles - once), boundBy: largest.name, period: work / plan.shape.n };
}

/** Terms that every column pays anew on the busiest PE. */
const WORK: readonly string[] = ['dequantising', 'receiving activations into memory', 'row dots and loops'];

/** Undefined where memory does not hold it. */
function tryPlan(plan: () => Plan): Plan | undefined {
  try {
    return plan();
  } catch (error) {
    if (error instanceof WeftError && ['placement', 'rectangle'].includes(error.field)) return undefined;
    throw error;
  }
}
