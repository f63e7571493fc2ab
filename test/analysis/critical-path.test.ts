/** The critical path: without gaps, made of reasons, and what is known by hand. */
import { describe, expect, it } from 'vitest';
import { criticalPath, type PathPiece, whyStalled } from '../../src/analysis/critical-path.ts';
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
      const why = whyStalled(reader, pe[i], begin[i]);
      if (isStall(kind[i])) expectWhole(why, begin[i], end[i]);
      else expect(why).toEqual([]);
    }
  });
});
