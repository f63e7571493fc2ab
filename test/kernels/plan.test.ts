/** Plans: placement, the SRAM account to the byte, and the message of everything that cannot be placed. */
import { describe, expect, it } from 'vitest';
import { WeftError } from '../../src/base/error.ts';
import { KERNELS, kernelById } from '../../src/kernels/registry.ts';
import { defaultRectangle, place, rowsIn, rowsOn } from '../../src/kernels/rows/placement.ts';
import type { KernelOptions, Rectangle, Shape } from '../../src/kernels/types.ts';
import { usedBytes } from '../../src/machine/memory.ts';
import { type MachineSpec, TEACHING, WSE2, WSE3 } from '../../src/machine/spec.ts';
import { gemmOf, ROW_KERNELS } from './drive.ts';

/** Kernels of one matrix product. */
const PRODUCTS = Object.values(KERNELS).flatMap(({ id, takes }) => (takes === 'gemm' ? [id] : []));

const shapeOf = (m: number, k: number, n: number): Shape => ({ m, k, n, format: 'q4_k' });

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

const planError = (kernel: string, shape: Shape, machine: MachineSpec, rectangle?: Rectangle, options?: KernelOptions): string =>
  errorOf(() => kernelById(kernel).plan(shape, machine, rectangle, options));

describe('placement', () => {
  it.each([
    [1, 1, 1],
    [7, 3, 3],
    [100, 7, 9],
    [6, 4, 2],
    [17, 4, 2],
    [64, 5, 3],
  ])('%i rows on %ix%i PEs: every row lies on exactly one PE, in order', (m, width, height) => {
    const p = place(m, { width, height });
    const rows = Array.from({ length: width * height }, (_, pe) => rowsOn(p, pe));
    expect(rows.reduce((a, b) => a + b, 0)).toBe(m);
    rows.forEach((count, pe) => {
      for (let r = 0; r < count; r++) expect(Math.floor((pe * p.rowsPerPe + r) / p.rowsPerPe)).toBe(pe);
    });
    expect(Array.from({ length: height }, (_, y) => (y < p.usedHeight ? rowsIn(p, y) : 0)).reduce((a, b) => a + b, 0)).toBe(m);
    expect(rows.filter((count) => count > 0).length).toBe(p.usedPes);
  });

  it.each([
    [1, '1x1'],
    [48, '7x7'],
    [4096, '64x64'],
    [11008, '105x105'],
    [700_000, '750x934'],
    [745_501, '750x994'],
  ])('%i rows get %s PEs of a WSE-2 by default', (m, expected) => {
    const { width, height } = defaultRectangle(m, WSE2);
    expect(`${width}x${height}`).toBe(expected);
  });

  it('10,000 rows take the whole 64x64 fabric of Teaching, 3 rows on a PE, 3334 PEs used', () => {
    const plan = kernelById('streaming').plan(shapeOf(10_000, 256, 1), TEACHING);
    expect([plan.rectangle, plan.rowsPerPe, plan.usedPes]).toEqual([{ width: 64, height: 64 }, 3, 3334]);
  });

  it.each(ROW_KERNELS)('%s loads every byte of the matrix exactly once', (kernel) => {
    const gemm = gemmOf(7, 512, 1);
    const plan = kernelById(kernel).plan(shapeOf(7, 512, 1), WSE2, { width: 2, height: 2 });
    const { loads } = kernelById(kernel).build(plan, gemm);
    const copies = new Uint8Array(gemm.weights.length);
    loads.pe.forEach((_, i) => {
      for (let b = loads.offset[i]; b < loads.offset[i] + loads.length[i]; b++) copies[b]++;
    });
    expect(copies.every((n) => n === 1)).toBe(true);
  });
});

describe('SRAM', () => {
  it.each(PRODUCTS)('%s: allocations follow one another from address 0, without gap or overlap', (kernel) => {
    for (const [m, k, n] of [
      [3, 1024, 2],
      [9, 512, 3],
    ]) {
      const { memory } = kernelById(kernel).plan(shapeOf(m, k, n), WSE3, { width: 2, height: 2 });
      let next = 0;
      for (const allocation of memory) {
        expect(allocation.address).toBe(next);
        next += allocation.bytes;
      }
    }
  });

  it('streaming, one row of K = 4096: 2304 B of weights, 1024 B for a block, 276 B of scratch, 4 B of results', () => {
    const { memory } = kernelById('streaming').plan(shapeOf(1, 4096, 1), WSE2);
    expect(memory.map((a) => [a.name, a.bytes])).toEqual([
      ['code and run-time reserve', 4176],
      ['weights, Q4_K', 2304],
      ['dequantised block, then products, f32', 1024],
      ['nibbles as 16-bit words', 128],
      ['scale table, bytes', 16],
      ['scale table, f32', 64],
      ['padding before minimums in pairs, f32', 4],
      ['minimums in pairs, f32', 64],
      ['results, f32', 4],
    ]);
  });

  it('stationary, K = 11,008: the f32 row leaves 944 B; staging and scratch take 420 B, 128 products need 92 B more', () => {
    const { memory } = kernelById('stationary').plan(shapeOf(1, 11_008, 1), WSE2);
    expect(49_152 - memory[0].bytes - memory[1].bytes).toBe(944);
    expect(memory.find((a) => a.name === 'products beyond the scratch')?.bytes).toBe(92);
    expect(usedBytes(memory)).toBe(48_208 + 420 + 92 + 4);
  });

  it('stationary: for 1 to 42 blocks a row, no f32 block is written over a quantised block that is not staged yet', () => {
    for (let blocks = 1; blocks <= 42; blocks++) {
      const shape = shapeOf(1, 256 * blocks, 1);
      const kernel = kernelById('stationary');
      const plan = kernel.plan(shape, WSE2);
      const { loads } = kernel.build(plan, gemmOf(1, 256 * blocks, 1));
      const row = plan.memory.find((a) => a.kind === 'weights');
      if (!row) throw new Error('no weights');
      expect(loads.address[0] + loads.length[0], 'the quantised row ends where the f32 row ends').toBe(row.address + row.bytes);
      for (let b = 0; b < blocks - 1; b++) expect(row.address + 1024 * (b + 1)).toBeLessThanOrEqual(loads.address[0] + 144 * (b + 1));
    }
  });

  it('stationary holds 256 products at once where there is room, 64 where results need it', () => {
    const products = (k: number, n: number): number | undefined =>
      kernelById('stationary')
        .plan(shapeOf(1, k, n), WSE2)
        .memory.find((a) => a.name === 'products beyond the scratch')?.bytes;
    expect(products(4096, 1)).toBe(1024 - 420);
    expect(products(11_008, 108)).toBe(92);
    expect(products(11_008, 109)).toBeUndefined();
  });

  it('stationary, K = 16,384, does not fit: by 20,984 B, streaming would', () => {
    expect(planError('stationary', shapeOf(64, 16_384, 1), WSE2)).toBe(
      'placement: kernel stationary with 1 row of K = 16384 on a PE (8x8 PEs, M = 64, N = 1) overflows a PE by 20984 B: it needs 70136 B of 49152 B ' +
        '(rows, f32 (arrive quantised in their tails) 65536 B, code and run-time reserve 4176 B, staged Q4_K block (later products) 144 B) ' +
        '| use the kernel streaming (14696 B) | use f16 on (38396 B)',
    );
  });

  it('too many rows on a PE: names a rectangle that fits, and it does fit', () => {
    const message = planError('stationary', shapeOf(64, 4096, 1), WSE2, { width: 2, height: 4 });
    expect(message).toMatch(/with 8 rows of K = 4096 on a PE \(2x4 PEs, M = 64, N = 1\) overflows a PE by 87572 B/);
    expect(message).toContain('use 6x6 PEs, which puts 2 rows on a PE');
    expect(message).toContain('use the kernel streaming (24964 B)');
    expect(kernelById('stationary').plan(shapeOf(64, 4096, 1), WSE2, { width: 6, height: 6 }).rowsPerPe).toBe(2);
  });

  it('too many columns: names the largest N that fits', () => {
    const message = planError('streaming', shapeOf(1, 4096, 20_000), WSE2);
    const [, n] = /compute at most (\d+) columns at a time/.exec(message) ?? [];
    expect(message).toContain('overflows a PE by');
    expect(usedBytes(kernelById('streaming').plan(shapeOf(1, 4096, Number(n)), WSE2).memory)).toBe(49_152);
  });

  it('a matrix that no rectangle holds: names the largest M, and it does fit', () => {
    const message = planError('stationary', shapeOf(1_491_000, 256, 1), TEACHING);
    const [, m] = /compute at most (\d+) rows at a time/.exec(message) ?? [];
    expect(kernelById('stationary').plan(shapeOf(Number(m), 256, 1), TEACHING).rectangle).toEqual({ width: 64, height: 64 });
    expect(planError('stationary', shapeOf(Number(m) + 1, 256, 1), TEACHING)).toContain('overflows');
  });

  it('a row that never fits: names the largest K', () => {
    const message = planError('streaming', shapeOf(1, 256 * 400, 1), WSE2);
    const [, k] = /keep K at or below (\d+)/.exec(message) ?? [];
    expect(usedBytes(kernelById('streaming').plan(shapeOf(1, Number(k), 1), WSE2).memory)).toBeLessThanOrEqual(49_152);
    expect(planError('streaming', shapeOf(1, Number(k) + 256, 1), WSE2)).toContain('overflows');
  });
});

describe('what cannot be placed', () => {
  it.each([
    [
      'K between blocks',
      shapeOf(4, 300, 1),
      'K: K is 300; Q4_K rows are made of blocks of 256 weights, so K must be a positive multiple of 256 | use a K of 256 or 512',
    ],
    [
      'K below a block',
      shapeOf(4, 100, 1),
      'K: K is 100; Q4_K rows are made of blocks of 256 weights, so K must be a positive multiple of 256 | use a K of 256',
    ],
    ['K of 0', shapeOf(4, 0, 1), 'K: K is 0; Q4_K rows are made of blocks of 256 weights, so K must be a positive multiple of 256 | use a K of 256'],
    [
      'a negative K',
      shapeOf(4, -256, 1),
      'K: K is -256; Q4_K rows are made of blocks of 256 weights, so K must be a positive multiple of 256 | use a K of 256',
    ],
    ['M of 0', shapeOf(0, 256, 1), 'M: M is 0; it must be a whole number from 1 | use an M of at least 1'],
    ['M of 1.5', shapeOf(1.5, 256, 1), 'M: M is 1.5; it must be a whole number from 1 | use an M of at least 1'],
    ['N of -1', shapeOf(1, 256, -1), 'N: N is -1; it must be a whole number from 1 | use an N of at least 1'],
  ])('%s', (_, shape, message) => {
    for (const kernel of PRODUCTS) expect(planError(kernel, shape, WSE2)).toBe(message);
  });

  it.each([
    ['no PEs', { width: 0, height: 4 }, 'rectangle: 0x4 is not a rectangle of PEs: width and height are whole numbers from 1 | use for example 4x4'],
    ['half a PE', { width: 2.5, height: 4 }, 'rectangle: 2.5x4 is not a rectangle of PEs: width and height are whole numbers from 1 | use for example 4x4'],
    ['beyond the wafer', { width: 757, height: 10 }, 'rectangle: 757x10 PEs exceed the 750x994 usable PEs of WSE-2 | use at most 750x10'],
  ])('a rectangle of %s', (_, rectangle, message) => {
    expect(planError('streaming', shapeOf(4, 256, 1), WSE2, rectangle)).toBe(message);
  });

  it.each(['Q5_0', 'IQ2_XS', 'toString'])('a tensor of type %s', (format) => {
    const possible = 'q4_k, q5_k, q6_k, q8_0, f16, bf16, f32';
    expect(planError('streaming', { ...shapeOf(4, 256, 1), format }, WSE2)).toBe(
      `format: the tensor's type is ${format}, for which PEs have no dequantise program; they have ${possible} | choose a tensor of type ${possible}`,
    );
  });

  it.each([
    ['q8_0', 32, 'PEs take Q8_0 rows 256 weights at a time'],
    ['f16', 1, 'PEs take F16 rows 256 weights at a time'],
    ['q6_k', 256, 'Q6_K rows are made of blocks of 256 weights'],
  ] as const)('a K of 288 in %s, whose blocks have %i weights', (format, _, why) => {
    expect(planError('streaming', { ...shapeOf(4, 288, 1), format }, WSE2)).toBe(
      `K: K is 288; ${why}, so K must be a positive multiple of 256 | use a K of 256 or 512`,
    );
  });

  it('an unknown row dot', () => {
    expect(planError('streaming', shapeOf(4, 256, 1), WSE2, undefined, { dot: 'fused' as never })).toBe(
      'dot: "fused" is no choice for dot; there are two-op, fused1 | use two-op',
    );
  });

  it('an unknown kernel: suggests the nearest', () => {
    expect(errorOf(() => kernelById('steaming'))).toBe(`kernel: there is no kernel "steaming"; there are ${Object.keys(KERNELS).join(', ')} | use streaming`);
    expect(errorOf(() => kernelById('constructor'))).toContain('there is no kernel "constructor"');
  });

  it('numbers that are not as many as the shape says', () => {
    const kernel = kernelById('streaming');
    const gemm = gemmOf(4, 256, 2);
    const plan = kernel.plan(shapeOf(4, 256, 2), WSE2);
    expect(errorOf(() => kernel.build(plan, { ...gemm, x: gemm.x.slice(1) }))).toContain('input: 2 columns of K = 256 are 512 values, not 511');
    expect(errorOf(() => kernel.build(plan, { ...gemm, weights: gemm.weights.slice(1) }))).toContain('weights: 4 rows of K = 256 in q4_k are 576 B, not 575 B');
  });
});
