/** Vector ops, matrix-vector products, relays and messages: measured by time stamps, equal to their closed forms, right to the bit. */
import { describe, expect, it } from 'vitest';
import { runMatvec, runMessage, runRelay, runVecop, WINDOWS } from '../../src/api/micro.ts';
import { vectorOpOf } from '../../src/kernels/micro/ops.ts';
import { VECTOR_OP_NAMES, VECTOR_OPS } from '../../src/machine/ops.ts';
import { MACHINES, type MachineId } from '../../src/machine/spec.ts';

const IDS = Object.keys(MACHINES) as MachineId[];

describe.each(IDS)('on %s', (machine) => {
  it('every vector op takes in every window the cycles of the closed form, with and without a bank conflict', () => {
    for (const op of VECTOR_OP_NAMES) {
      for (const window of WINDOWS) {
        for (const conflict of VECTOR_OPS[op].b > 0 ? [false, true] : [false]) {
          for (const n of [1, 7, 64]) {
            const { cycles, model } = runVecop({ machine, op, n, window, conflict });
            expect([op, window, conflict, n, cycles]).toEqual([op, window, conflict, n, model]);
          }
        }
      }
    }
  });

  it('a matrix-vector product of 1 to 30 columns is right to the bit and takes the cycles of the closed form', () => {
    for (const size of [1, 4, 25, 30]) {
      const { cycles, model, exact } = runMatvec({ machine, size });
      expect([size, exact, cycles]).toEqual([size, true, model]);
    }
  });

  it('a relay of 1 to 9 stages carries its message and takes the cycles of the closed form', () => {
    for (const [stages, wavelets] of [
      [1, 1],
      [2, 5],
      [9, 40],
    ] as const) {
      const { cycles, model, exact } = runRelay({ machine, stages, wavelets });
      expect([stages, wavelets, exact, cycles]).toEqual([stages, wavelets, true, model]);
    }
  });

  it('a message takes the cycles of the closed form, on the link and in all', () => {
    for (const wavelets of [1, 8, 100]) {
      const { cycles, model, exact, link, linkModel } = runMessage({ machine, wavelets });
      expect([wavelets, exact, cycles, link]).toEqual([wavelets, true, model, linkModel]);
    }
  });
});

describe('windows of one set-up model', () => {
  it('f32 multiply of n on WSE-2: n + 3, n + 6 and n + 33; in conflict 2 n more or less the last issue', () => {
    const windows = (conflict: boolean) => runVecop({ machine: 'wse2', op: 'fmuls', n: 100, conflict }).windows;
    expect([windows(false), windows(true)]).toEqual([
      { issue: 103, stamps: 106, descriptors: 133 },
      { issue: 202, stamps: 206, descriptors: 233 },
    ]);
  });

  it('a copy on WSE-3 has 15 cycles beside its elements between time stamps, an f16 multiply-add 16', () => {
    const beside = (op: string, width: number) => runVecop({ machine: 'wse3', op, n: 1024, window: 'stamps' }).cycles - 1024 / width;
    expect([beside('fmovh', 8), beside('fmovs', 4), beside('fmach', 8)]).toEqual([15, 15, 16]);
  });

  it('an independent scalar chain of 256 steps adds its 512 cycles and one for its start: nothing overlaps', () => {
    const cycles = (chain: number) => runVecop({ machine: 'wse3', op: 'add16', n: 2048, conflict: true, window: 'stamps', chain }).cycles;
    expect(cycles(256) - cycles(0)).toBe(513);
  });

  it('is issue for 16-bit integers on WSE-3, which were read off a log, and stamps for everything else', () => {
    const window = (machine: MachineId, op: string) => runVecop({ machine, op, n: 8 }).window;
    expect([window('wse3', 'add16'), window('wse3', 'fmach'), window('wse2', 'add16'), window('wse3', 'fs2xp16')]).toEqual([
      'issue',
      'stamps',
      'stamps',
      'stamps',
    ]);
  });
});

describe('names of ops', () => {
  it('are ours or the vendor’s, with or without @', () => {
    expect(['f32_mul', 'fmuls', '@fmuls', 'fmach', 'add16', 'mov32', 'fmovs'].map(vectorOpOf)).toEqual([
      'f32_mul',
      'f32_mul',
      'f32_mul',
      'f16_mac',
      'add16',
      'mov32',
      'mov32',
    ]);
  });

  it('that are unknown suggest the nearest', () => {
    expect(() => vectorOpOf('fmulz')).toThrow('there is no vector op "fmulz"');
  });
});

describe('mistakes', () => {
  it.each([
    ['vectors that do not fit', () => runVecop({ machine: 'wse2', op: 'fmuls', n: 6000 }), /overflow a PE by \d+ B/],
    ['a conflict of one source', () => runVecop({ machine: 'wse2', op: 'fmovs', n: 8, conflict: true }), /one source/],
    ['a relay longer than the row', () => runRelay({ machine: 'wse2', stages: 750, wavelets: 1 }), /has 750 PEs, not 751/],
    ['a matrix that does not fit', () => runMatvec({ machine: 'wse3', size: 200 }), /overflow a PE/],
  ])('%s', (_, run, message) => {
    expect(run).toThrow(message);
  });
});
