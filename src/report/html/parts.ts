/** The building blocks of a report's page: sections, tables, figures in two widths, marks. */
import { type Content, h, type Markup } from './markup.ts';

/** Widths for which charts are drawn: a column of the sheet or of the printed page, and a phone. */
const WIDE = 682;
const NARROW = 326;

export const section = (title: string, ...content: readonly Content[]): Markup => h('section', {}, h('h2', {}, title), content);

/** A chart in both widths; the style sheet shows the one that fits. */
export function figure(chart: (width: number) => Markup, ...caption: readonly Content[]): Markup {
  const text = caption.length > 0 ? h('figcaption', {}, caption) : null;
  return h('figure', {}, h('div', { class: 'wide' }, chart(WIDE)), h('div', { class: 'narrow' }, chart(NARROW)), text);
}

/** The same for a chart of one size. */
export const picture = (chart: Markup): Markup => h('figure', {}, chart);

export type Align = 'left' | 'right';

/** A table; the first column names what the row is about. Wide ones scroll in themselves on a phone. */
export function table(head: readonly string[], align: readonly Align[], rows: ReadonlyArray<readonly Content[]>, name: string): Markup {
  const cls = (i: number): string | undefined => (align[i] === 'right' ? 'num' : undefined);
  const top =
    head.length > 0
      ? h(
          'thead',
          {},
          h(
            'tr',
            {},
            head.map((cell, i) => (cell === '' ? h('td', {}) : h('th', { class: cls(i), scope: 'col' }, cell))),
          ),
        )
      : null;
  const line = (row: readonly Content[]): Markup =>
    h(
      'tr',
      {},
      row.map((cell, i) => (i === 0 ? h('th', { scope: 'row', class: cls(0) }, cell) : h('td', { class: cls(i) }, cell))),
    );
  return h('div', { class: 'table', tabindex: 0, role: 'region', 'aria-label': name }, h('table', {}, top, h('tbody', {}, rows.map(line))));
}

export const right = (n: number): Align[] => ['left', ...Array<Align>(n).fill('right')];

/** A word that says whether something holds. */
export const mark = (good: boolean, text: string): Markup => h('span', { class: good ? 'ok' : 'err' }, text);

export const columns = (...content: readonly Content[]): Markup => h('div', { class: 'columns' }, content);
