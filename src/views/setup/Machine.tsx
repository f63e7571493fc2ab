/** The machine: preset, and its constants, which can be set by hand. */
import { Segments } from '../controls/Choice.tsx';
import { useActions, useLab } from '../hooks.ts';
import { FIELD_NAMES, MACHINE_NAMES } from '../strings.ts';
import { Constants } from './Constants.tsx';

export function Machine() {
  const { configure } = useActions();
  const { machine, tuning } = useLab((s) => s.config);
  return (
    <section className="sec">
      <h3>{FIELD_NAMES.machine}</h3>
      <Segments label={FIELD_NAMES.machine} value={machine} options={MACHINE_NAMES} onChange={(value) => configure({ machine: value })} />
      <Constants machine={machine} tuning={tuning} onChange={(next) => configure({ tuning: next })} />
    </section>
  );
}
