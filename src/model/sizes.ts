/**
 * Every tensor of a model with its rows, its row length and its stored format, without weights: what a planner and an estimate
 * begin with. Formats are per tensor, since quantised files mix them from layer to layer. Plain data.
 */
import { WeftError } from '../base/error.ts';
import { FORMATS, type FormatId, rowBytes } from '../quant/formats.ts';
import { type Architecture, matricesOfModel, type StagedMatrix } from './architecture.ts';
import { type Storage, storageFormat } from './storage.ts';

export interface TensorSize {
  /** As in GGUF: `blk.3.attn_v.weight`. */
  readonly name: string;
  /** The same without `blk.N.` and `.weight`: `attn_v`, `attn_v.bias`. */
  readonly kind: string;
  /** Layer; -1 outside of layers. */
  readonly block: number;
  /** Rows, and weights of a row. */
  readonly m: number;
  readonly k: number;
  readonly format: FormatId;
  /** As stored. */
  readonly bytes: number;
  /** `matrix` multiplies activations, `embedding` is looked up by rows, `both` does the two (a tied one), `vector` is a norm's gains or a bias. */
  readonly use: 'matrix' | 'embedding' | 'both' | 'vector';
}

export interface ModelSizes {
  readonly name: string;
  /** Null for files of which only the tensors are known, not what a layer is (the demo's). */
  readonly architecture: Architecture | null;
  readonly tensors: readonly TensorSize[];
  readonly source: 'gguf' | 'config' | 'preset';
  /** Name of the file it was read from. */
  readonly file?: string;
}

/** The tensors that a model of this architecture must have; sizes as the metadata ask for. */
export function expectedTensors(a: Architecture): Omit<TensorSize, 'format' | 'bytes'>[] {
  const vector = (kind: string, k: number, block = -1) => ({ name: nameOf(kind, block), kind, block, m: 1, k, use: 'vector' as const });
  const matrices = matricesOfModel(a).filter(({ name }) => name !== 'output');
  const layer = (block: number) => [
    vector('attn_norm', a.hidden, block),
    vector('ffn_norm', a.hidden, block),
    ...matrices.map(({ name: kind, m, k }) => ({ name: nameOf(kind, block), kind, block, m, k, use: 'matrix' as const })),
    ...matrices.filter(({ name }) => a.biases.includes(name)).map(({ name, m }) => vector(`${name}.bias`, m, block)),
  ];
  const whole = { block: -1, m: a.vocabulary, k: a.hidden };
  return [
    { ...whole, name: nameOf('token_embd', -1), kind: 'token_embd', use: a.tied ? 'both' : 'embedding' },
    ...Array.from({ length: a.layers }, (_, block) => layer(block)).flat(),
    vector('output_norm', a.hidden),
    ...(a.tied ? [] : [{ ...whole, name: nameOf('output', -1), kind: 'output', use: 'matrix' as const }]),
  ];
}

const nameOf = (kind: string, block: number): string => `${block < 0 ? '' : `blk.${block}.`}${kind}${kind.endsWith('.bias') ? '' : '.weight'}`;

/** A model of this architecture, stored so. */
export function sizesOfArchitecture(architecture: Architecture, storage: Storage, from: Pick<ModelSizes, 'source' | 'file'>): ModelSizes {
  const tensors = expectedTensors(architecture).map((t) => storedIn(t, storage, architecture));
  return { name: architecture.name, architecture, tensors, ...from };
}

/** A tensor of a model of this architecture, stored so. */
export function storedIn(tensor: Omit<TensorSize, 'format' | 'bytes'>, storage: Storage, architecture: Architecture | null): TensorSize {
  const format = storageFormat(tensor, storage, architecture);
  return { ...tensor, format, bytes: tensor.m * rowBytes(FORMATS[format], tensor.k) };
}

/** Stored format of the tensor `name`, with or without `.weight`; `output` of a tied model is its embedding. @throws WeftError */
export function formatOf(sizes: ModelSizes, name: string): FormatId {
  const found = tensorNamed(sizes, name) ?? (name === 'output' && sizes.architecture?.tied ? tensorNamed(sizes, 'token_embd') : undefined);
  if (found) return found.format;
  throw new WeftError(name, `the model ${sizes.name} has no such tensor`, ['Use a complete model file']);
}

const tensorNamed = ({ tensors }: ModelSizes, name: string): TensorSize | undefined => tensors.find((t) => t.name === name || t.name === `${name}.weight`);

/** The architecture. @throws WeftError (`MODEL`) for a model of which only the tensors are known. */
export function architectureOf({ architecture, name }: ModelSizes): Architecture {
  if (architecture) return architecture;
  throw new WeftError('MODEL', `of ${name} only the tensors are known, not what a layer is`, ['Use a model of the llama or qwen2 family']);
}

/** Every matrix that multiplies activations, in order; one entry for each stored format of it, `count` says in how many layers. @throws WeftError */
export function matricesOfSizes(sizes: ModelSizes): StagedMatrix[] {
  return matricesOfModel(architectureOf(sizes)).flatMap((matrix) => {
    const formats = new Map<FormatId, number>();
    for (const t of sizes.tensors) if (isMatrix(t, matrix.name)) formats.set(t.format, (formats.get(t.format) ?? 0) + 1);
    return [...formats].map(([format, count]) => ({ ...matrix, format, count }));
  });
}

const isMatrix = ({ kind, use }: TensorSize, name: string): boolean => (kind === name && use === 'matrix') || (name === 'output' && use === 'both');
