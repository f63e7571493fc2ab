/** What others claim, beside what the simulation gives, the input that gave it, and a verdict in words. */

import type { Claim } from '../../store/whole.ts';
import { WideTable } from '../controls/WideTable.tsx';
import { Answer } from './Answer.tsx';
import { useWhole } from './context.ts';
import { MachineChoice } from './ModelForm.tsx';

const TONES: Readonly<Record<Claim['verdict'], string>> = { holds: 'ok', partly: 'warn', 'does not hold': 'err', 'outside the model': 'quiet' };

function ClaimRow({ claim }: { claim: Claim }) {
  return (
    <tr>
      <th scope="row">
        {claim.claim}
        <span className="source">{claim.source}</span>
      </th>
      <td>
        <span className={`badge ${TONES[claim.verdict]}`}>{claim.verdict}</span>
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
  const counts = new Map<string, number>();
  for (const { verdict } of claims) counts.set(verdict, (counts.get(verdict) ?? 0) + 1);
  return [...counts].map(([verdict, n]) => `${verdict} ${n}`).join(', ');
}

export function ClaimsTab() {
  const ask = useWhole((s) => s.claims);
  return (
    <>
      <div className="row page-choice">
        <span className="t12 t2">Checked on</span>
        <MachineChoice />
      </div>
      <Answer ask={ask} wait="Running what the claims are about…">
        {(claims) => (
          <div className="report-flow">
            <h2>Claims, checked</h2>
            <p className="lead">
              What the kernel file this project began with says of the machine, beside what the simulation gives. {claims.length} claims: {tally(claims)}.
            </p>
            <WideTable label="Claims and verdicts">
              <table className="t claims">
                <thead>
                  <tr>
                    <th>claim</th>
                    <th>verdict</th>
                    <th>here, and what gave it</th>
                    <th>why</th>
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
