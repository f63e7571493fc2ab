/** Makes a Kernel of a row-per-PE mapping: checks at the door, then the shared placement, program, gathering and estimate. */
import { assert, WeftError } from '../../base/error.ts';
import { priceCode } from '../../machine/price.ts';
import type { Program } from '../../machine/program.ts';
import type { MachineSpec } from '../../machine/spec.ts';
import { rowBytes } from '../../quant/formats.ts';
import type { Dequantiser } from '../dequant/dequantiser.ts';
import { dequantiserFor, FACTORED_FORMATS } from '../dequant/index.ts';
import { kernelOf } from '../kernel-of.ts';
import { chooseOptions, defaultDot, type KernelOptions, type OptionId } from '../options.ts';
import { cutDown } from '../part.ts';
import type { Estimate, Gemm, Kernel, MacCount, Plan, Rectangle, RowMap, Shape } from '../types.ts';
import { hasTurns } from './fabric.ts';
import { checkMemory } from './fit.ts';
import { gatheringRows } from './gather.ts';
import { blockWeights, isFactored, type RowJob, type RowLayout, type RowMapping, type RowOptions, wordsOfBlock } from './mapping.ts';
import { checkRectangle, checkShape, defaultRectangle, type Placement, place, rowsOn } from './placement.ts';
import { addingProducts } from './plain-loop.ts';
import { buildProgram } from './program.ts';
import { sumPlace } from './running-sum.ts';

/** Options of every row-per-PE kernel. */
const OPTIONS: readonly OptionId[] = ['dot', 'overlap', 'f16', 'factored', 'drain', 'edge', 'sequences'];
const USUAL = { overlap: 'off', f16: 'off', factored: 'off', drain: 'end', edge: 'west' } as const;

/** A mapping with its closed form. */
export interface RowKernel<L extends RowLayout> extends RowMapping<L> {
  estimate(mapping: RowMapping<L>, placement: Placement, job: RowJob): Estimate;
}

export function rowKernel<L extends RowLayout>(mapping: RowKernel<L>): Kernel {
  return kernelOf({
    id: mapping.id,
    name: mapping.name,
    idea: mapping.idea,
    takes: 'gemm',
    options: OPTIONS,
    plan: (shape, machine, rectangle, options) => planRows(mapping, shape, machine, rectangle, options),
    *building(plan, gemm) {
      checkNumbers(plan.shape, gemm);
      return yield* buildProgram(mapping, placementOf(plan), jobOf(plan), gemm);
    },
    gathering: (plan, sinks) => gatheringRows(placementOf(plan), plan.shape.n, sinks, plan.options),
    adding: (plan, gemm) => addingProducts(gemm, plan.options),
    estimate: (plan) => mapping.estimate(mapping, placementOf(plan), jobOf(plan)),
    rowMap: (plan) => rowMapOf(placementOf(plan)),
    macs,
    partOf: (plan, pe, columns) => cutDown(plan, rowsOn(placementOf(plan), pe), columns),
    sumOf: (plan) => sumPlace(jobOf(plan)),
  });
}

function planRows<L extends RowLayout>(mapping: RowMapping<L>, shape: Shape, machine: MachineSpec, wanted?: Rectangle, chosen?: KernelOptions): Plan {
  const dequantiser = dequantiserFor(shape.format);
  checkShape(shape, dequantiser);
  const rectangle = wanted ?? defaultRectangle(shape.m, machine);
  checkRectangle(rectangle, machine);
  const options = chooseOptions(mapping.id, OPTIONS, { dot: defaultDot(machine), ...USUAL }, chosen);
  checkOptions(mapping, dequantiser, options);
  const placement = place(shape.m, rectangle);
  const { rowsPerPe, usedPes } = placement;
  const job = fullestJob(placement, { machine, dequantiser, ...options, k: shape.k, n: shape.n, rows: rowsPerPe, rowsPerPe });
  const layout = mapping.layout(job);
  checkMemory(mapping, job, layout, shape, rectangle);
  const block = mapping.block(job, layout);
  const blockPrice = { dequantise: priceCode(block.dequantise, machine), dot: priceCode(block.dot, machine) };
  const macRate = dequantiser.unit.size / blockPrice.dot.element;
  return {
    kernel: mapping.id,
    shape: { m: shape.m, k: shape.k, n: shape.n, format: shape.format },
    machine,
    rectangle,
    options,
    rowsPerPe,
    usedPes,
    memory: layout.allocations,
    blockPrice,
    macRate,
    weightBytes: shape.m * rowBytes(dequantiser.format, shape.k),
  };
}

/** Of a part of a plan, too, whose only PE may have fewer rows than the fullest one. */
const placementOf = (plan: Plan): Placement => place(plan.shape.m, plan.rectangle, plan.rowsPerPe);

/** The job of a PE with rowsPerPe rows. */
function jobOf(plan: Plan): RowJob {
  const { machine, shape, rowsPerPe, options } = plan;
  const dequantiser = dequantiserFor(shape.format);
  return { machine, dequantiser, ...options, dot: options.dot ?? defaultDot(machine), k: shape.k, n: shape.n, rows: rowsPerPe, rowsPerPe };
}

/** The one that needs most memory: it ends a fabric row. */
const fullestJob = (p: Placement, job: RowJob): RowJob => ({ ...job, endsRow: hasTurns(p, job) });

/**
 * @throws WeftError on options that do not go with the format.
 */
export function checkOptions(mapping: RowMapping<RowLayout>, { format, factored }: Dequantiser, options: RowOptions): void {
  if (isFactored(options) && !factored) {
    const names = FACTORED_FORMATS.join(' or ');
    throw new WeftError('factored', `scales and minimums stay outside the dot for rows of type ${names}, not for ${format.name}`, [
      'use factored off',
      `choose a tensor of type ${names}`,
    ]);
  }
  const refused = mapping.refuses?.(options, format);
  if (refused) throw refused;
}

function rowMapOf(p: Placement): RowMap {
  const pes = p.rectangle.width * p.rectangle.height;
  const [first, count] = [new Int32Array(pes).fill(-1), new Uint16Array(pes)];
  for (let pe = 0; pe < p.usedPes; pe++) {
    first[pe] = pe * p.rowsPerPe;
    count[pe] = rowsOn(p, pe);
  }
  return { first, count };
}

/**
 * Every activation serves the rows of its PE; the class of a PE says how many. A word that carries two stands for two, and
 * where sums of activations come on the same queue a block's multiply-adds are spread over all of its words.
 */
function macs(plan: Plan, program: Program): MacCount {
  const { m, k, n } = plan.shape;
  const rows = program.classes.map(() => 0);
  const map = rowMapOf(placementOf(plan));
  program.classOf.forEach((cls, pe) => {
    rows[cls] = map.count[pe];
  });
  const job = jobOf(plan);
  const perWord = blockWeights(job) / wordsOfBlock(job);
  return { perWord: rows.map((r) => [r * perWord]), expected: m * k * n };
}

/** The numbers belong to the plan, and there are as many as its shape says. */
export function checkNumbers(shape: Shape, gemm: Gemm): void {
  const same = (['m', 'k', 'n', 'format'] as const).every((name) => shape[name] === gemm[name]);
  assert(same, `the plan is for ${JSON.stringify(shape)}, the numbers for another shape`);
  const { m, k, n } = shape;
  const bytes = m * rowBytes(dequantiserFor(shape.format).format, k);
  if (gemm.weights.length !== bytes) {
    throw new WeftError('weights', `${m} rows of K = ${k} in ${shape.format} are ${bytes} B, not ${gemm.weights.length} B`, [
      'give the whole matrix, row by row',
    ]);
  }
  if (gemm.x.length !== n * k) {
    throw new WeftError('input', `${n} column${n > 1 ? 's' : ''} of K = ${k} are ${n * k} values, not ${gemm.x.length}`, ['give N rows of K f32 values']);
  }
}
