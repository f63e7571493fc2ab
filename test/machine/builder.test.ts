/** Code trees: what they assemble to, and what running them costs. */
import { describe, expect, it } from 'vitest';
import { assemble, type Code, fabricIn, increase, mem, registers, repeat, scalar, timeOf, vector } from '../../src/machine/builder.ts';
import { TEACHING, WSE2 } from '../../src/machine/spec.ts';

const R = registers('outer', 'inner', 'sum');
const receive = vector('receive', 'mov32', 10, { to: mem(4176), a: fabricIn(0) });
const count = scalar('compute', increase(R.sum, 1));

describe('assemble', () => {
  it('turns two nested loops into counters, bodies and jumps to the first instruction of the body', () => {
    const code = assemble([repeat('compute', R.outer, 3, [repeat('compute', R.inner, 2, [count]), count])]);
    expect(code.map((i) => i.kind)).toEqual(['scalar', 'scalar', 'scalar', 'loop', 'scalar', 'loop']);
    expect(code.filter((i) => i.kind === 'loop').map((i) => [i.counter, i.to])).toEqual([
      [R.inner, 2],
      [R.outer, 1],
    ]);
  });

  it('refuses a loop of 0 rounds and a 17th register', () => {
    expect(() => repeat('compute', R.outer, 0, [])).toThrow('at least once');
    expect(() => registers(...Array.from({ length: 17 }, (_, i) => `r${i}`))).toThrow('16 registers, not 17');
  });
});

describe('timeOf', () => {
  // WSE-2: alu 1, vector set-up 6, branch 6 taken and 3 not.
  const code: Code = [count, repeat('compute', R.outer, 3, [receive, count]), count];

  it('counts every round: 3 rounds of 17 cycles, 2 branches taken, 1 not, on WSE-2', () => {
    const time = timeOf(code, WSE2);
    expect(time.total).toBe(1 + 1 + 3 * (6 + 10 + 1) + 2 * 6 + 3 + 1);
    expect(time.byActivity.receive).toBe(3 * 16);
    expect(time.byActivity.compute).toBe(time.total - 48);
  });

  it('knows the cycles before the first element of the stream (set-up included) and after the last', () => {
    const time = timeOf(code, WSE2);
    expect(time.beforeStream).toBe(1 + 1 + 6);
    expect(time.afterStream).toBe(1 + 3 + 1);
    expect(timeOf([count, count], WSE2)).toMatchObject({ streams: false, beforeStream: 2, afterStream: 2 });
  });

  it('costs 30 cycles on Teaching, where only the 30 elements cost anything', () => {
    expect(timeOf(code, TEACHING).total).toBe(30);
  });
});
