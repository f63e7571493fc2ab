/** What is multiplied: model, tensor, sizes, seed. */

import { configOfLayer } from '../../store/open-file.ts';
import type { LabState, RunConfig, TensorSummary, TopologyLayer } from '../../store/types.ts';
import { LIMITS } from '../../store/url.ts';
import { chooseFile } from '../app/files.ts';
import { Select } from '../controls/Choice.tsx';
import { Define } from '../controls/Definition.tsx';
import { NumberInput } from '../controls/NumberInput.tsx';
import { grouped } from '../format.ts';
import { useActions, useLab } from '../hooks.ts';
import { FIELD_NAMES, FORMAT_NAMES, formatName, ORIGINAL_FORMATS, SCENARIOS, TEXT } from '../strings.ts';
import { ErrorBox } from './ErrorBox.tsx';
import { RowSizes } from './RowSizes.tsx';
import { SETUP_TEXT } from './strings.ts';

const t = SETUP_TEXT.workload;

const OPEN = '\u0000open';

function ModelSelect() {
  const { configure, openDemo, chooseSynthetic, chooseScenario } = useActions();
  const config = useLab((s) => s.config);
  const model = useLab((s) => s.model);
  const choose = (value: string): void => {
    if (value === 'demo') void openDemo();
    else if (value === 'synthetic') chooseSynthetic();
    else if (value === OPEN) chooseFile();
    else if (SCENARIOS.some((s) => s.id === value)) chooseScenario(value);
    else if (value === config.model) configure({ scenario: undefined });
  };
  const own = config.model !== 'demo' && config.model !== 'synthetic';
  return (
    <div className="field wide">
      <span className="lbl">{FIELD_NAMES.model}</span>
      <Select label={FIELD_NAMES.model} value={config.scenario ?? config.model} onChange={choose}>
        <option value="demo">{config.model === 'demo' && model ? t.demo(model.title) : TEXT.demoModel}</option>
        {own && <option value={config.model}>{config.model}</option>}
        <option value="synthetic">{TEXT.synthetic}</option>
        <option value={OPEN}>{t.openFile}</option>
        <optgroup label={TEXT.demonstrations}>
          {SCENARIOS.map(({ id, name }) => (
            <option key={id} value={id}>
              {name}
            </option>
          ))}
        </optgroup>
      </Select>
    </div>
  );
}

const sizeOf = ({ shape }: TensorSummary): string => shape.map((s) => grouped(s)).join(' × ');

/** Kernels that take whole layers choose one of the model's. */
function LayerSelect() {
  const { configure } = useActions();
  const config = useLab((s) => s.config);
  const layers = useLab((s) => s.model?.layers);
  if (config.model === 'synthetic') return null;
  if (!layers) return <p className="t11 t3">{t.noLayers}</p>;
  const value = /^blk\.\d+/.exec(config.tensor)?.[0] ?? 'blk.0';
  return (
    <div className="field">
      <span className="lbl">{t.layer}</span>
      <Select label={t.layer} value={value} onChange={(tensor) => configure({ tensor, k: layers.hidden, m: layers.hidden })}>
        {Array.from({ length: layers.count }, (_, i) => `blk.${i}`).map((name) => (
          <option key={name} value={name}>
            {name}
          </option>
        ))}
      </Select>
    </div>
  );
}

function TensorSelect() {
  const { configure } = useActions();
  const config = useLab((s) => s.config);
  const model = useLab((s) => s.model);
  const takes = useTakes();
  if (takes === 'layer') return <LayerSelect />;
  if (model === null || config.model === 'synthetic') return null;
  const runnable = model.tensors.filter((one) => one.runnable);
  const others = model.tensors.filter((one) => !one.runnable);
  const choose = (name: string): void => {
    const tensor = model.tensors.find((one) => one.name === name);
    if (tensor) configure({ tensor: name, k: tensor.shape[0], m: tensor.shape[1] });
  };
  return (
    <div className="field wide">
      <span className="lbl">{FIELD_NAMES.tensor}</span>
      <Select label={FIELD_NAMES.tensor} value={config.tensor} onChange={choose}>
        <optgroup label={t.runnable}>
          {runnable.map((one) => (
            <option key={one.name} value={one.name}>{`${one.name} · ${one.type} · ${sizeOf(one)}`}</option>
          ))}
        </optgroup>
        {others.length > 0 && (
          <optgroup label={t.notRunnable}>
            {others.map(({ name, reason }) => (
              <option key={name} value={name} disabled>{`${name} · ${reason}`}</option>
            ))}
          </optgroup>
        )}
      </Select>
    </div>
  );
}

/** Layers of a topology file; choosing one makes it the synthetic matrix. */
function LayerOfTopology() {
  const { configure, say } = useActions();
  const topology = useLab((s) => s.topology);
  const config = useLab((s) => s.config);
  if (topology === null) return null;
  const { layers, file } = topology;
  const isSetUp = (layer: TopologyLayer): boolean => {
    const { m, k, n } = configOfLayer(layer).patch;
    return config.model === 'synthetic' && config.m === m && config.k === k && config.n === n;
  };
  const choose = (value: string): void => {
    const { patch, notices } = configOfLayer(layers[Number(value)]);
    configure(patch);
    say([t.layerSet(layers[Number(value)].name), ...notices].join(' '));
  };
  return (
    <div className="field">
      <span className="lbl" title={file}>
        {t.fileLayer}
      </span>
      <Select label={t.fileLayer} value={String(layers.findIndex(isSetUp))} onChange={choose}>
        <option value="-1" disabled>
          {t.otherSetup}
        </option>
        {layers.map((layer) => (
          <option key={layers.indexOf(layer)} value={layers.indexOf(layer)}>
            {`${layer.name} · ${grouped(layer.m)} × ${grouped(layer.k)} × ${grouped(layer.n)}`}
          </option>
        ))}
      </Select>
    </div>
  );
}

/** What the chosen kernel maps. */
function useTakes(): 'gemm' | 'layer' {
  return useLab((s) => s.kernels.find(({ id }) => id === s.config.kernel)?.takes) ?? 'gemm';
}

function Sizes() {
  const { configure } = useActions();
  const takes = useTakes();
  const { model, m, k, n, seed } = useLab((s) => s.config);
  const fixed = model !== 'synthetic';
  const field = (name: 'm' | 'k' | 'n', value: number, disabled: boolean) => (
    <NumberInput
      label={name.toUpperCase()}
      prefix={name.toUpperCase()}
      value={value}
      {...LIMITS[name]}
      disabled={disabled}
      onCommit={(v) => configure({ [name]: v ?? value })}
    />
  );
  return (
    <>
      <div className="mkn">
        {takes === 'gemm' && field('m', m, fixed)}
        {field('k', k, fixed)}
        {field('n', n, false)}
      </div>
      {takes === 'gemm' && <p className="t11 t3">{TEXT.sizes}</p>}
      <div className="field">
        <span className="lbl row" style={{ gap: 6 }}>
          {FIELD_NAMES.seed} <Define term="seed" />
        </span>
        <NumberInput label={FIELD_NAMES.seed} value={seed} {...LIMITS.seed} onCommit={(v) => configure({ seed: v ?? seed })} />
      </div>
    </>
  );
}

/** How a synthetic matrix is stored, or whether a Q4_K tensor is put into the original kernel file's format. */
function FormatSelect() {
  const { configure } = useActions();
  const { model, format = 'q4_k', as = '' } = useLab((s) => s.config);
  const type = useLab(storedType);
  if (model === 'synthetic') {
    return (
      <div className="field">
        <span className="lbl">{t.format}</span>
        <Select label={t.format} value={format} onChange={(value) => configure({ format: value, as: undefined })}>
          {FORMAT_NAMES.map(({ id, name }) => (
            <option key={id} value={id}>
              {name}
            </option>
          ))}
        </Select>
      </div>
    );
  }
  if (type !== 'q4_k') return null;
  return (
    <div className="field">
      <span className="lbl">{t.runAs}</span>
      <Select label={t.runAs} value={as} onChange={(value) => configure({ as: value === '' ? undefined : (value as RunConfig['as']) })}>
        <option value="">{t.asStored}</option>
        {ORIGINAL_FORMATS.map(({ id, name }) => (
          <option key={id} value={id}>
            {name}
          </option>
        ))}
      </Select>
    </div>
  );
}

function ModelNote() {
  const status = useLab((s) => s.modelStatus);
  const error = useLab((s) => s.modelError);
  const config = useLab((s) => s.config);
  if (error) return <ErrorBox error={error} reveal />;
  if (status === 'loading') return <p className="t11 t3">{t.opening}</p>;
  if (status === 'missing') {
    return (
      <div className="empty">
        <strong>{t.notOpen(config.model)}</strong> {t.whyNotOpen}{' '}
        <button type="button" className="link" onClick={chooseFile}>
          {TEXT.openIt}
        </button>
      </div>
    );
  }
  return null;
}

/** How A is stored: in the file, or as asked for. */
function storedType({ config, model }: LabState): string | undefined {
  if (config.model === 'synthetic') return config.format ?? 'q4_k';
  return model?.tensors.find(({ name }) => name === config.tensor)?.type;
}

/** How A is stored, beside the section's name. */
function Format() {
  const type = useLab((s) => s.config.as ?? storedType(s));
  return type === undefined ? null : <span className="t11 t3">{`A ${formatName(type)} · B, C f32`}</span>;
}

function Matrix() {
  const takes = useTakes();
  return (
    <>
      <TensorSelect />
      <Sizes />
      {takes === 'gemm' && <FormatSelect />}
      <ModelNote />
    </>
  );
}

function Demonstration({ id }: { id: string }) {
  const { configure } = useActions();
  const config = useLab((s) => s.config);
  const shown = SCENARIOS.find((s) => s.id === id);
  if (shown === undefined) return null;
  return (
    <>
      <p className="t12 t2">{shown.idea}</p>
      {shown.sizes && <RowSizes config={config} usual={shown.sizes} configure={configure} />}
    </>
  );
}

export function Workload() {
  const scenario = useLab((s) => s.config.scenario);
  return (
    <section className="sec stack">
      <div className="sec-head" style={{ margin: 0 }}>
        <h3>{t.title}</h3>
        <span className="sp" />
        {scenario === undefined && <Format />}
      </div>
      <ModelSelect />
      <LayerOfTopology />
      {scenario === undefined ? <Matrix /> : <Demonstration id={scenario} />}
    </section>
  );
}
