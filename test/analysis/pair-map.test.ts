import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { latencyOf } from '../../src/analysis/latency.ts';
import { type LinkTimes, linkTimes } from '../../src/analysis/link-load.ts';
import { landmarks, unequalResults } from '../../src/analysis/lockstep.ts';
import { fillMagnitude, isOfLinks, LINK_PORTS, MAGNITUDES, type Magnitude, type MagnitudeQuestion } from '../../src/analysis/magnitudes.ts';
import {
  cellOver,
  difference,
  differenceFacts,
  largest,
  ONLY_A,
  ONLY_B,
  pairGrid,
  pairScale,
  pesUnder,
  peUnder,
  pooled,
  type SideValues,
} from '../../src/analysis/pair-map.ts';
import type { RunConfig, RunResult } from '../../src/api/protocol.ts';
import { createSession } from '../../src/api/session.ts';
import { usedBytes } from '../../src/machine/memory.ts';
import { priceTotal } from '../../src/machine/price.ts';
import { TraceReader } from '../../src/trace/reader.ts';
import { KIND } from '../../src/trace/schema.ts';

const CONFIG: RunConfig = { model: 'synthetic', tensor: '', m: 12, k: 256, n: 2, seed: 7, kernel: 'streaming', machine: 'wse2', pes: { width: 4, height: 3 } };

async function run(patch: Partial<RunConfig>): Promise<{ result: RunResult; reader: TraceReader }> {
  const outcome = await createSession().run({ ...CONFIG, ...patch }, () => {});
  if (!outcome.ok) throw new Error(outcome.error.message);
  return { result: outcome.value, reader: new TraceReader(outcome.value.program, outcome.value.trace) };
}

const a = await run({});
const b = await run({ kernel: 'stationary' });
const wide = await run({ pes: { width: 6, height: 2 } });

describe('two runs in lock-step', () => {
  it('have landmarks in order, and the first multiply-add comes after unpacking', () => {
    for (const { reader, result } of [a, b]) {
      const { start, mac, result: first, end } = landmarks(reader);
      expect(start).toBe(0);
      expect(mac).toBeGreaterThan(priceTotal(result.plan.blockPrice.dequantise));
      expect(first).toBe(result.metrics.latency.first);
      expect(end).toBe(result.trace.cycles);
      expect(mac).toBeLessThan(first);
    }
  });

  it('give the same bits by both mappings; other sizes cannot be held against each other', () => {
    expect(unequalResults(a.result.y, b.result.y)).toBe(0);
    expect(
      unequalResults(
        a.result.y,
        Float32Array.from(a.result.y, (v, i) => (i < 3 ? -v : v)),
      ),
    ).toBe(3);
    expect(unequalResults(a.result.y, new Float32Array(1))).toBeNull();
  });
});

describe('rectangles of two runs', () => {
  it('lie on one another as they are where they are equal, else by share', () => {
    expect(pairGrid(a.reader, b.reader)).toEqual({ width: 4, height: 3 });
    expect(peUnder(a.reader, { width: 4, height: 3 }, 3, 2)).toBe(11);
    const grid = pairGrid(a.reader, wide.reader);
    expect(grid).toEqual({ width: 6, height: 3 });
    expect([0, 1, 2, 3, 4, 5].map((x) => peUnder(a.reader, grid, x, 1))).toEqual([4, 5, 5, 6, 7, 7]);
    expect([0, 1, 2].map((y) => peUnder(wide.reader, grid, 5, y))).toEqual([5, 11, 11]);
  });

  it('have a cell over every PE, under which it lies (200 random pairs)', () => {
    const size = fc.record({ width: fc.integer({ min: 1, max: 30 }), height: fc.integer({ min: 1, max: 30 }) });
    fc.assert(
      fc.property(size, size, (own, other) => {
        const run = { trace: own } as TraceReader;
        const grid = { width: Math.max(own.width, other.width), height: Math.max(own.height, other.height) };
        const under = pesUnder(run, grid);
        expect([...under]).toEqual(Array.from(under, (_, cell) => peUnder(run, grid, cell % grid.width, Math.floor(cell / grid.width))));
        const pes = Array.from({ length: own.width * own.height }, (_, pe) => pe);
        expect(pes.map((pe) => under[cellOver(run, grid, pe)])).toEqual(pes);
      }),
      { numRuns: 200, seed: 12 },
    );
  });
});

function counted(reader: TraceReader): LinkTimes {
  const work = linkTimes(reader, reader.trace.cycles);
  let step = work.next();
  while (!step.done) step = work.next();
  return step.value as LinkTimes;
}
const TIMES = new Map([a, b, wide].map(({ reader }) => [reader, counted(reader)]));

/** Share of the cycles of a mean in which something is so; none outside of the run. */
function shareOf({ trace }: TraceReader, { cycle, window }: MagnitudeQuestion, count: (cycle: number) => number): number {
  const from = Math.max(0, cycle + 1 - window);
  let sum = 0;
  for (let at = from; at <= Math.min(cycle, trace.cycles); at++) sum += count(at);
  return cycle < 0 || from >= trace.cycles ? 0 : sum / (cycle + 1 - from);
}

/** A layer's number of a PE, or of its link at a port, as its definition says it; null where there is none. */
function slowly(reader: TraceReader, question: MagnitudeQuestion, pe: number, port: number): number | null {
  const { program, channels } = reader;
  const { layer, stage, cycle } = question;
  if (layer === 'sram') return usedBytes(program.classes[program.classOf[pe]].memory);
  if (layer === 'latency') {
    const tick = latencyOf(reader)[stage][pe];
    return tick < 0 || tick > cycle ? null : tick;
  }
  if (layer === 'queues') {
    const lane = channels.inputFirst[pe];
    return lane === channels.inputFirst[pe + 1] ? null : cycle < 0 ? 0 : reader.inputAt(lane, pe, cycle).count;
  }
  if (layer === 'utilisation') return shareOf(reader, question, (at) => reader.spansAt(pe, at).filter(({ kind }) => kind === KIND.compute).length);
  const fifos = Array.from({ length: channels.first[pe + 1] - channels.first[pe] }, (_, i) => channels.first[pe] + i);
  if (layer === 'links') return shareOf(reader, question, (at) => fifos.filter((fifo) => (reader.departureAt(fifo, at) >> port) & 1).length);
  const link = TIMES.get(reader)?.links.find((one) => one.pe === pe && one.port === port);
  return shareOf(reader, question, (at) => (link === undefined ? 0 : (link.moves[at] ?? 0) + (link.waits[at] ?? 0)));
}

/** What {@link difference} is to give, from two numbers. */
function minus(inA: number | null, inB: number | null): number {
  if (inA === null) return inB === null ? Number.NaN : ONLY_B;
  return inB === null ? ONLY_A : inB - inA;
}

describe('the difference of two runs, PE by PE', () => {
  const sideOf = (reader: TraceReader, question: MagnitudeQuestion, under: Int32Array): SideValues => {
    const parts = isOfLinks(question.layer) ? LINK_PORTS : 1;
    const [perPe, perLink] = [new Float32Array(reader.pes), new Float32Array(reader.pes * LINK_PORTS)];
    fillMagnitude(reader, { ...question, perLink }, perPe);
    const values = parts === 1 ? perPe : perLink;
    return { values, upTo: question.layer === 'latency' ? question.cycle : null, under };
  };

  it.each(MAGNITUDES.map((layer) => [layer]))('%s is that of the slow twin at random moments, before the begin and after the end too', (layer: Magnitude) => {
    const parts = isOfLinks(layer) ? LINK_PORTS : 1;
    const moment = fc.record({
      runs: fc.constantFrom([a.reader, b.reader] as const, [b.reader, wide.reader] as const),
      at: fc.tuple(fc.integer({ min: -40, max: 4000 }), fc.integer({ min: -40, max: 4000 })),
      window: fc.constantFrom(16, 64),
      stage: fc.constantFrom('firstX' as const, 'firstMac' as const, 'sent' as const, 'atEdge' as const),
    });
    fc.assert(
      fc.property(moment, ({ runs: [readerA, readerB], at, window, stage }) => {
        const grid = pairGrid(readerA, readerB);
        const ask = (reader: TraceReader, cycle: number): MagnitudeQuestion => ({ layer, stage, cycle, window, links: TIMES.get(reader) });
        const [askA, askB] = [ask(readerA, at[0]), ask(readerB, at[1])];
        const out = new Float32Array(grid.width * grid.height * parts);
        difference(sideOf(readerA, askA, pesUnder(readerA, grid)), sideOf(readerB, askB, pesUnder(readerB, grid)), parts, out);
        out.forEach((delta, place) => {
          const [cell, port] = [Math.floor(place / parts), place % parts];
          const pe = (reader: TraceReader): number => peUnder(reader, grid, cell % grid.width, Math.floor(cell / grid.width));
          const twin = minus(slowly(readerA, askA, pe(readerA), port), slowly(readerB, askB, pe(readerB), port));
          if (Number.isFinite(twin)) expect(delta).toBeCloseTo(twin, 4);
          else expect(delta).toBe(twin);
        });
      }),
      { numRuns: 25, seed: 7 },
    );
  });

  it('has one scale for both runs, and goes as far as the run does where it stays as it is', () => {
    const scale = pairScale(a.reader, wide.reader, 'latency', 'atEdge');
    const ticks = [a.reader, wide.reader].map((reader) => [...latencyOf(reader).atEdge].filter((tick) => tick >= 0));
    expect(scale.domain).toEqual({ min: Math.min(...ticks.flat()), max: Math.max(...ticks.flat()) });
    const grid = pairGrid(a.reader, wide.reader);
    const deltas = Array.from({ length: grid.width * grid.height }, (_, cell) => {
      const at = (reader: TraceReader): number => latencyOf(reader).atEdge[peUnder(reader, grid, cell % grid.width, Math.floor(cell / grid.width))];
      return Math.abs(at(wide.reader) - at(a.reader));
    });
    expect(scale.limit).toBe(Math.max(...deltas));
    expect(pairScale(a.reader, a.reader, 'sram', 'firstX')).toEqual({ domain: { min: 0, max: 49152 }, limit: 1 });
    expect(pairScale(a.reader, b.reader, 'links', 'firstX')).toEqual({ domain: { min: 0, max: 1 }, limit: 1 });
    expect(pairScale(a.reader, b.reader, 'queues', 'firstX').limit).toBe(8);
  });
});

describe('differences put together', () => {
  const deltas = Float32Array.of(0, ONLY_A, Number.NaN, 0.25, -0.5, ONLY_B, 0, 0, Number.NaN, Number.NaN, Number.NaN, Number.NaN);

  it('the largest of the parts of a cell counts, whatever its sign, and a value on one side only before none', () => {
    const out = new Float32Array(3);
    largest(deltas, 4, out);
    expect([...out]).toEqual([0.25, -0.5, Number.NaN]);
    largest(Float32Array.of(0, 0, ONLY_A, 0), 4, out.subarray(0, 1));
    expect(out[0]).toBe(ONLY_A);
  });

  it('so it does for the squares that a pixel stands for', () => {
    const grid = { width: 5, height: 3 };
    const cells = Float32Array.from({ length: 15 }, (_, cell) => (cell === 3 ? -2 : cell === 9 ? 1 : cell === 10 ? ONLY_B : 0));
    expect([...pooled(cells, grid, 2)]).toEqual([0, -2, 1, ONLY_B, 0, 0]);
    expect(pooled(cells, grid, 1)).toBe(cells);
  });

  it('are counted by what they are', () => {
    expect(differenceFacts(deltas)).toEqual({ both: 5, differ: 2, onlyA: 1, onlyB: 1, neither: 5, min: -0.5, mean: -0.05, max: 0.25 });
    expect(differenceFacts(Float32Array.of(Number.NaN))).toEqual({ both: 0, differ: 0, onlyA: 0, onlyB: 0, neither: 1, min: 0, mean: 0, max: 0 });
  });
});
