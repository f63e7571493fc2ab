/** The fabric's numbers as a table: states by row and column cannot be read, so states by count and share, and the streams. */
import { useEffect, useRef } from 'react';
import { useStore } from 'zustand';
import { grouped, percent } from '../../base/numbers.ts';
import { useCycle, useLab } from '../hooks.ts';
import { STATE_NAMES } from '../strings.ts';
import { stateRows } from './StateLegend.tsx';
import { directionsOf } from './StreamLegend.tsx';
import { fabricView, type Legend } from './view.ts';

export function StatesTable() {
  const dialog = useRef<HTMLDialogElement>(null);
  const legend = useStore(fabricView, (s) => s.legend);
  const reader = useLab((s) => s.reader);
  const cycle = useCycle();
  useEffect(() => dialog.current?.showModal(), []);
  if (legend === null || reader === null) return null;
  return (
    <dialog ref={dialog} className="dialog fab-table" aria-labelledby="fab-table-title" onClose={() => fabricView.setState({ table: false })}>
      <h2 id="fab-table-title">
        {grouped(reader.pes)} PEs at cycle {grouped(cycle)}
      </h2>
      <States legend={legend} pes={reader.pes} />
      <table className="t">
        <thead>
          <tr>
            <th>Stream</th>
            <th>Color</th>
            <th>Leads</th>
            <th className="num">Wavelets on links</th>
          </tr>
        </thead>
        <tbody>
          {reader.program.streams.map(({ color, letter, meaning }) => (
            <tr key={color}>
              <th scope="row">{`${letter}, ${meaning}`}</th>
              <td>{color}</td>
              <td>{directionsOf(reader.program, color)}</td>
              <td className="num">{grouped(legend.onLinks[color])}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <form method="dialog">
        <button type="submit" className="btn o">
          Close
        </button>
      </form>
    </dialog>
  );
}

function States({ legend, pes }: { readonly legend: Legend; readonly pes: number }) {
  return (
    <table className="t">
      <thead>
        <tr>
          <th>State</th>
          <th className="num">PEs</th>
          <th className="num">Share</th>
        </tr>
      </thead>
      <tbody>
        {stateRows(legend.counts).map(({ name, count }) => (
          <tr key={name}>
            <th scope="row">{STATE_NAMES[name]}</th>
            <td className="num">{grouped(count)}</td>
            <td className="num">{percent(count / pes)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
