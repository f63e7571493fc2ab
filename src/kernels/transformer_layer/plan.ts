/** The plan of a layer: checks at the door, memory of every stage, regions and numbers to show. */
import { assert } from '../../base/error.ts';
import { priceCode } from '../../machine/price.ts';
import type { Program } from '../../machine/program.ts';
import type { MachineSpec } from '../../machine/spec.ts';
import { type LayerMatrix, matrixName, matrixSize } from '../../model/layer.ts';
import { rowBytes } from '../../quant/formats.ts';
import { UNIT_WEIGHTS } from '../dequant/dequantiser.ts';
import { dequantiserFor } from '../dequant/index.ts';
import { chooseOptions, defaultDot, type KernelOptions, type OptionId } from '../options.ts';
import { checkRectangle } from '../rows/placement.ts';
import type { Layer, MacCount, Plan, Problem, ProblemShape, Rectangle, Region, RowMap } from '../types.ts';
import { factsOf } from './facts.ts';
import { checkedLayout, fullestMemory } from './fit.ts';
import { type Form, formOf, type Projection } from './form.ts';
import { type Layout, placeOf } from './layout.ts';
import { jobOf, type Pipeline, pipelineOf, type ShareKind, shareKinds, sharesOf } from './pipeline.ts';
import { blockCode } from './projection.ts';
import { projectionLayout, rowsOf } from './projection-layout.ts';

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
  const layout = checkedLayout({ machine, options, form }, wanted);
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
    facts: factsOf(pipeline),
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
function fullestShare(p: Pipeline): { readonly stage: Projection; readonly share: ShareKind } {
  const all = p.layout.stages.flatMap(({ stage }) => (stage.kind === 'projection' ? shareKinds(stage).map((share) => ({ stage, share })) : []));
  const rows = ({ share }: { readonly share: ShareKind }): number => share.units * share.matrices.length;
  return all.reduce((most, one) => (rows(one) > rows(most) ? one : most));
}

/** Rows of each matrix by their own numbers. */
export function rowMap(plan: Plan): RowMap {
  const p = pipelineOf(plan);
  const { width, height } = plan.rectangle;
  const [first, count, of] = [new Int32Array(width * height).fill(-1), new Uint16Array(width * height), new Uint8Array(width * height)];
  const parts: (readonly LayerMatrix[])[] = [];
  for (const placed of p.layout.stages) {
    if (placed.stage.kind !== 'projection') continue;
    parts.push(...placed.stage.parts.map(({ matrices }) => matrices));
    sharesOf(placed.stage).forEach((share, i) => {
      const { x, y } = placeOf(placed, i);
      const pe = y * width + x;
      first[pe] = share.first;
      count[pe] = share.units * share.matrices.length;
      of[pe] = parts.indexOf(share.matrices);
    });
  }
  return { first, count, matrices: { of, groups: parts.map((names) => names.map(matrixName)) } };
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
