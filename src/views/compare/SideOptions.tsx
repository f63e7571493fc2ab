/** What else can be chosen of a side: model, sizes, seed, rectangle, engine, and the kernel's options. */
import type { SideId } from '../../store/compare.ts';
import { OPTIONS, type OptionId, type OptionSpec, type RunConfig } from '../../store/types.ts';
import { LIMITS } from '../../store/url.ts';
import { Select } from '../controls/Choice.tsx';
import { Flyout } from '../controls/Flyout.tsx';
import { NumberInput } from '../controls/NumberInput.tsx';
import { Constants } from '../setup/Constants.tsx';
import { withChoice } from '../setup/choice.ts';
import { RowSizes } from '../setup/RowSizes.tsx';
import { ENGINE_CHOICES, FIELD_NAMES, SCENARIOS, TEXT } from '../strings.ts';
import { useCompare, useCompareActions } from './context.ts';
import { COMPARE_TEXT } from './strings.ts';

/** Largest number an option takes on the page. */
const MOST = 1_000_000;

interface Given {
  readonly id: SideId;
  readonly config: RunConfig;
}

function Field({ name, children }: { name: string; children: React.ReactNode }) {
  return (
    <div className="field">
      <span className="lbl">{name}</span>
      {children}
    </div>
  );
}

/** The tensors of the model that can run. */
function TensorField({ id, config }: Given) {
  const { configure } = useCompareActions();
  const model = useCompare((s) => s.models[config.model]);
  if (model === undefined || config.model === 'synthetic') return null;
  const names = model.tensors.filter((t) => t.runnable).map((t) => t.name);
  const value = names.find((name) => name === config.tensor || name === `${config.tensor}.weight`) ?? config.tensor;
  return (
    <Field name={FIELD_NAMES.tensor}>
      <Select label={COMPARE_TEXT.labelOf(FIELD_NAMES.tensor, id.toUpperCase())} value={value} onChange={(tensor) => configure(id, { tensor })}>
        {names.map((name) => (
          <option key={name}>{name}</option>
        ))}
      </Select>
    </Field>
  );
}

function Sizes({ id, config }: Given) {
  const { configure } = useCompareActions();
  const names = config.model === 'synthetic' ? (['m', 'k', 'n', 'seed'] as const) : (['n', 'seed'] as const);
  const nameOf = (name: (typeof names)[number]): string => (name === 'seed' ? FIELD_NAMES.seed : name.toUpperCase());
  return names.map((name) => (
    <Field key={name} name={nameOf(name)}>
      <NumberInput
        label={COMPARE_TEXT.labelOf(nameOf(name), id.toUpperCase())}
        value={config[name]}
        {...LIMITS[name]}
        onCommit={(value) => value !== null && configure(id, { [name]: value })}
      />
    </Field>
  ));
}

function Rectangle({ id, config }: Given) {
  const { configure } = useCompareActions();
  const planned = useCompare((s) => s[id].reader?.trace);
  const set = (side: 'width' | 'height', value: number | null): void => {
    const rest = config.pes ?? { width: planned?.width ?? 1, height: planned?.height ?? 1 };
    configure(id, { pes: value === null ? undefined : { ...rest, [side]: value } });
  };
  const field = (side: 'width' | 'height') => (
    <NumberInput
      label={COMPARE_TEXT.labelOf(FIELD_NAMES[side], id.toUpperCase())}
      value={config.pes?.[side] ?? null}
      placeholder={planned ? String(planned[side]) : ''}
      {...LIMITS[side]}
      clearable
      onCommit={(value) => set(side, value)}
    />
  );
  return (
    <Field name={FIELD_NAMES.rectangle}>
      <div className="grid-field">
        {field('width')}
        <span className="t3">×</span>
        {field('height')}
      </div>
    </Field>
  );
}

function OptionField({ id, config, option }: Given & { option: OptionId }) {
  const { configure } = useCompareActions();
  const spec: OptionSpec = OPTIONS[option];
  const value = config.options?.[option];
  const label = COMPARE_TEXT.labelOf(spec.name, id.toUpperCase());
  const choose = (next: string | number | null): void => {
    configure(id, { options: withChoice<Record<string, string | number>, OptionId>(config.options, option, next) });
  };
  return (
    <Field name={spec.name}>
      {spec.values ? (
        <Select label={label} value={String(value ?? '')} onChange={(next) => choose(next === '' ? null : next)}>
          <option value="">{COMPARE_TEXT.defaults}</option>
          {spec.values.map((v) => (
            <option key={v}>{v}</option>
          ))}
        </Select>
      ) : (
        <NumberInput
          label={label}
          value={typeof value === 'number' ? value : null}
          placeholder={TEXT.auto}
          min={spec.least ?? 1}
          max={MOST}
          clearable
          onCommit={choose}
        />
      )}
    </Field>
  );
}

/** What is run: a matrix product of a model, or a hand-written program. */
function ModelField({ id, config }: Given) {
  const { configure } = useCompareActions();
  const own = config.model !== 'demo' && config.model !== 'synthetic';
  const choose = (value: string): void => configure(id, isScenario(value) ? { scenario: value } : { model: value, scenario: undefined });
  return (
    <Field name={FIELD_NAMES.model}>
      <Select label={COMPARE_TEXT.labelOf(FIELD_NAMES.model, id.toUpperCase())} value={config.scenario ?? config.model} onChange={choose}>
        <option value="demo">{TEXT.demoModel}</option>
        <option value="synthetic">{TEXT.synthetic}</option>
        {own && <option>{config.model}</option>}
        <optgroup label={TEXT.demonstrations}>
          {SCENARIOS.map((scenario) => (
            <option key={scenario.id} value={scenario.id}>
              {scenario.name}
            </option>
          ))}
        </optgroup>
      </Select>
    </Field>
  );
}

const isScenario = (value: string): boolean => SCENARIOS.some(({ id }) => id === value);

function Demonstration({ id, config }: Given) {
  const { configure } = useCompareActions();
  const usual = SCENARIOS.find((scenario) => scenario.id === config.scenario)?.sizes;
  return (
    usual && (
      <RowSizes config={config} usual={usual} named={(field) => COMPARE_TEXT.labelOf(field, id.toUpperCase())} configure={(patch) => configure(id, patch)} />
    )
  );
}

function EngineField({ id, config }: Given) {
  const { configure } = useCompareActions();
  const choose = (engine: string): void => configure(id, { engine: engine === 'auto' ? undefined : (engine as RunConfig['engine']) });
  return (
    <Field name={FIELD_NAMES.engine}>
      <Select label={COMPARE_TEXT.labelOf(FIELD_NAMES.engine, id.toUpperCase())} value={config.engine ?? 'auto'} onChange={choose}>
        {ENGINE_CHOICES.map((engine) => (
          <option key={engine.id} value={engine.id}>
            {engine.name}
          </option>
        ))}
      </Select>
    </Field>
  );
}

function Matrix({ id, config }: Given) {
  const kernels = useCompare((s) => s.kernels);
  return (
    <>
      <TensorField id={id} config={config} />
      <Sizes id={id} config={config} />
      <Rectangle id={id} config={config} />
      <EngineField id={id} config={config} />
      {kernels
        .find((k) => k.id === config.kernel)
        ?.options.map((option) => (
          <OptionField key={option} id={id} config={config} option={option} />
        ))}
    </>
  );
}

export function SideOptions({ id }: { id: SideId }) {
  const { configure } = useCompareActions();
  const config = useCompare((s) => s[id].config);
  return (
    <Flyout face={COMPARE_TEXT.options} label={COMPARE_TEXT.labelOf(COMPARE_TEXT.options, id.toUpperCase())} className="btn" sheetClass="side-options">
      {() => (
        <>
          <ModelField id={id} config={config} />
          {config.scenario === undefined ? <Matrix id={id} config={config} /> : <Demonstration id={id} config={config} />}
          <Constants
            machine={config.machine}
            tuning={config.tuning}
            labelOf={(name) => COMPARE_TEXT.labelOf(name, id.toUpperCase())}
            onChange={(tuning) => configure(id, { tuning })}
          />
        </>
      )}
    </Flyout>
  );
}
