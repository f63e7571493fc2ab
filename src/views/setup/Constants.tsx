/** The constants of a machine that can be set by hand, each with what it is and where its value comes from. */
import { MACHINES } from '../../machine/spec.ts';
import { TUNABLE_IDS, TUNABLES, type Tunable, type TunableId, tunedMachine, tunedSource, usualOf } from '../../machine/tuning.ts';
import type { RunConfig } from '../../store/types.ts';
import { Select } from '../controls/Choice.tsx';
import { Explain } from '../controls/Definition.tsx';
import { NumberInput } from '../controls/NumberInput.tsx';
import { withChoice } from './choice.ts';
import { SETUP_TEXT } from './strings.ts';

const t = SETUP_TEXT.machine;

interface Props {
  readonly machine: RunConfig['machine'];
  readonly tuning: RunConfig['tuning'];
  readonly onChange: (tuning: RunConfig['tuning']) => void;
  /** Accessible name of a field, where there are several machines on the page. */
  readonly labelOf?: (name: string) => string;
  /** Those that have a field; all if not given. */
  readonly ids?: readonly TunableId[];
}

export function Constants({ machine, tuning, onChange, labelOf = (name) => name, ids = TUNABLE_IDS }: Props) {
  return (
    <>
      <dl className="facts tunables">
        {ids.map((id) => {
          const { name, meaning }: Tunable = TUNABLES[id];
          return (
            <div key={id} className={tuning?.[id] === undefined ? undefined : 'on'}>
              <dt>
                {name}
                <Explain name={labelOf(name)} text={meaning} more={t.source(tunedSource(tunedMachine(machine, tuning), id))} />
              </dt>
              <dd>
                <Field {...{ id, machine, tuning, onChange }} label={labelOf(name)} />
              </dd>
            </div>
          );
        })}
      </dl>
      {tuning !== undefined && (
        <p className="t11 t3">
          {t.byHand(MACHINES[machine].name)}{' '}
          <button type="button" className="link" onClick={() => onChange(undefined)}>
            {t.reset}
          </button>
        </p>
      )}
    </>
  );
}

function Field({ id, label, machine, tuning, onChange }: Omit<Props, 'labelOf' | 'ids'> & { readonly id: TunableId; readonly label: string }) {
  const { unit, least, most, values }: Tunable = TUNABLES[id];
  const [value, usual] = [tuning?.[id] ?? null, usualOf(machine, id)];
  const set = (next: number | null): void => onChange(withChoice(tuning, id, next === usual ? null : next));
  if (values !== undefined) {
    return (
      <Select label={label} value={String(value ?? usual)} onChange={(text) => set(Number(text))}>
        {values.map((choice) => (
          <option key={choice} value={choice}>
            {t.times(choice)}
          </option>
        ))}
      </Select>
    );
  }
  const placeholder = usual === null ? t.several(MACHINES[machine].inputQueues) : String(usual);
  return <NumberInput {...{ label, unit, value, placeholder }} min={least} max={most} clearable onCommit={set} />;
}
