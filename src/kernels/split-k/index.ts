/**
 * `split-k`: A is tiled in two dimensions, and partial sums are reduced along the rows of the fabric.
 *
 * Models: activations into every column from the north at the host's rate, row code of streaming or stationary on a slice of
 * K, then a chain, tree or two-phase reduce of all R N sums to the west edge. Leaves out: overlapping the reduction of one
 * column of B with the next column's products; the rate at which the host takes results.
 */
import type { Program } from '../../machine/program.ts';
import { kernelOf } from '../kernel-of.ts';
import { cutDown } from '../part.ts';
import { marksOf } from '../rows/code.ts';
import { checkNumbers } from '../rows/kernel.ts';
import { blockWeights, wordsOfBlock } from '../rows/mapping.ts';
import { sumPlace } from '../rows/running-sum.ts';
import type { Gemm, MacCount, Plan, RowMap } from '../types.ts';
import { estimate } from './estimate.ts';
import { routeAll, streams } from './fabric.ts';
import { gathering, loadingTiles, sinksOf, sourcesOf } from './host.ts';
import { type Mapping, rowsIn, sliceOf } from './layout.ts';
import { classAt, idleClass } from './pe.ts';
import { addingSlices } from './plain-loop.ts';
import { mappingOf, OPTIONS, planSplit, reductionOf } from './plan.ts';

export const splitK = kernelOf({
  id: 'split-k',
  name: 'split-k',
  idea: 'Each row of A is spread over the PEs of a fabric row; their partial sums are added up by a chain, a tree or in two phases.',
  takes: 'gemm',
  options: OPTIONS,
  plan: planSplit,
  *building(plan, gemm) {
    checkNumbers(plan.shape, gemm);
    return yield* build(mappingOf(plan), gemm);
  },
  gathering: (plan, sinks) => gathering(mappingOf(plan), sinks),
  adding: (plan, gemm) => addingSlices(mappingOf(plan), reductionOf(plan.options, plan.rectangle.width), gemm),
  estimate: (plan) => estimate(mappingOf(plan)),
  rowMap,
  macs,
  partOf,
  sumOf: (plan) => sumPlace(mappingOf(plan).job),
});

function* build(mapping: Mapping, gemm: Gemm): Generator<void, Program> {
  const { width, height } = mapping.split.rectangle;
  const classes = classify(mapping);
  yield;
  const routes = routeAll(mapping);
  yield;
  const loads = yield* loadingTiles(mapping, gemm);
  return {
    machine: mapping.job.machine,
    width,
    height,
    ...classes,
    ...routes,
    loads,
    sources: yield* sourcesOf(mapping, gemm),
    sinks: sinksOf(mapping),
    streams: streams(mapping.pattern),
    marks: marksOf(mapping.job),
  };
}

/** PEs share a class if their rows, slices and parts in the reduction are alike. */
function classify(mapping: Mapping): Pick<Program, 'classes' | 'classOf'> {
  const { split, pattern } = mapping;
  const { width, height } = split.rectangle;
  const classes: Program['classes'][number][] = [];
  const numbers = new Map<string, number>();
  const numberOf = (x: number, rows: number): number => {
    const { children, receives, sends, advance, control, absorbs } = pattern[x];
    const key = rows > 0 ? [rows, sliceOf(split, x).k, children.length, receives, sends, advance, control, absorbs].join() : '';
    const number = numbers.get(key) ?? classes.push(rows > 0 ? classAt(mapping, x, rows) : idleClass(mapping)) - 1;
    numbers.set(key, number);
    return number;
  };
  const kinds = new Map([split.rowsPerPe, split.rowsOfLast, 0].map((rows) => [rows, [] as number[]]));
  const classOf = new Uint16Array(width * height);
  for (let y = 0; y < height; y++) {
    const rows = rowsIn(split, y);
    const row = kinds.get(rows) ?? [];
    if (row.length === 0) for (let x = 0; x < width; x++) row.push(numberOf(x, rows));
    classOf.set(row, y * width);
  }
  return { classes, classOf };
}

/** All PEs of its fabric row, whose partial sums are added up. */
function partOf(plan: Plan, pe: number, columns: number): Plan {
  const { width } = plan.rectangle;
  return cutDown(plan, rowsIn(mappingOf(plan).split, Math.floor(pe / width)), columns, { width, height: 1 });
}

function rowMap(plan: Plan): RowMap {
  const { split } = mappingOf(plan);
  const { width, height } = split.rectangle;
  const pes = width * height;
  const rows = (pe: number): number => rowsIn(split, Math.floor(pe / width));
  return {
    first: Int32Array.from({ length: pes }, (_, pe) => (rows(pe) > 0 ? Math.floor(pe / width) * split.rowsPerPe : -1)),
    count: Uint16Array.from({ length: pes }, (_, pe) => rows(pe)),
    column: Uint32Array.from({ length: pes }, (_, pe) => sliceOf(split, pe % width).first),
  };
}

/** An activation serves the rows of its PE, the word of a partial sum none. */
function macs(plan: Plan, program: Program): MacCount {
  const { m, k, n } = plan.shape;
  const { split, job } = mappingOf(plan);
  const perWord = program.classes.map(() => [0]);
  const perActivation = blockWeights(job) / wordsOfBlock(job);
  program.classOf.forEach((cls, pe) => {
    perWord[cls] = [rowsIn(split, Math.floor(pe / plan.rectangle.width)) * perActivation];
  });
  return { perWord, expected: m * k * n };
}
