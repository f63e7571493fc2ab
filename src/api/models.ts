/**
 * The models a session has opened, and the workload a run configuration asks for. Only headers and the rows of chosen
 * tensors are read; files never leave the machine.
 */
import { WeftError } from '../base/error.ts';
import { canPlace } from '../kernels/dequant/index.ts';
import type { Kernel, ProblemShape } from '../kernels/types.ts';
import { DEMO_ATTRIBUTION, DEMO_FILE } from '../model/demo.ts';
import { findTensor, type GgufFile, openGguf, type TensorInfo } from '../model/gguf-read.ts';
import { blockNumber, type LayerShape, layerFromModel, layerShape, synthesisingLayer, syntheticLayerShape } from '../model/layer.ts';
import { nearestNames } from '../model/nearest.ts';
import { checkOriginalFormat, reencoding } from '../model/original-format.ts';
import { fromBlob } from '../model/range.ts';
import { drawing, keepingLast, synthesising } from '../model/synthetic.ts';
import { gaussianColumns, type RowRange, type Workload, whyNoMatrix, workloadFromTensor } from '../model/workload.ts';
import { sampleBlocks } from '../quant/block-sample.ts';
import { K_BLOCK_WEIGHTS } from '../quant/blocks.ts';
import { FORMATS, type FormatId } from '../quant/formats.ts';
import { compareQ4KIx } from '../quant/q4_k_ix_real.ts';
import type { ModelSource, ModelSummary, OriginalFormatReport, RunConfig, TensorSummary } from './protocol.ts';
import { fromUrl } from './remote.ts';
import { breathe, inSlices } from './slices.ts';

interface OpenModel {
  readonly file: GgufFile;
  readonly summary: ModelSummary;
}

export class Models {
  private readonly open = new Map<string, OpenModel>();
  private readonly draw = keepingLast();

  /** Opens a model and remembers it by name. Throws WeftError when it cannot be fetched or is malformed. */
  async add(source: ModelSource): Promise<ModelSummary> {
    if (source.kind === 'synthetic') return SYNTHETIC;
    const reader = source.kind === 'remote' ? await fromUrl(source.url, source.name) : fromBlob(await blobOf(source), source.name);
    const file = await openGguf(reader);
    const summary = summarise(source.name, reader.size, file);
    this.open.set(source.name, { file, summary });
    return summary;
  }

  /** Sizes and format of what a configuration asks for, without reading any weights. */
  shape(config: RunConfig, takes: Kernel['takes']): ProblemShape {
    if (takes === 'layer') {
      const layer = this.layer(config);
      const { hidden, formats } = layer;
      return { m: hidden, k: hidden, n: columnsOf(config, hidden), format: formats.q, layer };
    }
    if (config.model === 'synthetic')
      return { m: config.m, k: config.k, n: columnsOf(config, config.k), format: config.as ?? checkFormat(config.format ?? 'q4_k') };
    const tensor = this.tensor(config);
    return { m: tensor.rows, k: tensor.shape[0], n: columnsOf(config, tensor.shape[0]), format: config.as ?? tensor.type };
  }

  /** Reads the weights and makes the activations; a {@link LayerWorkload} for kernels that take layers. `pause` is awaited now and then. */
  async workload(config: RunConfig, takes: Kernel['takes'], pause: () => Promise<void> = breathe): Promise<Workload> {
    const stored = await this.storedWorkload(config, takes, pause);
    return config.as === undefined || takes === 'layer' ? stored : inSlices(reencoding(stored, checkOriginalFormat(config.as)), pause);
  }

  private async storedWorkload(config: RunConfig, takes: Kernel['takes'], pause: () => Promise<void>): Promise<Workload> {
    const activations = config.input ? { input: config.input } : { n: columnsOf(config, 0), seed: config.seed };
    const drive = <Result>(work: Generator<void, Result>): Promise<Result> => inSlices(work, pause);
    if (config.model === 'synthetic') {
      const n = columnsOf(config, config.k);
      const { format = 'q4_k' } = config;
      const { m, k, seed } = config;
      if (takes === 'layer') return drive(synthesisingLayer(k, n, seed, checkFormat(format)));
      return drive(synthesising(m, k, n, seed, format, this.draw));
    }
    const { file } = this.get(config.model);
    if (takes === 'layer') return layerFromModel(file, blockNumber(file, config.tensor), activations, drive);
    return workloadFromTensor(file, config.tensor, activations, { drive });
  }

  /** Some rows of A and columns of B of the product that a configuration asks for, the same bits as in {@link workload}; nothing else is read or drawn. */
  async part(config: RunConfig, rows: RowRange, columns: readonly number[], pause: () => Promise<void>): Promise<Workload> {
    const { k } = this.shape(config, 'gemm');
    const { input, as } = config;
    const x = input && config.model !== 'synthetic' ? columnsFrom(input, columns, k) : gaussianColumns(columns, k, config.seed);
    const stored = await this.storedPart(config, rows, x, pause);
    return as === undefined ? stored : inSlices(reencoding(stored, checkOriginalFormat(as)), pause);
  }

  private async storedPart(config: RunConfig, rows: RowRange, x: Float32Array, pause: () => Promise<void>): Promise<Workload> {
    if (config.model !== 'synthetic') return workloadFromTensor(this.get(config.model).file, config.tensor, { input: x }, { rows });
    const { m, k, seed, format = 'q4_k' } = config;
    const drawn = synthesising(rows.count, k, 1, seed, format, () => drawing(m, k, seed, format, rows));
    return { ...(await inSlices(drawn, pause)), n: x.length / k, x };
  }

  private layer(config: RunConfig): LayerShape {
    if (config.model === 'synthetic') return syntheticLayerShape(config.k, checkFormat(config.format ?? 'q4_k'));
    const { file } = this.get(config.model);
    return layerShape(file, blockNumber(file, config.tensor));
  }

  /** What the original file's format makes of the weights; a sample of large tensors, of which some rows are held at a time. Throws WeftError unless they are Q4_K. */
  async originalFormat(config: RunConfig): Promise<OriginalFormatReport> {
    const { as: _as, ...stored } = config;
    const { m, k, format } = this.shape(stored, 'gemm');
    const name = config.model === 'synthetic' ? `synthetic ${m} x ${k}` : this.tensor(config).name;
    if (format !== 'q4_k') throw new WeftError('--tensor', `'${name}' is stored as ${format}; the comparison is made for Q4_K`, ['choose a Q4_K tensor']);
    const sample = await sampleBlocks({ m, perRow: k / K_BLOCK_WEIGHTS }, SAMPLE_BLOCKS, async (first, count) => {
      await breathe();
      return (await this.storedPart(stored, { first, count }, new Float32Array(k), breathe)).weights;
    });
    const kinds = ORIGINAL_KINDS.map(({ as, kind, name: title }) => ({ as, name: title, ...compareQ4KIx(sample, kind) }));
    return { tensor: name, type: format, kinds, blocks: kinds[0].blocks };
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

/** Blocks of a tensor that the comparison with the original file's format looks at. */
const SAMPLE_BLOCKS = 4096;
const ORIGINAL_KINDS = [
  { as: 'q4_k_ix', kind: 'e4m3', name: 'FP8 E4M3' },
  { as: 'q4_k_ix_e5m2', kind: 'e5m2', name: 'FP8 E5M2' },
] as const;

function checkFormat(format: string): FormatId {
  if (Object.hasOwn(FORMATS, format)) return format as FormatId;
  throw new WeftError('--format', `there is no format "${format}"`, [`use ${nearestNames(format, Object.keys(FORMATS), 1)[0]}`]);
}

/** Columns of all sequences together: those of the input, or N for each sequence. */
function columnsOf(config: RunConfig, k: number): number {
  if (config.input && config.model !== 'synthetic') return config.input.length / k;
  return config.n * (config.options?.sequences ?? 1);
}

/** Some of the columns of K values that lie one after the other. */
function columnsFrom(input: Float32Array, columns: readonly number[], k: number): Float32Array {
  const x = new Float32Array(columns.length * k);
  columns.forEach((column, i) => {
    x.set(input.subarray(column * k, (column + 1) * k), i * k);
  });
  return x;
}

const SYNTHETIC: ModelSummary = { name: 'synthetic', title: 'Synthetic matrix', architecture: '', attribution: '', bytes: 0, layers: null, tensors: [] };

const blobOf = async (source: Extract<ModelSource, { kind: 'file' | 'url' }>): Promise<Blob> => (source.kind === 'file' ? source.file : download(source.url));

export async function download(url: string): Promise<Blob> {
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
    layers: layersOf(file),
    tensors: file.tensors.map(summariseTensor),
  };
}

/** Layers that can be mapped whole: those of a llama file. */
function layersOf(file: GgufFile): ModelSummary['layers'] {
  const [count, hidden] = ['block_count', 'embedding_length'].map((key) => Number(file.metadata.get(`llama.${key}`)));
  return file.metadata.get('general.architecture') === 'llama' && count > 0 && hidden > 0 ? { count, hidden } : null;
}

function summariseTensor(t: TensorInfo): TensorSummary {
  const reason = !canPlace(t.type) ? `${t.type} rows have no program on PEs` : whyNoMatrix(t);
  return { name: t.name, type: t.type, shape: t.shape, offset: t.offset, bytes: t.bytes, runnable: reason === '', reason };
}
