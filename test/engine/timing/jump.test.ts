/** The sweep's jumps over whole periods: with and without them every row is the same, and that of the wavelet engine. */
import { describe, expect, it } from 'vitest';
import { toEnd } from '../../../src/base/pieces.ts';
import { type Rng, rng } from '../../../src/base/rng.ts';
import { Declined } from '../../../src/engine/timing/declined.ts';
import { Earlier } from '../../../src/engine/timing/sweep/earlier.ts';
import { Tape } from '../../../src/engine/timing/sweep/tape.ts';
import { timeSwept } from '../../../src/engine/timing/timing.ts';
import type { KernelOptions } from '../../../src/kernels/options.ts';
import { KERNELS } from '../../../src/kernels/registry.ts';
import type { Program } from '../../../src/machine/program.ts';
import { type MachineSpec, TEACHING, WSE2, WSE3 } from '../../../src/machine/spec.ts';
import { synthetic } from '../../../src/model/synthetic.ts';
import { differenceOfTraces } from '../../drivers/compare.ts';
import { between, paced, pick, randomMachine, withLate } from '../../drivers/late.ts';
import { verdictOf } from '../../drivers/timing.ts';

const OPTIONS: readonly KernelOptions[] = [
  {},
  {},
  { f16: 'on' },
  { factored: 'source' },
  { drain: 'column' },
  { edge: 'east' },
  { drain: 'column', edge: 'east' },
];

/** Few timing classes at random places, blocks enough for a period; a last fabric row may be partly filled, a PE have two rows. */
function fewClasses(r: Rng, machine: MachineSpec, side: number): Program {
  const [width, height] = [between(r, 1, side), between(r, 1, side)];
  const rows = between(r, 1, width * height * pick(r, [1, 1, 2]));
  const gemm = synthetic(rows, 256 * between(r, 1, 7), between(r, 1, 3), r.below(1000));
  const kernel = KERNELS[pick(r, ['streaming', 'stationary'])]!;
  const lags = [between(r, 0, 5), between(r, 0, 90), between(r, 100, 400)].slice(0, between(r, 2, 3));
  const program = withLate(r, kernel.build(kernel.plan(gemm, machine, { width, height }, pick(r, OPTIONS)), gemm), lags);
  return r.below(3) > 0 ? program : paced(r, program);
}

/** 'jumped', 'swept' where both swept as much, 'declined', or the first difference. */
function compareJumps(program: Program): string {
  try {
    const [jumping, plain] = [true, false].map((mayJump) => timeSwept(program, mayJump));
    const difference = differenceOfTraces(toEnd(plain.tracing()), toEnd(jumping.tracing()));
    if (difference) return difference;
    if (toEnd(plain.hashing()) !== toEnd(jumping.hashing())) return 'hashes differ';
    if (toEnd(plain.kindCycles()).join() !== toEnd(jumping.kindCycles()).join()) return 'PE-cycles differ';
    if (plain.distinct() !== jumping.distinct()) return 'distinct lanes differ';
    return jumping.evaluated < plain.evaluated ? 'jumped' : 'swept';
  } catch (error) {
    if (error instanceof Declined) return 'declined';
    throw error;
  }
}

describe('jumps over whole periods', () => {
  it.each([
    ['near', [10, 65_550], [7, 15]],
    ['too far away for 16 bits', [10, 65_551], [7, 15]],
    ['later', [10, 5], [7, 15]],
  ])('know ticks again that were %s', (_, lasts, ticks) => {
    const [then, last] = [Int32Array.from(ticks), Int32Array.from(lasts)];
    const earlier = new Earlier(2);
    earlier.keep(then, last);
    expect([...earlier.by]).toEqual([3, lasts[1] - 15]);
    const later = (by: readonly number[]): Int32Array => then.map((tick, p) => tick + by[p]);
    const lastLater = last.map((tick) => tick + 70_000);
    expect(earlier.areAgain(later([70_000, 70_000]), lastLater)).toBe(true);
    expect(earlier.areAgain(later([70_000, 70_000 - 65_536]), lastLater)).toBe(false);
    // What was kept before is gone.
    earlier.keep(Int32Array.of(4, 5), Int32Array.of(4, 6));
    expect([...earlier.by]).toEqual([0, 1]);
  });

  it('are not made where more lists of rows differ than may be kept; no row is lost, and those of a lane stay in their order', () => {
    const told: number[][] = [];
    const sink = {
      run: () => expect.fail('a run'),
      span: (...row: number[]) => void told.push(row),
      again: () => ({ lane: (lane: number, list: number, base: number) => void told.push([lane, -list, base]), *end() {} }),
    };
    const [pes, classOf, lanes] = [Int32Array.of(7, 8), new Uint16Array(9), Int32Array.of(0, 1)];
    const tape = new Tape(sink, { pes, classOf, moveLane: lanes, useLane: lanes, sources: 1 }, 2);
    tape.start(0, Int32Array.of(5, 6));
    tape.span(0, 1, 0, 10, 20);
    tape.span(1, 1, 0, 11, 21);
    expect(tape.isRunning).toBe(true);
    tape.span(0, 1, 0, 20, 40);
    expect(tape.isRunning).toBe(false);
    expect([...tape.stop(), ...tape.stop()]).toHaveLength(4);
    // What place 0 kept, before its next row; what place 1 kept, as the one list there is, when the tape stops.
    expect(told).toEqual([
      [7, 1, 0, 10, 20],
      [7, 1, 0, 20, 40],
      [8, -1, 6],
    ]);
  });

  it.each([
    ['Teaching', TEACHING],
    ['WSE-2', WSE2],
    ['WSE-3', WSE3],
    ['machines that no vendor sells', undefined],
  ])('leave every row and hash of a sweep as it is on %s', (name, preset) => {
    const counts = { jumped: 0, swept: 0, declined: 0 };
    for (let seed = 0; seed < 24; seed++) {
      const r = rng(seed);
      const verdict = compareJumps(fewClasses(r, preset ?? randomMachine(r), 6));
      expect(['jumped', 'swept', 'declined'], `seed ${seed}: ${verdict}`).toContain(verdict);
      counts[verdict as keyof typeof counts]++;
    }
    console.info(`of 24 programs on ${name} ${counts.jumped} jumped, ${counts.swept} did not`);
    expect(counts.jumped).toBeGreaterThan(10);
  });

  it('give every event of 24 small programs its cycle', () => {
    let jumped = 0;
    for (let seed = 0; seed < 24; seed++) {
      const r = rng(1000 + seed);
      const program = fewClasses(r, randomMachine(r), 4);
      const verdict = verdictOf(program, timeSwept);
      expect(verdict, `seed ${seed}`).toMatch(/^(equal|declined: (backpressure, results|arbitration,) .*)$/);
      if (verdict === 'equal' && compareJumps(program) === 'jumped') jumped++;
    }
    expect(jumped).toBeGreaterThan(10);
  });
});
