/** `batched`: replicas in bands, sequences in waves, the host's rate shared; results to the bit, closed form within 2 %. */
import { describe, expect, it } from 'vitest';
import { createReferenceEngine } from '../../src/engine/reference.ts';
import { createWaveletEngine } from '../../src/engine/wavelet.ts';
import { bandsOf, columnsOf, mostColumns } from '../../src/kernels/batched/bands.ts';
import { throughput } from '../../src/kernels/batched/throughput.ts';
import { kernelById } from '../../src/kernels/registry.ts';
import type { KernelOptions, Rectangle } from '../../src/kernels/types.ts';
import { MACHINES, type MachineSpec, TEACHING, WSE2 } from '../../src/machine/spec.ts';
import { validateProgram } from '../../src/machine/validate.ts';
import { TraceReader } from '../../src/trace/reader.ts';
import { unequalBits } from '../quant/golden.ts';
import { type Case, caseName, drive } from './drive.ts';

/** A host that serves so many words a cycle in and out. */
const withHost = (machine: MachineSpec, wordsInPerCycle: number, wordsOutPerCycle: number): MachineSpec => ({
  ...machine,
  host: { ...machine.host, wordsInPerCycle, wordsOutPerCycle },
});

/** M, K, N, batch, width, height: one group; partly filled bands; R 1 to 3; idle fabric rows; several waves; uneven sequences. */
const PLACES = [
  [3, 256, 2, 1, 2, 2],
  [3, 256, 4, 4, 3, 4],
  [4, 512, 3, 3, 3, 7],
  [7, 256, 5, 3, 3, 6],
  [5, 256, 7, 7, 2, 6],
  [8, 256, 4, 2, 2, 3],
  [12, 256, 3, 3, 2, 2],
  [9, 512, 5, 5, 3, 5],
] as const;

const CASES: Case[] = Object.values(MACHINES).flatMap((machine) =>
  PLACES.flatMap(([m, k, n, batch, width, height]) =>
    (['streaming', 'stationary'] as const).map((inner) => ({ kernel: 'batched', machine, m, k, n, rectangle: { width, height }, options: { batch, inner } })),
  ),
);

/** Hosts from ample to far too slow, in, out and both. */
const HOSTS: Case[] = Object.values(MACHINES).flatMap((machine) =>
  (
    [
      [44, 44 / 7.5, 8, 512, 12, 1, 12],
      [44, 1000, 2, 1024, 100, 2, 64],
      [2, 1000, 3, 512, 12, 3, 6],
      [1, 1000, 8, 256, 4, 2, 8],
      [0.5, 1000, 6, 512, 4, 3, 8],
      [0.25, 1000, 9, 256, 4, 2, 6],
      [1000, 0.5, 8, 256, 40, 4, 8],
      [1, 0.5, 16, 256, 24, 8, 8],
    ] as const
  ).flatMap(([wordsIn, wordsOut, m, k, n, width, height]) =>
    (['streaming', 'stationary'] as const).map((inner) => ({
      kernel: 'batched',
      machine: withHost(machine, wordsIn, wordsOut),
      m,
      k,
      n,
      rectangle: { width, height },
      options: { inner },
    })),
  ),
);

/** Options of the inner kernels, on hosts that are ample, slow in, slow out, slow both ways: every third of all together. */
const CHOICES: readonly KernelOptions[] = [
  { overlap: 'on' },
  { f16: 'on' },
  { factored: 'source' },
  { factored: 'pe' },
  { drain: 'column' },
  { edge: 'east' },
  { drain: 'column', edge: 'east' },
  // Together, where each alone says too little: pairs out of memory, sums behind pairs, both while a block is computed.
  { f16: 'on', factored: 'pe' },
  { f16: 'on', factored: 'source' },
  { overlap: 'on', f16: 'on', factored: 'source' },
  { overlap: 'on', f16: 'on', drain: 'column' },
];
const CHOSEN: Case[] = Object.values(MACHINES)
  .flatMap((machine) =>
    (
      [
        [44, 44 / 7.5, 9, 512, 5, 3, 6],
        [1, 1000, 8, 512, 4, 2, 8],
        [44, 0.5, 8, 256, 12, 4, 8],
        [1, 0.5, 8, 512, 8, 4, 8],
      ] as const
    ).flatMap(([wordsIn, wordsOut, m, k, n, width, height]) =>
      CHOICES.flatMap((choice) =>
        (['streaming', 'stationary'] as const).map((inner) => ({
          kernel: 'batched',
          machine: withHost(machine, wordsIn, wordsOut),
          m,
          k,
          n,
          rectangle: { width, height },
          options: { inner, ...choice },
        })),
      ),
    ),
  )
  .filter((_, i) => i % 3 === 0);

const nameOf = (c: Case): string => `${caseName(c)}, host ${c.machine.host.wordsInPerCycle}`;

describe('results', () => {
  it.each(CASES.filter((_, i) => i % 9 === 0).map((c) => [nameOf(c), c] as const))('%s: the reference engine gives the same bits, cycles and state', (_, c) => {
    const [fast, slow] = [drive(c, undefined, createWaveletEngine), drive(c, undefined, createReferenceEngine)];
    expect(unequalBits(fast.y, slow.y)).toEqual([]);
    expect([fast.cycles, fast.engine.stateHash()]).toEqual([slow.cycles, slow.engine.stateHash()]);
  });
});

describe('closed form and lower bound', () => {
  const all = [...CASES, ...HOSTS, ...CHOSEN];
  it.each(Object.values(MACHINES))(
    `lie within 2 % and below, with C in the bits of the plain loop, for the cases of $name among ${all.length}, bound by the host or not`,
    (machine) => {
      const cases = all.filter((c) => c.machine.id === machine.id);
      expect(cases.length).toBeGreaterThan(60);
      const lines = cases.map((c) => {
        const { cycles, estimate, gemm, y, plan, program } = drive(c);
        validateProgram(program);
        expect(unequalBits(y, kernelById('batched').plainLoop(plan, gemm)), nameOf(c)).toEqual([]);
        const { closedForm, lowerBound } = estimate;
        const sum = closedForm.terms.reduce((total, term) => total + term.cycles, 0);
        expect(sum, nameOf(c)).toBe(closedForm.cycles);
        expect(lowerBound.cycles, nameOf(c)).toBeLessThanOrEqual(cycles);
        return { name: nameOf(c), cycles, off: closedForm.cycles / cycles - 1, terms: closedForm.terms };
      });
      const worst = [...lines].sort((a, b) => Math.abs(b.off) - Math.abs(a.off));
      console.log(
        worst
          .slice(0, 8)
          .map((l) => `${l.name.padEnd(110)} ${l.cycles} ${(100 * l.off).toFixed(2)} %`)
          .join('\n'),
      );
      expect(Math.abs(worst[0].off)).toBeLessThan(0.02);
    },
  );
});

describe('waves and limits', () => {
  const factsOf = (m: number, k: number, n: number, machine: MachineSpec, rectangle?: Rectangle, options?: KernelOptions) => {
    const plan = kernelById('batched').plan({ m, k, n, format: 'q4_k' }, machine, rectangle, options);
    return { plan, fact: (name: string): number | undefined => plan.facts?.find((f) => f.name === name)?.value };
  };

  it('50,000 sequences of M = 4096 on WSE-2: 204.8 M PEs, 275 waves by count, 304 in 165 groups of 6 rows, 3.75 and 168.75 cycles between words', () => {
    const { plan, fact } = factsOf(4096, 4096, 50_000, WSE2);
    expect(plan.rectangle).toEqual({ width: 750, height: 994 });
    expect(['PEs wanted', 'Waves by PE count alone', 'Waves by whole rows', 'Groups', 'Fabric rows a group'].map(fact)).toEqual([
      204_800_000, 275, 304, 165, 6,
    ]);
    expect(['Cycles between activations of a lane', 'Cycles between results of a lane'].map(fact)).toEqual([3.75, 168.75]);
    expect(fact('Bytes for replicas')).toBe(164 * 4096 * 2304);
    expect(plan.weightBytes).toBe(165 * 4096 * 2304);
    expect(plan.regions?.length).toBe(165);
    expect(plan.regions?.[164]).toEqual({ name: 'group 164', x: 0, y: 984, width: 750, height: 6 });
  });

  it('a rectangle that holds one replica at 2 rows a PE has one group; 5 sequences are 5 waves', () => {
    const { plan, fact } = factsOf(30, 256, 5, TEACHING, { width: 4, height: 5 });
    expect([plan.rowsPerPe, plan.usedPes, fact('Groups'), fact('Waves by whole rows')]).toEqual([2, 15, 1, 5]);
  });

  it('the default rectangle holds a group for every sequence: 5 of 4096 rows on 152x135 PEs of WSE-2', () => {
    const { plan, fact } = factsOf(4096, 256, 5, WSE2);
    expect([plan.rectangle, fact('Groups'), fact('Waves by whole rows')]).toEqual([{ width: 152, height: 135 }, 5, 1]);
  });

  it('13 columns of 4 sequences in 3 groups: sequences of 4, 3, 3, 3; the group with two of them goes through 7 columns', () => {
    const bands = bandsOf(2, 4, { width: 2, height: 3 });
    expect([0, 1, 2].map((g) => columnsOf(bands, 13, g))).toEqual([
      [0, 1, 2, 3, 10, 11, 12],
      [4, 5, 6],
      [7, 8, 9],
    ]);
    for (let n = 1; n < 60; n++)
      for (let batch = 1; batch <= n; batch++) {
        const b = bandsOf(2, batch, { width: 2, height: 5 });
        const columns = Array.from({ length: b.groups }, (_, g) => columnsOf(b, n, g));
        expect(mostColumns(b, n)).toBe(Math.max(...columns.map((c) => c.length)));
        expect(columns.flat().sort((a, z) => a - z)).toEqual(Array.from({ length: n }, (_, i) => i));
      }
  });

  it('every group loads a replica: each byte of A once a group', () => {
    const { plan, gemm, program } = drive({ kernel: 'batched', machine: WSE2, m: 5, k: 256, n: 3, rectangle: { width: 3, height: 6 } });
    const copies = new Uint8Array(gemm.weights.length);
    const { loads } = program;
    expect(loads.data.length).toBe(1);
    loads.pe.forEach((_, i) => {
      for (let b = loads.offset[i]; b < loads.offset[i] + loads.length[i]; b++) copies[b]++;
    });
    expect(copies.every((count) => count === 3)).toBe(true);
    expect([...kernelById('batched').rowMap(plan).first]).toEqual([0, 1, 2, 3, 4, -1, 0, 1, 2, 3, 4, -1, 0, 1, 2, 3, 4, -1]);
  });

  it('multiply-adds counted by words are M N K', () => {
    for (const c of CASES.slice(0, 16)) {
      const { plan, program, engine, trace } = drive(c);
      const { perWord, expected } = kernelById('batched').macs(plan, program);
      const reader = new TraceReader(program, trace);
      let done = 0;
      program.classOf.forEach((cls, pe) => {
        for (let lane = reader.channels.inputFirst[pe]; lane < reader.channels.inputFirst[pe + 1]; lane++) done += perWord[cls][0] * reader.useTotal(lane);
      });
      expect([done, engine.finished]).toEqual([expected, true]);
      expect(expected).toBe(c.m * c.n * c.k);
    }
  });

  it.each([
    ['more sequences than columns', 4, 3, { batch: 5 }, 'batch: 5 sequences need at least a column each, but N is 3'],
    ['a batch of 0', 4, 3, { batch: 0 }, 'batch: batch is 0; it must be a whole number from 1'],
    ['an unknown inner kernel', 4, 3, { inner: 'split-k' as never }, 'inner: "split-k" is no choice for inner; there are streaming, stationary'],
    ['too many columns of a group', 1, 100_000, { batch: 1 }, 'placement: a group of 1x1 PEs in 1x1: kernel streaming with 1 row of K = 512'],
  ])('%s: says so', (_, m, n, options, message) => {
    expect(() => kernelById('batched').plan({ m, k: 512, n, format: 'q4_k' }, WSE2, undefined, options)).toThrowError(
      expect.objectContaining({ name: 'WeftError', field: message.split(':')[0], message: expect.stringContaining(message.slice(message.indexOf(': ') + 2)) }),
    );
  });
});

describe('throughput against batch, 4096 x 4096 on WSE-2', () => {
  const question = { m: 4096, k: 4096, format: 'q4_k', machine: WSE2, inner: 'streaming' } as const;

  it('with every lane at full rate it is linear to 165 sequences, then limited by PEs or whole rows', () => {
    const { points, linearTo } = throughput({ ...question, hostLimited: false });
    expect(linearTo).toBe(165);
    const at = (batch: number) => points.find((p) => p.batch === batch);
    expect(at(100)?.columnsPerSecond).toBeCloseTo(100 * (at(1)?.columnsPerSecond ?? 0), 3);
    expect(points.map((p) => p.limit)).toEqual([...Array(7).fill('compute'), 'pes', ...Array(points.length - 8).fill('rows')]);
    expect(at(50_000)?.waves).toBe(304);
  });

  it('the host ends that at 4: 990 lanes share 44 / 7.5 words a cycle, at most 1.22 M columns a second, whatever the batch', () => {
    const { points, linearTo, knee } = throughput(question);
    expect(linearTo).toBe(4);
    expect(knee).toBeLessThan(165);
    const most = (850e6 * 44) / 7.5 / 4096;
    for (const point of points) expect(point.columnsPerSecond).toBeLessThan(most);
    expect(points[points.length - 1]).toMatchObject({ batch: 1_000_000, groups: 165, waves: 6061, limit: 'host' });
  });

  it('a point is the closed form of the plan on the whole wafer', () => {
    const kernel = kernelById('batched');
    for (const batch of [1, 7, 165, 400]) {
      const plan = kernel.plan({ m: 4096, k: 4096, n: batch, format: 'q4_k' }, WSE2, WSE2.usable);
      expect(throughput(question, [batch]).points[0].cycles).toBe(kernel.estimate(plan).closedForm.cycles);
    }
  });
});
