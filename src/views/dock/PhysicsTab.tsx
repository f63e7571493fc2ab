/** The conservation checks of the run, with what was compared. */

import type { TimedRun } from '../../store/types.ts';
import { ScrollRegion } from '../controls/ScrollRegion.tsx';
import { DOCK_TEXT } from './strings.ts';

export function PhysicsTab({ result }: { result: TimedRun }) {
  return (
    <ScrollRegion label={DOCK_TEXT.physics.label}>
      <ul className="physics">
        {result.conservation.map((c) => (
          <li key={c.name}>
            <span>
              <span className={`badge ${c.holds ? 'ok' : 'err'}`}>{c.holds ? DOCK_TEXT.physics.holds : DOCK_TEXT.physics.broken}</span>
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
