/** Whether a layer fits: room for its regions, memory of every stage's fullest PE, and what to do if not (only what was computed and does fit). */
import { WeftError } from '../../base/error.ts';
import { checkFits, usedBytes } from '../../machine/memory.ts';
import type { Allocation } from '../../machine/program.ts';
import type { MachineSpec } from '../../machine/spec.ts';
import type { KernelOptions } from '../options.ts';
import type { Rectangle } from '../types.ts';
import { attentionLayout } from './attention-layout.ts';
import { type Form, type Projection, type Stage, sequencesOf, stagesOf } from './form.ts';
import { type Layout, layoutOf, mostUnits, rectangleFor } from './layout.ts';
import { normLayout } from './norm.ts';
import { jobFor, type Pipeline } from './pipeline.ts';
import { projectionLayout } from './projection-layout.ts';
import { residualLayout } from './residual.ts';

type Given = Omit<Pipeline, 'layout'>;

const named = ({ width, height }: Rectangle): string => `${width}x${height}`;

/** @throws WeftError (`rectangle`) that names a rectangle that works. */
export function checkedLayout(given: Given, wanted?: Rectangle): Layout {
  const { form, machine } = given;
  const layout = layoutOf(form, machine, wanted);
  if (layout) return layout;
  const least = leastRectangle(given);
  const what = wanted ? `${named(wanted)} PEs have` : `${machine.name} has`;
  const fixes = least ? [`use at least ${named(least)} PEs`, ...(wanted ? ['leave the rectangle out'] : [])] : ['use a smaller layer'];
  throw new WeftError('rectangle', `${what} no room for the regions of the layer, which lie one below the other beside its spine`, fixes);
}

/** The smallest near-square rectangle in which every projection fits. */
function leastRectangle(given: Given): Rectangle | undefined {
  const units = mostUnitsThatFit(given);
  return units > 0 ? rectangleFor(given.form, given.machine, units) : undefined;
}

/** Most rows (or pairs) on a PE for which every projection fits its memory; 0 if not even one does. */
function mostUnitsThatFit(given: Given): number {
  const fits = (units: number): boolean => stagesOf(given.form).every((stage) => bytesOf(given, stage, units) <= given.machine.sramBytes);
  let [good, bad] = [0, mostUnits(given.form) + 1];
  while (bad - good > 1) {
    const middle = Math.floor((good + bad) / 2);
    if (fits(middle)) good = middle;
    else bad = middle;
  }
  return good;
}

const bytesOf = (given: Given, stage: Stage, units: number): number =>
  stage.kind === 'projection' ? Math.max(...kindsOf(given, stage, units).map((memory) => usedBytes(memory))) : 0;

/** Memory of a projection's fullest PEs, one for each format. */
function kindsOf(given: Given, stage: Projection, unitsPerPe: number): (readonly Allocation[])[] {
  return stage.parts.map(({ matrices, m }) => projectionLayout(jobFor(given, stage, { matrices, units: Math.min(unitsPerPe, m) }, unitsPerPe)).allocations);
}

/** Memory of the fullest PE. @throws WeftError (`placement`) that names the stage that overflows, the bytes, and what fits. */
export function fullestMemory(p: Pipeline): readonly Allocation[] {
  const all = p.layout.stages.map(({ stage }) => checkedMemory(p, stage));
  return all.reduce((most, one) => (usedBytes(one) > usedBytes(most) ? one : most));
}

function checkedMemory(p: Pipeline, stage: Stage): readonly Allocation[] {
  const { machine, form, layout } = p;
  if (stage.kind === 'projection') return checkedProjection(p, stage);
  if (stage.kind === 'attention') {
    const { allocations } = attentionLayout(machine, form);
    const what = `stage attention: ${form.perSequence} tokens of a sequence, heads of ${form.headSize}`;
    if (usedBytes(allocations) > machine.sramBytes) checkFits(allocations, machine, what, attentionFixes(machine, form));
    return allocations;
  }
  const { allocations } = stage.kind === 'norm' ? normLayout(machine, form.hidden) : residualLayout(machine, form.hidden, form.tokens);
  checkFits(allocations, machine, `stage ${stage.name} on ${named(layout.rectangle)} PEs: a hidden size of ${form.hidden}`, ['use form bare']);
  return allocations;
}

function checkedProjection(p: Pipeline, stage: Projection): readonly Allocation[] {
  const { machine, options, layout } = p;
  const memory = kindsOf(p, stage, layout.unitsPerPe).reduce((most, one) => (usedBytes(one) > usedBytes(most) ? one : most));
  if (usedBytes(memory) <= machine.sramBytes) return memory;
  const rows = layout.unitsPerPe * stage.parts[0].matrices.length;
  const what = `stage ${stage.name} with ${rows} row${rows > 1 ? 's' : ''} of K = ${stage.k} on a PE (inner kernel ${options.inner}, ${named(layout.rectangle)} PEs)`;
  checkFits(memory, machine, what, projectionFixes(p, stage));
  return memory;
}

function projectionFixes(p: Pipeline, stage: Projection): string[] {
  const { machine, layout } = p;
  const fixes: string[] = [];
  const least = leastRectangle(p);
  if (least) fixes.push(`use at least ${named(least)} PEs, which put ${mostUnitsThatFit(p)} row${mostUnitsThatFit(p) > 1 ? 's' : ''} on a PE`);
  const options: KernelOptions = { ...p.options, inner: 'streaming' };
  const streamed = bytesOf({ ...p, options }, stage, layout.unitsPerPe);
  if (p.options.inner === 'stationary' && streamed <= machine.sramBytes) fixes.push(`use the inner kernel streaming (${streamed} B)`);
  else if (!least && p.options.inner === 'stationary' && mostUnitsThatFit({ ...p, options }) > 0)
    fixes.push('use the inner kernel streaming on a larger rectangle');
  return fixes.length > 0 ? fixes : ['use a layer of a smaller hidden size'];
}

/** As many tokens of a sequence as fit. */
function attentionFixes(machine: MachineSpec, form: Form): string[] {
  let tokens = form.perSequence;
  while (tokens > 0 && usedBytes(attentionLayout(machine, { ...form, perSequence: tokens }).allocations) > machine.sramBytes) tokens--;
  if (tokens === 0) return ['use a smaller head size'];
  const sequences = Math.ceil(form.perSequence / tokens) * sequencesOf(form);
  return [`use at most ${tokens} tokens of a sequence (N = ${tokens})`, `split them into sequences: ${sequences} of at most ${tokens}`];
}
