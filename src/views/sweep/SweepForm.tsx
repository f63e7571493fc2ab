/** What is varied, over what, and how the points are computed. */
import { useId } from 'react';
import { TUNABLE_IDS } from '../../machine/tuning.ts';
import { MODES, PARAMS, type SweepSetup } from '../../store/sweep.ts';
import type { RunConfig } from '../../store/types.ts';
import { LIMITS } from '../../store/url.ts';
import { Segments, Select } from '../controls/Choice.tsx';
import { NumberInput } from '../controls/NumberInput.tsx';
import { PlainError } from '../controls/PlainError.tsx';
import { ProgressBar } from '../controls/ProgressBar.tsx';
import { useLab } from '../hooks.ts';
import { useKeptFocus } from '../kept-focus.ts';
import { Constants } from '../setup/Constants.tsx';
import { FIELD_NAMES, MACHINE_NAMES, TEXT } from '../strings.ts';
import { useSweep, useSweepActions } from './context.ts';
import { EXAMPLES, howToWrite, paramWords, SWEEP_TEXT } from './strings.ts';

function Varied({ axis, label }: { axis: 'x' | 'y'; label: string }) {
  const { configure } = useSweepActions();
  const { name, values } = useSweep((s) => s[axis]);
  const kernels = useLab((s) => s.kernels);
  const how = useId();
  const kind = PARAMS.get(name);
  const choose = (chosen: string): void => configure({ [axis]: { name: chosen, values: EXAMPLES[chosen] ?? '' } } as Partial<SweepSetup>);
  return (
    <fieldset className="varied">
      <div className="field">
        <span className="lbl">{label}</span>
        <Select label={SWEEP_TEXT.nameOf(label)} value={name} onChange={choose}>
          {axis === 'y' && <option value="">{SWEEP_TEXT.nothingMore}</option>}
          {[...PARAMS.keys()].map((id) => (
            <option key={id} value={id}>
              {paramWords(id)}
            </option>
          ))}
        </Select>
      </div>
      {name !== '' && (
        <span className="inp">
          <input
            aria-label={SWEEP_TEXT.valuesOf(label)}
            aria-describedby={how}
            className="values"
            value={values}
            spellCheck={false}
            autoComplete="off"
            placeholder={kind === 'number' || kind === 'decimal' ? SWEEP_TEXT.likeNumbers : SWEEP_TEXT.likeNames}
            onChange={(event) => configure({ [axis]: { name, values: event.target.value } } as Partial<SweepSetup>)}
          />
        </span>
      )}
      {name !== '' && (
        <p className="t11 t3" id={how}>
          {howToWrite(
            name,
            kernels.map(({ id }) => id),
          )}
        </p>
      )}
    </fieldset>
  );
}

/** The rest of the configuration; what is varied has no field. */
function Base() {
  const { configure } = useSweepActions();
  const { base, x, y } = useSweep((s) => s);
  const kernels = useLab((s) => s.kernels);
  const fixed = (name: string): boolean => x.name !== name && y.name !== name;
  const set = (patch: Partial<RunConfig>): void => configure({ base: { ...base, ...patch } });
  return (
    <>
      {fixed('kernel') && (
        <div className="field">
          <span className="lbl">{FIELD_NAMES.kernel}</span>
          <Select label={FIELD_NAMES.kernel} value={base.kernel} onChange={(kernel) => set({ kernel, options: undefined })}>
            {(kernels.length > 0 ? kernels.map(({ id }) => id) : [base.kernel]).map((id) => (
              <option key={id}>{id}</option>
            ))}
          </Select>
        </div>
      )}
      {fixed('machine') && <Segments label={FIELD_NAMES.machine} value={base.machine} options={MACHINE_NAMES} onChange={(machine) => set({ machine })} />}
      <div className="mkn">
        {(['m', 'k', 'n'] as const)
          .filter((name) => fixed(name) && (name === 'n' || base.model === 'synthetic'))
          .map((name) => (
            <NumberInput
              key={name}
              label={name.toUpperCase()}
              prefix={name.toUpperCase()}
              value={base[name]}
              {...LIMITS[name]}
              onCommit={(value) => set({ [name]: value ?? base[name] })}
            />
          ))}
      </div>
      <details open={base.tuning !== undefined || undefined}>
        <summary>{SWEEP_TEXT.constants}</summary>
        <Constants machine={base.machine} tuning={base.tuning} ids={TUNABLE_IDS.filter(fixed)} onChange={(tuning) => set({ tuning })} />
      </details>
      {base.model !== 'synthetic' && <p className="t11 t3">{`${base.model}: ${base.tensor}`}</p>}
    </>
  );
}

export function SweepForm() {
  const box = useKeptFocus<HTMLDivElement>();
  const { configure, run, stop } = useSweepActions();
  const { mode, status, records, points, error } = useSweep((s) => s);
  const running = status === 'running';
  return (
    <form
      className="stack"
      onSubmit={(event) => {
        event.preventDefault();
        void run();
      }}
    >
      <fieldset className="stack">
        <legend>{SWEEP_TEXT.varies}</legend>
        <Varied axis="x" label={SWEEP_TEXT.along} />
        <Varied axis="y" label={SWEEP_TEXT.lineForEach} />
      </fieldset>
      <fieldset className="stack">
        <legend>{SWEEP_TEXT.stays}</legend>
        <Base />
      </fieldset>
      <fieldset className="stack">
        <legend>{SWEEP_TEXT.points}</legend>
        <Segments
          label={SWEEP_TEXT.points}
          value={mode}
          options={MODES.map((id) => ({ id, name: SWEEP_TEXT.modes[id] }))}
          onChange={(value) => configure({ mode: value })}
        />
      </fieldset>
      {error && <PlainError error={error} />}
      <div ref={box} className="stack">
        {running ? (
          <div className="loading">
            <div className="row">
              <span>{SWEEP_TEXT.progress(records.length, points)}</span>
              <span className="sp" />
              <button type="button" className="link" onClick={stop}>
                {TEXT.cancel}
              </button>
            </div>
            <ProgressBar label={SWEEP_TEXT.sweep} done={records.length} of={points} />
          </div>
        ) : (
          <button type="submit" className="btn p main-action">
            {SWEEP_TEXT.sweep}
          </button>
        )}
      </div>
      {status === 'stopped' && <p className="notice">{SWEEP_TEXT.stopped}</p>}
    </form>
  );
}
