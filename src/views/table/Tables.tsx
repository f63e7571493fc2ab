/** The tables of a chart in place of it, in a part that scrolls. */
import { ScrollRegion } from '../controls/ScrollRegion.tsx';
import type { ChartData } from './chart-data.ts';
import { DataTable } from './DataTable.tsx';

export function Tables({ label, data }: { label: string; data: readonly ChartData[] }) {
  return (
    <ScrollRegion label={`${label}, as a table`}>
      {data.map((one) => (
        <DataTable key={one.title} data={one} />
      ))}
    </ScrollRegion>
  );
}
