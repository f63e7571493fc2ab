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
import { FORMAT_NAMES, formatName, ORIGINAL_FORMATS, SCENARIOS, TEXT } from '../strings.ts';
import { ErrorBox } from './ErrorBox.tsx';
import { RowSizes } from './RowSizes.tsx';

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
    <div className="field">
      <span className="lbl">Model</span>
      <Select label="Model" value={config.scenario ?? config.model} onChange={choose}>
        <option value="demo">{config.model === 'demo' && model ? `Demo: ${model.title}` : 'Demo model'}</option>
        {own && <option value={config.model}>{config.model}</option>}
        <option value="synthetic">Synthetic, by seed</option>
        <option value={OPEN}>Open a file…</option>
        <optgroup label="Demonstrations">
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

const sizeOf = (t: TensorSummary): string => t.shape.map((s) => grouped(s)).join(' × ');

/** Kernels that take whole layers choose one of the model's. */
function LayerSelect() {
  const { configure } = useActions();
  const config = useLab((s) => s.config);
  const layers = useLab((s) => s.model?.layers);
  if (config.model === 'synthetic') return null;
  if (!layers) return <p className="t11 t3">This model has no layers that can be mapped whole; a llama file or a synthetic one has.</p>;
  const value = /^blk\.\d+/.exec(config.tensor)?.[0] ?? 'blk.0';
  return (
    <div className="field">
      <span className="lbl">Layer</span>
      <Select label="Layer" value={value} onChange={(tensor) => configure({ tensor, k: layers.hidden, m: layers.hidden })}>
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
  const runnable = model.tensors.filter((t) => t.runnable);
  const others = model.tensors.filter((t) => !t.runnable);
  const choose = (name: string): void => {
    const tensor = model.tensors.find((t) => t.name === name);
    if (tensor) configure({ tensor: name, k: tensor.shape[0], m: tensor.shape[1] });
  };
  return (
    <div className="field">
      <span className="lbl">Tensor</span>
      <Select label="Tensor" value={config.tensor} onChange={choose}>
        <optgroup label="Can run">
          {runnable.map((t) => (
            <option key={t.name} value={t.name}>{`${t.name} · ${t.type} · ${sizeOf(t)}`}</option>
          ))}
        </optgroup>
        {others.length > 0 && (
          <optgroup label="Cannot run yet">
            {others.map((t) => (
              <option key={t.name} value={t.name} disabled>{`${t.name} · ${t.reason}`}</option>
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
    say([`${layers[Number(value)].name} is set up.`, ...notices].join(' '));
  };
  return (
    <div className="field">
      <span className="lbl" title={file}>
        Layer of file
      </span>
      <Select label="Layer of file" value={String(layers.findIndex(isSetUp))} onChange={choose}>
        <option value="-1" disabled>
          another setup
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
          Seed <Define term="seed" />
        </span>
        <NumberInput label="Seed" value={seed} {...LIMITS.seed} onCommit={(v) => configure({ seed: v ?? seed })} />
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
        <span className="lbl">Format</span>
        <Select label="Format" value={format} onChange={(value) => configure({ format: value, as: undefined })}>
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
      <span className="lbl">Run as</span>
      <Select label="Run as" value={as} onChange={(value) => configure({ as: value === '' ? undefined : (value as RunConfig['as']) })}>
        <option value="">as stored, Q4_K</option>
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
  if (status === 'loading') return <p className="t11 t3">Opening the model…</p>;
  if (status === 'missing') {
    return (
      <div className="empty">
        <strong>{config.model} is not open.</strong> This page was shared or left with that file.{' '}
        <button type="button" className="link" onClick={chooseFile}>
          Open it
        </button>
      </div>
    );
  }
  return null;
}

/** How A is stored: in the file, or as asked for. */
function storedType({ config, model }: LabState): string | undefined {
  if (config.model === 'synthetic') return config.format ?? 'q4_k';
  return model?.tensors.find((t) => t.name === config.tensor)?.type;
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
        <h3>Workload</h3>
        <span className="sp" />
        {scenario === undefined && <Format />}
      </div>
      <ModelSelect />
      <LayerOfTopology />
      {scenario === undefined ? <Matrix /> : <Demonstration id={scenario} />}
    </section>
  );
}
