/** Whether a layer fits: room for its regions, memory of every stage's fullest PE, and what to do if not (only what was computed and does fit). */
import { WeftError } from '../../base/error.ts';
import { checkFits, usedBytes } from '../../machine/memory.ts';
import type { Allocation } from '../../machine/program.ts';
import type { MachineSpec } from '../../machine/spec.ts';
import type { Rectangle } from '../types.ts';
import { attentionLayout } from './attention-layout.ts';
import { type Form, type Projection, type Stage, sequencesOf, stagesOf } from './form.ts';
import { highestLevel, type Layout, layoutOf, lowestLevel, rectangleFor } from './layout.ts';
import { normLayout } from './norm.ts';
import { jobOf, type Pipeline } from './pipeline.ts';
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

/** The smallest near-square rectangle in which every projection fits its PEs. */
function leastRectangle(given: Given): Rectangle | undefined {
  const level = highestThatFits(given);
  return level === undefined ? undefined : rectangleFor(given.form, given.machine, level);
}

/** The highest level at which every projection fits its memory; undefined if one row alone does not. */
function highestThatFits(given: Given): number | undefined {
  const fits = (level: number): boolean => stagesOf(given.form, level).every((stage) => bytesOf(given, stage) <= given.machine.sramBytes);
  if (!fits(0)) return undefined;
  const over = lowestLevel(given.form, (level) => !fits(level));
  return over === undefined ? highestLevel(given.form) : over - 1;
}

const bytesOf = (given: Given, stage: Stage): number => (stage.kind === 'projection' ? usedBytes(fullestOf(given, stage)) : 0);

/** Memory of a projection's fullest PEs, of the formats it has. */
function fullestOf(given: Given, stage: Projection): readonly Allocation[] {
  const kinds = stage.parts.map(({ matrices, m }) => projectionLayout(jobOf(given, stage, { matrices, units: Math.min(stage.units, m) })).allocations);
  return kinds.reduce((most, one) => (usedBytes(one) > usedBytes(most) ? one : most));
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
  const memory = fullestOf(p, stage);
  if (usedBytes(memory) <= machine.sramBytes) return memory;
  const rows = stage.units * stage.parts[0].matrices.length;
  const what = `stage ${stage.name} with ${rows} row${rows > 1 ? 's' : ''} of K = ${stage.k} on a PE (inner kernel ${options.inner}, ${named(layout.rectangle)} PEs)`;
  checkFits(memory, machine, what, projectionFixes(p, stage));
  return memory;
}

function projectionFixes(p: Pipeline, stage: Projection): string[] {
  const { machine, options } = p;
  const least = leastRectangle(p);
  const fixes = least ? [`use at least ${named(least)} PEs`] : [];
  if (options.inner === 'stationary') {
    const given: Given = { ...p, options: { ...options, inner: 'streaming' } };
    const bytes = bytesOf(given, stage);
    if (bytes <= machine.sramBytes) fixes.push(`use the inner kernel streaming (${bytes} B)`);
    else if (!least && highestThatFits(given) !== undefined) fixes.push('use the inner kernel streaming on a larger rectangle');
  }
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
