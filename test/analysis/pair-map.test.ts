import { describe, expect, it } from 'vitest';
import { landmarks, unequalResults } from '../../src/analysis/lockstep.ts';
import { computeIn, difference, pairGrid, peUnder } from '../../src/analysis/pair-map.ts';
import type { RunConfig, RunResult } from '../../src/api/protocol.ts';
import { createSession } from '../../src/api/session.ts';
import { priceTotal } from '../../src/machine/price.ts';
import { TraceReader } from '../../src/trace/reader.ts';

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

describe('two runs PE by PE', () => {
  const shares = (reader: TraceReader, cycle: number): Float32Array => {
    const out = new Float32Array(reader.pes);
    computeIn(reader, cycle, 64, out);
    return out;
  };

  it('lie on one another as they are where the rectangles are equal, else by share', () => {
    expect(pairGrid(a.reader, b.reader)).toEqual({ width: 4, height: 3 });
    expect(peUnder(a.reader, { width: 4, height: 3 }, 3, 2)).toBe(11);
    const grid = pairGrid(a.reader, wide.reader);
    expect(grid).toEqual({ width: 6, height: 3 });
    expect([0, 1, 2, 3, 4, 5].map((x) => peUnder(a.reader, grid, x, 1))).toEqual([4, 5, 5, 6, 7, 7]);
    expect([0, 1, 2].map((y) => peUnder(wide.reader, grid, 5, y))).toEqual([5, 11, 11]);
  });

  it('show who multiplies: in its second column streaming unpacks again while stationary computes', () => {
    const out = new Float32Array(12);
    const { mac } = landmarks(a.reader);
    difference(a.reader, shares(a.reader, mac + 1300), b.reader, shares(b.reader, mac + 1300), out);
    expect([...out].every((v) => v === 1)).toBe(true);
    difference(a.reader, shares(a.reader, 200), a.reader, shares(a.reader, 200), out);
    expect([...out].every((v) => v === 0)).toBe(true);
  });

  it('are 0 before the begin and after the end', () => {
    expect(shares(a.reader, -5).every((v) => v === 0)).toBe(true);
    expect(shares(a.reader, a.reader.trace.cycles + 100).every((v) => v === 0)).toBe(true);
  });
});
