/** Cycles of each product as bars, in the order of the file: the closed form, and the lower bound as a dotted mark in it. */
import { scaleLinear } from 'd3-scale';
import { grouped } from '../../base/numbers.ts';
import type { MatricesReport } from '../matrices.ts';
import { label, svg } from './axis.ts';
import { h, type Markup } from './markup.ts';

const ROW = 18;
/** Products that are drawn; the table lists all. */
const MOST = 40;

export function productsChart({ entries }: MatricesReport, width: number): Markup {
  const placed = entries.flatMap((e) => (e.placed === null ? [] : [{ ...e, cycles: e.count * e.placed.closedForm, bound: e.count * e.placed.lowerBound }]));
  const list = placed.length > MOST ? [...placed].sort((a, b) => b.cycles - a.cycles).slice(0, MOST) : placed;
  const isWide = width > 500;
  const [left, right] = [isWide ? 190 : 120, width - 76];
  const x = scaleLinear([0, Math.max(1, ...list.map((e) => e.cycles))], [left, right]);
  const letters = isWide ? 30 : 18;
  const rows = list.map((e, i) => {
    const y = i * ROW + 2;
    const name = e.name.length > letters ? `${e.name.slice(0, letters - 1)}…` : e.name;
    return [
      label(0, y + 11, name, { class: 'strong' }),
      h('rect', { class: 'bar', x: left, y: y + 1, width: Math.max(0.75, x(e.cycles) - left), height: 12 }),
      h('line', { class: 'mark', x1: x(e.bound), x2: x(e.bound), y1: y - 1, y2: y + 15 }),
      label(x(e.cycles) + 6, y + 11, grouped(e.cycles)),
    ];
  });
  const note = placed.length > MOST ? `the ${MOST} largest of ${grouped(placed.length)}; cycles, line: lower bound` : 'cycles, line: lower bound';
  const bottom = list.length * ROW + 16;
  return svg(width, bottom + 4, 'Cycles of each product by its closed form', rows, label(width, bottom, note, { anchor: 'end' }));
}
