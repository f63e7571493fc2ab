/** What every preset is taken to be: each constant with its source, side by side. */

import { machineConstants } from '../../analysis/constants.ts';
import { MACHINES } from '../../machine/spec.ts';
import { WideTable } from '../controls/WideTable.tsx';

const PRESETS = Object.values(MACHINES).map((machine) => ({ machine, constants: machineConstants(machine) }));

export function MachineTab() {
  return (
    <div className="report-flow">
      <h2>The machine</h2>
      <p className="lead">
        Every number that moves a cycle count, and where it comes from. Keys S1 to S12 name published sources (docs/machine.md lists them); what none of them
        gives is <em>assumed</em>. Teaching is no real machine: it makes the arithmetic of a first lesson come out by hand.
      </p>
      <WideTable label="Constants of the machines">
        <table className="t constants">
          <thead>
            <tr>
              <th>constant</th>
              {PRESETS.map(({ machine }) => (
                <th key={machine.id}>{machine.name}</th>
              ))}
            </tr>
          </thead>
          <tbody>
            {PRESETS[0].constants.map(({ key, name }, i) => (
              <tr key={key}>
                <th scope="row">{name}</th>
                {PRESETS.map(({ machine, constants }) => (
                  <td key={machine.id}>
                    {constants[i].value}
                    <span className={`source${constants[i].assumed ? ' assumed' : ''}`}>{constants[i].source}</span>
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </WideTable>
    </div>
  );
}
