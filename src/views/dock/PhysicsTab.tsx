/** The conservation checks of the run, with what was compared. */

import type { TimedRun } from '../../store/types.ts';
import { ScrollRegion } from '../controls/ScrollRegion.tsx';
import { PHYSICS_TEXT } from './strings.ts';

export function PhysicsTab({ result }: { result: TimedRun }) {
  return (
    <ScrollRegion label={PHYSICS_TEXT.label}>
      <ul className="physics">
        {result.conservation.map((c) => (
          <li key={c.name}>
            <span>
              <span className={`badge ${c.holds ? 'ok' : 'err'}`}>{c.holds ? PHYSICS_TEXT.holds : PHYSICS_TEXT.broken}</span>
            </span>
            <span>
              <span style={{ display: 'block' }}>{c.name}</span>
              <span className="t3">{c.detail}</span>
            </span>
          </li>
        ))}
      </ul>
    </ScrollRegion>
  );
}
