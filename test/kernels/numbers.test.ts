/** Both kernels compute what they say: C bit for bit, on engines, machines, rectangles; conservation; golden dots. */
import { describe, expect, it } from 'vitest';
import { createReferenceEngine } from '../../src/engine/reference.ts';
import { createWaveletEngine } from '../../src/engine/wavelet.ts';
import { kernelById } from '../../src/kernels/registry.ts';
import type { Gemm } from '../../src/kernels/types.ts';
import { enumerateChannels } from '../../src/machine/channels.ts';
import type { Instruction, Program } from '../../src/machine/program.ts';
import { MACHINES, TEACHING, WSE2, WSE3 } from '../../src/machine/spec.ts';
import { FORMATS } from '../../src/quant/formats.ts';
import { KIND } from '../../src/trace/schema.ts';
import { goldenBytes, goldenF32, goldenF64, unequalBits } from '../quant/golden.ts';
import { type Case, caseName, drive, PLACES, ROW_KERNELS } from './drive.ts';

const CASES: Case[] = ROW_KERNELS.flatMap((kernel) =>
  Object.values(MACHINES).flatMap((machine) => PLACES.map(([m, k, n, width, height]) => ({ kernel, machine, m, k, n, rectangle: { width, height } }))),
);

/** Largest |y - float64| as a fraction of sum |w x|. */
function relativeError(gemm: Gemm, y: Float32Array): number {
  const w = new Float32Array(gemm.m * gemm.k);
  FORMATS.q4_k.dequantise(gemm.weights, w);
  let worst = 0;
  for (let token = 0; token < gemm.n; token++) {
    for (let row = 0; row < gemm.m; row++) {
      let [exact, magnitude] = [0, 0];
      for (let i = 0; i < gemm.k; i++) {
        const product = w[row * gemm.k + i] * gemm.x[token * gemm.k + i];
        exact += product;
        magnitude += Math.abs(product);
      }
      worst = Math.max(worst, Math.abs(y[token * gemm.m + row] - exact) / magnitude);
    }
  }
  return worst;
}

/** Elements of multiplying ops that a task's code runs, by following its counted loops. */
function multiplications(code: readonly Instruction[]): number {
  const registers = new Int32Array(16);
  let count = 0;
  for (let at = 0; at < code.length; ) {
    const i = code[at++];
    if (i.kind === 'scalar') for (const s of i.steps) if (s.op === 'li') registers[s.d ?? 0] = s.imm ?? 0;
    if (i.kind === 'vector' && (i.op === 'f32_mul' || i.op === 'f32_dot')) count += i.length;
    if (i.kind === 'loop' && --registers[i.counter] > 0) at = i.to;
  }
  return count;
}

const macs = (program: Program): number => {
  const ofClass = program.classes.map((c) => c.tasks.reduce((sum, task) => sum + multiplications(task.code), 0));
  return program.classOf.reduce((sum, c) => sum + ofClass[c], 0);
};

const sum = (values: ArrayLike<number>): number => Array.from(values).reduce((a, b) => a + b, 0);

describe('results', () => {
  it.each(CASES.map((c) => [caseName(c), c] as const))('%s: C equals the plain loop in 0 unequal bits, macs = M N K', (_, c) => {
    const { gemm, y, program, trace, plan } = drive(c);
    expect(unequalBits(y, kernelById(c.kernel).plainLoop(plan, gemm))).toEqual([]);
    expect(relativeError(gemm, y)).toBeLessThan(2e-6);
    expect(macs(program)).toBe(c.m * c.n * c.k);
    expect(sum(trace.uses.count), 'every used PE consumes every activation once').toBe(plan.usedPes * c.n * c.k);
    expect(sum(trace.hostIn.count)).toBe(c.n * c.k);
    expect(sum(trace.hostOut.count)).toBe(c.m * c.n);
  });

  // The reference engine visits every PE in every tick: small cases only, 2 in 5 of them.
  const small = CASES.filter((c) => c.m * c.k * c.n <= 4096).filter((_, i) => i % 5 < 2);
  it.each(small.map((c) => [caseName(c), c] as const))('%s: the reference engine gives the same bits, cycles and state', (_, c) => {
    const [fast, slow] = [drive(c, undefined, createWaveletEngine), drive(c, undefined, createReferenceEngine)];
    expect(unequalBits(fast.y, slow.y)).toEqual([]);
    expect(fast.cycles).toBe(slow.cycles);
    expect(fast.engine.stateHash()).toBe(slow.engine.stateHash());
  });

  it.each(['two-op', 'fused1'] as const)('the %s row dot has the same bits as the plain loop on WSE-3', (dot) => {
    const { gemm, y, plan } = drive({ kernel: 'stationary', machine: WSE3, m: 5, k: 512, n: 2, rectangle: { width: 2, height: 2 }, options: { dot } });
    expect(unequalBits(y, kernelById('stationary').plainLoop(plan, gemm))).toEqual([]);
  });
});

describe('golden dots (f32, k ascending)', () => {
  const golden = (k: number, m: number, n: number): Gemm => ({
    m,
    k,
    n,
    format: 'q4_k',
    weights: goldenBytes(`dot_K${k}_w_blocks.bin`),
    x: goldenF32(`dot_K${k}_x_f32.bin`),
  });

  it.each([
    ['streaming', 1024, 64, 8, 16, 4],
    ['stationary', 1024, 64, 8, 8, 4],
    ['streaming', 4096, 16, 4, 4, 4],
    ['stationary', 4096, 16, 4, 4, 2],
    ['streaming', 11008, 4, 2, 4, 1],
    ['stationary', 11008, 4, 2, 4, 1],
  ] as const)('%s at K = %i, M = %i, N = %i on %ix%i PEs of a WSE-2 is bit-equal to f32seq and within 2e-6 of float64', (kernel, k, m, n, width, height) => {
    const { y } = drive({ kernel, machine: WSE2, m, k, n, rectangle: { width, height } }, golden(k, m, n));
    expect(unequalBits(y, goldenF32(`dot_K${k}_f32seq_f32.bin`))).toEqual([]);
    const [exact, magnitude] = [goldenF64(`dot_K${k}_ref_f64.bin`), goldenF64(`dot_K${k}_sumabs_f64.bin`)];
    expect(Math.max(...exact.map((value, i) => Math.abs(y[i] - value) / magnitude[i]))).toBeLessThan(2e-6);
  });
});

describe('marks', () => {
  /** Marks under which PE 0 spent time on `kind`. */
  const marksOf = (c: Case, kind: number): number[] => {
    const { intervals } = drive(c).trace;
    return [...new Set(intervals.mark.filter((_, i) => intervals.pe[i] === 0 && intervals.kind[i] === kind))].sort((a, b) => a - b);
  };
  const upTo = (n: number): number[] => Array.from({ length: n }, (_, i) => i);
  const shape = { machine: WSE2, m: 5, k: 512, n: 3, rectangle: { width: 2, height: 1 } };

  it('streaming, 3 rows on a PE: column 0..2, block 0..1, row 0..2 count up to 17; the drain has -1', () => {
    const c = { kernel: 'streaming', ...shape };
    expect(drive(c).program.marks).toEqual([
      { name: 'column', size: 3 },
      { name: 'block', size: 2 },
      { name: 'row', size: 3 },
    ]);
    expect(marksOf(c, KIND.dequantise)).toEqual(upTo(18));
    expect(marksOf(c, KIND.receive)).toEqual([0, 3, 6, 9, 12, 15]);
    expect(marksOf(c, KIND.send)).toContain(-1);
  });

  it('stationary dequantises under the marks of column 0 only, and computes under all 18', () => {
    const c = { kernel: 'stationary', ...shape };
    expect(marksOf(c, KIND.dequantise).filter((mark) => mark >= 0)).toEqual(upTo(6));
    expect(marksOf(c, KIND.compute).filter((mark) => mark >= 0)).toEqual(expect.arrayContaining(upTo(18)));
  });
});

describe('the fabric', () => {
  it('each activation leaves a router once and reaches its ramp and its neighbours; results use other links', () => {
    const { program, trace, plan } = drive({ kernel: 'streaming', machine: TEACHING, m: 7, k: 256, n: 1, rectangle: { width: 3, height: 3 } });
    const channels = enumerateChannels(program);
    const departures = new Map<number, number>();
    trace.moves.lane.forEach((lane, i) => {
      if (channels.color[lane] === 0) departures.set(channels.pe[lane], (departures.get(channels.pe[lane]) ?? 0) + trace.moves.count[i]);
    });
    expect([...departures.keys()].sort((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6]);
    expect([...departures.values()]).toEqual(Array(plan.usedPes).fill(256));
    expect(program.sinks.map((s) => [s.pe, s.expect])).toEqual([
      [0, 3],
      [3, 3],
      [6, 1],
    ]);
  });

  it('PEs without rows have an empty class and no routes', () => {
    const { program } = drive({ kernel: 'stationary', machine: TEACHING, m: 2, k: 256, n: 1, rectangle: { width: 3, height: 2 } });
    for (const pe of [2, 3, 4, 5]) {
      expect(program.classes[program.classOf[pe]].tasks).toEqual([]);
      expect(program.routes[program.routeOf[pe]]).toEqual([]);
    }
  });
});
