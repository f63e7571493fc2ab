/** The machine: preset, the constants that matter most, their sources. */
import { MACHINES } from '../../machine/spec.ts';
import { Segments } from '../controls/Choice.tsx';
import { Define } from '../controls/Definition.tsx';
import { clock, count } from '../format.ts';
import { useActions, useLab } from '../hooks.ts';
import { MACHINE_NAMES } from '../strings.ts';

export function Machine() {
  const { configure } = useActions();
  const id = useLab((s) => s.config.machine);
  const machine = MACHINES[id];
  const source = (field: string): string => `Source: ${machine.sources[field] ?? 'assumed'}.`;
  return (
    <section className="sec">
      <h3>Machine</h3>
      <Segments label="Machine" value={id} options={MACHINE_NAMES} onChange={(value) => configure({ machine: value })} />
      <dl className="facts" style={{ marginTop: 6 }}>
        <div>
          <dt>Hop latency</dt>
          <dd>
            {count(machine.hop, 'cycle')}
            <Define term="hop" more={source('hop')} />
          </dd>
        </div>
        <div>
          <dt>Ramp queue 0</dt>
          <dd>
            {count(machine.inputQueues[0], 'word')}
            <Define term="queue" more={source('inputQueues')} />
          </dd>
        </div>
        <div>
          <dt>Clock</dt>
          <dd>
            {clock(machine.clockHz)}
            <Define term="clock" more={source('clockHz')} />
          </dd>
        </div>
      </dl>
    </section>
  );
}
