/** The table behind a chart (WCAG 1.3.1): first column heads the rows, numbers at the right, zeros quiet. */
import { type Cell, type ChartData, shown } from './chart-data.ts';

const isNumeric = (rows: ChartData['rows'], column: number): boolean => rows.some((row) => typeof row[column] === 'number');

function classOf(cell: Cell, numeric: boolean): string | undefined {
  if (!numeric) return undefined;
  return cell === 0 ? 'num t3' : 'num';
}

export function DataTable({ data }: { data: ChartData }) {
  const { title, columns, rows } = data;
  const numeric = columns.map((_, i) => i > 0 && isNumeric(rows, i));
  return (
    <table className="t">
      <caption>{title}</caption>
      <thead>
        <tr>
          {columns.map(({ name, key }, i) => (
            <th key={key} scope="col" className={numeric[i] ? 'num' : undefined}>
              {name}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: rows of a finished chart are their places
          <tr key={at}>
            {columns.map((column, i) =>
              i === 0 ? (
                <th key={column.key} scope="row">
                  {shown(row[0], column)}
                </th>
              ) : (
                <td key={column.key} className={classOf(row[i], numeric[i])}>
                  {shown(row[i], column)}
                </td>
              ),
            )}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
