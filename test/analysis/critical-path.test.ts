/** The critical path: without gaps, made of reasons, and what is known by hand. */
import { describe, expect, it } from 'vitest';
import { criticalPath, type PathPiece, waitAt, whyWaits } from '../../src/analysis/critical-path.ts';
import { causeOf, legsOf, legsOfWait } from '../../src/analysis/path-legs.ts';
import type { RunConfig } from '../../src/api/protocol.ts';
import { createSession } from '../../src/api/session.ts';
import { TraceReader } from '../../src/trace/reader.ts';
import type { Trace } from '../../src/trace/schema.ts';
import { isStall } from '../../src/trace/schema.ts';

const BASE: RunConfig = { model: 'synthetic', tensor: '', m: 12, k: 512, n: 2, seed: 1, kernel: 'streaming', machine: 'wse2' };
const session = createSession();

async function readerOf(change: Partial<RunConfig>): Promise<TraceReader<Trace>> {
  const outcome = await session.run({ ...BASE, ...change }, () => {});
  if (!outcome.ok) throw new Error(outcome.error.message);
  return new TraceReader(outcome.value.program, outcome.value.trace);
}

function cyclesBy(pieces: readonly PathPiece[]): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const { reason, begin, end } of pieces) sums[reason] = (sums[reason] ?? 0) + end - begin;
  return sums;
}

/** Every piece begins where the one before it ended. */
function expectWhole(pieces: readonly PathPiece[], begin: number, end: number): void {
  let at = begin;
  for (const piece of pieces) {
    expect(piece.begin).toBe(at);
    at = piece.end;
  }
  expect(at).toBe(end);
}

const CASES: readonly Partial<RunConfig>[] = [
  {},
  { kernel: 'stationary', n: 4 },
  { kernel: 'streaming', machine: 'wse3', options: { drain: 'column' } },
  { kernel: 'streaming', options: { overlap: 'on' } },
  { kernel: 'split-k', k: 1024, options: { reduce: 'tree' } },
  { kernel: 'split-k', k: 1024, machine: 'teaching', options: { reduce: 'chain' } },
  { kernel: 'batched', options: { batch: 2 } },
  { kernel: 'weight-streaming', n: 3 },
];

/** No wait, where one is expected. */
const NOWHERE = { begin: -1, end: -1 };

describe('the critical path', () => {
  it.each(CASES)('fills the run from its first cycle to its last with reasons: %o', async (change) => {
    const reader = await readerOf(change);
    const pieces = criticalPath(reader);
    expectWhole(pieces, 0, reader.trace.cycles);
    expect(cyclesBy(pieces).other ?? 0).toBe(0);
  });

  it('of streaming is the work of one PE and the way of its results out', async () => {
    const reader = await readerOf({ n: 3 });
    const { compute, dequantise } = cyclesBy(criticalPath(reader));
    expect(compute + dequantise).toBeGreaterThan(0.99 * reader.trace.cycles);
  });

  it('explains every stall of every PE in full, and nothing where a PE works', async () => {
    const reader = await readerOf({ kernel: 'split-k', k: 1024, machine: 'wse3', options: { reduce: 'chain' } });
    const { pe, thread, kind, begin, end } = reader.trace.intervals;
    for (let i = 0; i < pe.length; i++) {
      if (thread[i] !== 8) continue;
      const wait = waitAt(reader, pe[i], begin[i]);
      if (!isStall(kind[i])) expect(wait).toBeNull();
      else expectWhole(whyWaits(reader, pe[i], wait ?? NOWHERE), begin[i], end[i]);
    }
  });

  it('of a wait that is one way only begins with the work that the way waited for', async () => {
    const reader = await readerOf({ m: 120, n: 1 });
    const { pe, kind, begin } = reader.trace.intervals;
    const stalls = [...pe.keys()].filter((i) => isStall(kind[i]));
    expect(stalls.length).toBeGreaterThan(10);
    for (const i of stalls) {
      const wait = waitAt(reader, pe[i], begin[i]) ?? NOWHERE;
      const [behind, ...way] = legsOfWait(reader, pe[i], wait);
      // The stream stood until the first PE of all had unpacked its block and taken a word.
      expect(behind).toMatchObject({ work: 'compute', pe: 0 });
      expect(behind.end).toBeLessThan(wait.begin);
      expect(way).toEqual(legsOf(whyWaits(reader, pe[i], wait)));
      expect(causeOf([behind, ...way], pe[i])).toBe(behind);
    }
  });

  it('of a wait for a sum is the PEs before it, one after the other', async () => {
    const reader = await readerOf({ kernel: 'split-k', k: 1024, options: { reduce: 'chain' } });
    const { pe: pes, kind, begin } = reader.trace.intervals;
    const first = pes.findIndex((pe, i) => pe === 0 && isStall(kind[i]));
    const legs = legsOfWait(reader, 0, waitAt(reader, 0, begin[first]) ?? NOWHERE);
    expect(legs.map(({ work, pe, to }) => [work, pe, to])).toEqual(
      [3, 2, 1].flatMap((pe) => [
        ['send', pe, pe],
        [null, pe, pe - 1],
      ]),
    );
    expect(causeOf(legs, 0)).toBe(legs[0]);
  });
});
