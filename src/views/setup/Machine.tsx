/** The machine: preset, the constants that matter most, their sources. */
import { MACHINES } from '../../machine/spec.ts';
import { Segments } from '../controls/Choice.tsx';
import { Define } from '../controls/Definition.tsx';
import { clock } from '../format.ts';
import { useActions, useLab } from '../hooks.ts';
import { DEFINITIONS, FIELD_NAMES, MACHINE_NAMES, TEXT } from '../strings.ts';
import { SETUP_TEXT } from './strings.ts';

const t = SETUP_TEXT.machine;

export function Machine() {
  const { configure } = useActions();
  const id = useLab((s) => s.config.machine);
  const machine = MACHINES[id];
  const source = (field: string): string => t.source(machine.sources[field]);
  return (
    <section className="sec">
      <h3>{FIELD_NAMES.machine}</h3>
      <Segments label={FIELD_NAMES.machine} value={id} options={MACHINE_NAMES} onChange={(value) => configure({ machine: value })} />
      <dl className="facts" style={{ marginTop: 6 }}>
        <div>
          <dt>{DEFINITIONS.hop[0]}</dt>
          <dd>
            {TEXT.cycles(machine.hop)}
            <Define term="hop" more={source('hop')} />
          </dd>
        </div>
        <div>
          <dt>{DEFINITIONS.queue[0]}</dt>
          <dd>
            {t.words(machine.inputQueues[0])}
            <Define term="queue" more={source('inputQueues')} />
          </dd>
        </div>
        <div>
          <dt>{DEFINITIONS.clock[0]}</dt>
          <dd>
            {clock(machine.clockHz)}
            <Define term="clock" more={source('clockHz')} />
          </dd>
        </div>
      </dl>
    </section>
  );
}
