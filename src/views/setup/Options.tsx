/** What can be chosen about the kernel's mapping, one line an option; what is not chosen shows what applies. */
import { OPTIONS, type OptionId, type OptionSpec } from '../../store/types.ts';
import { Segments, Select } from '../controls/Choice.tsx';
import { Explain } from '../controls/Definition.tsx';
import { NumberInput } from '../controls/NumberInput.tsx';
import { useActions, useLab } from '../hooks.ts';
import { TEXT } from '../strings.ts';
import { withChoice } from './choice.ts';

/** Largest number an option takes on the page. */
const MOST = 1_000_000;

function Option({ id }: { id: OptionId }) {
  const { configure } = useActions();
  const options = useLab((s) => s.config.options);
  const applied = useLab((s) => s.plan?.plan.options[id]);
  const spec: OptionSpec = OPTIONS[id];
  const choose = (value: string | number | null): void => configure({ options: withChoice<Record<string, string | number>, OptionId>(options, id, value) });
  const value = options?.[id];
  const shown = String(value ?? applied ?? spec.values?.[0]);
  const explain = <Explain name={spec.name} text={spec.meaning} />;
  if (spec.values?.length === 2 && spec.values[0] === 'off') {
    return (
      <div className="row check">
        <label>
          <input type="checkbox" checked={shown !== 'off'} onChange={(event) => choose(event.target.checked ? (spec.values?.[1] ?? null) : null)} />
          {spec.name}
        </label>
        {explain}
      </div>
    );
  }
  return (
    <div className="field">
      <span className="lbl row" style={{ gap: 6 }}>
        {spec.name}
        {explain}
      </span>
      {spec.values ? (
        <Choices spec={spec} values={spec.values} value={shown} onChange={choose} />
      ) : (
        <NumberInput
          label={spec.name}
          value={typeof value === 'number' ? value : null}
          placeholder={applied === undefined ? TEXT.auto : String(applied)}
          min={spec.least ?? 1}
          max={MOST}
          clearable
          onCommit={choose}
        />
      )}
    </div>
  );
}

/** As many letters as segments have room for. */
const LETTERS = 12;

/** Segments for two short values, a list for more. */
function Choices({ spec, values, value, onChange }: { spec: OptionSpec; values: readonly string[]; value: string; onChange: (value: string) => void }) {
  if (values.join('').length <= LETTERS)
    return <Segments label={spec.name} value={value} options={values.map((id) => ({ id, name: id }))} onChange={onChange} />;
  return (
    <Select label={spec.name} value={value} onChange={onChange}>
      {values.map((v) => (
        <option key={v} value={v}>
          {v}
        </option>
      ))}
    </Select>
  );
}

export function Options({ ids }: { ids: readonly OptionId[] }) {
  return ids.map((id) => <Option key={id} id={id} />);
}
