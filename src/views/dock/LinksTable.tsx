/** The busiest links as a table that can be sorted; pressing a link shows it and selects its PE. */
import { useMemo, useState } from 'react';
import type { LinkSeries } from '../../analysis/link-load.ts';
import { PORT_NAMES, peName } from '../../machine/fabric.ts';
import { Define } from '../controls/Definition.tsx';
import { ScrollRegion } from '../controls/ScrollRegion.tsx';
import { grouped, percent } from '../format.ts';

export interface LinkRow {
  readonly link: LinkSeries;
  readonly utilisation: number;
  readonly demand: number;
}

/** Rows shown; a large fabric has thousands of links. */
const MOST_ROWS = 100;

const COLUMNS = [
  { id: 'place', name: 'Link' },
  { id: 'colors', name: 'Colors' },
  { id: 'wavelets', name: 'Wavelets' },
  { id: 'utilisation', name: 'Utilisation' },
  { id: 'demand', name: 'Demand' },
] as const;
type Column = (typeof COLUMNS)[number]['id'];

/** What a column sorts by; places and colors ascend, numbers descend. */
const VALUE: Readonly<Record<Column, (row: LinkRow) => number>> = {
  place: ({ link }) => -(link.pe * 5 + link.port),
  colors: ({ link }) => -(link.colors[0] ?? 0),
  wavelets: ({ link }) => link.wavelets,
  utilisation: (row) => row.utilisation,
  demand: (row) => row.demand,
};

/** The first rows by a column, the largest first (the smallest place or color). */
export function sortLinks(rows: readonly LinkRow[], by: Column, most: number): LinkRow[] {
  return rows.toSorted((a, b) => VALUE[by](b) - VALUE[by](a)).slice(0, most);
}

interface Props {
  readonly rows: readonly LinkRow[];
  readonly width: number;
  readonly shown: LinkSeries;
  readonly onChoose: (link: LinkSeries) => void;
}

export function LinksTable({ rows, width, shown, onChoose }: Props) {
  const [by, setBy] = useState<Column>('demand');
  const list = useMemo(() => sortLinks(rows, by, MOST_ROWS), [rows, by]);
  return (
    <div className="aside">
      <ScrollRegion label="Busiest links">
        <table className="t sortable">
          <thead>
            <tr>
              {COLUMNS.map(({ id, name }, i) => (
                <th key={id} scope="col" className={i > 1 ? 'num' : ''} aria-sort={id === by ? (i > 1 ? 'descending' : 'ascending') : undefined}>
                  <button type="button" className="sort" onClick={() => setBy(id)}>
                    {name}
                  </button>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {list.map(({ link, utilisation, demand }) => (
              <tr key={`${link.pe} ${link.port}`} className={link === shown ? 'on' : ''}>
                <th scope="row">
                  <button type="button" className="link" aria-pressed={link === shown} onClick={() => onChoose(link)}>
                    {peName(link.pe, width)} {PORT_NAMES[link.port]}
                  </button>
                </th>
                <td>{link.colors.join(', ')}</td>
                <td className="num">{grouped(link.wavelets)}</td>
                <td className="num">{percent(utilisation)}</td>
                <td className="num b5">{percent(demand)}</td>
              </tr>
            ))}
          </tbody>
        </table>
        <p className="t11 t3 term">
          {rows.length > MOST_ROWS ? `The first ${MOST_ROWS} of ${grouped(rows.length)} links. ` : ''}Utilisation and demand <Define term="linkDemand" />
        </p>
      </ScrollRegion>
    </div>
  );
}
