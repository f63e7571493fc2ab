/** The tables of a chart in place of it, in a part that scrolls. */
import { ScrollRegion } from '../controls/ScrollRegion.tsx';
import type { ChartData } from './chart-data.ts';
import { DataTable } from './DataTable.tsx';
import { TABLE_TEXT } from './strings.ts';

export function Tables({ label, data }: { label: string; data: readonly ChartData[] }) {
  return (
    <ScrollRegion label={TABLE_TEXT.asTableOf(label)}>
      {data.map((one) => (
        <DataTable key={one.title} data={one} />
      ))}
    </ScrollRegion>
  );
}
