/** The fabric's numbers as a table: states by row and column cannot be read, so states by count and share, and the streams. */
import { useStore } from 'zustand';
import { Dialog } from '../controls/Dialog.tsx';
import { useCycle, useLab } from '../hooks.ts';
import { DataTable } from '../table/DataTable.tsx';
import { legendData } from './fabric-data.ts';
import { fabricView } from './view.ts';

const TITLE = 'The fabric in numbers';

const close = (): void => fabricView.setState({ table: false });

export function StatesTable() {
  const legend = useStore(fabricView, (s) => s.legend);
  const reader = useLab((s) => s.reader);
  const cycle = useCycle();
  if (legend === null || reader === null) return null;
  return (
    <Dialog className="fab-table" label={TITLE} isDismissable onClose={close}>
      <h2>{TITLE}</h2>
      {legendData(legend, reader, cycle).map((data) => (
        <DataTable key={data.title} data={data} />
      ))}
      <button type="button" className="btn o" onClick={close}>
        Close
      </button>
    </Dialog>
  );
}
