/**
 * Every combination of the row kernels' options: C bit for bit, the physics of the run, latency at the right edge, both
 * engines; what is kept in memory; what is refused. Cycles against closed forms: estimate.test.ts.
 */
import { describe, expect, it } from 'vitest';
import { checkConservation } from '../../src/analysis/conservation.ts';
import { latencyOf } from '../../src/analysis/latency.ts';
import { rng } from '../../src/base/rng.ts';
import { createReferenceEngine } from '../../src/engine/reference.ts';
import { createWaveletEngine } from '../../src/engine/wavelet.ts';
import { PLACEABLE } from '../../src/kernels/dequant/index.ts';
import { kernelById } from '../../src/kernels/registry.ts';
import { plainLoop } from '../../src/kernels/rows/plain-loop.ts';
import type { KernelOptions, Plan, Rectangle } from '../../src/kernels/types.ts';
import { usedBytes } from '../../src/machine/memory.ts';
import { priceTotal } from '../../src/machine/price.ts';
import { MACHINES, type MachineSpec, TEACHING, WSE2, WSE3 } from '../../src/machine/spec.ts';
import { synthetic } from '../../src/model/synthetic.ts';
import { TraceReader } from '../../src/trace/reader.ts';
import { unequalBits } from '../quant/golden.ts';
import { type Case, COMBINATIONS, caseName, drive, gemmOf, type Outcome, PLACES, ROW_KERNELS } from './drive.ts';

const machines = Object.values(MACHINES);

/** Every combination in both kernels, each on the next machine and place: 192 cases. */
const CASES: readonly Case[] = ROW_KERNELS.flatMap((kernel, first) =>
  COMBINATIONS.map((options, i) => {
    const [m, k, n, width, height] = PLACES[(5 * first + i) % PLACES.length];
    return { kernel, machine: machines[(first + Math.floor(i / 5)) % machines.length], m, k, n, rectangle: { width, height }, options };
  }),
);

function failedChecks({ plan, program, trace }: Outcome): string[] {
  const macs = kernelById(plan.kernel).macs(plan, program);
  return checkConservation(new TraceReader(program, trace), { ...plan, macs }).flatMap((check) => (check.holds ? [] : [`${check.name}: ${check.detail}`]));
}

describe('every combination', () => {
  it.each(CASES.map((c) => [caseName(c), c] as const))('%s: C in 0 unequal bits, all checks hold', (_, c) => {
    const outcome = drive(c);
    const { plan, gemm, y, program, trace, cycles, estimate } = outcome;
    expect(unequalBits(y, kernelById(c.kernel).plainLoop(plan, gemm))).toEqual([]);
    expect(failedChecks(outcome)).toEqual([]);
    expect(Math.abs(estimate.closedForm.cycles / cycles - 1)).toBeLessThan(0.02);
    expect(estimate.lowerBound.cycles).toBeLessThanOrEqual(cycles);
    const { sent, atEdge } = latencyOf(new TraceReader(program, trace));
    const last = Math.max(...atEdge);
    expect(last).toBeLessThanOrEqual(cycles);
    expect(last, 'only a control wavelet and a branch may follow the last result').toBeGreaterThan(cycles - (c.options?.drain === 'column' ? 16 : 1));
    for (let pe = 0; pe < plan.usedPes; pe++) expect(atEdge[pe]).toBeGreaterThan(sent[pe] + 1);
  });

  const small = CASES.filter((c) => c.m * c.k * c.n <= 2304).filter((_, i) => i % 3 === 0);
  it.each(small.map((c) => [caseName(c), c] as const))('%s: the reference engine gives the same bits, cycles and state', (_, c) => {
    const [fast, slow] = [createWaveletEngine, createReferenceEngine].map((create) => drive(c, undefined, create));
    expect(unequalBits(fast.y, slow.y)).toEqual([]);
    expect(fast.cycles).toBe(slow.cycles);
    expect(fast.engine.stateHash()).toBe(slow.engine.stateHash());
  });

  it('none gets stuck, all have the right bits and closed forms within 2 %, on 60 seeded machines with queues of 1-9 words in and 2-6 out', () => {
    const random = rng(11);
    for (let i = 0; i < 60; i++) {
      const hop = 1 + random.below(4);
      const machine: MachineSpec = {
        ...machines[random.below(3)],
        hop,
        ramp: 1 + random.below(4),
        fifoDepth: hop + 1 + random.below(3),
        inputQueues: Array(8).fill(1 + random.below(9)),
        outputQueues: Array(8).fill(2 + random.below(5)),
      };
      const rectangle = { width: 1 + random.below(16), height: 1 + random.below(3) };
      const pes = rectangle.width * rectangle.height;
      const m = random.below(2) * pes * random.below(4) + 1 + random.below(pes);
      const options = COMBINATIONS[random.below(COMBINATIONS.length)];
      const c: Case = { kernel: ROW_KERNELS[random.below(2)], machine, m, k: 256, n: 1 + random.below(4), rectangle, options };
      const { y, plan, gemm, cycles, estimate } = drive(c);
      expect(unequalBits(y, kernelById(c.kernel).plainLoop(plan, gemm)), caseName(c)).toEqual([]);
      expect(Math.abs(estimate.closedForm.cycles / cycles - 1), caseName(c)).toBeLessThan(0.02);
      expect(estimate.lowerBound.cycles).toBeLessThanOrEqual(cycles);
    }
  });
});

describe('formats', () => {
  const numbers: KernelOptions[] = [{ f16: 'on' }, { f16: 'on', overlap: 'on', drain: 'column' }, { factored: 'source' }, { factored: 'pe', f16: 'on' }];
  const possible = PLACEABLE.flatMap((format) => ROW_KERNELS.flatMap((kernel) => numbers.map((options) => ({ format, kernel, options }))))
    .filter(({ format, options }) => !options.factored || format === 'q4_k' || format === 'q5_k')
    .filter(({ format, kernel }) => format !== 'f32' || kernel === 'streaming');
  it.each(possible.map((c) => [c.format, c.kernel, JSON.stringify(c.options), c] as const))(
    '%s, %s, %s: C in 0 unequal bits',
    (format, kernel, _, { options }) => {
      for (const [m, width] of [
        [5, 5],
        [5, 2],
      ]) {
        const gemm = synthetic(m, 512, 2, 3, format);
        const { y, plan } = drive({ kernel, machine: WSE3, m, k: 512, n: 2, rectangle: { width, height: 1 }, options }, gemm);
        expect(unequalBits(y, kernelById(kernel).plainLoop(plan, gemm))).toEqual([]);
      }
    },
  );
});

describe('the plain loop', () => {
  const gemm = gemmOf(3, 512, 2);
  const plain = plainLoop(gemm);
  const away = (y: Float32Array): number => Math.max(...y.map((value, i) => Math.abs(value - plain[i]))) / Math.max(...plain.map(Math.abs));

  it('overlap, drain and edge change no bit', () => {
    expect(unequalBits(plainLoop(gemm, { overlap: 'on', drain: 'column', edge: 'east' }), plain)).toEqual([]);
  });

  it('f16 differs by less than 0.2 % of the largest result, a factored dot by less than 0.001 %', () => {
    expect(away(plainLoop(gemm, { f16: 'on' }))).toBeGreaterThan(1e-5);
    expect(away(plainLoop(gemm, { f16: 'on' }))).toBeLessThan(2e-3);
    expect(away(plainLoop(gemm, { factored: 'source' }))).toBeGreaterThan(0);
    expect(away(plainLoop(gemm, { factored: 'source' }))).toBeLessThan(1e-5);
  });

  it('who makes the sums of activations changes no bit', () => {
    expect(unequalBits(plainLoop(gemm, { factored: 'pe' }), plainLoop(gemm, { factored: 'source' }))).toEqual([]);
  });
});

const planOf = (kernel: string, [m, k, n]: readonly [number, number, number], options: KernelOptions, rectangle?: Rectangle, format = 'q4_k'): Plan =>
  kernelById(kernel).plan({ m, k, n, format }, WSE2, rectangle, options);
const bytesOf = (...args: Parameters<typeof planOf>): number => usedBytes(planOf(...args).memory);
const partsOf = (plan: Plan, kind: string): (string | number)[][] => plan.memory.filter((a) => a.kind === kind).map((a) => [a.name, a.bytes]);

describe('SRAM', () => {
  it('drain column keeps one column: 1,000,000 columns fit where 10,800 do not with drain end; 4 B of control wavelet', () => {
    expect(() => planOf('streaming', [4, 4096, 10_800], {})).toThrow('overflows a PE');
    expect(bytesOf('streaming', [4, 4096, 1_000_000], { drain: 'column' })).toBe(bytesOf('streaming', [4, 4096, 1], {}) + 4);
  });

  it('overlap: two buffers of 1,024 B; for several rows one of them was there', () => {
    const one = (options: KernelOptions): number => bytesOf('streaming', [4, 1024, 1], options);
    const several = (options: KernelOptions): number => bytesOf('streaming', [8, 1024, 1], options, { width: 2, height: 2 });
    expect(one({ overlap: 'on' }) - one({})).toBe(2048);
    expect(several({ overlap: 'on' }) - several({})).toBe(1024);
    expect(several({ overlap: 'on', f16: 'on' }) - several({})).toBe(0);
  });

  it('f16: a stationary row of 11,008 takes 22,016 B, and one of 16,384 fits', () => {
    expect(partsOf(planOf('stationary', [1, 11_008, 1], { f16: 'on' }), 'weights')).toEqual([['rows, f16 (arrive quantised in their tails)', 22_016]]);
    expect(bytesOf('stationary', [64, 16_384, 1], { f16: 'on' })).toBe(38_396);
  });

  it('factored: 64 B of scales and minimums for every block of a stationary row, 64 B for sums', () => {
    const plan = planOf('stationary', [1, 4096, 1], { factored: 'source' });
    expect(partsOf(plan, 'weights')).toEqual([['rows, quants as f32 with scales (arrive quantised in their tails)', 16 * (1024 + 64)]]);
    expect(partsOf(plan, 'activations').at(-1)).toEqual(['sums of a block, f32', 64]);
  });
});

describe('prices', () => {
  const block = (machine: MachineSpec, options: KernelOptions) =>
    kernelById('streaming').plan({ m: 1, k: 256, n: 1, format: 'q4_k' }, machine, undefined, options).blockPrice;
  it.each([
    ['WSE-2', WSE2, 336, 148],
    ['WSE-3', WSE3, 368, 171],
  ] as const)('a factored block on %s saves %i cycles of dequantising and costs %i more in the dot', (_, machine, saved, more) => {
    const [usual, factored] = [block(machine, { dot: 'two-op' }), block(machine, { dot: 'two-op', factored: 'source' })];
    expect(priceTotal(usual.dequantise) - priceTotal(factored.dequantise)).toBe(saved);
    expect(priceTotal(factored.dot) - priceTotal(usual.dot)).toBe(more);
  });

  it.each([
    ['Teaching', TEACHING, 512],
    ['WSE-2', WSE2, 640],
  ] as const)('f16 activations from the ramp on %s: 256 weights in %i element cycles', (_, machine, cycles) => {
    expect(block(machine, { dot: 'two-op', f16: 'on' }).dot.element).toBe(cycles);
  });
});

describe('drain by columns', () => {
  const { program, engine } = drive({
    kernel: 'streaming',
    machine: WSE2,
    m: 5,
    k: 256,
    n: 3,
    rectangle: { width: 3, height: 2 },
    options: { drain: 'column' },
  });

  it('a row of 3 PEs has rings but at its far end, which sends one filtered control wavelet a column', () => {
    const rings = Array.from({ length: 6 }, (_, pe) => program.routes[program.routeOf[pe]].some((route) => route.ring));
    expect(rings).toEqual([true, true, false, true, false, false]);
    expect(program.sinks.map((sink) => sink.expect)).toEqual([3 * 3 + 3, 2 * 3 + 3]);
    const words = engine.sinkWords(0);
    expect(new Set([words[3], words[7], words[11]]).size, 'the last word of each column is the same').toBe(1);
    expect((words[3] >>> 22) & 7, 'advance, filtered').toBe(5);
  });

  it('a fabric row of one PE turns nothing and sends no control wavelet', () => {
    const one = drive({ kernel: 'streaming', machine: WSE2, m: 3, k: 256, n: 2, rectangle: { width: 1, height: 3 }, options: { drain: 'column' } });
    expect(one.program.sinks.map((sink) => sink.expect)).toEqual([2, 2, 2]);
  });
});

describe('results to the east', () => {
  it('leave at the east edge, through the idle PEs of a partly filled row, nearest PE first', () => {
    const c: Case = { kernel: 'streaming', machine: TEACHING, m: 5, k: 256, n: 1, rectangle: { width: 3, height: 2 }, options: { edge: 'east' } };
    const { program, trace, engine, y } = drive(c);
    expect(program.sinks.map((sink) => sink.pe)).toEqual([2, 5]);
    expect([...engine.sinkWords(0)]).toEqual([...new Uint32Array(y.slice(0, 3).buffer)].reverse());
    expect([...engine.sinkWords(1)]).toEqual([...new Uint32Array(y.slice(3).buffer)].reverse());
    const { sent, atEdge } = latencyOf(new TraceReader(program, trace));
    expect(atEdge[4] - sent[4], 'issue, ramp, one hop, the edge').toBe(1 + 2 + 1 + 1);
    expect(atEdge[3]).toBe(atEdge[4] + 1);
  });
});

describe('what does not go together', () => {
  it('factored rows of a format without sub-block scales', () => {
    expect(() => planOf('streaming', [4, 256, 1], { factored: 'pe' }, undefined, 'q6_k')).toThrow(
      'scales and minimums stay outside the dot for rows of type q4_k or q5_k, not for Q6_K',
    );
  });

  it('f16 of F32 rows in stationary, which has them in place; streaming rounds them block by block', () => {
    expect(() => planOf('stationary', [4, 256, 1], { f16: 'on' }, undefined, 'f32')).toThrow('rows stored as F32 arrive in their place in memory');
    expect(planOf('streaming', [4, 256, 1], { f16: 'on' }, undefined, 'f32').options.f16).toBe('on');
  });

  it('an overflow names the options that fit, and they do fit', () => {
    let fixes: readonly string[] = [];
    try {
      planOf('streaming', [1, 4096, 20_000], {});
    } catch (error) {
      fixes = (error as { fixes: readonly string[] }).fixes;
    }
    expect(fixes[0]).toBe(`use drain column (${bytesOf('streaming', [1, 4096, 20_000], { drain: 'column' })} B)`);
  });
});
