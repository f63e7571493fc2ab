/**
 * The models a session has opened, and the workload a run configuration asks for. Only headers and the rows of chosen
 * tensors are read; files never leave the machine.
 */
import { WeftError } from '../base/error.ts';
import { DEMO_ATTRIBUTION, DEMO_FILE } from '../model/demo.ts';
import { findTensor, type GgufFile, openGguf, type TensorInfo } from '../model/gguf-read.ts';
import { fromBlob } from '../model/range.ts';
import { synthetic } from '../model/synthetic.ts';
import { isMatrix, type Workload, workloadFromTensor } from '../model/workload.ts';
import type { ModelSource, ModelSummary, RunConfig, TensorSummary } from './protocol.ts';

interface OpenModel {
  readonly file: GgufFile;
  readonly summary: ModelSummary;
}

export class Models {
  private readonly open = new Map<string, OpenModel>();

  /** Opens a model and remembers it by name. Throws WeftError when it cannot be fetched or is malformed. */
  async add(source: ModelSource): Promise<ModelSummary> {
    if (source.kind === 'synthetic') return SYNTHETIC;
    const blob = source.kind === 'file' ? source.file : await download(source.url);
    const file = await openGguf(fromBlob(blob, source.name));
    const summary = summarise(source.name, blob.size, file);
    this.open.set(source.name, { file, summary });
    return summary;
  }

  /** Sizes and format of what a configuration asks for, without reading any weights. */
  shape(config: RunConfig): { readonly m: number; readonly k: number; readonly n: number; readonly format: string } {
    const n = config.input && config.model !== 'synthetic' ? config.input.length / this.tensor(config).shape[0] : config.n;
    if (config.model === 'synthetic') return { m: config.m, k: config.k, n, format: 'q4_k' };
    const tensor = this.tensor(config);
    return { m: tensor.rows, k: tensor.shape[0], n, format: tensor.type };
  }

  /** Reads the weights and makes the activations. */
  async workload(config: RunConfig): Promise<Workload> {
    if (config.model === 'synthetic') return synthetic(config.m, config.k, config.n, config.seed);
    const activations = config.input ? { input: config.input } : { n: config.n, seed: config.seed };
    return workloadFromTensor(this.get(config.model).file, config.tensor, activations);
  }

  attribution(config: RunConfig): string {
    return config.model === 'synthetic' ? '' : this.get(config.model).summary.attribution;
  }

  private tensor(config: RunConfig): TensorInfo {
    return findTensor(this.get(config.model).file, config.tensor);
  }

  private get(name: string): OpenModel {
    const model = this.open.get(name);
    if (!model) throw new WeftError('model', `model ${name} is not open`, ['open the file first', 'use the demo model or a synthetic matrix']);
    return model;
  }
}

const SYNTHETIC: ModelSummary = { name: 'synthetic', title: 'Synthetic matrix', architecture: '', attribution: '', bytes: 0, tensors: [] };

async function download(url: string): Promise<Blob> {
  const response = await fetch(url).catch((cause: unknown) => {
    throw new WeftError('model', `${url} cannot be fetched: ${cause instanceof Error ? cause.message : String(cause)}`, [
      'check the server',
      'open a file instead',
    ]);
  });
  if (!response.ok) throw new WeftError('model', `${url} answers ${response.status}`, ['build the demo model with npm run build:demo', 'open a file instead']);
  return response.blob();
}

function summarise(name: string, size: number, file: GgufFile): ModelSummary {
  const text = (key: string): string => {
    const value = file.metadata.get(key);
    return typeof value === 'string' ? value : '';
  };
  return {
    name,
    title: text('general.name') || name,
    architecture: text('general.architecture'),
    attribution: name === 'demo' || name === DEMO_FILE ? DEMO_ATTRIBUTION : '',
    bytes: size,
    tensors: file.tensors.map(summariseTensor),
  };
}

function summariseTensor(t: TensorInfo): TensorSummary {
  const reason = t.type !== 'q4_k' ? `${t.type} rows cannot be placed yet, only q4_k` : isMatrix(t) ? '' : `K = ${t.shape[0]} is not a multiple of 256`;
  return { name: t.name, type: t.type, shape: t.shape, offset: t.offset, bytes: t.bytes, runnable: reason === '', reason };
}
