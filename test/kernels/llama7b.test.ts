/** `llama7b`: a projection runs as its inner kernel does; the whole model's tokens a second stay below one weight a cycle. */
import { describe, expect, it } from 'vitest';
import { createReferenceEngine } from '../../src/engine/reference.ts';
import { createWaveletEngine } from '../../src/engine/wavelet.ts';
import { CLAIMS, LLAMA_2_7B } from '../../src/kernels/llama7b/facts.ts';
import { forwardEstimate } from '../../src/kernels/llama7b/forward.ts';
import { kernelById } from '../../src/kernels/registry.ts';
import { MACHINES, TEACHING, WSE2, WSE3 } from '../../src/machine/spec.ts';
import { matricesOfModel } from '../../src/model/architecture.ts';
import { modelPreset } from '../../src/model/presets.ts';
import { unequalBits } from '../quant/golden.ts';
import { type Case, caseName, drive, PLACES } from './drive.ts';

const INNER = ['streaming', 'stationary'] as const;
const CASES: Case[] = Object.values(MACHINES).flatMap((machine) =>
  PLACES.flatMap(([m, k, n, width, height], i) => ({ kernel: 'llama7b', machine, m, k, n, rectangle: { width, height }, options: { inner: INNER[i % 2] } })),
);

describe('a projection', () => {
  it.each(CASES.map((c) => [caseName(c), c] as const))('%s: bits, cycles and trace of the inner kernel, closed form within 2 %%', (_, c) => {
    const { gemm, y, plan, cycles, estimate, engine, program } = drive(c);
    const { inner = 'streaming', ...options } = c.options ?? {};
    const same = drive({ ...c, kernel: inner, options });
    expect(unequalBits(y, same.y)).toEqual([]);
    expect(unequalBits(y, kernelById('llama7b').plainLoop(plan, gemm))).toEqual([]);
    expect([cycles, engine.stateHash()]).toEqual([same.cycles, same.engine.stateHash()]);
    expect(Math.abs(estimate.closedForm.cycles / cycles - 1)).toBeLessThan(0.02);
    expect(estimate.lowerBound.cycles).toBeLessThanOrEqual(cycles);
    expect(kernelById('llama7b').macs(plan, program)).toEqual(kernelById(inner).macs(same.plan, same.program));
    expect(kernelById('llama7b').rowMap(plan)).toEqual(kernelById(inner).rowMap(same.plan));
  });

  it('the reference engine gives the same bits, cycles and state', () => {
    const [fast, slow] = [createWaveletEngine, createReferenceEngine].map((create) => drive(CASES[1], undefined, create));
    expect(unequalBits(fast.y, slow.y)).toEqual([]);
    expect([fast.cycles, fast.engine.stateHash()]).toEqual([slow.cycles, slow.engine.stateHash()]);
  });

  it('K between units and rows too long are refused by the inner kernel, unknown options by this one', () => {
    const plan = (k: number, options: object) => () => kernelById('llama7b').plan({ m: 4, k, n: 1, format: 'q4_k' }, WSE2, undefined, options);
    expect(plan(300, {})).toThrow('K is 300');
    expect(plan(16_384, { inner: 'stationary' })).toThrow('overflows a PE by 20984 B');
    expect(plan(256, { reduce: 'tree' })).toThrow('the kernel llama7b has no option "reduce"');
  });
});

describe('the model', () => {
  it('Llama-2-7B: 749,568 serial weight steps, 1,134 tokens/s at one weight a cycle on WSE-2, 1,391,872 rows', () => {
    const { serialSteps, boundPerSecond, stages } = forwardEstimate(LLAMA_2_7B, WSE2, 1, 'streaming');
    expect(serialSteps).toBe(32 * (3 * 4096 + 11_008) + 4096);
    expect(boundPerSecond).toBeCloseTo(1134, 1);
    expect(stages.map((s) => [s.stage, s.rows, s.k, s.rowsPerPe, s.times])).toEqual([
      ['qkv', 12_288, 4096, 1, 32],
      ['attn_output', 4096, 4096, 1, 32],
      ['ffn_up', 22_016, 4096, 1, 32],
      ['ffn_down', 4096, 11_008, 1, 32],
      ['output', 32_000, 4096, 1, 1],
    ]);
  });

  it('no f32 estimate on WSE-2 exceeds the bound: both kernels, both dots, N of 1, 2, 64 and 512, dequantised before or not', () => {
    for (const inner of INNER)
      for (const dot of ['two-op', 'fused1'] as const)
        for (const n of [1, 2, 64, 512]) {
          const { tokensPerSecond, dequantisedPerSecond, boundPerSecond } = forwardEstimate(LLAMA_2_7B, WSE2, n, inner, { dot });
          expect(boundPerSecond).toBeLessThan(1134.1);
          expect(tokensPerSecond).toBeLessThan(boundPerSecond);
          expect(dequantisedPerSecond).toBeLessThan(boundPerSecond);
          expect(tokensPerSecond).toBeLessThanOrEqual(dequantisedPerSecond);
          for (const claim of CLAIMS) expect(tokensPerSecond, claim.name).toBeLessThan(claim.value);
        }
  });

  it('stages are closed forms of plans, one row a PE on WSE-2 and WSE-3; Teaching takes up to 8 rows, or passes', () => {
    for (const machine of [WSE2, WSE3]) {
      const { stages, cycles } = forwardEstimate(LLAMA_2_7B, machine, 1, 'stationary');
      const kernel = kernelById('stationary');
      for (const { rows, k, cycles: own } of stages)
        expect(own).toBe(kernel.estimate(kernel.plan({ m: rows, k, n: 1, format: 'q4_k' }, machine)).closedForm.cycles);
      expect(cycles).toBe(stages.reduce((sum, s) => sum + s.times * s.cycles, 0));
    }
    expect(forwardEstimate(LLAMA_2_7B, TEACHING, 1, 'streaming').stages.map((s) => [s.rowsPerPe, s.passes])).toEqual([3, 1, 6, 1, 8].map((r) => [r, 1]));
    expect(forwardEstimate(LLAMA_2_7B, TEACHING, 1, 'stationary').stages.map((s) => [s.rowsPerPe, s.passes])).toEqual([
      [2, 2],
      [1, 1],
      [2, 3],
      [1, 1],
      [2, 4],
    ]);
  });

  it('prefill of 512 in stationary is more than twice as fast as in streaming; decode is within 5 %', () => {
    const speed = (inner: (typeof INNER)[number], n: number) => forwardEstimate(LLAMA_2_7B, WSE2, n, inner).tokensPerSecond;
    expect(speed('stationary', 512)).toBeGreaterThan(2 * speed('streaming', 512));
    expect(Math.abs(speed('stationary', 1) / speed('streaming', 1) - 1)).toBeLessThan(0.05);
  });

  it('columns whose results do not fit at once go through in launches', () => {
    const { stages } = forwardEstimate(LLAMA_2_7B, WSE2, 20_000, 'streaming');
    const kernel = kernelById('streaming');
    const half = kernel.estimate(kernel.plan({ m: 12_288, k: 4096, n: 10_000, format: 'q4_k' }, WSE2)).closedForm.cycles;
    expect(stages[0].cycles).toBe(2 * half);
  });

  it('other models by their sizes: a hidden size of 896 is padded to 1024, a K of 53,248 needs inner streaming', () => {
    const qwen = forwardEstimate(matricesOfModel(modelPreset('Qwen2-0.5B')), WSE2, 1, 'stationary');
    expect(qwen.stages.map((s) => s.k)).toEqual([1024, 1024, 1024, 4864, 1024]);
    const large = matricesOfModel(modelPreset('Llama-3.1-405B'));
    expect(forwardEstimate(large, WSE2, 1, 'streaming').tokensPerSecond).toBeLessThan(20);
    expect(() => forwardEstimate(large, WSE2, 1, 'stationary')).toThrow('a single row of this K does not fit into a PE');
  });

  it('a projection in f32 is placed though the model is not: rows of 11,008 f32 leave no room for products', () => {
    const { facts = [] } = kernelById('llama7b').plan({ m: 64, k: 4096, n: 1, format: 'f32' }, WSE2);
    expect(facts[0]).toMatchObject({ name: 'Decode', value: 0, meaning: expect.stringContaining('cannot be placed') });
  });

  it('facts name every stage, the bound, the claims, and that f32 rows need 761,472 PEs: too many for WSE-2, not for WSE-3', () => {
    for (const machine of [WSE2, WSE3]) {
      const { facts = [] } = kernelById('llama7b').plan({ m: 4096, k: 4096, n: 1, format: 'q4_k' }, machine);
      const fact = (name: string) => facts.find((f) => f.name === name);
      expect(facts.filter((f) => f.name.startsWith('Stage')).length).toBe(5);
      expect(fact('PEs for f32 rows')?.value).toBe(761_472);
      expect(fact('PEs for f32 rows')?.meaning).toContain(machine === WSE2 ? 'they do not fit' : 'they fit');
      expect(fact('Copies as stored')?.value).toBe(machine === WSE2 ? 9 : 10.6);
      expect(fact('Claimed decode, kernel file')?.value).toBe(2400);
      expect(fact('Measured decode, WaferLLM')?.value).toBe(2699.9);
    }
  });
});
