/** The capacity planner: the memory it counts is that of the kernels' own plans, and its numbers are those worth remembering. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type CapacityQuestion, capacity } from '../../src/api/capacity.ts';
import { WeftError } from '../../src/base/error.ts';
import { splitK } from '../../src/kernels/split-k/index.ts';
import { stationary } from '../../src/kernels/stationary/index.ts';
import { streaming } from '../../src/kernels/streaming/index.ts';
import { WSE2 } from '../../src/machine/spec.ts';
import type { GgufFile } from '../../src/model/gguf-read.ts';
import { openGguf } from '../../src/model/gguf-read.ts';
import { modelPreset } from '../../src/model/presets.ts';
import { fromBytes } from '../../src/model/range.ts';
import { sizesOfGguf } from '../../src/model/read-gguf.ts';
import { type ModelSizes, sizesOfArchitecture } from '../../src/model/sizes.ts';
import type { Storage } from '../../src/model/storage.ts';
import { accountOf, densest } from '../../src/plan/account.ts';
import type { CapacityReport, PeAccount } from '../../src/plan/capacity-types.ts';

const preset = (name: string, storage: Storage = 'q4_k'): ModelSizes => sizesOfArchitecture(modelPreset(name), storage, { source: 'preset' });
const plan = (name: string, question: CapacityQuestion = {}, storage?: Storage): CapacityReport => capacity(preset(name, storage), question);
const matrix = (report: CapacityReport, kind: string) => {
  const found = report.matrices.find((m) => m.kind === kind);
  if (!found) throw new Error(`no ${kind}`);
  return found;
};
const fact = ({ facts }: CapacityReport, name: string): number => facts.find((f) => f.name === name)?.value ?? Number.NaN;
const errorOf = (run: () => unknown): string => {
  try {
    run();
  } catch (error) {
    if (error instanceof WeftError) return error.oneLine();
    throw error;
  }
  return 'no error';
};

const TINY: GgufFile = await openGguf(fromBytes(new Uint8Array(readFileSync(new URL('../golden/q4_k/tiny-llama-public.gguf', import.meta.url)))));

describe("a PE's memory", () => {
  const kind = { machine: WSE2, k: 4096, format: 'q4_k', n: 3, bias: false };

  it.each([
    ['streaming', streaming, {}],
    ['streaming', streaming, { overlap: 'on', f16: 'on' }],
    ['streaming', streaming, { drain: 'column', factored: 'pe' }],
    ['stationary', stationary, {}],
    ['stationary', stationary, { f16: 'on', factored: 'source' }],
  ] as const)('of %s is byte for byte what the kernel plans', (id, kernel, options) => {
    const most = densest({ ...kind, kernel: id, options }, 4096)?.rows ?? 0;
    expect(most).toBeGreaterThan(1);
    // Two PEs in a row: the second one ends it, and needs most.
    const planOf = (rows: number) => kernel.plan({ m: 2 * rows, k: 4096, n: 3, format: 'q4_k' }, WSE2, { width: 2, height: 1 }, options);
    for (const rows of [1, 2, most]) expect(accountOf({ ...kind, kernel: id, options }, rows, 1)).toEqual(planOf(rows).memory);
    expect(errorOf(() => planOf(most + 1))).toContain('overflows a PE by');
  });

  it.each([{ inner: 'stationary' }, { inner: 'streaming', reduce: 'tree' }] as const)('of split-k %o too, and one row more does not fit', (options) => {
    const spread = densest({ ...kind, kernel: 'split-k', options }, 4096);
    if (!spread) throw new Error('it fits');
    const { rows, slices } = spread;
    const planOf = (m: number) => splitK.plan({ m, k: 4096, n: 3, format: 'q4_k' }, WSE2, { width: slices, height: 1 }, options);
    expect(accountOf({ ...kind, kernel: 'split-k', options }, rows, slices)).toEqual(planOf(rows).memory);
    expect(errorOf(() => planOf(rows + 1))).toContain('overflows a PE by');
  });

  it('adds up to what is used, begins with the code reserve, and with what is free makes 49 152 B', () => {
    const report = plan('Qwen2-7B', { kernel: 'split-k', batch: 4, options: { inner: 'stationary' } });
    const accounts = [
      ...report.matrices.flatMap(({ densest: d, spread }) => [d?.account, spread?.account]),
      ...report.norms.map((n) => n.account),
      report.cache?.account,
    ];
    const all = accounts.filter((account): account is PeAccount => account !== undefined);
    expect(all.length).toBeGreaterThan(8);
    for (const { parts, usedBytes: used, freeBytes } of all) {
      expect(parts[0]).toMatchObject({ kind: 'code', bytes: 4176 });
      expect(parts.reduce((sum, { bytes }) => sum + bytes, 0)).toBe(used);
      expect(used + freeBytes).toBe(49_152);
      expect(freeBytes).toBeGreaterThanOrEqual(0);
    }
    // Qwen2 has biases on q, k and v, 4 B a row.
    const q = matrix(report, 'attn_q');
    expect(q.densest?.account.parts.at(-1)).toMatchObject({ name: 'biases, f32', bytes: 4 * (q.densest?.rowsPerPe ?? 0) });
  });
});

describe('Llama-2-7B on WSE-2', () => {
  it('has 1.39 M rows, so two a PE at the least; its 3.7 GB of Q4_K go nine times into all PEs by bytes', () => {
    const report = plan('Llama-2-7B');
    expect(fact(report, 'Rows')).toBe(32 * 42_496 + 32_000);
    expect(Math.ceil(fact(report, 'Rows') / report.machine.pes)).toBe(2);
    expect(fact(report, 'Weights as stored')).toBe(3_716_481_024);
    expect(fact(report, 'Times by bytes')).toBe(9);
    expect(report).toMatchObject({ wafers: 1, layersAtOnce: 32, overflows: [] });
    expect(matrix(report, 'attn_q')).toMatchObject({ fits: 'yes', densest: { rowsPerPe: 18, pes: 228 } });
  });

  it('uses its wafer with as few rows a PE as there is room for, never more PEs than there are', () => {
    const report = plan('Llama-2-7B');
    const others = (report.cache?.pes ?? 0) + report.norms.reduce((sum, { count, pes }) => sum + count * pes, 0);
    const spread = report.matrices.reduce((sum, m) => sum + m.blocks.length * (m.spread?.pes ?? 0), others);
    expect(spread).toBeLessThanOrEqual(report.machine.pes);
    expect(spread).toBeGreaterThan(0.6 * report.machine.pes);
    for (const { spread: s } of report.matrices) expect(s?.rowsPerPe).toBeLessThanOrEqual(3);
  });

  it('does not fit as whole rows of f32; every fix that is offered was planned and does fit', () => {
    const report = plan('Llama-2-7B', { kernel: 'stationary' });
    expect(report).toMatchObject({ wafers: 2, layersAtOnce: 27 });
    const [{ what, unit, amount, fixes }] = report.overflows;
    expect([what, unit, amount]).toEqual(['model', 'PEs', (report.pes ?? 0) - 745_500]);
    expect(fixes.map(({ flags }) => flags)).toEqual(['--kernel streaming', '--kernel split-k --inner stationary', '--f16 on', '--machine wse3']);
    for (const change of [
      { kernel: 'streaming' },
      { kernel: 'split-k', options: { inner: 'stationary' } },
      { options: { f16: 'on' } },
      { machine: 'wse3' },
    ] as const)
      expect(plan('Llama-2-7B', { kernel: 'stationary', ...change }).wafers).toBe(1);
  });

  it('in llama.cpp mixes takes the bytes of such files: 4.08 GB as Q4_K_M, 4.78 GB as Q5_K_M', () => {
    expect(plan('Llama-2-7B', {}, 'q4_k_m').model.storedBytes / 1e9).toBeCloseTo(4.08, 2);
    expect(plan('Llama-2-7B', {}, 'q5_k_m').model.storedBytes / 1e9).toBeCloseTo(4.78, 2);
  });
});

describe('rows of f32 that are too long', () => {
  it('K = 11 008 leaves 944 B beside the reserve: one token fits, 300 overflow by 676 B', () => {
    const one = matrix(plan('Llama-2-7B', { kernel: 'stationary' }), 'ffn_down');
    expect(49_152 - 4176 - 4 * 11_008).toBe(944);
    expect(one).toMatchObject({ fits: 'yes', densest: { rowsPerPe: 1 } });
    const many = plan('Llama-2-7B', { kernel: 'stationary', batch: 300 });
    expect(matrix(many, 'ffn_down')).toMatchObject({ fits: 'no', densest: null, overflowing: { freeBytes: -676 } });
    expect(many.overflows).toMatchObject([{ what: 'ffn_down', amount: 676, unit: 'B' }]);
    const flags = many.overflows[0].fixes.map((fix) => fix.flags);
    expect(flags).toEqual(['--kernel streaming', '--kernel split-k --inner stationary', '--f16 on', '--drain column', '--batch 131']);
    expect(matrix(plan('Llama-2-7B', { kernel: 'stationary', batch: 131 }), 'ffn_down').fits).toBe('yes');
    expect(matrix(plan('Llama-2-7B', { kernel: 'stationary', batch: 132 }), 'ffn_down').fits).toBe('no');
  });

  it('K = 14 336 overflows; split-k spreads the row', () => {
    expect(plan('Llama-3-8B', { kernel: 'stationary' })).toMatchObject({
      wafers: null,
      pes: null,
      layersAtOnce: 0,
      overflows: [{ what: 'ffn_down', amount: 12_792 }],
    });
    expect(matrix(plan('Llama-3-8B', { kernel: 'split-k', options: { inner: 'stationary' } }), 'ffn_down')).toMatchObject({ fits: 'split' });
  });
});

describe('models larger than a wafer', () => {
  it('Llama-2-70B in Q4_K fits neither a WSE-2 nor a WSE-3; no single change or pair of them mends it', () => {
    for (const machine of ['wse2', 'wse3'] as const) {
      const report = plan('Llama-2-70B', { machine });
      expect(report).toMatchObject({ wafers: 2, overflows: [{ what: 'model', fixes: [] }] });
      expect(fact(report, 'Weights as stored') / 1e9).toBeCloseTo(38.65, 2);
      // 38.65 GB are more than all bytes of all PEs of a WSE-2 beside the reserve; of a WSE-3 they are not, yet rows do not divide.
      expect(fact(report, 'Times by bytes') < 1).toBe(machine === 'wse2');
    }
  });

  it('a norm that overflows its PE is counted on several, and said', () => {
    const report = plan('Llama-2-70B');
    expect(report.norms).toMatchObject([{ count: 161, pes: 2 }]);
    expect(report.notes.join()).toContain('A norm of 8192 overflows the one PE of the layer kernel by 21588 B');
  });

  it('on a machine smaller than a layer are counted in passes', () => {
    expect(plan('Llama-2-7B', { machine: 'teaching' })).toMatchObject({ wafers: 49, layersAtOnce: 0 });
  });
});

describe('the cache', () => {
  it('of Llama-2-7B takes 1 MB a token; a PE keeps 39 tokens of a head in f32, 78 in f16', () => {
    const cache = plan('Llama-2-7B', { context: 4096 }).cache;
    expect(cache).toMatchObject({ bytesPerToken: 2 ** 20, bytes: 2 ** 32, mostTokensPerPe: 39, tokensPerPe: 39, pesPerLayer: 32 * 106, pes: 32 * 32 * 106 });
    expect(plan('Llama-2-7B', { cache: 'f16' }).cache).toMatchObject({ bytesPerToken: 2 ** 19, mostTokensPerPe: 78 });
  });

  it('fits up to the longest context that is told, and not beyond', () => {
    const longest = plan('Llama-3.1-8B').cache?.longestContext ?? 0;
    expect(longest).toBeGreaterThan(90_000);
    expect(plan('Llama-3.1-8B', { context: longest }).wafers).toBe(1);
    const message = errorOf(() => plan('Llama-3.1-8B', { context: longest + 1 }));
    expect(message).toMatch(/^context: weights and norms fit, but with keys and values of \d+ tokens x 1 \(\d+ PEs\) it is \d+ PEs, \d+ more than WSE-2 has\./);
    expect(message).toContain(`use a context of at most ${longest} (--context ${longest}); or keep keys and values as f16 (--kv f16); or use WSE-3`);
  });

  it('that was not asked for is an overflow with fixes, not an error', () => {
    const { overflows, wafers } = plan('Llama-3.1-8B', { batch: 100 });
    expect(wafers).toBeGreaterThan(1);
    expect(overflows).toMatchObject([{ what: 'cache', unit: 'PEs' }]);
    const batch = Number(/--batch (\d+)/.exec(overflows[0].fixes.map(({ flags }) => flags).join())?.[1]);
    expect(plan('Llama-3.1-8B', { batch }).wafers).toBe(1);
    expect(plan('Llama-3.1-8B', { batch: batch + 1 }).wafers).toBeGreaterThan(1);
  });

  it('that no layer has room for is one error', () => {
    expect(errorOf(() => plan('Llama-2-70B', { context: 4096, batch: 4000 }))).toMatch(/^context: keys and values of 4096 tokens x 4000 take \d+ PEs a layer/);
  });
});

describe('a head too large for a PE', () => {
  const architecture = { ...modelPreset('Llama-2-7B'), heads: 2, kvHeads: 2, headSize: 2048 };
  const sizes = sizesOfArchitecture(architecture, 'q4_k', { source: 'preset' });

  it('is an overflow in bytes, or an error where a context was asked for', () => {
    const report = capacity(sizes, {});
    expect(report).toMatchObject({ wafers: null, overflows: [{ what: 'cache', unit: 'B' }] });
    expect(errorOf(() => capacity(sizes, { context: 16 }))).toMatch(/^context: one token of a head of 2048 .* B too many/);
  });
});

describe('a question', () => {
  it.each<[CapacityQuestion, string]>([
    [{ context: 4097 }, 'context: 4097 tokens are more than the 4096 that Llama-2-7B was made for. Fix: use at most 4096.'],
    [{ context: 0 }, 'context: it is 0; it must be a whole number from 1. Fix: use 1.'],
    [{ batch: 1.5 }, 'batch: it is 1.5; it must be a whole number from 1. Fix: use 1.'],
    [{ kernel: 'split' }, 'kernel: resident models are planned with streaming, stationary, split-k, not with "split". Fix: use split-k.'],
    [{ options: { inner: 'stationary' } }, 'inner: the kernel streaming has no option "inner".'],
  ])('%o is one error', (question, message) => {
    expect(errorOf(() => plan('Llama-2-7B', question))).toContain(message);
  });

  it('of options that do not go with a format of the model is one error', () => {
    expect(errorOf(() => capacity(sizesOfGguf(TINY), { options: { factored: 'pe' } }))).toContain('factored: scales and minimums stay outside the dot');
  });
});

describe('a GGUF file', () => {
  it('of the tiny llama: formats by layer, every tensor somewhere, plain data', () => {
    const report = capacity(sizesOfGguf(TINY), { machine: 'teaching' });
    expect(report.matrices.filter(({ kind }) => kind === 'attn_v').map(({ format, blocks }) => [format, blocks])).toEqual([
      ['q4_k', [0]],
      ['q6_k', [1]],
    ]);
    expect(report.model).toMatchObject({ layers: 2, parameters: 1_344_768, storedBytes: TINY.tensors.reduce((sum, { bytes }) => sum + bytes, 0) });
    expect(report.onHost.map(({ name }) => name)).toEqual(['token_embd.weight']);
    expect(report).toMatchObject({ wafers: 1, layersAtOnce: 2, question: { context: 256 } });
    expect(structuredClone(report)).toEqual(report);
  });

  it('of which only the tensors are known is planned tensor by tensor, without a cache', () => {
    const metadata = new Map([...TINY.metadata, ['general.architecture', 'use-lite'] as const]);
    const sizes = sizesOfGguf({ ...TINY, metadata });
    const report = capacity(sizes);
    expect(report).toMatchObject({ cache: null, norms: [], wafers: 1 });
    expect(report.matrices.reduce((sum, { blocks }) => sum + blocks.length, 0)).toBe(15);
    expect(errorOf(() => capacity(sizes, { context: 100 }))).toContain('only the tensors are known, so there is no cache to plan');
  });
});

describe('rows that are no whole units', () => {
  it('K = 896 is counted as Q8_0, padded to 1 024 on PEs, and said', () => {
    const report = plan('Qwen2-0.5B');
    expect(matrix(report, 'attn_q')).toMatchObject({ format: 'q8_0', k: 896, paddedK: 1024, storedBytes: 896 * 28 * 34 });
    expect(matrix(report, 'ffn_down')).toMatchObject({ format: 'q4_k', k: 4864, paddedK: 4864 });
    expect(report.notes[0]).toMatch(/^Rows of token_embd, attn_q, .* have 896 weights; .* padded with zeros to 1024\. .* counted as q8_0/);
    expect(report.onHost[0].why).toContain('the same matrix lies on PEs as the output matrix');
  });
});
