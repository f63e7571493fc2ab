/**
 * `weight-streaming`: activations stay in SRAM and the stored rows stream in from off-wafer memory, 7.1 weights of Q4_K a
 * wavelet; the vendor's own execution mode. Nothing of A is kept, so its size does not matter; every run pays for all of it.
 */
import { priceCode } from '../../machine/price.ts';
import type { Program } from '../../machine/program.ts';
import type { MachineSpec } from '../../machine/spec.ts';
import { dequantiserFor } from '../dequant/index.ts';
import { kernelOf } from '../kernel-of.ts';
import { chooseOptions, defaultDot, type KernelOptions, type OptionId } from '../options.ts';
import { cutDown } from '../part.ts';
import { gatheringRows } from '../rows/gather.ts';
import { checkNumbers } from '../rows/kernel.ts';
import { checkRectangle, checkShape } from '../rows/placement.ts';
import { addingProducts } from '../rows/plain-loop.ts';
import type { DotProgram, MacCount, Plan, ProblemShape, Rectangle, RowMap, SumPlace } from '../types.ts';
import { estimateGrid } from './estimate.ts';
import { factsOf } from './facts.ts';
import { checkMemory } from './fit.ts';
import { type Grid, gridOf, rowsOfColumn, tokensOfRow, usedHeight, usedWidth } from './grid.ts';
import { type StreamJob, wordsOfBlock } from './job.ts';
import { layout } from './layout.ts';
import { ACCUMULATOR, blockCode } from './pe.ts';
import { buildProgram } from './program.ts';
import { defaultRectangle } from './rectangle.ts';

const ID = 'weight-streaming';
const OPTIONS: readonly OptionId[] = ['dot', 'overlap', 'sequences'];

export const weightStreaming = kernelOf({
  id: ID,
  name: 'weight-streaming',
  idea: 'Activations stay in SRAM and stored blocks stream in from off-wafer memory, down every fabric column: A may be of any size, and every run pays for all of it.',
  takes: 'gemm',
  options: OPTIONS,
  plan,
  *building(plan, gemm) {
    checkNumbers(plan.shape, gemm);
    return yield* buildProgram(gridIn(plan), jobOf(plan), gemm);
  },
  gathering,
  adding: (_, gemm) => addingProducts(gemm),
  estimate: (plan) => estimateGrid(gridIn(plan), jobOf(plan)),
  rowMap,
  macs,
  partOf: (plan, pe, columns) => cutDown(plan, rowsOfColumn(gridIn(plan), pe % plan.rectangle.width), columns),
  sumOf,
});

function plan(shape: ProblemShape, machine: MachineSpec, wanted?: Rectangle, chosen?: KernelOptions): Plan {
  const dequantiser = dequantiserFor(shape.format);
  checkShape(shape, dequantiser);
  const options = chooseOptions(ID, OPTIONS, { dot: defaultDot(machine), overlap: 'off' } as const, chosen);
  const jobOn = (rectangle: Rectangle): StreamJob => jobFor(shape, machine, options, gridOf(shape.m, shape.n, rectangle));
  const rectangle = wanted ?? defaultRectangle(shape, machine, jobOn);
  checkRectangle(rectangle, machine);
  const grid = gridOf(shape.m, shape.n, rectangle);
  const job = jobOn(rectangle);
  checkMemory(job, shape, rectangle);
  const own = layout(job);
  const block = blockCode(job, own);
  const blockPrice = { dequantise: priceCode(block.dequantise, machine), dot: priceCode(block.dot, machine) };
  return {
    kernel: ID,
    shape: { m: shape.m, k: shape.k, n: shape.n, format: shape.format },
    machine,
    rectangle,
    options,
    rowsPerPe: job.rows,
    usedPes: usedWidth(grid) * usedHeight(grid),
    memory: own.allocations,
    blockPrice,
    macRate: dequantiser.unit.size / blockPrice.dot.element,
    weightBytes: 0,
    facts: factsOf(grid, job),
  };
}

/** The job of the fullest PE. */
function jobFor(shape: ProblemShape, machine: MachineSpec, options: KernelOptions, grid: Grid): StreamJob {
  const tokens = grid.tokens.rowsPerPe;
  return {
    machine,
    dequantiser: dequantiserFor(shape.format),
    dot: options.dot as DotProgram,
    overlap: options.overlap === 'on',
    k: shape.k,
    rows: grid.rows.rowsPerPe,
    tokens,
    tokensMost: tokens,
  };
}

const gridIn = (plan: Plan): Grid => gridOf(plan.shape.m, plan.shape.n, plan.rectangle);
const jobOf = (plan: Plan): StreamJob => jobFor(plan.shape, plan.machine, plan.options, gridIn(plan));

/** A fabric row's sink has the results of its tokens as one row of a row-per-PE kernel has. */
function* gathering(plan: Plan, sinks: readonly Uint32Array[]): Generator<void, Float32Array> {
  const { m, n } = plan.shape;
  const grid = gridIn(plan);
  const out = new Float32Array(n * m);
  for (const [y, words] of sinks.entries()) out.set(yield* gatheringRows(grid.rows, tokensOfRow(grid, y), [words]), y * grid.tokens.rowsPerPe * m);
  return out;
}

/** The same rows in every working PE of a fabric column. */
function rowMap(plan: Plan): RowMap {
  const grid = gridIn(plan);
  const { width, height } = plan.rectangle;
  const count = Uint16Array.from({ length: width * height }, (_, pe) => (pe < usedHeight(grid) * width ? rowsOfColumn(grid, pe % width) : 0));
  return { first: Int32Array.from(count, (rows, pe) => (rows > 0 ? (pe % width) * grid.rows.rowsPerPe : -1)), count };
}

/** A wavelet stands for its share of a block, for each of the PE's tokens: 256 / 36 x T. */
function macs(plan: Plan, program: Program): MacCount {
  const { m, k, n } = plan.shape;
  const grid = gridIn(plan);
  const job = jobOf(plan);
  const tokens = program.classes.map(() => 0);
  program.classOf.forEach((cls, pe) => {
    const [x, y] = [pe % program.width, Math.floor(pe / program.width)];
    tokens[cls] = rowsOfColumn(grid, x) > 0 ? tokensOfRow(grid, y) : 0;
  });
  return { perWord: tokens.map((t) => [(job.dequantiser.unit.size / wordsOfBlock(job)) * t]), expected: m * k * n };
}

/** A PE computes with the tokens of its fabric row. */
function sumOf(plan: Plan, pe: number): SumPlace {
  const grid = gridIn(plan);
  const y = Math.floor(pe / plan.rectangle.width);
  const tokens = Array.from({ length: tokensOfRow(grid, y) }, (_, i) => y * grid.tokens.rowsPerPe + i);
  return { register: ACCUMULATOR, block: jobOf(plan).dequantiser.unit.size, tokens, options: {} };
}
