/**
 * The row dot over one block of 256 weights, acc += w . x, in every form that can be chosen. Which operations: `two-op` is a
 * multiplication into `products` and a running addition, `fused1` one operation that no real machine documents (*assumed*);
 * `f16` multiplies f16 and adds up in f32. What is multiplied: weights or, factored, quants, whose scales and minimums then
 * come into eight partial dots. The order of all of them: plain-loop.ts.
 */
import { assert } from '../../base/error.ts';
import { accumulator, fabricIn, mem, scalar, setTo, vector } from '../../machine/builder.ts';
import type { VectorOp } from '../../machine/ops.ts';
import type { Instruction, Source } from '../../machine/program.ts';
import type { Place } from '../dequant/dequantiser.ts';
import { at } from '../dequant/dequantiser.ts';
import {
  blockWeights,
  elementBytes,
  factorBytes,
  isFactored,
  isHalf,
  overlaps,
  type RowJob,
  type RowLayout,
  type StraightCode,
  SUB_BLOCKS,
  subWeights,
} from './mapping.ts';
import { ACTIVATIONS_IN, R } from './registers.ts';

interface DotOps {
  readonly multiply: VectorOp;
  readonly sum: VectorOp;
  readonly fused: VectorOp;
}
const F32: DotOps = { multiply: 'f32_mul', sum: 'f32_sum', fused: 'f32_dot' };
const F16: DotOps = { multiply: 'f16_mul', sum: 'f16_sum_f32', fused: 'f16_dot_f32' };
const opsOf = (job: RowJob): DotOps => (isHalf(job) ? F16 : F32);

/** What a dot reads beside the activations, and where it keeps products, `tile` elements at a time. */
export interface DotPlaces {
  readonly weights: Place;
  /** Eight times -dmin * m and eight times d * sc of the block, f32; for a factored dot. */
  readonly factors: Place;
  readonly products: number;
  readonly tile: number;
}

/** One block of one row: its sum goes to `R.acc`. */
export function dotOfBlock(job: RowJob, layout: RowLayout, places: DotPlaces): StraightCode {
  if (isFactored(job)) return [...partialDots(job, layout, places), ...sentSums(job, layout), ...combine(job, layout, places)];
  const length = blockWeights(job);
  const { fused, sum } = opsOf(job);
  const acc = accumulator(R.acc);
  if (job.dot === 'fused1') return [vector('compute', fused, length, { to: acc, a: weightsFrom(job, places, 0), b: activationsFrom(job, layout, 0) })];
  return tilesOf(length, places).flatMap((first) => [
    multiply(job, layout, places, first),
    vector('compute', sum, places.tile, { to: acc, a: mem(places.products) }),
  ]);
}

/** A buffer that is read or written: the one in use, if there are two. */
export const buffered = (job: RowJob, address: number): Place => (overlaps(job) ? { address, base: R.buffer } : { address });

/** The sums of the block's activations, as each PE makes them: eight running sums, once for all of its rows. */
export function sumsOfBlock(job: RowJob, layout: RowLayout): StraightCode {
  if (job.factored !== 'pe') return [];
  const { sum } = opsOf(job);
  return partials(job, layout, 0, (j, to) =>
    vector('compute', sum, subWeights(job), { to, a: at(activationsOf(layout, job), elementBytes(job) * subWeights(job) * j) as Source }),
  );
}

const tilesOf = (length: number, { tile }: DotPlaces): number[] => Array.from({ length: length / tile }, (_, i) => tile * i);

const multiply = (job: RowJob, layout: RowLayout, places: DotPlaces, first: number): Instruction =>
  vector('compute', opsOf(job).multiply, places.tile, {
    to: mem(places.products),
    a: weightsFrom(job, places, first),
    b: activationsFrom(job, layout, first),
  });

/** Weights, or quants, from element `first` on. */
const weightsFrom = (job: RowJob, { weights }: DotPlaces, first: number): Source => at(weights, elementBytes(job) * first);

const activationsOf = (layout: RowLayout, job: RowJob): Place => {
  assert(layout.activations !== undefined, 'activations are received into memory');
  return buffered(job, layout.activations);
};

/** Activations from element `first` on: out of memory, or the next ones from the ramp. */
const activationsFrom = (job: RowJob, layout: RowLayout, first: number): Source => {
  if (layout.activations === undefined) return isHalf(job) ? { ...fabricIn(ACTIVATIONS_IN), packed: true } : fabricIn(ACTIVATIONS_IN);
  return at(activationsOf(layout, job), elementBytes(job) * first);
};

/** Address of the factored dot's sums and partial dots: what the activations' sums are, then what the quants give. */
const sumsAt = (layout: RowLayout, offset: number): number => {
  assert(layout.sums !== undefined, 'a factored dot keeps sums');
  return layout.sums + offset;
};

/** Eight values, each begun at zero, made by one operation into a register and stored `offset` bytes into the sums. */
function partials(
  job: RowJob,
  layout: RowLayout,
  offset: number,
  make: (j: number, to: ReturnType<typeof accumulator>) => Instruction,
  first = 0,
  count = SUB_BLOCKS,
): Instruction[] {
  const store = (j: number) => ({ op: 'st32', b: R.t, imm: sumsAt(layout, offset + 4 * j), ...(overlaps(job) && { a: R.buffer }) }) as const;
  return Array.from({ length: count }, (_, i) => [
    scalar('compute', ...(i > 0 ? [store(first + i - 1)] : []), setTo(R.t, 0)),
    make(first + i, accumulator(R.t)),
    ...(i === count - 1 ? [scalar('compute', store(first + i))] : []),
  ]).flat();
}

/** The dots of the sub-blocks' quants with the activations, eight of 32. */
function partialDots(job: RowJob, layout: RowLayout, places: DotPlaces): Instruction[] {
  const length = subWeights(job);
  const { fused, sum } = opsOf(job);
  const behind = factorBytes(job) / 2;
  if (job.dot === 'fused1') {
    return partials(job, layout, behind, (j, to) =>
      vector('compute', fused, length, { to, a: weightsFrom(job, places, length * j), b: activationsFrom(job, layout, length * j) }),
    );
  }
  const inTile = places.tile / length;
  return tilesOf(blockWeights(job), places).flatMap((first) => {
    const sub = first / length;
    const add = (j: number, to: ReturnType<typeof accumulator>): Instruction =>
      vector('compute', sum, length, { to, a: mem(places.products + elementBytes(job) * length * (j - sub)) });
    return [multiply(job, layout, places, first), ...partials(job, layout, behind, add, sub, inTile)];
  });
}

/** The sums come from the source behind the activations: taken from the ramp if those were. */
function sentSums(job: RowJob, layout: RowLayout): Instruction[] {
  if (job.factored !== 'source' || layout.activations !== undefined) return [];
  return [vector('receive', 'mov32', SUB_BLOCKS, { to: mem(sumsAt(layout, 0)), a: fabricIn(ACTIVATIONS_IN) })];
}

/** acc += minimums . sums of activations, then scales . partial dots: sixteen products in f32. */
function combine(job: RowJob, layout: RowLayout, { factors, products }: DotPlaces): Instruction[] {
  const values = at(buffered(job, sumsAt(layout, 0)), 0);
  const acc = accumulator(R.acc);
  const length = 2 * SUB_BLOCKS;
  if (job.dot === 'fused1') return [vector('compute', 'f32_dot', length, { to: acc, a: at(factors, 0), b: values })];
  return [
    vector('compute', 'f32_mul', length, { to: mem(products), a: at(factors, 0), b: values }),
    vector('compute', 'f32_sum', length, { to: acc, a: mem(products) }),
  ];
}
