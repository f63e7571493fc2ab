/**
 * Rows a PE when a model that fits uses its whole wafer: as little work on a PE as there is room for. A level is the number of
 * weights that a PE works through for a token; the lowest one at which everything lies on the wafer at once is taken.
 */
import { pesOf, type Spread } from './account.ts';
import type { Group, Packing, Question, Residence } from './residence.ts';

/** A spread of every group in order; undefined if the model does not fit onto one wafer. */
export function spreadOf(q: Question, { groups }: Residence, packing: Packing): readonly Spread[] | undefined {
  if (packing.wafers !== 1) return undefined;
  const usable = q.machine.usable.width * q.machine.usable.height;
  const pesAt = (level: number): number => groups.reduce((sum, group) => sum + group.blocks.length * pesOf(group.tensor.m, atLevel(group, level)), 0);
  const others = packing.pes - pesAt(Number.POSITIVE_INFINITY);
  let [bad, good] = [-1, Math.max(...groups.map(({ kind, densest }) => kind.k * (densest?.rows ?? 1)))];
  while (good - bad > 1) {
    const middle = Math.floor((good + bad) / 2);
    if (others + pesAt(middle) <= usable) good = middle;
    else bad = middle;
  }
  return groups.map((group) => atLevel(group, good));
}

function atLevel({ kind, densest }: Group, level: number): Spread {
  const { rows, slices } = densest ?? { rows: 1, slices: 1 };
  return { rows: Math.max(1, Math.min(rows, Math.floor((level * slices) / kind.k))), slices };
}
