/**
 * What a whole model costs by closed form, one matrix product after the other. A token passes serial stages: in every layer
 * q, k and v at the same time on PEs of their own, then the output projection, then gate and up, then down; the head once at
 * the end. Each stage is a row-per-PE kernel (streaming or stationary) on all of its rows, one row a PE where the wafer
 * allows; its results leave at the edge and the next stage's activations enter there.
 *
 * Leaves out: attention over the context, norms and activation functions, loading and whether everything is resident at once
 * (residency.ts says that), overlap of stages. So tokens a second are an upper estimate for this mapping.
 */
import { WeftError } from '../../base/error.ts';
import { priceTotal } from '../../machine/price.ts';
import type { MachineSpec } from '../../machine/spec.ts';
import { STAGES, type Stage, type StagedMatrix } from '../../model/architecture.ts';
import { dequantiserFor } from '../dequant/index.ts';
import { INNER, type InnerId } from '../inner.ts';
import type { KernelOptions } from '../options.ts';
import type { Kernel, Plan } from '../types.ts';

export interface StageEstimate {
  readonly stage: Stage;
  /** Rows of all matrices of the stage; K, padded to whole units. */
  readonly rows: number;
  readonly k: number;
  readonly rowsPerPe: number;
  /** Parts in which the rows go through, where they do not fit at once. */
  readonly passes: number;
  /** How often a token meets it: once a layer, the head once. */
  readonly times: number;
  /** Cycles of one time, for all N columns; and of that, dequantising that is done once if rows stay as f32. */
  readonly cycles: number;
  readonly dequantising: number;
}

export interface ForwardEstimate {
  readonly stages: readonly StageEstimate[];
  /** Of N tokens through all stages. */
  readonly cycles: number;
  readonly tokensPerSecond: number;
  /** The same if all rows were dequantised before; streaming keeps no such rows and gains nothing. */
  readonly dequantisedPerSecond: number;
  /** Weights that a PE multiplies one after the other for one token. */
  readonly serialSteps: number;
  /** Tokens a second of any f32 mapping with these rows a PE at one weight a cycle. */
  readonly boundPerSecond: number;
}

/** N tokens at once through a model of these matrices (matricesOfModel of model/architecture.ts makes them from any architecture). */
export function forwardEstimate(
  shapes: readonly StagedMatrix[],
  machine: MachineSpec,
  n: number,
  inner: InnerId,
  options: KernelOptions = {},
): ForwardEstimate {
  const stages = STAGES.filter((stage) => shapes.some((s) => s.stage === stage)).map((stage) => {
    const matrices = shapes.filter((s) => s.stage === stage);
    return estimateStage(stage, matrices, machine, n, INNER[inner], options);
  });
  const sum = (of: (stage: StageEstimate) => number): number => stages.reduce((total, stage) => total + stage.times * of(stage), 0);
  const cycles = sum((stage) => stage.cycles);
  const serialSteps = sum((stage) => stage.k * stage.rowsPerPe * stage.passes);
  return {
    stages,
    cycles,
    tokensPerSecond: (n * machine.clockHz) / cycles,
    dequantisedPerSecond: (n * machine.clockHz) / sum((stage) => stage.cycles - stage.dequantising),
    serialSteps,
    boundPerSecond: machine.clockHz / serialSteps,
  };
}

function estimateStage(stage: Stage, matrices: readonly StagedMatrix[], machine: MachineSpec, n: number, inner: Kernel, options: KernelOptions): StageEstimate {
  const rows = matrices.reduce((sum, { m }) => sum + m, 0);
  // Matrices of a stage work side by side; where their formats differ, the slowest decides.
  const costs = [...new Set(matrices.map(({ format }) => format))].map((format) => {
    const { size } = dequantiserFor(format).unit;
    const k = size * Math.ceil(Math.max(...matrices.map((matrix) => matrix.k)) / size);
    const placed = placeRows({ m: rows, k, n, format }, machine, inner, options);
    return { ...placed, k };
  });
  const slowest = costs.reduce((a, b) => (b.cycles > a.cycles ? b : a));
  return { stage, rows, times: matrices[0].count, ...slowest };
}

type Placed = Pick<StageEstimate, 'rowsPerPe' | 'passes' | 'cycles' | 'dequantising'>;

/** In as few passes over the rows, and then launches over the columns, as fit. */
function placeRows(shape: Plan['shape'], machine: MachineSpec, inner: Kernel, options: KernelOptions): Placed {
  const passes = leastThat((parts) => planOf(inner, { ...shape, m: Math.ceil(shape.m / parts), n: 1 }, machine, options) !== undefined, shape.m);
  const part = { ...shape, m: Math.ceil(shape.m / passes) };
  const launches = leastThat((parts) => planOf(inner, { ...part, n: Math.ceil(shape.n / parts) }, machine, options) !== undefined, shape.n);
  const columns = Math.ceil(shape.n / launches);
  const plan = inner.plan({ ...part, n: columns }, machine, undefined, options);
  const rest = shape.n - (launches - 1) * columns;
  const last = rest === columns ? plan : inner.plan({ ...part, n: rest }, machine, undefined, options);
  const cycles = passes * ((launches - 1) * inner.estimate(plan).closedForm.cycles + inner.estimate(last).closedForm.cycles);
  return { rowsPerPe: plan.rowsPerPe, passes, cycles, dequantising: inner.id === 'stationary' ? passes * launches * dequantisingOf(plan) : 0 };
}

/** Cycles in which the fullest PE dequantises its rows once. */
const dequantisingOf = ({ shape, rowsPerPe, blockPrice }: Plan): number =>
  ((rowsPerPe * shape.k) / dequantiserFor(shape.format).unit.size) * priceTotal(blockPrice.dequantise);

/** Undefined where memory does not hold it. */
function planOf(inner: Kernel, shape: Plan['shape'], machine: MachineSpec, options: KernelOptions): Plan | undefined {
  try {
    return inner.plan(shape, machine, undefined, options);
  } catch (error) {
    if (error instanceof WeftError && error.field === 'placement') return undefined;
    throw error;
  }
}

/** The smallest number of parts that fits. @throws WeftError if not even single ones do. */
function leastThat(fits: (parts: number) => boolean, most: number): number {
  if (fits(1)) return 1;
  let parts = 1;
  while (parts < most && !fits(parts)) parts *= 2;
  if (parts >= most && !fits(most))
    throw new WeftError('placement', 'a single row of this K does not fit into a PE', ['use the kernel split-k', 'use inner streaming']);
  let below = parts / 2;
  let above = Math.min(parts, most);
  while (above - below > 1) {
    const middle = Math.floor((below + above) / 2);
    if (fits(middle)) above = middle;
    else below = middle;
  }
  return above;
}
