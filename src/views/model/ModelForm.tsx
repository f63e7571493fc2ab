/** Which model, on which machine, with how many tokens. */
import { CACHE_FORMATS, MAPPINGS, PLAN_KERNELS, PRESET_NAMES, STORAGES, WHOLE_MACHINES } from '../../store/whole.ts';
import { chooseFile } from '../app/files.ts';
import { Segments, Select } from '../controls/Choice.tsx';
import { NumberInput } from '../controls/NumberInput.tsx';
import { FIELD_NAMES, formatName, MACHINE_NAMES } from '../strings.ts';
import { useWhole, useWholeActions } from './context.ts';
import { MODEL_TEXT } from './strings.ts';

const t = MODEL_TEXT.form;

const OPEN = '\u0000open';
const MAPPING_CHOICES = MAPPINGS.map((id) => ({ id, name: t.mappings[id] }));
const CACHE_CHOICES = CACHE_FORMATS.map((id) => ({ id, name: id }));
const MACHINES = MACHINE_NAMES.filter(({ id }) => WHOLE_MACHINES.includes(id));

function ModelChoice() {
  const { configure } = useWholeActions();
  const source = useWhole((s) => s.source);
  const choose = (name: string): void => (name === OPEN ? chooseFile() : configure({ source: { kind: 'preset', name }, context: null, opened: null }));
  return (
    <div className="field">
      <span className="lbl">{FIELD_NAMES.model}</span>
      <Select label={FIELD_NAMES.model} value={source.name} onChange={choose}>
        {source.kind === 'file' && <option value={source.name}>{source.name}</option>}
        {PRESET_NAMES.map((name) => (
          <option key={name}>{name}</option>
        ))}
        <option value={OPEN}>{t.openFile}</option>
      </Select>
    </div>
  );
}

function FormatChoice() {
  const { configure } = useWholeActions();
  const format = useWhole((s) => s.format);
  return (
    <div className="field">
      <span className="lbl">{t.storedAs}</span>
      <Select label={t.storedAs} value={format ?? ''} onChange={(value) => configure({ format: value === '' ? null : (value as typeof format) })}>
        <option value="">{t.asItSays}</option>
        {STORAGES.map((id) => (
          <option key={id} value={id}>
            {formatName(id)}
          </option>
        ))}
      </Select>
    </div>
  );
}

function Tokens() {
  const { configure } = useWholeActions();
  const { context, batch } = useWhole((s) => s);
  return (
    <>
      <div className="field">
        <span className="lbl">{t.context}</span>
        <NumberInput
          label={t.context}
          unit={t.tokens}
          value={context}
          placeholder={t.usual}
          min={1}
          max={1_000_000}
          clearable
          onCommit={(value) => configure({ context: value })}
        />
      </div>
      <div className="field">
        <span className="lbl">{t.batch}</span>
        <NumberInput label={t.batch} unit={t.sequences} value={batch} min={1} max={100_000} onCommit={(value) => configure({ batch: value ?? 1 })} />
      </div>
    </>
  );
}

/** What only the tab on screen depends on. */
function OfTab() {
  const { configure } = useWholeActions();
  const { tab, kernel, options, cache, mapping } = useWhole((s) => s);
  const chosen = Object.entries(options);
  if (tab === 'speed')
    return (
      <div className="field">
        <span className="lbl">{t.mapping}</span>
        <Segments label={t.mapping} value={mapping} options={MAPPING_CHOICES} onChange={(value) => configure({ mapping: value })} />
      </div>
    );
  return (
    <>
      <div className="field">
        <span className="lbl">{FIELD_NAMES.kernel}</span>
        <Select label={FIELD_NAMES.kernel} value={kernel} onChange={(value) => configure({ kernel: value as typeof kernel, options: {} })}>
          {PLAN_KERNELS.map((id) => (
            <option key={id}>{id}</option>
          ))}
        </Select>
      </div>
      {chosen.length > 0 && (
        <p className="t11 t2">
          {t.withOptions(chosen.map(([id, value]) => `${id} ${value}`).join(', '))}{' '}
          <button type="button" className="link" onClick={() => configure({ options: {} })}>
            {t.without}
          </button>
        </p>
      )}
      <div className="field">
        <span className="lbl">{t.cache}</span>
        <Segments label={t.cacheFormat} value={cache} options={CACHE_CHOICES} onChange={(value) => configure({ cache: value })} />
      </div>
    </>
  );
}

export function MachineChoice() {
  const { configure } = useWholeActions();
  const machine = useWhole((s) => s.machine);
  return <Segments label={FIELD_NAMES.machine} value={machine} options={MACHINES} onChange={(value) => configure({ machine: value })} />;
}

export function ModelForm() {
  return (
    <section className="model-form stack" aria-label={t.title}>
      <ModelChoice />
      <FormatChoice />
      <MachineChoice />
      <Tokens />
      <OfTab />
    </section>
  );
}
