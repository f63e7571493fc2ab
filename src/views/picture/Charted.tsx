/** A chart of a page with what belongs to each: its table in its place, pictures and numbers to save. */
import { type ReactNode, useState } from 'react';
import { WideTable } from '../controls/WideTable.tsx';
import type { ChartData } from '../table/chart-data.ts';
import { DataTable } from '../table/DataTable.tsx';
import { TableToggle } from '../table/TableToggle.tsx';
import { chartsOf, SaveMenu } from './SavePicture.tsx';

interface Props {
  /** Of the element; unique on the page. */
  readonly id: string;
  readonly title: string;
  /** A heading or words beside the tools. */
  readonly head?: ReactNode;
  readonly data: readonly ChartData[];
  readonly children: ReactNode;
}

export function Charted({ id, title, head, data, children }: Props) {
  const [table, setTable] = useState(false);
  const stem = `weft-${id}`;
  return (
    <div className="charted">
      <div className="row wrap">
        {head}
        <span className="sp" />
        <SaveMenu of={title} stem={stem} pictures={table ? [] : [chartsOf(`#${id}`, stem, title)]} data={() => data} />
        <TableToggle table={table} onChange={setTable} of={title} />
      </div>
      {table ? (
        <WideTable label={`${title}, as a table`}>
          {data.map((one) => (
            <DataTable key={one.title} data={one} />
          ))}
        </WideTable>
      ) : (
        <div id={id} data-picture="words">
          {children}
        </div>
      )}
    </div>
  );
}
