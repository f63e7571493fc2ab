/** Writes small Llama files of seeded weights: any sizes, a format for every matrix, with or without an output matrix. */
import { toEnd } from '../../src/base/pieces.ts';
import { rng } from '../../src/base/rng.ts';
import type { MetadataEntry } from '../../src/model/gguf-types.ts';
import { type TensorToWrite, writeGguf } from '../../src/model/gguf-write.ts';
import { LAYER_MATRICES, type LayerMatrix, matrixTensor } from '../../src/model/layer.ts';
import { drawingRows } from '../../src/model/synthetic.ts';
import { FORMATS, type GgmlFormatId } from '../../src/quant/formats.ts';

interface LlamaSizes {
  readonly blocks: number;
  readonly hidden: number;
  readonly heads: number;
  readonly kvHeads: number;
  readonly feedForward: number;
  readonly vocabulary: number;
  readonly context: number;
  /** Format of a matrix of a block, of the embedding, of the output matrix (null: tied). */
  readonly format: (block: number, matrix: LayerMatrix) => GgmlFormatId;
  readonly embedding: GgmlFormatId;
  readonly output: GgmlFormatId | null;
}

const SMALL: LlamaSizes = {
  blocks: 1,
  hidden: 256,
  heads: 4,
  kvHeads: 1,
  feedForward: 256,
  vocabulary: 24,
  context: 16,
  format: () => 'f16',
  embedding: 'f32',
  output: 'f16',
};

/** What a file is made of before it is written, to be spoilt by tests. */
export interface LlamaParts {
  entries: MetadataEntry[];
  tensors: TensorToWrite[];
}

export function llamaParts(change: Partial<LlamaSizes> = {}, seed = 5): LlamaParts {
  const sizes = { ...SMALL, ...change };
  const { blocks, hidden, heads, kvHeads, feedForward, vocabulary, embedding, output } = sizes;
  const random = rng(seed);
  const headSize = hidden / heads;
  const matrix = (name: string, m: number, k: number, format: GgmlFormatId): TensorToWrite => {
    return { name, typeId: FORMATS[format].type, shape: [k, m], data: toEnd(drawingRows(m, k, random, format)).weights };
  };
  const gains = (name: string): TensorToWrite => {
    const values = Float32Array.from({ length: hidden }, () => 1 + 0.1 * random.gauss());
    return { name, typeId: FORMATS.f32.type, shape: [hidden], data: new Uint8Array(values.buffer) };
  };
  const rows: Readonly<Record<LayerMatrix, readonly [m: number, k: number]>> = {
    q: [hidden, hidden],
    k: [kvHeads * headSize, hidden],
    v: [kvHeads * headSize, hidden],
    output: [hidden, hidden],
    gate: [feedForward, hidden],
    up: [feedForward, hidden],
    down: [hidden, feedForward],
  };
  const tensors = [matrix('token_embd.weight', vocabulary, hidden, embedding), gains('output_norm.weight')];
  if (output) tensors.push(matrix('output.weight', vocabulary, hidden, output));
  for (let block = 0; block < blocks; block++) {
    tensors.push(gains(`blk.${block}.attn_norm.weight`), gains(`blk.${block}.ffn_norm.weight`));
    for (const name of LAYER_MATRICES) tensors.push(matrix(matrixTensor(block, name), ...rows[name], sizes.format(block, name)));
  }
  return { entries: entriesOf(sizes), tensors };
}

function entriesOf({ blocks, hidden, heads, kvHeads, feedForward, context }: LlamaSizes): MetadataEntry[] {
  const u32 = (key: string, value: number): MetadataEntry => ({ key: `llama.${key}`, type: 'u32', value });
  return [
    { key: 'general.architecture', type: 'string', value: 'llama' },
    u32('block_count', blocks),
    u32('context_length', context),
    u32('embedding_length', hidden),
    u32('feed_forward_length', feedForward),
    u32('attention.head_count', heads),
    u32('attention.head_count_kv', kvHeads),
    { key: 'llama.attention.layer_norm_rms_epsilon', type: 'f32', value: 1e-5 },
  ];
}

export const fileOf = ({ entries, tensors }: LlamaParts): Blob => new Blob([writeGguf(entries, tensors) as Uint8Array<ArrayBuffer>]);
export const llamaFile = (change: Partial<LlamaSizes> = {}): Blob => fileOf(llamaParts(change));
