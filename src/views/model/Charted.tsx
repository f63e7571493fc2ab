/** A chart of a page with what belongs to each: its table in its place, pictures and numbers to save. */
import type { ReactNode } from 'react';
import { toggled } from '../../store/link-fields.ts';
import { type WholeSetup, whole } from '../../store/whole.ts';
import { WideTable } from '../controls/WideTable.tsx';
import { chartsOf, SaveMenu } from '../picture/SavePicture.tsx';
import type { ChartData } from '../table/chart-data.ts';
import { DataTable } from '../table/DataTable.tsx';
import { TableToggle } from '../table/TableToggle.tsx';
import { useWhole } from './context.ts';
import { MODEL_TEXT } from './strings.ts';

interface Props {
  /** Of the element; unique on the page. */
  readonly id: WholeSetup['tables'][number];
  readonly title: string;
  /** A heading or words beside the tools. */
  readonly head?: ReactNode;
  readonly data: readonly ChartData[];
  readonly children: ReactNode;
}

export function Charted({ id, title, head, data, children }: Props) {
  const tables = useWhole((s) => s.tables);
  const table = tables.includes(id);
  const setTable = (on: boolean): void => whole.setState({ tables: toggled(tables, id, on) });
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
        <WideTable label={MODEL_TEXT.asTable(title)}>
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
