/**
 * Where the stages lie. The spine is column 1 (column 0 where no residual needs a bypass): tokens come down it, turn east into
 * a region, and each region's results come back to it. Regions are stacked from north to south, east of the spine; a norm sits
 * on the spine where its stream turns into the next region, a residual where the results of the region before it end.
 *
 *     x ─┬───────┐
 *        │    norm 1 ──► QKV        column 0: the bypass lane, x or h to the next residual
 *        │       ┌──◄─────┘         column 1: the spine; east of it the regions
 *        │       └──────► attention each fabric row ends, behind its last PE, with a PE that turns switches (turner.ts)
 *        │       ┌──◄─────┘
 *        │       └──────► output
 *        └──► residual 1 ◄─┘
 */
import type { MachineSpec } from '../../machine/spec.ts';
import type { Rectangle } from '../types.ts';
import { type Form, type Part, type Stage, stagesOf } from './form.ts';

/** A stage with its place. Regions have `pes` PEs with work, row by row from the bottom fabric row upwards, west to east. */
export interface Placed {
  readonly stage: Stage;
  readonly x: number;
  readonly y: number;
  /** PEs of a full fabric row, without the turner. */
  readonly width: number;
  readonly height: number;
  readonly pes: number;
}

export interface Layout {
  readonly rectangle: Rectangle;
  /** Column of the spine: 1 with a bypass lane, else 0. */
  readonly spine: number;
  readonly stages: readonly Placed[];
  /** Fabric rows used, from the north. */
  readonly usedHeight: number;
}

export const isRegion = ({ kind }: Stage): boolean => kind === 'projection' || kind === 'attention';
/** PEs that hold rows of a part. */
export const pesOfPart = (part: Part, units: number): number => Math.ceil(part.m / units);

function pesOf(stage: Stage, form: Form): number {
  if (stage.kind === 'projection') return stage.parts.reduce((sum, part) => sum + pesOfPart(part, stage.units), 0);
  return stage.kind === 'attention' ? form.heads : 1;
}

/** PEs with work in fabric row `y` of a region; the bottom rows are full. */
export const usedIn = (r: Placed, y: number): number => Math.min(r.width, r.pes - (r.y + r.height - 1 - y) * r.width);
/** Place of a region's PE `index`. */
export function placeOf(r: Placed, index: number): { readonly x: number; readonly y: number } {
  const row = Math.floor(index / r.width);
  return { x: r.x + (index - row * r.width), y: r.y + r.height - 1 - row };
}

/** Columns beside the regions' PEs: spine, bypass lane, turner. */
const beside = (form: Form): number => (form.residual ? 3 : 2);

/** A rectangle, and how many weights a PE works through for a token (form.ts, stagesOf). */
interface Sizes extends Rectangle {
  readonly level: number;
}

/** Height of all regions when rows are `width` PEs wide. */
function heightOf(counts: readonly number[], width: number): number {
  return counts.reduce((sum, pes) => sum + Math.ceil(pes / width), 0);
}

const regionCounts = (form: Form, level: number): number[] =>
  stagesOf(form, level)
    .filter(isRegion)
    .map((stage) => pesOf(stage, form));

/** A level at which every matrix is on one PE: there is nothing beyond. */
export const highestLevel = (form: Form): number =>
  Math.max(
    ...stagesOf(form).map((stage) => (stage.kind === 'projection' ? stage.k * stage.parts[0].matrices.length * Math.max(...stage.parts.map(({ m }) => m)) : 0)),
  );

/** Levels differ where a stage gets one row more, at multiples of the shortest row. */
const STEP = 256;

/** The lowest level that passes, which higher ones then do too, or undefined. */
export function lowestLevel(form: Form, passes: (level: number) => boolean): number | undefined {
  let [bad, good] = [-1, Math.ceil(highestLevel(form) / STEP)];
  if (!passes(good * STEP)) return undefined;
  while (good - bad > 1) {
    const middle = Math.floor((good + bad) / 2);
    if (passes(middle * STEP)) good = middle;
    else bad = middle;
  }
  return good * STEP;
}

/** As near to a square as the regions' heights allow. */
function nearSquare(form: Form, { usable }: MachineSpec, level: number): Sizes | undefined {
  const counts = regionCounts(form, level);
  let best: Sizes | undefined;
  for (let width = 1; width + beside(form) <= usable.width; width++) {
    const height = heightOf(counts, width);
    const side = Math.max(width + beside(form), height);
    if (height > usable.height || (best && side >= Math.max(best.width, best.height))) continue;
    best = { width: width + beside(form), height, level };
  }
  return best;
}

/** Near-square, with as little work on a PE as the machine has room for. */
function defaultSizes(form: Form, machine: MachineSpec): Sizes | undefined {
  const level = lowestLevel(form, (l) => nearSquare(form, machine, l) !== undefined);
  return level === undefined ? undefined : nearSquare(form, machine, level);
}

/** As little work on a PE as the wanted rectangle has room for. */
function sizesIn(form: Form, { width, height }: Rectangle): Sizes | undefined {
  const columns = width - beside(form);
  if (columns < 1) return undefined;
  const level = lowestLevel(form, (l) => heightOf(regionCounts(form, l), columns) <= height);
  return level === undefined ? undefined : { width, height, level };
}

/** The layout on `wanted`, or on the default rectangle; undefined if there is no room for its regions. */
export function layoutOf(form: Form, machine: MachineSpec, wanted?: Rectangle): Layout | undefined {
  const sizes = wanted ? sizesIn(form, wanted) : defaultSizes(form, machine);
  return sizes && placeAll(form, sizes);
}

/** The near-square rectangle for a level, if the machine has it. */
export const rectangleFor = (form: Form, machine: MachineSpec, level: number): Rectangle | undefined => nearSquare(form, machine, level);

function placeAll(form: Form, { width, height, level }: Sizes): Layout {
  const spine = beside(form) - 2;
  const columns = width - beside(form);
  const stages: Placed[] = [];
  let y = 0;
  for (const stage of stagesOf(form, level)) {
    const pes = pesOf(stage, form);
    if (isRegion(stage)) {
      const rows = Math.ceil(pes / columns);
      stages.push({ stage, x: spine + 1, y, width: columns, height: rows, pes });
      y += rows;
    } else stages.push({ stage, x: spine, y: stage.kind === 'norm' ? y : y - 1, width: 1, height: 1, pes });
  }
  return { rectangle: { width, height }, spine, stages, usedHeight: y };
}
