/** Which model, on which machine, with how many tokens. */
import { CACHE_FORMATS, MAPPINGS, PLAN_KERNELS, PRESET_NAMES, STORAGES, WHOLE_MACHINES } from '../../store/whole.ts';
import { chooseFile } from '../app/files.ts';
import { Segments, Select } from '../controls/Choice.tsx';
import { NumberInput } from '../controls/NumberInput.tsx';
import { formatName, MACHINE_NAMES } from '../strings.ts';
import { useWhole, useWholeActions } from './context.ts';

const OPEN = '\u0000open';
const named = <T extends string>(ids: readonly T[]) => ids.map((id) => ({ id, name: id as string }));
const MACHINES = MACHINE_NAMES.filter(({ id }) => WHOLE_MACHINES.includes(id));

function ModelChoice() {
  const { configure } = useWholeActions();
  const source = useWhole((s) => s.source);
  const choose = (name: string): void => (name === OPEN ? chooseFile() : configure({ source: { kind: 'preset', name }, context: null, opened: null }));
  return (
    <div className="field">
      <span className="lbl">Model</span>
      <Select label="Model" value={source.name} onChange={choose}>
        {source.kind === 'file' && <option value={source.name}>{source.name}</option>}
        {PRESET_NAMES.map((name) => (
          <option key={name}>{name}</option>
        ))}
        <option value={OPEN}>Open a GGUF or config.json…</option>
      </Select>
    </div>
  );
}

function FormatChoice() {
  const { configure } = useWholeActions();
  const format = useWhole((s) => s.format);
  return (
    <div className="field">
      <span className="lbl">Stored as</span>
      <Select label="Stored as" value={format ?? ''} onChange={(value) => configure({ format: value === '' ? null : (value as typeof format) })}>
        <option value="">as it says, else Q4_K</option>
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
        <span className="lbl">Context</span>
        <NumberInput
          label="Context"
          unit="tokens"
          value={context}
          placeholder="usual"
          min={1}
          max={1_000_000}
          clearable
          onCommit={(value) => configure({ context: value })}
        />
      </div>
      <div className="field">
        <span className="lbl">Batch</span>
        <NumberInput label="Batch" unit="sequences" value={batch} min={1} max={100_000} onCommit={(value) => configure({ batch: value ?? 1 })} />
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
        <span className="lbl">Mapping</span>
        <Segments label="Mapping" value={mapping} options={named(MAPPINGS)} onChange={(value) => configure({ mapping: value })} />
      </div>
    );
  return (
    <>
      <div className="field">
        <span className="lbl">Kernel</span>
        <Select label="Kernel" value={kernel} onChange={(value) => configure({ kernel: value as typeof kernel, options: {} })}>
          {PLAN_KERNELS.map((id) => (
            <option key={id}>{id}</option>
          ))}
        </Select>
      </div>
      {chosen.length > 0 && (
        <p className="t11 t2">
          With {chosen.map(([id, value]) => `${id} ${value}`).join(', ')}.{' '}
          <button type="button" className="link" onClick={() => configure({ options: {} })}>
            Without
          </button>
        </p>
      )}
      <div className="field">
        <span className="lbl">Keys, values</span>
        <Segments label="Keys and values as" value={cache} options={named(CACHE_FORMATS)} onChange={(value) => configure({ cache: value })} />
      </div>
    </>
  );
}

export function MachineChoice() {
  const { configure } = useWholeActions();
  const machine = useWhole((s) => s.machine);
  return <Segments label="Machine" value={machine} options={MACHINES} onChange={(value) => configure({ machine: value })} />;
}

export function ModelForm() {
  return (
    <section className="model-form stack" aria-label="Model and machine">
      <ModelChoice />
      <FormatChoice />
      <MachineChoice />
      <Tokens />
      <OfTab />
    </section>
  );
}
