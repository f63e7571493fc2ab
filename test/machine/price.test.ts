/** What instructions cost: widths by stride, set-up, conflicts, and the memory account. Numbers from machine.md section 3. */
import { describe, expect, it } from 'vitest';
import { accumulator, fabricIn, mem, scalar, setTo, vector } from '../../src/machine/builder.ts';
import { checkFits, MemoryPlan, usedBytes } from '../../src/machine/memory.ts';
import { banksConflict, conflictIssues, elementOffset, groupCycles, groupWidth, priceVector, scalarCycles, setupCycles } from '../../src/machine/price.ts';
import { TEACHING, WSE2, WSE3 } from '../../src/machine/spec.ts';

const add16 = (stride: number) => vector('compute', 'add16', 64, { to: mem(4176), a: mem(4176, stride), b: mem(5000) });

describe('the width of an issue', () => {
  it('is 8 for a 16-bit add on WSE-3, 4 on WSE-2 and 1 on Teaching', () => {
    expect([WSE3, WSE2, TEACHING].map((machine) => groupWidth(add16(1), machine))).toEqual([8, 4, 1]);
  });

  it('is full for strides 0, 1, 2, 3, 5, 6, 2 for 4, 7, 9, and 1 for 8 and 16 on WSE-3', () => {
    expect([0, 1, 2, 3, 5, 6].map((stride) => groupWidth(add16(stride), WSE3))).toEqual([8, 8, 8, 8, 8, 8]);
    expect([4, 7, 9, -1, 8, 16].map((stride) => groupWidth(add16(stride), WSE3))).toEqual([2, 2, 2, 2, 1, 1]);
  });

  it('is 1 where a queue takes part, and a running sum needs 2 cycles an element', () => {
    expect(groupWidth(vector('receive', 'mov32', 8, { to: mem(4176), a: fabricIn(0) }), WSE3)).toBe(1);
    const sum = vector('compute', 'f32_sum', 8, { to: accumulator(0), a: mem(4176) });
    expect([groupWidth(sum, WSE2), groupCycles(sum, WSE2), groupCycles(sum, TEACHING)]).toEqual([1, 2, 1]);
  });
});

describe('the price of an op', () => {
  it('has a set-up of 6 on WSE-2, of 7 + 1 per operand on WSE-3, of 0 on Teaching', () => {
    expect([WSE2, WSE3, TEACHING].map((machine) => setupCycles(add16(1), machine))).toEqual([6, 10, 0]);
    const sum = vector('compute', 'f32_sum', 8, { to: accumulator(0), a: mem(4176) });
    expect(setupCycles(sum, WSE3)).toBe(8);
  });

  it('doubles when both sources start in banks that are equal modulo 4', () => {
    expect([0, 2, 4, 6, 8].map((b) => banksConflict(4176, 4176 + b))).toEqual([true, false, false, false, true]);
    const mul = (b: number) => vector('compute', 'f32_mul', 1028, { to: mem(4176), a: mem(4176), b: mem(b) });
    expect([conflictIssues(mul(4176), WSE2), conflictIssues(mul(4180), WSE2)]).toEqual([1028, 0]);
    expect(priceVector(mul(4176), WSE2)).toEqual({ element: 2056, setup: 6, scalar: 0 });
  });

  it('places element 5 of rows of 2, with strides 3 and 10, at 4 x (3 + 20) bytes', () => {
    expect(elementOffset(mem(0, 3, { inner: 2, outer: 10 }), 4, 5)).toBe(92);
  });

  it('sums scalar steps: li 1, fmul 2, load 3, store 3 on WSE-2', () => {
    const steps = scalar('compute', setTo(0, 1), { op: 'fmul', d: 0, a: 0, b: 0 }, { op: 'ld32', d: 1, imm: 4176 }, { op: 'st32', b: 1, imm: 4176 });
    expect([scalarCycles(steps, WSE2), scalarCycles(steps, TEACHING)]).toEqual([9, 0]);
  });
});

describe('the memory plan', () => {
  it('starts behind the code reserve of 4176 bytes and accounts for padding', () => {
    const plan = new MemoryPlan(WSE2);
    expect([plan.add('a', 'weights', 6), plan.add('b', 'results', 8), plan.add('c', 'block', 4, 8, 4)]).toEqual([4176, 4184, 4196]);
    expect(plan.usedBytes).toBe(4200);
    expect(usedBytes(plan.allocations)).toBe(4200);
  });

  it('says by how many bytes a PE overflows and names the largest parts', () => {
    const plan = new MemoryPlan(WSE2);
    plan.add('weights', 'weights', 45000);
    expect(() => checkFits(plan.allocations, WSE2, 'the kernel', ['use more PEs'])).toThrow(
      'the kernel overflows a PE by 24 B: it needs 49176 B of 49152 B (weights 45000 B, code and run-time reserve 4176 B)',
    );
  });
});
