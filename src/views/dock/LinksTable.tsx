/** The busiest links of what is shown of the run as a table that can be sorted; pressing a link shows it and selects its PE. */
import { useMemo } from 'react';
import { useStore } from 'zustand';
import { countOf, type LinkOrder, linkDemand, linkUtilisation, listLinks } from '../../analysis/link-demand.ts';
import type { LinkLoad, LinkTimes } from '../../analysis/link-load.ts';
import { PORT_NAMES, peName } from '../../machine/fabric.ts';
import { lab } from '../../store/lab.ts';
import { Define } from '../controls/Definition.tsx';
import { ScrollRegion } from '../controls/ScrollRegion.tsx';
import { grouped, percent } from '../format.ts';
import { useLab } from '../hooks.ts';
import { linkCounts } from '../link-counts.ts';
import { DOCK_TEXT } from './strings.ts';

/** Rows shown; a large fabric has thousands of links. */
const MOST_ROWS = 100;

const COLUMNS = [
  { id: 'place', name: DOCK_TEXT.links.columns.place },
  { id: 'colors', name: DOCK_TEXT.links.columns.colors },
  { id: 'wavelets', name: DOCK_TEXT.links.columns.wavelets },
  { id: 'utilisation', name: DOCK_TEXT.links.columns.utilisation },
  { id: 'demand', name: DOCK_TEXT.links.columns.demand },
] as const satisfies readonly { readonly id: LinkOrder; readonly name: string }[];
const isSame = (a: Props['shown'], b: Props['shown']): boolean => a.pe === b.pe && a.port === b.port;

interface Props {
  /** Of the whole run. */
  readonly times: LinkTimes;
  readonly width: number;
  readonly shown: Pick<LinkLoad, 'pe' | 'port'>;
  readonly onChoose: (link: LinkLoad) => void;
}

/** The links of what is shown of the run; null while they are counted. */
function useShown(times: LinkTimes): LinkTimes | null {
  const span = useLab((s) => s.span);
  const part = useStore(linkCounts, (s) => s.part);
  if (span === null) return times;
  return part?.span === span ? part.times : null;
}

export function LinksTable({ times: whole, width, shown, onChoose }: Props) {
  const by = useLab((s) => s.linkOrder);
  const times = useShown(whole);
  const list = useMemo(() => (times === null ? [] : listLinks(times, by, MOST_ROWS)), [times, by]);
  const all = useMemo(() => (times === null ? 0 : countOf(times)), [times]);
  const cycles = times === null ? 1 : times.to - times.from;
  return (
    <div className="aside">
      <ScrollRegion label={DOCK_TEXT.links.busiest}>
        <table className="t sortable">
          <thead>
            <tr>
              {COLUMNS.map(({ id, name }, i) => (
                <th key={id} scope="col" className={i > 1 ? 'num' : ''} aria-sort={id === by ? (i > 1 ? 'descending' : 'ascending') : undefined}>
                  <button type="button" className="sort" onClick={() => lab.setState({ linkOrder: id })}>
                    {name}
                  </button>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {list.map((link) => (
              <tr key={`${link.pe} ${link.port}`} className={isSame(link, shown) ? 'on' : ''}>
                <th scope="row">
                  <button type="button" className="link" aria-pressed={isSame(link, shown)} onClick={() => onChoose(link)}>
                    {peName(link.pe, width)} {PORT_NAMES[link.port]}
                  </button>
                </th>
                <td>{link.colors.join(', ')}</td>
                <td className="num">{grouped(link.wavelets)}</td>
                <td className="num">{percent(linkUtilisation(link, cycles))}</td>
                <td className="num b5">{percent(linkDemand(link, cycles))}</td>
              </tr>
            ))}
          </tbody>
        </table>
        <p className="t11 t3 term">
          {all > MOST_ROWS ? DOCK_TEXT.links.first(MOST_ROWS, all) : ''}
          {DOCK_TEXT.links.terms} <Define term="linkDemand" />
        </p>
      </ScrollRegion>
    </div>
  );
}
