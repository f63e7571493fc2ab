/** The fabric's numbers as a table: states by row and column cannot be read, so states by count and share, and the streams. */
import { useEffect, useRef } from 'react';
import { useStore } from 'zustand';
import { setToggle, useCycle, useLab } from '../hooks.ts';
import { TEXT } from '../strings.ts';
import { DataTable } from '../table/DataTable.tsx';
import { legendData } from './fabric-data.ts';
import { FABRIC_TEXT } from './strings.ts';
import { fabricView } from './view.ts';

export function StatesTable() {
  const dialog = useRef<HTMLDialogElement>(null);
  const legend = useStore(fabricView, (s) => s.legend);
  const reader = useLab((s) => s.reader);
  const cycle = useCycle();
  useEffect(() => dialog.current?.showModal(), []);
  if (legend === null || reader === null) return null;
  return (
    <dialog ref={dialog} className="dialog fab-table" aria-labelledby="fab-table-title" onClose={() => setToggle('fabric-table', false)}>
      <h2 id="fab-table-title">{FABRIC_TEXT.table.name}</h2>
      {legendData(legend, reader, cycle).map((data) => (
        <DataTable key={data.title} data={data} />
      ))}
      <form method="dialog">
        <button type="submit" className="btn o">
          {TEXT.close}
        </button>
      </form>
    </dialog>
  );
}
