/** The plan of a layer: checks at the door, memory of every stage, regions and numbers to show. */
import { assert } from '../../base/error.ts';
import { checkFits, usedBytes } from '../../machine/memory.ts';
import { priceCode } from '../../machine/price.ts';
import type { Allocation, Program } from '../../machine/program.ts';
import type { MachineSpec } from '../../machine/spec.ts';
import { matrixSize } from '../../model/layer.ts';
import { rowBytes } from '../../quant/formats.ts';
import { UNIT_WEIGHTS } from '../dequant/dequantiser.ts';
import { dequantiserFor } from '../dequant/index.ts';
import { chooseOptions, defaultDot, type KernelOptions, type OptionId } from '../options.ts';
import { checkRectangle } from '../rows/placement.ts';
import type { Layer, MacCount, Plan, Problem, ProblemShape, Rectangle, Region, RowMap } from '../types.ts';
import { attentionLayout } from './attention-layout.ts';
import { type Form, formOf, type Projection } from './form.ts';
import { type Layout, layoutOf, type Placed, placeOf } from './layout.ts';
import { normLayout } from './norm.ts';
import { jobOf, type Pipeline, pipelineOf, type Share, sharesOf } from './pipeline.ts';
import { blockCode } from './projection.ts';
import { type ProjectionJob, projectionLayout, rowsOf } from './projection-layout.ts';
import { residualLayout } from './residual.ts';

export const OPTIONS: readonly OptionId[] = ['form', 'activation', 'inner', 'dot', 'sequences'];

export function layerOf(problem: Problem): Layer {
  assert('layer' in problem, 'transformer_layer takes a layer');
  return problem;
}

export function planLayer(shape: ProblemShape, machine: MachineSpec, wanted?: Rectangle, chosen?: KernelOptions): Plan {
  const options = chooseOptions(
    'transformer_layer',
    OPTIONS,
    { form: 'full', activation: 'model', inner: 'streaming', dot: defaultDot(machine) } as const,
    chosen,
  );
  const form = formOf(shape, options);
  if (wanted) checkRectangle(wanted, machine);
  const layout = layoutOf(form, machine, wanted);
  const pipeline: Pipeline = { machine, options, form, layout };
  const memory = fullestMemory(pipeline);
  const { stage, share } = fullestShare(pipeline);
  const job = jobOf(pipeline, stage, share);
  const block = blockCode(job, projectionLayout(job), 0);
  const blockPrice = { dequantise: priceCode(block.dequantise, machine), dot: priceCode(block.dot, machine) };
  const { m, k, n, format, layer } = shape;
  return {
    kernel: 'transformer_layer',
    shape: { m, k, n, format, layer },
    machine,
    rectangle: layout.rectangle,
    options,
    rowsPerPe: rowsOf(job),
    usedPes: layout.stages.reduce((sum, placed) => sum + (placed.stage.kind === 'projection' ? placed.pes : 0), 0),
    memory,
    blockPrice,
    macRate: UNIT_WEIGHTS / blockPrice.dot.element,
    weightBytes: weightBytes(form),
    regions: regionsOf(layout),
  };
}

/** Bytes of all matrices that are used. */
function weightBytes(form: Form): number {
  const names = (['q', 'k', 'v', 'output', 'gate', 'up', 'down'] as const).filter((name) => name !== 'gate' || form.activation === 'swiglu');
  return names.reduce((sum, name) => {
    const { m, k } = matrixSize(form, name);
    return sum + m * rowBytes(dequantiserFor(form.formats[name]).format, k);
  }, 0);
}

/** Frames of the stages; a region's with its turners. */
function regionsOf({ stages }: Layout): Region[] {
  return stages.map(({ stage, x, y, width, height }) => ({
    name: stage.name,
    x,
    y,
    width: stage.kind === 'norm' || stage.kind === 'residual' ? 1 : width + 1,
    height,
  }));
}

/** The projection PE with most rows. */
function fullestShare(p: Pipeline): { readonly stage: Projection; readonly share: Share } {
  const all = p.layout.stages.flatMap(({ stage }) =>
    stage.kind === 'projection' ? sharesOf(stage, p.layout.unitsPerPe).map((share) => ({ stage, share })) : [],
  );
  const rows = ({ share }: { readonly share: Share }): number => share.units * share.matrices.length;
  return all.reduce((most, one) => (rows(one) > rows(most) ? one : most));
}

/** Memory of the fullest PE. @throws WeftError (`placement`) that names the stage that does not fit. */
function fullestMemory(p: Pipeline): readonly Allocation[] {
  const all = p.layout.stages.flatMap((placed) => memoriesOf(p, placed));
  return all.reduce((most, one) => (usedBytes(one) > usedBytes(most) ? one : most));
}

function memoriesOf(p: Pipeline, { stage }: Placed): (readonly Allocation[])[] {
  const { machine, form, layout } = p;
  if (stage.kind === 'projection') return jobsOf(p, stage).map((job) => checkedProjection(p, stage, job));
  const { allocations } =
    stage.kind === 'attention'
      ? attentionLayout(machine, form)
      : stage.kind === 'norm'
        ? normLayout(machine, form.hidden)
        : residualLayout(machine, form.hidden, form.tokens);
  checkFits(allocations, machine, `stage ${stage.name} (${layout.rectangle.width}x${layout.rectangle.height} PEs)`, []);
  return [allocations];
}

/** The kinds of PEs of a projection. */
function jobsOf(p: Pipeline, stage: Projection): ProjectionJob[] {
  const known = new Map<string, ProjectionJob>();
  for (const share of sharesOf(stage, p.layout.unitsPerPe)) {
    const key = [share.units, ...share.matrices].join();
    if (!known.has(key)) known.set(key, jobOf(p, stage, share));
  }
  return [...known.values()];
}

function checkedProjection({ machine, layout }: Pipeline, stage: Projection, job: ProjectionJob): readonly Allocation[] {
  const { allocations } = projectionLayout(job);
  const what = `stage ${stage.name}, kernel ${job.inner}, with ${rowsOf(job)} row${rowsOf(job) > 1 ? 's' : ''} of K = ${job.k} on a PE (${layout.rectangle.width}x${layout.rectangle.height} PEs)`;
  checkFits(allocations, machine, what, []);
  return allocations;
}

/** Rows of each stage by their own numbers, as they leave the stage. */
export function rowMap(plan: Plan): RowMap {
  const p = pipelineOf(plan);
  const { width, height } = plan.rectangle;
  const map = { first: new Int32Array(width * height).fill(-1), count: new Uint16Array(width * height) };
  for (const placed of p.layout.stages) {
    if (placed.stage.kind !== 'projection') continue;
    sharesOf(placed.stage, p.layout.unitsPerPe).forEach(({ row, units, matrices }, i) => {
      const { x, y } = placeOf(placed, i);
      map.first[y * width + x] = row;
      map.count[y * width + x] = units * matrices.length;
    });
  }
  return map;
}

/** Every word that a projection PE takes serves all of its rows; words of other stages stand for none. */
export function macs(plan: Plan, program: Program): MacCount {
  const { count } = rowMap(plan);
  const rows = program.classes.map(() => 0);
  program.classOf.forEach((cls, pe) => {
    rows[cls] = count[pe];
  });
  const { form } = pipelineOf(plan);
  const names = (['q', 'k', 'v', 'output', 'gate', 'up', 'down'] as const).filter((name) => name !== 'gate' || form.activation === 'swiglu');
  const weights = names.reduce((sum, name) => sum + matrixSize(form, name).m * matrixSize(form, name).k, 0);
  return { perWord: rows.map((r) => [r]), expected: form.tokens * weights };
}
