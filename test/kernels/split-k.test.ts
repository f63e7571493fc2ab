/** `split-k`: sums to the bit in the reduction's order, conservation, closed form within 2 %, what cannot be placed. */
import { describe, expect, it } from 'vitest';
import { checkConservation } from '../../src/analysis/conservation.ts';
import { WeftError } from '../../src/base/error.ts';
import { type Rng, rng } from '../../src/base/rng.ts';
import { createReferenceEngine } from '../../src/engine/reference.ts';
import { createWaveletEngine } from '../../src/engine/wavelet.ts';
import { kernelById } from '../../src/kernels/registry.ts';
import type { Gemm, KernelOptions, Rectangle } from '../../src/kernels/types.ts';
import { usedBytes } from '../../src/machine/memory.ts';
import type { Rate } from '../../src/machine/program.ts';
import { MACHINES, type MachineSpec, TEACHING, WSE2, WSE3 } from '../../src/machine/spec.ts';
import { validateProgram } from '../../src/machine/validate.ts';
import { synthetic } from '../../src/model/synthetic.ts';
import { FORMATS } from '../../src/quant/formats.ts';
import { TraceReader } from '../../src/trace/reader.ts';
import { KIND } from '../../src/trace/schema.ts';
import { unequalBits } from '../quant/golden.ts';
import { type Case, drive, gemmOf, type Outcome } from './drive.ts';

const KERNEL = kernelById('split-k');
const SPECS = Object.values(MACHINES);
const REDUCTIONS: readonly KernelOptions[] = [{ reduce: 'chain' }, { reduce: 'tree' }, { reduce: 'two-phase' }];

const caseOf = (machine: MachineSpec, [m, blocks, n]: readonly number[], [width, height]: readonly number[], options: KernelOptions = {}): Case => ({
  kernel: 'split-k',
  machine,
  m,
  k: 256 * blocks,
  n,
  rectangle: { width, height },
  options,
});

function nameOf({ machine, m, k, n, rectangle, options = {} }: Case): string {
  const chosen = Object.values(options).join(' ');
  return `${machine.name}, ${m} x ${k} x ${n} on ${rectangle?.width}x${rectangle?.height}, ${chosen}`;
}

/** The error's parts in one line: field: problem | fix | fix. */
function errorOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof WeftError) return [`${error.field}: ${error.message}`, ...error.fixes].join(' | ');
    throw error;
  }
  return 'no error';
}

const planError = (shape: readonly [m: number, k: number, n: number], machine: MachineSpec, rectangle?: Rectangle, options?: KernelOptions): string =>
  errorOf(() => KERNEL.plan({ m: shape[0], k: shape[1], n: shape[2], format: 'q4_k' }, machine, rectangle, options));

const unequal = ({ gemm, plan, y }: Outcome): number[] => unequalBits(y, KERNEL.plainLoop(plan, gemm));
const equalSlices = ({ k, rectangle }: Case): boolean => (k / 256) % (rectangle?.width ?? 1) === 0;

/** M, blocks of K, N and W, H: one PE, one column, one fabric row, equal and unequal slices, a short last band, idle fabric rows, R 1 to 3. */
const PLACES = [
  [
    [1, 1, 1],
    [1, 1],
  ],
  [
    [3, 1, 2],
    [1, 3],
  ],
  [
    [2, 4, 1],
    [4, 1],
  ],
  [
    [3, 5, 2],
    [3, 2],
  ],
  [
    [5, 4, 2],
    [4, 2],
  ],
  [
    [7, 7, 1],
    [5, 3],
  ],
  [
    [2, 8, 3],
    [8, 3],
  ],
  [
    [4, 6, 2],
    [5, 4],
  ],
] as const;

describe('results', () => {
  const cases = SPECS.flatMap((machine) =>
    PLACES.flatMap(([shape, size], i) =>
      REDUCTIONS.map((reduction, j) => caseOf(machine, shape, size, { ...reduction, inner: (i + j) % 2 ? 'stationary' : 'streaming' })),
    ),
  );

  it.each(cases.map((c) => [nameOf(c), c] as const))('%s: 0 unequal bits, and the physics of the run hold', (_, c) => {
    const outcome = drive(c);
    validateProgram(outcome.program);
    expect(unequal(outcome)).toEqual([]);
    const { plan, program, trace } = outcome;
    const work = { weightBytes: plan.weightBytes, usedPes: plan.usedPes, macRate: plan.macRate, macs: KERNEL.macs(plan, program) };
    expect(checkConservation(new TraceReader(program, trace), work).filter((check) => !check.holds)).toEqual([]);
  });

  it.each(cases.filter((c) => c.m * c.k * c.n <= 4096).map((c) => [nameOf(c), c] as const))(
    '%s: the reference engine gives the same bits, cycles and state',
    (_, c) => {
      const [fast, slow] = [drive(c, undefined, createWaveletEngine), drive(c, undefined, createReferenceEngine)];
      expect(unequalBits(fast.y, slow.y)).toEqual([]);
      expect([fast.cycles, fast.engine.stateHash()]).toEqual([slow.cycles, slow.engine.stateHash()]);
    },
  );

  it('for 60 drawn rectangles of up to 16x8, R up to 3, N up to 5, groups of up to W, every option of the row code: 0 unequal bits', () => {
    const random = rng(21);
    for (let i = 0; i < 60; i++) {
      const c = drawn(random, 16, 8);
      const outcome = drive(c, synthetic(c.m, c.k, c.n, i));
      expect(unequal(outcome), nameOf(c)).toEqual([]);
      expect(outcome.estimate.lowerBound.cycles, nameOf(c)).toBeLessThanOrEqual(outcome.cycles);
    }
  });

  it.each(['q8_0', 'q6_k', 'f16', 'f32'] as const)('rows stored as %s come out to the bit', (format) => {
    const options: KernelOptions = { reduce: 'tree', inner: 'stationary' };
    const outcome = drive(caseOf(WSE3, [3, 5, 2], [4, 2], options), synthetic(3, 5 * 256, 2, 4, format));
    expect(unequal(outcome)).toEqual([]);
  });
});

const one = <T>(random: Rng, values: readonly T[]): T => values[random.below(values.length)];

/** A case drawn by seed, with any option. */
function drawn(random: Rng, mostWidth: number, mostHeight: number): Case {
  const [width, height] = [1 + random.below(mostWidth), 1 + random.below(mostHeight)];
  const m = random.below(3) * height + 1 + random.below(height);
  const blocks = width + random.below(2) * random.below(width + 1);
  const reduction = one(random, REDUCTIONS);
  const options: KernelOptions = {
    ...reduction,
    ...(reduction.reduce === 'two-phase' && { group: 1 + random.below(width) }),
    inner: one(random, ['streaming', 'stationary'] as const),
    dot: one(random, ['two-op', 'fused1'] as const),
    overlap: one(random, ['off', 'off', 'on'] as const),
    f16: one(random, ['off', 'off', 'on'] as const),
    factored: one(random, ['off', 'off', 'source', 'pe'] as const),
  };
  return caseOf(one(random, SPECS), [m, blocks, 1 + random.below(5)], [width, height], options);
}

describe('the order of the additions', () => {
  const { fround } = Math;

  /** The dot of one row with k ascending over 256 columns of A from `first` on, by itself. */
  function sliceDot({ k, weights, x }: Gemm, first: number): number {
    const w = new Float32Array(k);
    FORMATS.q4_k.dequantise(weights, w);
    let acc = 0;
    for (let i = first; i < first + 256; i++) acc = fround(acc + fround(w[i] * x[i]));
    return acc;
  }

  it.each([
    ['chain', {}, (s: number[]) => fround(s[0] + fround(s[1] + fround(s[2] + s[3])))],
    ['tree', {}, (s: number[]) => fround(fround(s[0] + s[1]) + fround(s[2] + s[3]))],
    ['two-phase', { group: 3 }, (s: number[]) => fround(fround(s[0] + fround(s[1] + s[2])) + s[3])],
  ] as const)('of four slices by a %s is that of the formula, for 8 seeds', (reduce, more, formula) => {
    for (let seed = 1; seed <= 8; seed++) {
      const gemm = gemmOf(1, 1024, 1, seed);
      const { y } = drive(caseOf(TEACHING, [1, 4, 1], [4, 1], { reduce, ...more, inner: 'stationary' }), gemm);
      expect(y[0]).toBe(formula([0, 256, 512, 768].map((first) => sliceDot(gemm, first))));
    }
  });
});

describe('closed form and lower bound', () => {
  const SIZES = [
    [
      [1, 1, 1],
      [1, 1],
    ],
    [
      [2, 2, 1],
      [2, 2],
    ],
    [
      [8, 4, 2],
      [4, 8],
    ],
    [
      [5, 8, 5],
      [8, 2],
    ],
    [
      [6, 11, 3],
      [8, 3],
    ],
    [
      [3, 16, 1],
      [16, 1],
    ],
    [
      [15, 16, 4],
      [16, 8],
    ],
    [
      [9, 19, 2],
      [13, 4],
    ],
  ] as const;
  const grid = SPECS.flatMap((machine) =>
    SIZES.flatMap(([shape, size], i) =>
      REDUCTIONS.map((reduction, j) => caseOf(machine, shape, size, { ...reduction, inner: (i + j) % 2 ? 'stationary' : 'streaming' })),
    ),
  );

  it(`of ${grid.length} cases: within 0.5 % of simulated, exact for chains of equal slices; the table is printed`, () => {
    const lines = grid.map((c) => {
      const { cycles, estimate } = drive(c);
      const { closedForm, lowerBound } = estimate;
      expect(
        closedForm.terms.reduce((sum, term) => sum + term.cycles, 0),
        `${nameOf(c)}: the terms sum up`,
      ).toBe(closedForm.cycles);
      expect(lowerBound.cycles, nameOf(c)).toBeLessThanOrEqual(cycles);
      if (c.options?.reduce === 'chain' && equalSlices(c)) expect([nameOf(c), closedForm.cycles]).toEqual([nameOf(c), cycles]);
      return { name: nameOf(c), cycles, closed: closedForm.cycles, bound: lowerBound.cycles };
    });
    const table = lines.map((l) => `${l.name.padEnd(62)}${[l.cycles, l.closed, l.cycles - l.closed, l.bound].map((n) => String(n).padStart(9)).join('')}`);
    console.log(['case'.padEnd(62) + ['simulated', 'closed', 'diff', 'bound'].map((t) => t.padStart(9)).join(''), ...table].join('\n'));
    expect(lines.filter((l) => Math.abs(l.cycles - l.closed) > 0.005 * l.cycles)).toEqual([]);
  });

  it('differ by at most the words that wait at a ramp, 4 an op, on 40 drawn cases: words of sums and activations take turns there', () => {
    const random = rng(5);
    for (let i = 0; i < 40; i++) {
      const c = drawn(random, 16, 4);
      const { cycles, estimate } = drive(c);
      const { inputQueues, ramp } = c.machine;
      expect(Math.abs(cycles - estimate.closedForm.cycles), nameOf(c)).toBeLessThanOrEqual(inputQueues[1] + ramp + 4);
    }
  });

  const WIDE = [
    [caseOf(WSE2, [2, 64, 3], [64, 2]), 6],
    [caseOf(WSE3, [2, 50, 2], [50, 1], { inner: 'stationary', reduce: 'two-phase' }), 6],
    [caseOf(TEACHING, [1, 60, 5], [60, 1], { reduce: 'tree' }), 8],
    [caseOf(WSE2, [1, 200, 2], [200, 1], { inner: 'stationary', reduce: 'two-phase' }), 6],
    [caseOf(WSE2, [1, 200, 2], [200, 1], { inner: 'stationary', overlap: 'on' }), 6],
    [caseOf(WSE3, [2, 64, 3], [64, 2], { inner: 'stationary', f16: 'on', overlap: 'on' }), 6],
    [caseOf(TEACHING, [1, 60, 5], [60, 1], { factored: 'source' }), 8],
    [caseOf(WSE2, [3, 90, 2], [45, 2], { f16: 'on', factored: 'pe' }), 8],
  ] as const;
  it.each(WIDE.map(([c, most]) => [nameOf(c), most, c] as const))('more than 44 columns share the host: %s, within %i cycles', (_, most, c) => {
    const { cycles, estimate, program } = drive(c);
    const lanes = program.sources.length;
    for (const { rate } of program.sources) expect(rate === undefined ? 1 : (rate as Rate).words / (rate as Rate).cycles).toBeCloseTo(44 / lanes, 12);
    expect(Math.abs(cycles - estimate.closedForm.cycles)).toBeLessThanOrEqual(most);
  });
});

describe('placement', () => {
  it('7 blocks on 5 columns: slices of 512, 512, 256, 256 and 256; 7 rows on 3 fabric rows: bands of 3, 3 and 1', () => {
    const plan = KERNEL.plan({ m: 7, k: 1792, n: 1, format: 'q4_k' }, WSE2, { width: 5, height: 3 });
    const { first, count, column } = KERNEL.rowMap(plan);
    expect([...(column ?? [])].slice(0, 5)).toEqual([0, 512, 1024, 1280, 1536]);
    expect([0, 5, 10].map((pe) => [first[pe], count[pe]])).toEqual([
      [0, 3],
      [3, 3],
      [6, 1],
    ]);
    expect(plan.facts?.map(({ name, value }) => [name, value])).toEqual([
      ['PEs that share a row', 5],
      ['longest slice of K', 512],
      ['words reduced', 3],
    ]);
  });

  it('loads every byte of the matrix exactly once, and a control wavelet on the PEs that send one', () => {
    const gemm = gemmOf(5, 7 * 256, 1);
    const rectangle = { width: 6, height: 3 };
    for (const inner of ['streaming', 'stationary'] as const) {
      const { loads } = KERNEL.build(KERNEL.plan(gemm, WSE2, rectangle, { inner, reduce: 'two-phase', group: 6 }), gemm);
      expect(loads.data.length).toBe(1);
      const grouped = KERNEL.build(KERNEL.plan(gemm, WSE2, { ...rectangle, height: 2 }, { inner, reduce: 'two-phase', group: 4 }), gemm).loads;
      const copies = new Uint8Array(gemm.weights.length);
      grouped.pe.forEach((_, i) => {
        if (grouped.source[i] > 0) return;
        for (let b = grouped.offset[i]; b < grouped.offset[i] + grouped.length[i]; b++) copies[b]++;
      });
      expect(copies.every((times) => times === 1)).toBe(true);
      expect([...grouped.pe].filter((_, i) => grouped.source[i] > 0)).toEqual([3, 9]);
    }
  });

  it('marks of a PE with a shorter slice skip the block it lacks: 0, 2, 4 of 6 for three columns of one block of two', () => {
    const { trace, program } = drive(caseOf(WSE2, [1, 3, 3], [2, 1]));
    expect(program.marks.map(({ size }) => size)).toEqual([3, 2]);
    const { pe, kind, mark } = trace.intervals;
    const marks = (of: number) => [...new Set(mark.filter((_, i) => pe[i] === of && kind[i] === KIND.dequantise))];
    expect(marks(0)).toEqual([0, 1, 2, 3, 4, 5]);
    expect(marks(1)).toEqual([0, 2, 4]);
  });

  it('by default 64 x 4096 takes 16x64 PEs of a WSE-2, one block each; 4096 x 4096 takes 16x820, 5 rows on a PE', () => {
    const { rectangle } = KERNEL.plan({ m: 64, k: 4096, n: 1, format: 'q4_k' }, WSE2);
    expect(rectangle).toEqual({ width: 16, height: 64 });
    const large = KERNEL.plan({ m: 4096, k: 4096, n: 1, format: 'q4_k' }, WSE2);
    expect([large.rectangle, large.rowsPerPe]).toEqual([{ width: 16, height: 820 }, 5]);
  });

  it('the default is the width with the least closed form: 50 columns of 4 blocks share 44 words a cycle better than 64 do', () => {
    const shape = { m: 1, k: 200 * 256, n: 4, format: 'q4_k' };
    const options: KernelOptions = { inner: 'stationary' };
    const cyclesOf = (width: number) => KERNEL.estimate(KERNEL.plan(shape, TEACHING, { width, height: 1 }, options)).closedForm.cycles;
    expect(KERNEL.plan(shape, TEACHING, undefined, options).rectangle).toEqual({ width: 50, height: 1 });
    expect([40, 50, 64].map(cyclesOf)).toEqual([10_301, 8901, 9949]);
  });
});

describe('K = 16,384', () => {
  it('2 rows on 8 PEs of a WSE-2, dequantised once: 16,384 B of f32 on a PE; one row a PE would need 70,140 B', () => {
    const c = caseOf(WSE2, [2, 64, 2], [4, 2], { inner: 'stationary' });
    const outcome = drive(c);
    expect(unequal(outcome)).toEqual([]);
    expect(outcome.plan.memory.find(({ kind }) => kind === 'weights')?.bytes).toBe(16_384);
    expect(usedBytes(outcome.plan.memory)).toBeLessThan(49_152);
    expect(errorOf(() => kernelById('stationary').plan({ m: 2, k: 16_384, n: 2, format: 'q4_k' }, WSE2))).toContain('it needs 70140 B of 49152 B');
  });
});

describe('what cannot be placed', () => {
  const on = (width: number, height: number): Rectangle => ({ width, height });

  it.each([
    ['more columns than blocks', [4, 512, 1], on(3, 2), {}, 'rectangle: K = 512 has 2 blocks of 256 weights for the 3 columns of 3x2 PEs | use at most 2x2'],
    ['beyond the wafer', [4, 2560, 1], on(751, 2), {}, 'rectangle: 751x2 PEs exceed the 750x994 usable PEs of WSE-2 | use at most 750x2'],
    ['a group without two phases', [4, 512, 1], on(2, 2), { group: 2 }, 'group: a chain has no groups | leave group out | set reduce to two-phase'],
    [
      'a group larger than the row',
      [4, 1024, 1],
      on(4, 2),
      { reduce: 'two-phase', group: 5 },
      'group: groups of 5 PEs are larger than a row of 4 | use at most 4 | leave group out (2)',
    ],
    [
      'an unknown reduction',
      [4, 512, 1],
      on(2, 2),
      { reduce: 'ring' as never },
      'reduce: "ring" is no choice for reduce; there are chain, tree, two-phase | use chain',
    ],
    [
      'an option of another kernel',
      [4, 512, 1],
      on(2, 2),
      { drain: 'column' },
      'drain: the kernel split-k has no option "drain" | leave drain out | its options are reduce, group, inner, dot, overlap, f16, factored, sequences',
    ],
    [
      'K between blocks',
      [4, 300, 1],
      on(1, 1),
      {},
      'K: K is 300; Q4_K rows are made of blocks of 256 weights, so K must be a positive multiple of 256 | use a K of 256 or 512',
    ],
  ] as const)('%s', (_, shape, rectangle, options, message) => {
    expect(planError(shape, WSE2, rectangle, options)).toBe(message);
  });

  it('a tile that is too large: names the bytes over and rectangles that fit, and they do', () => {
    const message = planError([64, 16_384, 1], WSE2, on(2, 2), { inner: 'stationary' });
    expect(message).toContain('32 rows of a slice of 8192 on a PE (2x2 PEs, M = 64, K = 16384, N = 1) overflows a PE by 1005172 B');
    expect(message).toContain('use 64x2 PEs, each with a shorter slice of K (39124 B)');
    expect(message).toContain('use 2x64 PEs, which puts 1 row on a PE (37972 B)');
    const bytes = (rectangle: Rectangle) => usedBytes(KERNEL.plan({ m: 64, k: 16_384, n: 1, format: 'q4_k' }, WSE2, rectangle, { inner: 'stationary' }).memory);
    expect([bytes(on(64, 2)), bytes(on(2, 64))]).toEqual([39_124, 37_972]);
  });

  it('where no rectangle helps: options, columns, rows or K that fit', () => {
    expect(planError([4096, 4096, 1], TEACHING, undefined, { inner: 'stationary', dot: 'two-op' })).toContain(
      'use inner streaming (15972 B) | use f16 on (39164 B)',
    );
    expect(planError([64, 4096, 20_000], WSE2, on(2, 64))).toMatch(/compute at most \d+ columns at a time/);
    expect(planError([32_000, 4096, 4], TEACHING)).toContain('compute at most 17024 rows at a time (M = 17024 fits on 16x64 PEs of Teaching)');
    expect(planError([1, 76_800_000, 1], WSE2)).toContain('keep K at or below 58176000');
  });
});
