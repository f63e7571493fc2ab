/** Changes between a chart and its table. */
export function TableToggle({ table, onChange, of, short = false }: { table: boolean; onChange: (table: boolean) => void; of?: string; short?: boolean }) {
  const face = table ? 'View as chart' : short ? 'Table' : 'View as table';
  return (
    <button type="button" className="btn s" aria-label={of === undefined ? undefined : `${face}: ${of}`} aria-pressed={table} onClick={() => onChange(!table)}>
      {face}
    </button>
  );
}
