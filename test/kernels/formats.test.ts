/**
 * Every format through whole runs of the row kernels: C bit for bit, cycles as the closed form says, memory accounted for.
 * Rows of Q6_K (210 B) and q4_k_ix (142 B) begin at odd multiples of 2 on most PEs.
 */
import { describe, expect, it } from 'vitest';
import { toEnd } from '../../src/base/pieces.ts';
import { createReferenceEngine } from '../../src/engine/reference.ts';
import { createWaveletEngine } from '../../src/engine/wavelet.ts';
import { dequantiserFor, PLACEABLE } from '../../src/kernels/dequant/index.ts';
import { kernelById } from '../../src/kernels/registry.ts';
import { usedBytes } from '../../src/machine/memory.ts';
import { MACHINES, WSE2, WSE3 } from '../../src/machine/spec.ts';
import { reencoding } from '../../src/model/original-format.ts';
import { synthetic } from '../../src/model/synthetic.ts';
import { goldenBytes, goldenF32, unequalBits } from '../quant/golden.ts';
import { type Case, caseName, drive, ROW_KERNELS } from './drive.ts';

/** One row a PE with waiting PEs, several rows a PE with a last one that has fewer, and a long row. */
const SHAPES: ReadonlyArray<readonly [m: number, k: number, n: number, width: number, height: number]> = [
  [7, 512, 2, 3, 3],
  [11, 256, 3, 2, 2],
  [12, 256, 1, 12, 1],
  [2, 1280, 1, 1, 1],
];

const CASES: ReadonlyArray<readonly [format: string, c: Case]> = PLACEABLE.flatMap((format) =>
  ROW_KERNELS.flatMap((kernel) =>
    Object.values(MACHINES).flatMap((machine) =>
      SHAPES.map(([m, k, n, width, height]) => [format, { kernel, machine, m, k, n, rectangle: { width, height } }] as const),
    ),
  ),
);

describe('every format', () => {
  it.each(CASES.map(([format, c]) => [format, caseName(c), c] as const))(
    '%s, %s: 0 unequal bits against the plain loop, 0 cycles from the closed form',
    (format, _, c) => {
      const { plan, gemm, y, cycles, estimate } = drive(c, synthetic(c.m, c.k, c.n, c.m + c.k, format));
      expect(unequalBits(y, kernelById(c.kernel).plainLoop(plan, gemm))).toEqual([]);
      expect(estimate.closedForm.cycles).toBe(cycles);
      expect(estimate.lowerBound.cycles).toBeLessThanOrEqual(cycles);
    },
  );

  it.each(PLACEABLE)('%s: both engines end in the same state', (format) => {
    for (const kernel of ROW_KERNELS) {
      const c: Case = { kernel, machine: WSE3, m: 5, k: 256, n: 2, rectangle: { width: 2, height: 2 } };
      const gemm = synthetic(c.m, c.k, c.n, 3, format);
      const [fast, slow] = [createWaveletEngine, createReferenceEngine].map((create) => drive(c, gemm, create));
      expect(fast.engine.stateHash()).toBe(slow.engine.stateHash());
      expect(fast.cycles).toBe(slow.cycles);
    }
  });

  it.each(PLACEABLE)('%s: both kernels give the same bits on golden activations', (format) => {
    const x = goldenF32('dot_K1024_x_f32.bin').slice(0, 2 * 1024);
    const gemm = { ...synthetic(8, 1024, 2, 2, format), x };
    const [a, b] = ROW_KERNELS.map((kernel) => drive({ kernel, machine: WSE2, m: 8, k: 1024, n: 2, rectangle: { width: 3, height: 2 } }, gemm).y);
    expect(unequalBits(a, b)).toEqual([]);
  });
});

describe('memory of a PE', () => {
  const bytesOf = (kernel: string, format: string, k: number): number => usedBytes(kernelById(kernel).plan({ m: 1, k, n: 1, format }, WSE2).memory);

  it.each(PLACEABLE)('%s: streaming keeps a row as stored: 1,024 weights more are four units of bytes more', (format) => {
    expect(bytesOf('streaming', format, 4096) - bytesOf('streaming', format, 3072)).toBe(4 * dequantiserFor(format).unit.bytes);
  });

  it.each(PLACEABLE)('%s: stationary holds a row of 11,008 weights as f32 (44,032 B) beside its scratch', (format) => {
    expect(bytesOf('stationary', format, 11008)).toBeLessThanOrEqual(49152);
    expect(() => bytesOf('stationary', format, 11264)).toThrow('overflows a PE');
  });

  it('f32: both kernels keep the row once and need the same bytes', () => {
    expect(bytesOf('streaming', 'f32', 4096)).toBe(bytesOf('stationary', 'f32', 4096));
    expect(bytesOf('streaming', 'f32', 4096)).toBe(4176 + 4 * 4096 + 1024 + 4);
  });
});

describe('the original file’s format', () => {
  it('gives results that differ from those of the same real weights as Q4_K by some per cent', () => {
    const real = {
      m: 8,
      k: 1024,
      n: 1,
      format: 'q4_k',
      name: 'golden',
      weights: goldenBytes('dot_K1024_w_blocks.bin').slice(0, 8 * 576),
      x: goldenF32('dot_K1024_x_f32.bin').slice(0, 1024),
      source: { kind: 'gguf', tensor: 'golden', summary: [] },
    } as const;
    const c: Case = { kernel: 'streaming', machine: WSE2, m: 8, k: 1024, n: 1, rectangle: { width: 4, height: 2 } };
    const [exact, original] = [drive(c, real).y, drive(c, toEnd(reencoding(real, 'q4_k_ix'))).y];
    const norm = (values: Float32Array): number => Math.hypot(...values);
    const change = norm(original.map((value, i) => value - exact[i])) / norm(exact);
    expect(change).toBeGreaterThan(0.01);
    expect(change).toBeLessThan(0.1);
  });
});
