/** A reader over a trace whose lanes share their rows, question by question against the reader over the same trace in columns. */
import { describe, expect, it } from 'vitest';
import { checkConservation } from '../../src/analysis/conservation.ts';
import { criticalPath } from '../../src/analysis/critical-path.ts';
import { describeMoment } from '../../src/analysis/describe.ts';
import { runEvents } from '../../src/analysis/events.ts';
import { FabricFrame } from '../../src/analysis/fabric-frame.ts';
import { latencyOf } from '../../src/analysis/latency.ts';
import { listLinks } from '../../src/analysis/link-demand.ts';
import { everyLink, type LinkLoad, linkLoads, linkTimes } from '../../src/analysis/link-load.ts';
import { waveletsOnLinks } from '../../src/analysis/links-now.ts';
import { fillMagnitude, MAGNITUDES } from '../../src/analysis/magnitudes.ts';
import { computeMetrics } from '../../src/analysis/metrics.ts';
import { peBusy } from '../../src/analysis/pe-load.ts';
import { phases } from '../../src/analysis/phases.ts';
import { switchTurns } from '../../src/analysis/switches.ts';
import { stateShares } from '../../src/analysis/timeline.ts';
import { toEnd } from '../../src/base/pieces.ts';
import { rng } from '../../src/base/rng.ts';
import { type Timing, timeGraph, timeShared } from '../../src/engine/timing/timing.ts';
import { KERNELS } from '../../src/kernels/registry.ts';
import { transformerLayer } from '../../src/kernels/transformer_layer/index.ts';
import type { Kernel, Plan } from '../../src/kernels/types.ts';
import { MAIN_THREAD, type Program } from '../../src/machine/program.ts';
import { MACHINES, type MachineId } from '../../src/machine/spec.ts';
import { FORMATS, rowBytes } from '../../src/quant/formats.ts';
import { TraceReader } from '../../src/trace/reader.ts';
import { KINDS } from '../../src/trace/schema.ts';
import { expandTrace, sharedHash } from '../../src/trace/shared.ts';
import { columnsOf, expandedRows, sharedOf } from '../../src/trace/shared-columns.ts';
import { madeLayer } from '../kernels/layers.ts';

/** A row program of random sizes: some PEs have a row more than others, some none. */
function randomCase(seed: number) {
  const random = rng(seed);
  const [width, height] = [2 + random.below(5), 2 + random.below(4)];
  const [m, k, n] = [1 + random.below(2 * width * height), 256 * (1 + random.below(2)), 1 + random.below(2)];
  const kernel = KERNELS[random.below(2) === 0 ? 'streaming' : 'stationary']!;
  const machine = MACHINES[(['teaching', 'wse2', 'wse3'] as const satisfies readonly MachineId[])[random.below(3)]];
  const shape = { m, k, n, format: 'q4_k' };
  // With microthreads agents that are alike share what they do.
  const hasThreads = seed > 5;
  const plan = kernel.plan(shape, machine, { width, height }, hasThreads ? { overlap: 'on' } : {});
  const program = kernel.build(plan, { ...shape, weights: new Uint8Array(m * rowBytes(FORMATS.q4_k, k)), x: new Float32Array(n * k) });
  return { ...readersOf(kernel, plan, program, hasThreads ? timeGraph : timeShared), random };
}

function readersOf(kernel: Kernel, plan: Plan, program: Program, time: (program: Program) => Timing) {
  const { shared } = time(program);
  if (!shared) throw new Error('no shared trace');
  const columns = columnsOf(shared);
  const work = { weightBytes: 1, usedPes: plan.usedPes, macRate: 1, macs: kernel.macs(plan, program) };
  return { shared, columns, work, own: new TraceReader(program, columns), other: new TraceReader(program, expandTrace(shared)) };
}

const byPlace = (a: LinkLoad, b: LinkLoad): number => a.pe - b.pe || a.port - b.port;

/** A layer of one token: switches, control wavelets, microthreads, FIFOs. */
function layerCase() {
  const layer = madeLayer(256, 1);
  const plan = transformerLayer.plan(layer, MACHINES.wse2);
  return { ...readersOf(transformerLayer, plan, transformerLayer.build(plan, layer), timeGraph), random: rng(1) };
}

const SEEDS = [1, 2, 3, 4, 5, 6, 8];

describe('a reader over shared rows', () => {
  it.each(SEEDS)('answers like one over columns about every lane and 24 random cycles, seed %i', (seed) => {
    const { own, other, random } = randomCase(seed);
    const { cycles, width, height } = own.trace;
    const [a, b] = [new FabricFrame(own), new FabricFrame(other)];
    const all = { x0: 0, y0: 0, x1: width, y1: height };
    const tables = ['moves', 'uses', 'sends', 'hostIn', 'hostOut'] as const;
    for (let i = 0; i < 24; i++) {
      const cycle = random.below(cycles + 2);
      for (const frame of [a, b]) {
        frame.seek(cycle);
        frame.seekLinks(all, 1 + (i % 3) * 16);
      }
      for (const key of ['states', 'counts', 'links', 'flow', 'held'] as const) expect(a[key], `${key} at ${cycle}`).toEqual(b[key]);
      expect(waveletsOnLinks(own, cycle)).toEqual(waveletsOnLinks(other, cycle));
      expect(describeMoment(a)).toBe(describeMoment(b));
      const [kinds, from] = [1 + random.below(2 ** KINDS.length - 1), random.below(cycle + 1)];
      for (const { spans, pes } of [own, other]) {
        const all = new Float32Array(pes);
        spans.fillCycles(kinds, from, cycle, all);
        expect([...all], `kinds ${kinds} in ${from} to ${cycle}`).toEqual(Array.from(all, (_, pe) => spans.cyclesIn(pe, kinds, from, cycle)));
      }
      for (let pe = 0; pe < own.pes; pe++)
        expect([0, MAIN_THREAD].map((t) => own.spanAt(pe, t, cycle))).toEqual([0, MAIN_THREAD].map((t) => other.spanAt(pe, t, cycle)));
      for (const table of tables)
        for (let lane = 0; lane < own[table].lanes; lane++) {
          const [x, y] = [own[table], other[table]].map((index) => [
            index.countBefore(lane, cycle),
            index.countThrough(lane, 16, cycle),
            index.ordinalAt(lane, cycle),
            index.txAt(lane, cycle),
            index.tickOf(lane, i),
          ]);
          expect(x, `${table} ${lane} at ${cycle}`).toEqual(y);
        }
    }
  });

  it.each([...SEEDS, 'a layer'] as const)('gives every analysis the same numbers, %s', (seed) => {
    const { own, other, work, shared, columns, random } = seed === 'a layer' ? layerCase() : randomCase(seed);
    const { cycles } = own.trace;
    const ask = (reader: TraceReader) => [
      computeMetrics(reader, work),
      checkConservation(reader, work),
      stateShares(reader, cycles, 50),
      latencyOf(reader),
      phases(reader, cycles),
      criticalPath(reader),
      runEvents(reader),
      Array.from({ length: reader.pes }, (_, pe) => switchTurns(reader, pe)),
      peBusy(reader, cycles),
      linkLoads(reader),
    ];
    expect(ask(own)).toEqual(ask(other));
    const [mine, others] = [own, other].map((reader) => toEnd(linkTimes(reader, 20))!);
    expect(mine.classes.firsts.length, 'links share histories').toBeLessThanOrEqual(others.classes.firsts.length);
    const part = { from: random.below(cycles), to: cycles };
    expect(everyLink(toEnd(linkTimes(own, 1, part))!)).toEqual(everyLink(toEnd(linkTimes(other, 1, part))!));
    expect(listLinks(mine, 'demand', 1e6).toSorted(byPlace)).toEqual(listLinks(others, 'demand', 1e6).toSorted(byPlace));
    // As a run comes to the page: with the tables of the worker's reader.
    for (const reader of [own, other]) expect(ask(new TraceReader(reader.program, reader.trace, structuredClone(reader.tables)))).toEqual(ask(other));
    const magnitude = (reader: TraceReader, cycle: number) =>
      MAGNITUDES.map((layer) => {
        const out = new Float32Array(reader.pes);
        fillMagnitude(reader, { layer, stage: 'sent', cycle, window: 32 }, out);
        return out;
      });
    for (let i = 0; i < 10; i++) {
      const cycle = random.below(cycles);
      expect(magnitude(own, cycle)).toEqual(magnitude(other, cycle));
      const queues = magnitude(own, cycle)[MAGNITUDES.indexOf('queues')];
      const { inputFirst } = own.channels;
      const words = (pe: number): number => (inputFirst[pe] < inputFirst[pe + 1] ? own.inputCount(inputFirst[pe], pe, cycle) : -1);
      expect([...queues]).toEqual(Array.from(queues, (_, pe) => words(pe)));
    }
    const { intervals, moves, uses, sends, hostIn, hostOut } = expandTrace(shared);
    expect(expandedRows(columns)).toBe(intervals.pe.length + [moves, uses, sends, hostIn, hostOut].reduce((sum, { lane }) => sum + lane.length, 0));
    expect(toEnd(sharedHash(sharedOf(structuredClone(columns))))).toBe(toEnd(sharedHash(shared)));
  });
});
