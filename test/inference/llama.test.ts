/**
 * Whole forward passes on the engine: tiny-llama gives ggml's logits; files of every format, with tied embeddings and shared
 * heads, give float64's; kernels that add up in ascending order give each other's bits; what is wrong with a file is one error.
 */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type ForwardRequest, type ForwardResult, forwardPass } from '../../src/api/forward.ts';
import type { PassProgress } from '../../src/api/launch-sums.ts';
import type { WireError } from '../../src/api/protocol.ts';
import { toEnd } from '../../src/base/pieces.ts';
import { planForward } from '../../src/inference/llama.ts';
import { openLlama } from '../../src/inference/llama-model.ts';
import { exact } from '../../src/kernels/transformer_layer/exact.ts';
import { formOf } from '../../src/kernels/transformer_layer/form.ts';
import { WSE2 } from '../../src/machine/spec.ts';
import { findTensor, openGguf } from '../../src/model/gguf-read.ts';
import { LAYER_MATRICES, type LayerMatrix, layerFromModel } from '../../src/model/layer.ts';
import { fromBlob } from '../../src/model/range.ts';
import { FORMATS, type GgmlFormatId } from '../../src/quant/formats.ts';
import { floatsOfTensor, TOKENS } from '../kernels/layers.ts';
import { goldenBytes, goldenF32, unequalBits } from '../quant/golden.ts';
import { fileOf, type LlamaParts, llamaFile, llamaParts } from './llama-file.ts';

const LONG = 120_000;
const TINY = new Blob([goldenBytes('tiny-llama-public.gguf')]);
const SILENT = { report: (): void => undefined, stopped: (): boolean => false };

const ask = (change: Partial<ForwardRequest>): ForwardRequest => ({ tokens: [3, 1], kernel: 'stationary', machine: 'teaching', ...change });

async function pass(blob: Blob, change: Partial<ForwardRequest>): Promise<ForwardResult> {
  const outcome = await forwardPass(blob, 'test.gguf', ask(change), SILENT);
  if (!outcome.ok) throw new Error(`${outcome.error.field}: ${outcome.error.message}`);
  return outcome.value;
}

async function refusal(blob: Blob, change: Partial<ForwardRequest> = {}): Promise<WireError> {
  const outcome = await forwardPass(blob, 'test.gguf', ask(change), SILENT);
  if (outcome.ok) throw new Error('it was not refused');
  return outcome.error;
}

const furthest = (a: ArrayLike<number>, b: ArrayLike<number>): number => Math.max(...Array.from(a, (value, i) => Math.abs(value - b[i])));

describe('tiny-llama, the 8 tokens of the golden logits', () => {
  const golden = goldenF32('gguf_forward_logits_dequantf32_f32.bin');
  it(
    "a launch a layer: ggml's logits to 1e-4 (in fact 1e-5), all checks hold, closed forms to 1 %",
    async () => {
      const { logits, conservation, launches, onHost, totals } = await pass(TINY, {
        tokens: TOKENS,
        kernel: 'transformer_layer',
        pes: { width: 24, height: 28 },
        options: { inner: 'stationary' },
      });
      expect([logits.length, golden.length]).toEqual([8 * 320, 8 * 320]);
      expect(furthest(logits, golden)).toBeLessThan(1e-5);
      expect(furthest(logits, golden) / Math.max(...golden.map(Math.abs))).toBeLessThan(2e-6);
      expect(conservation).toEqual({ passed: true, checks: 28, failed: [], bitsOff: 0 });
      for (const { residual, cycles, lowerBound } of launches) {
        expect(Math.abs(residual)).toBeLessThan(0.01);
        expect(cycles).toBeGreaterThanOrEqual(lowerBound);
      }
      expect(launches.map(({ name, kernel }) => [name, kernel])).toEqual([
        ['blk.0', 'transformer_layer'],
        ['blk.1', 'transformer_layer'],
        ['output_norm.weight', 'norm'],
        ['output.weight', 'stationary'],
      ]);
      expect(onHost).toEqual(['embedding look-up']);
      expect(totals.cycles).toBe(launches.reduce((sum, { cycles }) => sum + cycles, 0));
    },
    LONG,
  );
});

describe('docs/models.md', () => {
  const page = readFileSync(new URL('../../docs/models.md', import.meta.url), 'utf8');
  const rows = [...page.matchAll(/^\| `([a-z_-]+)` \| (\d+) \| [\d ]+ \| ([\d ]+) \| [\d ]+ \| [\d.e-]+ \|$/gm)];
  it('holds the launches and closed forms of today, of every kernel', async () => {
    const model = openLlama(await openGguf(fromBlob(TINY, 'tiny-llama-public.gguf')));
    const numbers = rows.map(([, kernel, launches, closedForm]) => [kernel, Number(launches), Number(closedForm.replaceAll(' ', ''))]);
    const planned = rows.map(([, kernel]) => {
      const { launches } = planForward(model, TOKENS, { kernel, machine: WSE2 });
      return [kernel, launches.length, launches.reduce((sum, { expected }) => sum + expected, 0)];
    });
    expect(rows).toHaveLength(6);
    expect(numbers).toEqual(planned);
  });
});

/** Each of the seven matrices has another format. */
const ALL: readonly GgmlFormatId[] = ['q4_k', 'q5_k', 'q6_k', 'q8_0', 'f16', 'bf16', 'f32'];
const inTurn = (_: number, matrix: LayerMatrix): GgmlFormatId => ALL[LAYER_MATRICES.indexOf(matrix)];

describe('files of every format', () => {
  it(
    'every matrix of another format, tied embedding, four heads on one of keys: float64 to 1e-4, bits of every ascending kernel',
    async () => {
      const blob = llamaFile({ format: inTurn, embedding: 'q5_k', output: null });
      const expected = await logitsInFloat64(blob, [3, 1]);
      const layers = await pass(blob, { kernel: 'transformer_layer', options: { inner: 'stationary' } });
      expect(layers.model.tied).toBe(true);
      expect(furthest(layers.logits, expected)).toBeLessThan(1e-4);
      for (const kernel of ['streaming', 'batched', 'weight-streaming']) {
        const { logits, conservation } = await pass(blob, { kernel });
        expect(conservation.passed, kernel).toBe(true);
        expect(unequalBits(logits, layers.logits), kernel).toEqual([]);
      }
      const split = await pass(blob, { kernel: 'split-k', options: { reduce: 'tree' } });
      expect(furthest(split.logits, expected)).toBeLessThan(1e-4);
    },
    LONG,
  );

  it.each(ALL)('embedding in %s, output matrix too', async (format) => {
    const blob = llamaFile({ embedding: format, output: format });
    const { logits, top } = await pass(blob, { tokens: [23] });
    const expected = await logitsInFloat64(blob, [23]);
    expect(furthest(logits, expected)).toBeLessThan(1e-4);
    expect(top[0].best[0].token).toBe(expected.indexOf(Math.max(...expected)));
  });
});

/** The same by the float64 layer (exact.ts), a norm and a product in float64. */
async function logitsInFloat64(blob: Blob, tokens: readonly number[]): Promise<Float64Array> {
  const file = await openGguf(fromBlob(blob, 'test.gguf'));
  const embedding = findTensor(file, 'token_embd.weight');
  const [hidden, blocks] = [embedding.shape[0], Number(file.metadata.get('llama.block_count'))];
  const rows = await Promise.all(tokens.map((token) => floatsOfTensor(file, embedding.name, token, 1)));
  let x = Float64Array.from(rows.flatMap((row) => [...row]));
  for (let block = 0; block < blocks; block++) {
    const layer = { ...(await layerFromModel(file, block, { input: Float32Array.from(x) })), x: x as unknown as Float32Array };
    x = toEnd(exact(formOf(layer, {}), layer)).y as Float64Array<ArrayBuffer>;
  }
  const gains = await floatsOfTensor(file, 'output_norm.weight');
  const output = await floatsOfTensor(file, file.tensors.some(({ name }) => name === 'output.weight') ? 'output.weight' : embedding.name);
  const logits = new Float64Array(tokens.length * embedding.rows);
  tokens.forEach((_, t) => {
    const row = x.subarray(hidden * t, hidden * (t + 1));
    const scale = 1 / Math.sqrt(row.reduce((sum, value) => sum + value * value, 0) / hidden + 1e-5);
    for (let word = 0; word < embedding.rows; word++) {
      logits[t * embedding.rows + word] = row.reduce((sum, value, i) => sum + value * scale * gains[i] * output[hidden * word + i], 0);
    }
  });
  return logits;
}

const oneLine = ({ field, message, fixes }: WireError): string => `${field}: ${message} | ${fixes.join(' | ')}`;

/** Changes a file before it is written. */
const without = (name: string) => (parts: LlamaParts) => ({ ...parts, tensors: parts.tensors.filter((t) => t.name !== name) });
const withEntry = (key: string, value: number | string) => (parts: LlamaParts) => ({
  ...parts,
  entries: [
    ...parts.entries.filter((entry) => entry.key !== key),
    typeof value === 'string' ? ({ key, type: 'string', value } as const) : ({ key, type: 'u32', value } as const),
  ],
});
const withoutEntry = (key: string) => (parts: LlamaParts) => ({ ...parts, entries: parts.entries.filter((entry) => entry.key !== key) });
const withTensor = (name: string, shape: readonly number[], typeId: number, bytes: number) => (parts: LlamaParts) => ({
  ...parts,
  tensors: [...parts.tensors.filter((t) => t.name !== name), { name, shape, typeId, data: new Uint8Array(bytes) }],
});

describe('what is wrong with a file is one error', () => {
  const whole = llamaParts();
  it.each<readonly [what: string, spoil: (parts: LlamaParts) => LlamaParts, error: RegExp]>([
    ['a missing matrix', without('blk.0.ffn_up.weight'), /^blk\.0\.ffn_up\.weight: the file has no such tensor among its 11 \| Use a complete llama GGUF$/],
    ['a missing norm', without('output_norm.weight'), /^output_norm\.weight: the file has no such tensor/],
    ['a missing embedding', without('token_embd.weight'), /^token_embd\.weight: the file has no such tensor/],
    ['a missing key', withoutEntry('llama.context_length'), /^llama\.context_length: the metadata has no such key/],
    [
      'another architecture',
      withEntry('general.architecture', 'gpt2'),
      /^general\.architecture: the architecture is "gpt2"; a forward pass is made of llama files/,
    ],
    ['no architecture', withoutEntry('general.architecture'), /^general\.architecture: the metadata name no architecture/],
    [
      'a matrix of another size',
      withTensor('blk.0.attn_k.weight', [256, 32], FORMATS.f32.type, 4 * 256 * 32),
      /^blk\.0\.attn_k\.weight: it is 32 x 256, .* 64 x 256/,
    ],
    [
      'an embedding of another width',
      withTensor('token_embd.weight', [512, 24], FORMATS.f32.type, 4 * 512 * 24),
      /^token_embd\.weight: it is 24 x 512, .* 24 x 256/,
    ],
    ['an output of another size', withTensor('output.weight', [256, 20], FORMATS.f32.type, 4 * 256 * 20), /^output\.weight: it is 20 x 256, .* 24 x 256/],
    ['a norm of another length', withTensor('blk.0.ffn_norm.weight', [128], FORMATS.f32.type, 512), /^blk\.0\.ffn_norm\.weight: it is 128 f32, not 256 f32/],
    ['another vocabulary', withEntry('llama.vocab_size', 25), /^llama\.vocab_size: it is 25, token_embd\.weight has 24 rows/],
    ['heads that do not share', withEntry('llama.attention.head_count_kv', 3), /^llama\.attention\.head_count_kv: 4 heads do not share 3/],
    ['more blocks than there are', withEntry('llama.block_count', 2), /^blk\.1\.attn_q\.weight: the file has no such tensor/],
    ['as many blocks as a liar says', withEntry('llama.block_count', 4_000_000_000), /^llama\.block_count: it is 4000000000, the file has 12 tensors/],
    ['a bias', withTensor('blk.0.attn_q.bias', [256], FORMATS.f32.type, 1024), /^blk\.0\.attn_q\.bias: .* no such tensor; without it/],
    [
      'scaled rotary embeddings',
      withEntry('llama.rope.scaling.type', 'yarn'),
      /^llama\.rope\.scaling\.type: it is yarn; scaled rotary embeddings are not simulated/,
    ],
    ['experts', withEntry('llama.expert_count', 8), /^llama\.expert_count: it is 8; layers of experts are not simulated/],
    [
      'a type without a program',
      withTensor('blk.0.attn_v.weight', [256, 64], 2, (256 * 64 * 18) / 32),
      /^blk\.0\.attn_v\.weight: its type is Q4_0, for which PEs have no program/,
    ],
  ])('%s', async (_, spoil, error) => {
    expect(oneLine(await refusal(fileOf(spoil(whole))))).toMatch(error);
  });

  const good = fileOf(whole);
  it.each<readonly [what: string, change: Partial<ForwardRequest>, error: RegExp]>([
    ['a token beyond the vocabulary', { tokens: [1, 24] }, /^--tokens: token 24 at position 1 is not in the vocabulary of 24 \| Use 0 to 23$/],
    ['a token that is no number', { tokens: [Number.NaN] }, /^--tokens: token NaN at position 0/],
    ['no token', { tokens: [] }, /^--tokens: there is none/],
    [
      'more than the context',
      { tokens: Array.from({ length: 17 }, () => 1) },
      /^--tokens: 17 tokens are more than the model's context of 16 \| Give at most 16$/,
    ],
    ['a kernel for nothing here', { kernel: 'llama7b' }, /^kernel: a forward pass goes through transformer_layer, streaming/],
    ['an option that changes the model', { options: { form: 'bare' } }, /^form: a forward pass computes what the model says/],
    ['an option of another kernel', { options: { reduce: 'tree' } }, /^reduce: blk\.0\.attn_q\.weight: the kernel stationary has no option "reduce"/],
    [
      'a rectangle that is too small',
      { kernel: 'transformer_layer', pes: { width: 4, height: 3 } },
      /^rectangle: blk\.0: 4x3 .* use the kernel streaming, one launch a matrix$/,
    ],
    ['a machine that is none', { machine: 'wse9' as 'wse2' }, /^machine: unknown machine wse9/],
  ])('%s', async (_, change, error) => {
    expect(oneLine(await refusal(good, change))).toMatch(error);
  });

  it('a sequence that no attention PE can hold: how many tokens fit, nothing that would split it', async () => {
    const tokens = Array.from({ length: 600 }, () => 1);
    const line = oneLine(await refusal(llamaFile({ context: 1000, heads: 1 }), { kernel: 'transformer_layer', tokens }));
    expect(line).toMatch(/^placement: blk\.0: stage attention: 600 tokens of a sequence, heads of 256 .* use at most \d+ tokens/);
    expect(line).not.toMatch(/sequences:/);
  });
});

describe('progress and cancelling', () => {
  const blob = llamaFile();
  it('progress rises over all launches to the sum of their closed forms', async () => {
    const seen: PassProgress[] = [];
    const outcome = await forwardPass(blob, 'test.gguf', ask({}), { report: (progress) => seen.push(progress), stopped: () => false });
    expect(outcome.ok).toBe(true);
    expect(seen.map(({ cycle }) => cycle)).toEqual(seen.map(({ cycle }) => cycle).sort((a, b) => a - b));
    expect(new Set(seen.map(({ name }) => name)).size).toBe(8);
    const last = seen[seen.length - 1];
    expect([last.launch, last.launches, last.cycle]).toEqual([7, 8, last.expected]);
  });

  it('a pass that is stopped says that it was cancelled, and makes no further launch', async () => {
    const names: string[] = [];
    const outcome = await forwardPass(blob, 'test.gguf', ask({}), { report: ({ name }) => names.push(name), stopped: () => names.length >= 3 });
    expect(outcome).toMatchObject({ ok: false, error: { cancelled: true } });
    expect(names).toHaveLength(3);
  });
});
