/**
 * Planning `split-k`: what was chosen, what cannot be placed, and the rectangle if none is given.
 *
 * The default rectangle. More fabric rows never hurt: they put fewer rows of A on a PE, and a hop of the activations is all
 * they cost. So H is the smallest height with which R is as small as the machine allows. More fabric columns shorten the
 * slices but lengthen the reduction; of the widths at which the longest slice becomes a unit shorter, those that fit, the
 * one with the least closed form is taken, and of equal ones the narrowest.
 */
import { WeftError } from '../../base/error.ts';
import { checkFits } from '../../machine/memory.ts';
import { priceCode } from '../../machine/price.ts';
import type { MachineSpec } from '../../machine/spec.ts';
import { rowBytes } from '../../quant/formats.ts';
import { PATTERNS } from '../collectives/index.ts';
import { dequantiserFor } from '../dequant/index.ts';
import { chooseOptions, defaultDot, type KernelOptions, type OptionId } from '../options.ts';
import { checkOptions } from '../rows/kernel.ts';
import type { RowJob, RowLayout, RowMapping } from '../rows/mapping.ts';
import { checkRectangle, checkShape } from '../rows/placement.ts';
import { stationary, stationaryRows } from '../stationary/index.ts';
import { streaming, streamingRows } from '../streaming/index.ts';
import type { Fact, Plan, Rectangle, Shape } from '../types.ts';
import { estimate } from './estimate.ts';
import { type Change, fixes, fullest, fullestBytes } from './fit.ts';
import { type Mapping, sliceOf, split } from './layout.ts';

type InnerId = NonNullable<KernelOptions['inner']>;
const INNER: Readonly<Record<InnerId, RowMapping<RowLayout>>> = { streaming: streamingRows, stationary: stationaryRows };

/** Of the row kernels' options those that a tile can have: its results do not leave as theirs do. */
const ROW_OPTIONS = [...new Set([...streaming.options, ...stationary.options])].filter((id) => id !== 'drain' && id !== 'edge');
export const OPTIONS: readonly OptionId[] = ['reduce', 'group', 'inner', ...ROW_OPTIONS];

/** How a fabric row is reduced; `group` matters in two phases only. */
export interface Reduction {
  readonly reduce: NonNullable<KernelOptions['reduce']>;
  readonly group: number;
}

export function planSplit(shape: Shape, machine: MachineSpec, wanted?: Rectangle, chosen?: KernelOptions): Plan {
  const dequantiser = dequantiserFor(shape.format);
  checkShape(shape, dequantiser);
  const options = optionsOf(machine, chosen);
  checkOptions(INNER[options.inner ?? 'streaming'], dequantiser, options);
  const rectangle = wanted ?? defaultRectangle(shape, machine, options);
  checkRectangle(rectangle, machine);
  checkColumns(shape, rectangle, dequantiser.unit.size);
  const all = withGroup(options, rectangle.width);
  const mapping = mappingOf({ shape, machine, rectangle, options: all });
  checkMemory(mapping, shape, all);
  return planOf(mapping, shape, all);
}

/**
 * @throws WeftError on unknown options and values, and a group without two phases.
 */
function optionsOf(machine: MachineSpec, chosen?: KernelOptions): KernelOptions {
  const defaults: KernelOptions = { reduce: 'chain', inner: 'streaming', dot: defaultDot(machine), overlap: 'off', f16: 'off', factored: 'off' };
  const options = chooseOptions('split-k', OPTIONS, defaults, chosen);
  if (options.group === undefined || options.reduce === 'two-phase') return options;
  throw new WeftError('group', `a ${options.reduce} has no groups`, ['leave group out', 'set reduce to two-phase']);
}

/** @throws WeftError (`group`) if the row is shorter. */
function withGroup(options: KernelOptions, width: number): KernelOptions {
  if (options.reduce !== 'two-phase') return options;
  const usual = Math.round(Math.sqrt(width));
  const { group = usual } = options;
  if (group <= width) return { ...options, group };
  throw new WeftError('group', `groups of ${group} PEs are larger than a row of ${width}`, [`use at most ${width}`, `leave group out (${usual})`]);
}

/** @throws WeftError (`rectangle`) if K has fewer units than the rectangle has columns. */
function checkColumns({ k }: Shape, { width, height }: Rectangle, unit: number): void {
  const units = k / unit;
  if (units >= width) return;
  throw new WeftError('rectangle', `K = ${k} has ${units} block${units > 1 ? 's' : ''} of ${unit} weights for the ${width} columns of ${width}x${height} PEs`, [
    `use at most ${units}x${height}`,
  ]);
}

/** Everything that a mapping depends on. */
export type Choice = Pick<Plan, 'machine' | 'rectangle' | 'options'> & { readonly shape: Shape };

export function mappingOf({ shape, machine, rectangle, options }: Choice): Mapping {
  const dequantiser = dequantiserFor(shape.format);
  const { dot = defaultDot(machine), overlap, f16, factored, inner = 'streaming' } = options;
  const s = split(shape, rectangle, dequantiser.unit.size);
  const { reduce, group } = reductionOf(options, rectangle.width);
  const rows = s.rowsPerPe;
  const job: RowJob = { machine, dequantiser, dot, overlap, f16, factored, k: sliceOf(s, 0).k, n: shape.n, rows, rowsPerPe: rows };
  return { inner: INNER[inner], split: s, job, pattern: PATTERNS[reduce]({ pes: rectangle.width, group, to: 'edge' }) };
}

export const reductionOf = ({ reduce = 'chain', group }: KernelOptions, width: number): Reduction => ({ reduce, group: group ?? width });

/** Widest rectangle that machine and K allow. */
const mostColumns = ({ k, format }: Shape, { usable }: MachineSpec): number => Math.min(usable.width, k / dequantiserFor(format).unit.size);

function defaultRectangle(shape: Shape, machine: MachineSpec, options: KernelOptions): Rectangle {
  const least = Math.ceil(shape.m / machine.usable.height);
  const height = Math.ceil(shape.m / least);
  const units = shape.k / dequantiserFor(shape.format).unit.size;
  const widths = new Set(Array.from({ length: units }, (_, i) => Math.ceil(units / (units - i))).filter((w) => w <= machine.usable.width));
  const narrowest = options.group ?? 1;
  let best: { readonly rectangle: Rectangle; readonly cycles: number } | undefined;
  for (const width of widths) {
    if (width < narrowest) continue;
    const rectangle = { width, height };
    const mapping = mappingOf({ shape, machine, rectangle, options: withGroup(options, width) });
    if (fullestBytes(mapping) > machine.sramBytes) continue;
    const { cycles } = estimate(mapping).closedForm;
    if (!best || cycles < best.cycles) best = { rectangle, cycles };
  }
  return best?.rectangle ?? { width: mostColumns(shape, machine), height };
}

/** @throws WeftError (`placement`) that names the bytes over and what fits. */
function checkMemory(mapping: Mapping, shape: Shape, options: KernelOptions): void {
  const { split: s, job, inner } = mapping;
  if (fullestBytes(mapping) <= job.machine.sramBytes) return;
  const { width, height } = s.rectangle;
  const bytes = ({ rectangle = s.rectangle, m = shape.m, k = shape.k, n = shape.n, options: other }: Change): number => {
    const changed: KernelOptions = { ...options, ...other, group: undefined };
    if (INNER[changed.inner ?? 'streaming'].refuses?.(changed, job.dequantiser.format)) return Number.POSITIVE_INFINITY;
    return fullestBytes(mappingOf({ shape: { ...shape, m, k, n }, machine: job.machine, rectangle, options: withGroup(changed, rectangle.width) }));
  };
  const what = `kernel split-k (${inner.id}) with ${job.rows} row${job.rows > 1 ? 's' : ''} of a slice of ${job.k} on a PE (${width}x${height} PEs, M = ${shape.m}, K = ${shape.k}, N = ${shape.n})`;
  checkFits(fullest(mapping).allocations, job.machine, what, fixes(mapping, shape, options, mostColumns(shape, job.machine), bytes));
}

function planOf(mapping: Mapping, shape: Shape, options: KernelOptions): Plan {
  const { inner, split: s, job } = mapping;
  const { machine, dequantiser } = job;
  const memory = fullest(mapping);
  const block = inner.block(job, memory);
  const blockPrice = { dequantise: priceCode(block.dequantise, machine), dot: priceCode(block.dot, machine) };
  return {
    kernel: 'split-k',
    shape: { m: shape.m, k: shape.k, n: shape.n, format: shape.format },
    machine,
    rectangle: s.rectangle,
    options,
    rowsPerPe: s.rowsPerPe,
    usedPes: s.rectangle.width * s.usedHeight,
    memory: memory.allocations,
    blockPrice,
    macRate: dequantiser.unit.size / blockPrice.dot.element,
    weightBytes: shape.m * rowBytes(dequantiser.format, shape.k),
    facts: factsOf(mapping, options),
  };
}

function factsOf({ split: s, job, pattern }: Mapping, { group }: KernelOptions): Fact[] {
  const width = pattern.length;
  const [longest, shortest] = [sliceOf(s, 0).k, sliceOf(s, width - 1).k];
  const sizes =
    shortest < longest ? `${s.longColumns} columns have ${longest}, ${width - s.longColumns} have ${shortest}` : `all ${width} columns have as many`;
  const facts: Fact[] = [
    {
      name: 'PEs that share a row',
      value: width,
      unit: 'PEs',
      meaning: 'Fabric columns: each holds a slice of K, and the partial sums of a fabric row are added up along it.',
    },
    { name: 'longest slice of K', value: longest, unit: 'weights', meaning: `Weights of a row on one PE, whole blocks of ${s.unit}: ${sizes}.` },
    {
      name: 'words reduced',
      value: job.rows * job.n,
      unit: 'words',
      meaning: 'Partial sums that each PE brings into the reduction of its fabric row: R rows of N columns.',
    },
  ];
  if (group === undefined) return facts;
  return [
    ...facts,
    { name: 'groups', value: Math.ceil(width / group), unit: '', meaning: `Groups of ${group} PEs run a chain each, then their leaders run one.` },
  ];
}
