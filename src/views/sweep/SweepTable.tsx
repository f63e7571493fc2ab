/** Every point of the sweep with its numbers, and what is wrong with those that have none. */

import type { PointRecord } from '../../store/sweep.ts';
import { valueText } from '../../sweep/series.ts';
import { WideTable } from '../controls/WideTable.tsx';
import { factor, grouped, percent, signed } from '../format.ts';
import { hrefOf } from './links.ts';
import { SWEEP_TEXT } from './strings.ts';

function Numbers({ record }: { record: PointRecord }) {
  if (!('result' in record)) {
    const { field, message } = record.error;
    return <td colSpan={SWEEP_TEXT.heads.length} className="t2">{`${field}: ${message}`}</td>;
  }
  const { cycles, closedForm, lowerBound, utilisationMac, sramBytes, usedPes, plainLoopDifferences } = record.result;
  const shown = cycles ?? closedForm;
  return (
    <>
      <td className="num b5">{grouped(shown)}</td>
      <td className="num">{cycles === null ? '' : signed(closedForm - cycles)}</td>
      <td className="num">{factor(shown / lowerBound)}</td>
      <td className="num">{percent(utilisationMac)}</td>
      <td className="num">{grouped(sramBytes)}</td>
      <td className="num">{grouped(usedPes)}</td>
      <td className="num">{plainLoopDifferences === null ? '' : grouped(plainLoopDifferences)}</td>
    </>
  );
}

export function SweepTable({ records, names }: { records: readonly PointRecord[]; names: readonly string[] }) {
  return (
    <WideTable label={SWEEP_TEXT.points}>
      <table className="t">
        <thead>
          <tr>
            {names.map((name) => (
              <th key={name}>{name}</th>
            ))}
            {SWEEP_TEXT.heads.map((head) => (
              <th key={head} className="num">
                {head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {records.map((record) => (
            <tr key={record.hash}>
              {names.map((name, i) => (
                <td key={name}>{i === 0 ? <a href={hrefOf(record)}>{valueText(record.config[name])}</a> : valueText(record.config[name])}</td>
              ))}
              <Numbers record={record} />
            </tr>
          ))}
        </tbody>
      </table>
    </WideTable>
  );
}
