/** What every preset is taken to be: each constant with its source, side by side; then its equations, what the model leaves out, how far it is from published cycles, and its versions. */

import { useState } from 'react';
import { calibration } from '../../analysis/calibrated.ts';
import { machineConstants } from '../../analysis/constants.ts';
import { EQUATIONS, MODEL_CHANGES } from '../../analysis/equations.ts';
import { limitsOf } from '../../analysis/limits.ts';
import { SOURCES } from '../../machine/sources.ts';
import { MACHINES } from '../../machine/spec.ts';
import { WideTable } from '../controls/WideTable.tsx';
import { grouped, percent, signed } from '../format.ts';
import { MACHINE_TEXT as t } from './strings.ts';

const PRESETS = Object.values(MACHINES).map((machine) => ({ machine, constants: machineConstants(machine) }));
const LIMITS = [...new Set(PRESETS.flatMap(({ machine }) => limitsOf(machine, {})))];
const { families, rows } = calibration();

function Constants() {
  return (
    <WideTable label={t.constants}>
      <table className="t constants">
        <thead>
          <tr>
            <th>{t.constant}</th>
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
  );
}

function Families() {
  return (
    <WideTable label={t.published.byFamily}>
      <table className="t">
        <thead>
          <tr>
            <th>{t.published.families.programs}</th>
            <th className="num">{t.published.families.rows}</th>
            <th className="num">{t.published.families.exact}</th>
            <th className="num">{t.published.families.mean}</th>
            <th className="num">{t.published.families.worst}</th>
          </tr>
        </thead>
        <tbody>
          {families.map(({ family, n, exact, meanError, worstError }) => (
            <tr key={family}>
              <td>{family}</td>
              <td className="num">{grouped(n)}</td>
              <td className="num">{grouped(exact)}</td>
              <td className="num">{percent(meanError, 2)}</td>
              <td className="num">{percent(worstError, 2)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </WideTable>
  );
}

/** Every row, made when it is asked for. */
function Rows() {
  const [open, setOpen] = useState(false);
  return (
    <details onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{t.published.all(rows.length)}</summary>
      {open && <AllRows />}
    </details>
  );
}

function AllRows() {
  return (
    <WideTable label={t.published.table}>
      <table className="t">
        <thead>
          <tr>
            <th>{t.published.heads.program}</th>
            <th>{t.published.heads.source}</th>
            <th className="num">{t.published.heads.published}</th>
            <th className="num">{t.published.heads.ours}</th>
            <th className="num">{t.published.heads.difference}</th>
          </tr>
        </thead>
        <tbody>
          {rows.map(({ family, what, source, published, ours }) => (
            <tr key={`${family} ${what} ${published}`}>
              <td>{`${family}, ${what}`}</td>
              <td>{source}</td>
              <td className="num">{grouped(published)}</td>
              <td className="num">{grouped(ours)}</td>
              <td className="num">{signed(ours - published)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </WideTable>
  );
}

export function MachineTab() {
  return (
    <div className="report-flow">
      <h2>{t.title}</h2>
      <p className="lead">
        {t.lead.before}
        <em>{t.lead.assumed}</em>
        {t.lead.after}
      </p>
      <Constants />
      <h3>{t.sources}</h3>
      <dl className="sources">
        {SOURCES.map(([key, what]) => (
          <div key={key}>
            <dt>{key}</dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
      <h3>{t.equations}</h3>
      <dl className="equations">
        {EQUATIONS.map(({ name, lines, where }) => (
          <div key={name}>
            <dt>{name}</dt>
            {lines.map((line) => (
              <dd key={line} className="mono">
                {line}
              </dd>
            ))}
            <dd className="t2">{where}</dd>
          </div>
        ))}
      </dl>
      <h3>{t.limits}</h3>
      <ul className="limits">
        {LIMITS.map((limit) => (
          <li key={limit}>{limit}</li>
        ))}
      </ul>
      <h3>{t.published.title}</h3>
      <p className="t2">{t.published.meaning}</p>
      <Families />
      <Rows />
      <h3>{t.versions}</h3>
      <dl className="sources">
        {MODEL_CHANGES.map(({ version, what }) => (
          <div key={version}>
            <dt>{version}</dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
    </div>
  );
}
