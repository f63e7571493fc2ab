/** Changes between a chart and its table. */
import { TABLE_TEXT } from './strings.ts';

export function TableToggle({ table, onChange, of, short = false }: { table: boolean; onChange: (table: boolean) => void; of?: string; short?: boolean }) {
  const face = table ? TABLE_TEXT.asChart : short ? TABLE_TEXT.table : TABLE_TEXT.asTable;
  return (
    <button
      type="button"
      className="btn s"
      aria-label={of === undefined ? undefined : TABLE_TEXT.labelOf(face, of)}
      aria-pressed={table}
      onClick={() => onChange(!table)}
    >
      {face}
    </button>
  );
}
