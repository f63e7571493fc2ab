/**
 * `batched`: every (row, sequence) pair gets a PE. A is replicated in bands of whole fabric rows, each a row-per-PE program
 * of its own (streaming or stationary) with a source at its north-west PE and a sink for each of its fabric rows; what
 * exceeds the wafer runs in waves (bands.ts). More lanes than the host can serve share its rate (host-share.ts).
 */
import { WeftError } from '../../base/error.ts';
import type { Program } from '../../machine/program.ts';
import type { MachineSpec } from '../../machine/spec.ts';
import { composing, type Part } from '../compose.ts';
import { sharedRate } from '../host-share.ts';
import { INNER_OPTIONS, type InnerId, partIn, splitOptions, sumIn } from '../inner.ts';
import { kernelOf } from '../kernel-of.ts';
import type { KernelOptions } from '../options.ts';
import { checkRectangle } from '../rows/placement.ts';
import type { Gemm, Kernel, MacCount, Plan, ProblemShape, Rectangle, Region, RowMap, SumPlace } from '../types.ts';
import { type Bands, bandsOf, columnsOf, defaultBands, mostColumns } from './bands.ts';
import { estimateBand, lanesOf } from './estimate.ts';
import { factsOf } from './facts.ts';

const ID = 'batched';

export const batched = kernelOf({
  id: ID,
  name: 'batched (a replica for every sequence)',
  idea: 'Every pair of a row and a sequence gets a PE: A is replicated in bands of fabric rows, one sequence in each; what exceeds the wafer runs in waves.',
  takes: 'gemm',
  options: ['batch', 'inner', ...INNER_OPTIONS],
  plan,
  building,
  gathering,
  adding: (plan, gemm) => innerOf(plan).adding(bandPlan(plan, 0), gemm),
  estimate: (plan) => estimateBand(innerOf(plan), bandPlan(plan, 0), lanesOf(bandsIn(plan).groups, bandsIn(plan).band)),
  rowMap,
  macs,
  partOf,
  sumOf,
});

function plan(shape: ProblemShape, machine: MachineSpec, wanted?: Rectangle, chosen?: KernelOptions): Plan {
  const batch = checkBatch(shape.n, chosen?.batch);
  const { own, inner, innerOptions } = splitOptions(ID, { batch, inner: 'streaming' as InnerId }, chosen);
  // Sizes that are no sizes are the inner kernel's to refuse, before any thought of bands.
  if (![shape.m, shape.n].every(isCount)) inner.plan(shape, machine, undefined, innerOptions);
  const rectangle = wanted ?? defaultBands(shape.m, batch, machine);
  checkRectangle(rectangle, machine);
  const bands = bandsOf(shape.m, batch, rectangle);
  const { m, k, n, format } = shape;
  const band = planBand(inner, { ...shape, n: mostColumns(bands, n) }, machine, bands, innerOptions);
  const placed = {
    ...band,
    kernel: ID,
    shape: { m, k, n, format },
    rectangle,
    options: { ...band.options, ...own },
    usedPes: bands.groups * bands.replicaPes,
    weightBytes: bands.groups * band.weightBytes,
    regions: regionsOf(bands),
  };
  return { ...placed, facts: factsOf(placed, bands, band.weightBytes, estimateBand(inner, band, lanesOf(bands.groups, bands.band))) };
}

/** @throws WeftError (`batch`) for more sequences than columns, (`N`) for no columns. */
function checkBatch(n: number, batch: number = n): number {
  if (!isCount(n)) return 1;
  if (batch <= n) return batch;
  throw new WeftError('batch', `${batch} sequences need at least a column each, but N is ${n}`, [
    `use a batch of at most ${n}`,
    `use an N of at least ${batch}`,
  ]);
}

const isCount = (size: number): boolean => Number.isSafeInteger(size) && size >= 1;

/** The inner kernel's plan for one group; its advice on columns and rectangles is for a group, so it is said anew for the whole. */
function planBand(inner: Kernel, shape: ProblemShape, machine: MachineSpec, bands: Bands, options: KernelOptions): Plan {
  try {
    return inner.plan(shape, machine, bands.band, options);
  } catch (error) {
    if (!(error instanceof WeftError) || error.field !== 'placement') throw error;
    const columns =
      shape.n > 1 ? [`use fewer columns: a group has ${shape.n} of them (${bands.groups} group${bands.groups > 1 ? 's' : ''}, ${bands.batch} sequences)`] : [];
    const [group, whole] = [`${bands.band.width}x${bands.band.height}`, `${bands.rectangle.width}x${bands.rectangle.height}`];
    const fixes = [...error.fixes.filter((fix) => !fix.startsWith('compute at most')), ...columns];
    throw new WeftError(error.field, `a group of ${group} PEs in ${whole}: ${error.message}`, fixes);
  }
}

const innerOf = (plan: Plan): Kernel => splitOptions(ID, ownOptions(plan), plan.options).inner;
const ownOptions = (plan: Plan) => ({ batch: plan.options.batch ?? plan.shape.n, inner: plan.options.inner ?? ('streaming' as InnerId) });
const bandsIn = (plan: Plan): Bands => bandsOf(plan.shape.m, ownOptions(plan).batch, plan.rectangle);

/** The inner kernel's plan for group g. */
function bandPlan(plan: Plan, group: number): Plan {
  const bands = bandsIn(plan);
  const { inner, innerOptions } = splitOptions(ID, ownOptions(plan), plan.options);
  return inner.plan({ ...plan.shape, n: columnsOf(bands, plan.shape.n, group).length }, plan.machine, bands.band, innerOptions);
}

const groupNames = ({ groups }: Bands): string[] => Array.from({ length: groups }, (_, g) => `group ${g}`);

const regionsOf = (bands: Bands): Region[] => groupNames(bands).map((name, g) => ({ name, x: 0, y: g * bands.band.height, ...bands.band }));

function* building(plan: Plan, problem: Gemm): Generator<void, Program> {
  const { k, n } = plan.shape;
  if (problem.x.length !== n * k)
    throw new WeftError('input', `${n} columns of K = ${k} are ${n * k} values, not ${problem.x.length}`, ['give N rows of K f32 values']);
  const bands = bandsIn(plan);
  const inner = innerOf(plan);
  const parts: Part[] = [];
  for (const [g, name] of groupNames(bands).entries()) {
    const columns = columnsOf(bands, n, g);
    const x = new Float32Array(columns.length * k);
    columns.forEach((column, i) => {
      x.set(problem.x.subarray(column * k, (column + 1) * k), i * k);
    });
    const program = yield* inner.building(bandPlan(plan, g), { ...problem, n: columns.length, x });
    parts.push({ name, program, x: 0, y: g * bands.band.height });
  }
  const program = yield* composing(plan.machine, plan.rectangle, parts);
  const { host } = plan.machine;
  const [inRate, outRate] = [sharedRate(host.wordsInPerCycle, program.sources.length), sharedRate(host.wordsOutPerCycle, program.sinks.length)];
  return {
    ...program,
    sources: inRate ? program.sources.map((source) => ({ ...source, rate: inRate })) : program.sources,
    sinks: outRate ? program.sinks.map((sink) => ({ ...sink, rate: outRate })) : program.sinks,
  };
}

/** Every group's results, its columns back at their places. */
function* gathering(plan: Plan, sinks: readonly Uint32Array[]): Generator<void, Float32Array> {
  const { m, n } = plan.shape;
  const bands = bandsIn(plan);
  const inner = innerOf(plan);
  const perGroup = sinks.length / bands.groups;
  const y = new Float32Array(n * m);
  for (let g = 0; g < bands.groups; g++) {
    const own = yield* inner.gathering(bandPlan(plan, g), sinks.slice(g * perGroup, (g + 1) * perGroup));
    columnsOf(bands, n, g).forEach((column, i) => {
      y.set(own.subarray(i * m, (i + 1) * m), column * m);
    });
  }
  return y;
}

/** The rows of one replica, again in every group. */
function rowMap(plan: Plan): RowMap {
  const bands = bandsIn(plan);
  const one = innerOf(plan).rowMap(bandPlan(plan, 0));
  const pes = plan.rectangle.width * plan.rectangle.height;
  const first = new Int32Array(pes).fill(-1);
  const count = new Uint16Array(pes);
  for (let g = 0; g < bands.groups; g++) {
    first.set(one.first, g * one.first.length);
    count.set(one.count, g * one.count.length);
  }
  return { first, count };
}

/** Classes belong to one kind of group; what a word of it stands for is the inner kernel's to say. */
function macs(plan: Plan, program: Program): MacCount {
  const { m, k, n } = plan.shape;
  const bands = bandsIn(plan);
  const inner = innerOf(plan);
  const { width, height } = bands.band;
  const perWord: (readonly number[])[] = program.classes.map(() => [0]);
  for (let g = 0; g < bands.groups; g++) {
    const classOf = program.classOf.subarray(g * width * height, (g + 1) * width * height);
    const own = inner.macs(bandPlan(plan, g), { ...program, width, height, classOf });
    for (const cls of new Set(classOf)) perWord[cls] = own.perWord[cls];
  }
  return { perWord, expected: m * k * n };
}

/** As in the inner kernel, with the columns of the PE's own group. */
function sumOf(plan: Plan, pe: number): SumPlace {
  const { group, own, bands } = placeIn(plan, pe);
  return { ...sumIn(innerOf(plan), bandPlan(plan, group), own), tokens: columnsOf(bands, plan.shape.n, group) };
}

function partOf(plan: Plan, pe: number, columns: number): Plan {
  const { group, own } = placeIn(plan, pe);
  return partIn(innerOf(plan), bandPlan(plan, group), own, columns);
}

/** The group of a PE, and which one it is there. */
function placeIn(plan: Plan, pe: number): { readonly bands: Bands; readonly group: number; readonly own: number } {
  const bands = bandsIn(plan);
  const size = bands.band.width * bands.band.height;
  return { bands, group: Math.floor(pe / size), own: pe % size };
}
