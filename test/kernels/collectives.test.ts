/** Collectives in a row: sums to the bit, closed forms, and the model where it is exact; on every preset, for any P, B and S. */
import { describe, expect, it } from 'vitest';
import { ALL_REDUCES, measuring, REDUCES, type ReduceId, runAllReduce, runBroadcast, runReduce } from '../../src/api/micro.ts';
import { toEnd } from '../../src/base/pieces.ts';
import { rng } from '../../src/base/rng.ts';
import { creatingReferenceEngine } from '../../src/engine/reference.ts';
import type { Descriptors } from '../../src/kernels/collectives/collective.ts';
import { broadcast } from '../../src/kernels/collectives/index.ts';
import { seededVectors } from '../../src/kernels/measured/row.ts';
import { MACHINES, type MachineId, TEACHING, WSE2, WSE3 } from '../../src/machine/spec.ts';
import { validateProgram } from '../../src/machine/validate.ts';

const IDS = Object.keys(MACHINES) as MachineId[];
const ALGORITHMS = Object.keys(REDUCES) as ReduceId[];
const COLLECTIVES = { ...REDUCES, broadcast, ...ALL_REDUCES };

/** Sizes drawn by seed: rows of 1 to 64 PEs, 1 to 40 words, groups of 1 to one more than the row. */
function sizes(count: number) {
  const random = rng(11);
  return Array.from({ length: count }, () => {
    const pes = 1 + random.below(random.below(2) === 0 ? 12 : 64);
    const descriptors: Descriptors = random.below(2) === 0 ? 'memory' : 'registers';
    return { pes, wavelets: 1 + random.below(40), group: 1 + random.below(pes + 1), descriptors };
  });
}

/** A ring needs a word for each PE. */
const enough = <S extends { readonly pes: number; readonly wavelets: number }>(name: string, size: S): S =>
  name === 'ring' ? { ...size, wavelets: size.pes + size.wavelets - 1 } : size;

describe.each(IDS)('on %s', (id) => {
  it.each(Object.keys(COLLECTIVES) as (keyof typeof COLLECTIVES)[])('%s leaves exactly the numbers of the plain loop, for 40 drawn sizes', (name) => {
    for (const drawn of sizes(40)) {
      const size = enough(name, drawn);
      const row = { machine: MACHINES[id], ...size };
      const measured = COLLECTIVES[name].build(row, seededVectors(size.pes, size.wavelets, size.pes));
      validateProgram(measured.program);
      expect(toEnd(measuring(measured)).exact, JSON.stringify(size)).toBe(true);
    }
  });

  it('the reference engine measures the same windows, for 6 drawn sizes of each collective', () => {
    for (const collective of Object.values(COLLECTIVES)) {
      for (const drawn of sizes(6)) {
        const size = enough(collective.id, drawn);
        const measured = collective.build({ machine: MACHINES[id], ...size }, seededVectors(size.pes, size.wavelets));
        expect(toEnd(measuring(measured, creatingReferenceEngine))).toEqual(toEnd(measuring(measured)));
      }
    }
  });

  it('the broadcast takes the cycles of the model exactly, and so does the chain beside its start-up', () => {
    for (const { pes, wavelets, descriptors } of sizes(30)) {
      const sent = runBroadcast({ machine: id, pes, wavelets });
      expect([pes, wavelets, sent.cycles]).toEqual([pes, wavelets, sent.model]);
      if (pes === 1) continue;
      const { cycles, startUp, model } = runReduce({ machine: id, algo: 'chain', pes, wavelets, descriptors });
      expect([pes, wavelets, cycles - startUp]).toEqual([pes, wavelets, model]);
    }
  });

  it('the star takes one word a cycle after the first one: B (P - 1) + hop + 2 T_R + 1, beside its start-up', () => {
    const { hop, ramp } = MACHINES[id];
    for (const { pes, wavelets } of sizes(20).filter((size) => size.pes > 1)) {
      const { cycles, startUp } = runReduce({ machine: id, algo: 'star', pes, wavelets });
      expect([pes, wavelets, cycles - startUp]).toEqual([pes, wavelets, wavelets * (pes - 1) + hop + 2 * ramp + 1]);
    }
  });

  it('chain and broadcast take the cycles of their models and a cycle for the first word of the second, beside start-ups', () => {
    for (const { pes, wavelets } of sizes(20).filter((size) => size.pes > 1)) {
      const algo = 'chain-broadcast';
      const { cycles, startUp, model } = runAllReduce({ machine: id, algo, pes, wavelets });
      const { cycles: alone } = runAllReduce({ machine: id, algo, pes: 2, wavelets });
      const { model: modelAlone } = runAllReduce({ machine: id, algo, pes: 2, wavelets });
      // The start-up of the second phase is that of two PEs too.
      expect([pes, wavelets, cycles - startUp - model]).toEqual([pes, wavelets, alone - startUp - modelAlone]);
    }
  });

  it('two-phase in groups of the whole row is the chain, in groups of one too', () => {
    for (const { pes, wavelets, descriptors } of sizes(10)) {
      const cycles = (algo: ReduceId, group?: number) => runReduce({ machine: id, algo, pes, wavelets, descriptors, ...(group && { group }) }).cycles;
      const chain = cycles('chain');
      expect([cycles('two-phase', pes), cycles('two-phase', pes + 3), cycles('two-phase', 1)]).toEqual([chain, chain, chain]);
    }
  });
});

describe('a ring', () => {
  it.each([
    [16, 256],
    [8, 512],
    [64, 1024],
    [32, 768],
  ])('on Teaching of %i PEs and %i words takes 2 B / P and 8 cycles a round, less 8 at the end', (pes, wavelets) => {
    const { cycles, startUp } = runAllReduce({ machine: 'teaching', algo: 'ring', pes, wavelets });
    expect(Math.abs(cycles - startUp - (2 * (pes - 1) * ((2 * wavelets) / pes + 8) - 8))).toBeLessThanOrEqual(8);
  });

  it('is slower than chain and broadcast however long the row, for a PE needs two operations to receive and to send', () => {
    for (const [pes, wavelets] of [
      [4, 64],
      [16, 1024],
      [64, 64],
    ]) {
      const cycles = (algo: 'ring' | 'chain-broadcast') => runAllReduce({ machine: 'teaching', algo, pes, wavelets }).cycles;
      expect(cycles('ring')).toBeGreaterThan(1.4 * cycles('chain-broadcast'));
    }
  });

  it('of more PEs than words is refused', () => {
    expect(() => runAllReduce({ machine: 'teaching', algo: 'ring', pes: 8, wavelets: 7 })).toThrow('7 words are too few');
  });
});

describe('slopes', () => {
  it.each([
    ['teaching', 6],
    ['wse2', 6],
    ['wse3', 7],
  ] as const)('a chain on %s costs %i cycles a PE: hop + 2 T_R + 1', (machine, slope) => {
    const cycles = (pes: number) => runReduce({ machine, algo: 'chain', pes, wavelets: 20 }).cycles;
    const [first, ...rest] = [3, 4, 5, 20, 60].map(cycles);
    expect(rest.map((c) => c - first)).toEqual([1, 2, 17, 57].map((more) => more * slope));
  });

  it('a chain of 2 to 200 words on WSE-2 costs a cycle a word, and B + 6 (P - 1) + 61 or + 58 in all', () => {
    for (const wavelets of [2, 3, 50, 200]) {
      const cycles = (descriptors: Descriptors) => runReduce({ machine: 'wse2', algo: 'chain', pes: 30, wavelets, descriptors }).cycles;
      expect([cycles('memory'), cycles('registers')]).toEqual([wavelets + 174 + 61, wavelets + 174 + 58]);
    }
  });

  it('two-phase on WSE-2 takes the later of its two ways: phase 2 behind phase 1, or the last group straight through', () => {
    for (const [pes, group, wavelets] of [
      [64, 8, 100],
      [60, 8, 33],
      [200, 20, 64],
      [90, 10, 500],
      [96, 32, 1],
    ]) {
      const groups = Math.ceil(pes / group);
      const behind = 2 * wavelets + 6 * (group - 1) + (groups - 2) * (group + 5) + 79;
      const through = wavelets + 6 * (pes - (groups - 1) * group - 1) + (groups - 1) * (group + 5) + 58;
      expect([pes, group, wavelets, runReduce({ machine: 'wse2', algo: 'two-phase', pes, wavelets, group }).cycles]).toEqual([
        pes,
        group,
        wavelets,
        Math.max(behind, through),
      ]);
    }
  });

  it('a tree of 2 to 64 PEs on WSE-2 takes B + 39 cycles a round at its root for 100 words, and 28 beside', () => {
    const cycles = [1, 2, 3, 4, 5, 6].map((rounds) => runReduce({ machine: 'wse2', algo: 'tree', pes: 2 ** rounds, wavelets: 100 }).cycles);
    expect(cycles).toEqual([1, 2, 3, 4, 5, 6].map((rounds) => rounds * 139 + 28));
  });
});

describe('the model of HPDC 2024', () => {
  const at = (algo: ReduceId, machine = WSE2) => runReduce({ machine, algo, pes: 16, wavelets: 64, ...(algo === 'two-phase' && { group: 4 }) }).model;

  it('of 64 words over 16 PEs of WSE-2: star 965, chain 154, tree 276, two-phase 158', () => {
    // B (P-1) + 5; B + P - 1 + 5 (P-1); 4 B + 5 x 4; max(128, 64 x (12 + 12) / 15 + 15) + 5 x 6
    expect(ALGORITHMS.map((algo) => at(algo))).toEqual([965, 154, 276, 158]);
  });

  it('counts the distance twice on WSE-3, whose hop is 2: the chain takes 64 + 2 x 15 + 5 x 15 = 169', () => {
    expect(at('chain', WSE3)).toBe(169);
  });
});

describe('mistakes', () => {
  it('a row that is too long names the longest: 750 PEs of WSE-2', () => {
    expect(() => runReduce({ machine: 'wse2', algo: 'chain', pes: 751, wavelets: 1 })).toThrow('a row of WSE-2 has 750 PEs, not 751');
  });

  it('a vector that is too long names the bytes and the longest: 11236 words', () => {
    expect(() => runBroadcast({ machine: 'teaching', pes: 2, wavelets: 11237 })).toThrow('49156 B of a PE');
    expect(runBroadcast({ machine: 'teaching', pes: 2, wavelets: 11236 }).cycles).toBe(11236 + 2 + 4);
  });

  it('groups belong to the two-phase reduce, and are about the square root of P there', () => {
    expect(() => runReduce({ machine: 'wse2', algo: 'star', pes: 4, wavelets: 1, group: 2 })).toThrow('star has no groups');
    expect(runReduce({ machine: 'wse2', algo: 'two-phase', pes: 50, wavelets: 1 }).group).toBe(7);
  });
});

describe('colors and switches', () => {
  it('750 PEs need at most 9 colors in a tree, 2 in two phases, and no PE more than one input and one output queue', () => {
    const colors = (name: keyof typeof COLLECTIVES) => {
      const { program } = COLLECTIVES[name].build({ machine: WSE2, pes: 750, wavelets: 1, group: 27, descriptors: 'memory' }, seededVectors(750, 1));
      for (const { inputs, outputs } of program.classes) expect(inputs.length <= 1 && outputs.length <= 1).toBe(true);
      return new Set(program.routes.flat().map((route) => route.color)).size;
    };
    expect(['broadcast', 'star', 'chain', 'tree', 'two-phase'].map((name) => colors(name as keyof typeof COLLECTIVES))).toEqual([1, 1, 2, 9, 2]);
  });

  it('every switch of WSE-2 changes its receive or its send side, never both', () => {
    for (const collective of Object.values(COLLECTIVES)) {
      const { program } = collective.build({ machine: WSE2, pes: 100, wavelets: 100, group: 9, descriptors: 'memory' }, seededVectors(100, 100));
      for (const { positions } of program.routes.flat()) {
        for (let i = 1; i < positions.length; i++) {
          expect(Number(positions[i].rx !== positions[i - 1].rx) + Number(positions[i].tx !== positions[i - 1].tx)).toBe(1);
        }
      }
    }
  });

  it('on Teaching nothing but the cycle that starts a microthread is start-up', () => {
    expect(runReduce({ machine: TEACHING, algo: 'chain', pes: 5, wavelets: 5 }).startUp).toBe(1);
  });
});
