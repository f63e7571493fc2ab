/** What others claim, beside what the simulation gives, the input that gave it, and a verdict in words. */

import type { Claim } from '../../store/whole.ts';
import { WideTable } from '../controls/WideTable.tsx';
import { Answer } from './Answer.tsx';
import { useWhole } from './context.ts';
import { MachineChoice } from './ModelForm.tsx';
import { CLAIMS_TEXT as t } from './strings.ts';

const TONES: Readonly<Record<Claim['verdict'], string>> = { holds: 'ok', partly: 'warn', 'does not hold': 'err', 'outside the model': 'quiet' };

function ClaimRow({ claim }: { claim: Claim }) {
  return (
    <tr>
      <th scope="row">
        {claim.claim}
        <span className="source">{claim.source}</span>
      </th>
      <td>
        <span className={`badge ${TONES[claim.verdict]}`}>{t.verdicts[claim.verdict]}</span>
      </td>
      <td>
        <b className="b5">{claim.ours}</b>
        <span className="source mono">{claim.input}</span>
      </td>
      <td className="t2">{claim.why}</td>
    </tr>
  );
}

/** "holds 3, partly 2, ...". */
function tally(claims: readonly Claim[]): string {
  const counts = new Map<Claim['verdict'], number>();
  for (const { verdict } of claims) counts.set(verdict, (counts.get(verdict) ?? 0) + 1);
  return [...counts].map(([verdict, n]) => `${t.verdicts[verdict]} ${n}`).join(', ');
}

export function ClaimsTab() {
  const ask = useWhole((s) => s.claims);
  return (
    <>
      <div className="row page-choice">
        <span className="t12 t2">{t.on}</span>
        <MachineChoice />
      </div>
      <Answer ask={ask} wait={t.running}>
        {(claims) => (
          <div className="report-flow">
            <h2>{t.title}</h2>
            <p className="lead">{t.lead(claims.length, tally(claims))}</p>
            <WideTable label={t.table}>
              <table className="t claims">
                <thead>
                  <tr>
                    <th>{t.heads.claim}</th>
                    <th>{t.heads.verdict}</th>
                    <th>{t.heads.ours}</th>
                    <th>{t.heads.why}</th>
                  </tr>
                </thead>
                <tbody>
                  {claims.map((claim) => (
                    <ClaimRow key={claim.id} claim={claim} />
                  ))}
                </tbody>
              </table>
            </WideTable>
          </div>
        )}
      </Answer>
    </>
  );
}
