/** Makes a Kernel of a row-per-PE mapping: checks at the door, then the shared placement, program, gathering and estimate. */
import { assert, WeftError } from '../../base/error.ts';
import { priceCode } from '../../machine/price.ts';
import type { MachineSpec } from '../../machine/spec.ts';
import { rowBytes } from '../../quant/formats.ts';
import { dequantiserFor } from '../dequant/index.ts';
import type { DotProgram, Estimate, Gemm, Kernel, KernelOptions, Plan, Rectangle, Shape } from '../types.ts';
import { checkMemory } from './fit.ts';
import { gatherRows } from './gather.ts';
import type { RowJob, RowLayout, RowMapping } from './mapping.ts';
import { checkRectangle, checkShape, defaultRectangle, type Placement, place } from './placement.ts';
import { plainLoop } from './plain-loop.ts';
import { buildProgram } from './program.ts';

/** A mapping with its closed form. */
export interface RowKernel<L extends RowLayout> extends RowMapping<L> {
  estimate(mapping: RowMapping<L>, placement: Placement, job: RowJob): Estimate;
}

export function rowKernel<L extends RowLayout>(mapping: RowKernel<L>): Kernel {
  return {
    id: mapping.id,
    name: mapping.name,
    idea: mapping.idea,
    plan: (shape, machine, rectangle, options) => planRows(mapping, shape, machine, rectangle, options),
    build: (plan, gemm) => {
      checkNumbers(plan.shape, gemm);
      return buildProgram(mapping, placementOf(plan), jobOf(plan), gemm);
    },
    gather: (plan, sinks) => gatherRows(placementOf(plan), plan.shape.n, sinks),
    plainLoop,
    estimate: (plan) => mapping.estimate(mapping, placementOf(plan), jobOf(plan)),
  };
}

function planRows<L extends RowLayout>(mapping: RowMapping<L>, shape: Shape, machine: MachineSpec, wanted?: Rectangle, options?: Partial<KernelOptions>): Plan {
  const dequantiser = dequantiserFor(shape.format);
  checkShape(shape, dequantiser);
  const rectangle = wanted ?? defaultRectangle(shape.m, machine);
  checkRectangle(rectangle, machine);
  const dot = dotProgram(machine, options?.dot);
  const { rowsPerPe, usedPes } = place(shape.m, rectangle);
  const job: RowJob = { machine, dequantiser, dot, k: shape.k, n: shape.n, rows: rowsPerPe, rowsPerPe };
  const layout = mapping.layout(job);
  checkMemory(mapping, job, layout, shape, rectangle);
  const block = mapping.block(job, layout);
  const blockPrice = { dequantise: priceCode(block.dequantise, machine), dot: priceCode(block.dot, machine) };
  const macRate = dequantiser.format.blockSize / blockPrice.dot.element;
  return {
    kernel: mapping.id,
    shape: { m: shape.m, k: shape.k, n: shape.n, format: shape.format },
    machine,
    rectangle,
    options: { dot },
    rowsPerPe,
    usedPes,
    memory: layout.allocations,
    blockPrice,
    macRate,
  };
}

const DOTS: readonly string[] = ['two-op', 'fused1'] satisfies readonly DotProgram[];

/** The row dot asked for, or the machine's default. */
function dotProgram(machine: MachineSpec, wanted: DotProgram | undefined): DotProgram {
  if (wanted !== undefined && !DOTS.includes(wanted)) {
    throw new WeftError('dot', `"${wanted}" is no row-dot program; there are ${DOTS.join(' and ')}`, [`use ${DOTS.join(' or ')}`]);
  }
  return wanted ?? (machine.fusedDot ? 'fused1' : 'two-op');
}

const placementOf = (plan: Plan): Placement => place(plan.shape.m, plan.rectangle);

/** The job of a PE with rowsPerPe rows. */
function jobOf(plan: Plan): RowJob {
  const { machine, shape, rowsPerPe } = plan;
  return { machine, dequantiser: dequantiserFor(shape.format), dot: plan.options.dot, k: shape.k, n: shape.n, rows: rowsPerPe, rowsPerPe };
}

/** The numbers belong to the plan, and there are as many as its shape says. */
function checkNumbers(shape: Shape, gemm: Gemm): void {
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
