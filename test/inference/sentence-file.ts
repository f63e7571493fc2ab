/** Writes a small sentence encoder of seeded weights: one layer, every width 256, two heads, a vocabulary of letters. */
import { toEnd } from '../../src/base/pieces.ts';
import { rng } from '../../src/base/rng.ts';
import { type MetadataEntry, metadataArray } from '../../src/model/gguf-types.ts';
import { type TensorToWrite, writeGguf } from '../../src/model/gguf-write.ts';
import { drawingRows } from '../../src/model/synthetic.ts';
import { FORMATS, type GgmlFormatId } from '../../src/quant/formats.ts';

/** What a file is made of before it is written, to be spoilt by tests. */
export interface SentenceParts {
  entries: MetadataEntry[];
  tensors: TensorToWrite[];
}

const WIDTH = 256;
const TOKENS = ['<unk>', '▁', ...'abcdefgh'];
const MATRICES = ['blk.0.residual_proj', 'blk.0.attn_qkv', 'blk.0.attn_output', 'blk.0.ffn_up', 'blk.0.ffn_down', 'pooler'];

function made(): SentenceParts {
  const random = rng(3);
  const matrix = (name: string, m: number, format: GgmlFormatId): TensorToWrite => {
    return { name: `${name}.weight`, typeId: FORMATS[format].type, shape: [WIDTH, m], data: toEnd(drawingRows(m, WIDTH, random, format)).weights };
  };
  const vector = (name: string, length: number, mean: number): TensorToWrite => {
    const values = Float32Array.from({ length }, () => mean + 0.1 * random.gauss());
    return { name, typeId: FORMATS.f32.type, shape: [length], data: new Uint8Array(values.buffer) };
  };
  const rows = (name: string): number => (name.endsWith('qkv') ? 3 * WIDTH : WIDTH);
  const tensors = [
    matrix('token_embd', TOKENS.length, 'f32'),
    ...MATRICES.flatMap((name) => [matrix(name, rows(name), 'q4_k'), vector(`${name}.bias`, rows(name), 0)]),
    ...['attn_norm', 'ffn_norm'].flatMap((norm) => [vector(`blk.0.${norm}.weight`, WIDTH, 1), vector(`blk.0.${norm}.bias`, WIDTH, 0)]),
    vector('position_inv_freq', WIDTH / 2, 0.5),
  ];
  const number = (key: string, value: number): MetadataEntry => ({ key: `use-lite.${key}`, type: 'u32', value });
  const entries: MetadataEntry[] = [
    { key: 'general.architecture', type: 'string', value: 'use-lite' },
    number('block_count', 1),
    number('embedding_length', WIDTH),
    number('hidden_length', WIDTH),
    number('feed_forward_length', WIDTH),
    number('attention.head_count', 2),
    { key: 'use-lite.attention.layer_norm_epsilon', type: 'f32', value: 1e-6 },
    number('context_length', 100),
    number('output_length', WIDTH),
    { key: 'tokenizer.ggml.model', type: 'string', value: 'unigram' },
    { key: 'tokenizer.ggml.tokens', type: 'array', value: metadataArray('string', TOKENS) },
    {
      key: 'tokenizer.ggml.scores',
      type: 'array',
      value: metadataArray(
        'f32',
        TOKENS.map((_, i) => -i),
      ),
    },
  ];
  return { entries, tensors };
}

const MADE = made();
/** Lists of one's own; what is in them is shared. */
export const sentenceParts = (): SentenceParts => ({ entries: [...MADE.entries], tensors: [...MADE.tensors] });

export const sentenceBytes = ({ entries, tensors }: SentenceParts): Uint8Array<ArrayBuffer> => writeGguf(entries, tensors) as Uint8Array<ArrayBuffer>;
