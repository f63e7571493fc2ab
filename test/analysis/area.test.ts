/** Numbers of a rectangle of PEs, against the same asked PE by PE. */
import { beforeAll, describe, expect, it } from 'vitest';
import { computeShares, countsIn, leavingOf, pesIn } from '../../src/analysis/area.ts';
import { IDLE_COUNT } from '../../src/analysis/fabric-frame.ts';
import { latencyOf } from '../../src/analysis/latency.ts';
import { IDLE, type TraceReader } from '../../src/trace/reader.ts';
import { KIND } from '../../src/trace/schema.ts';
import { SAMPLE, sampleRun } from '../drivers/sample-run.ts';

let reader: TraceReader;
let pes: number[];
beforeAll(() => {
  reader = sampleRun();
  pes = pesIn({ x0: 1, y0: 0, x1: 3, y1: 2 }, SAMPLE.width);
});

describe('a rectangle of PEs', () => {
  it('is its PEs in fabric order, as many as are asked for', () => {
    expect(pes).toEqual([1, 2, SAMPLE.width + 1, SAMPLE.width + 2]);
    expect(pesIn({ x0: 1, y0: 0, x1: 3, y1: 2 }, SAMPLE.width, 3)).toHaveLength(3);
  });

  it('has the states of its PEs at every 5th cycle', () => {
    for (let cycle = 0; cycle <= reader.trace.cycles; cycle += 5) {
      const counts = countsIn(reader, pes, cycle);
      for (const [kind, n] of counts.entries()) {
        const state = kind === IDLE_COUNT ? IDLE : kind;
        expect(n).toBe(pes.filter((pe) => reader.stateOf(pe, cycle) === state).length);
      }
    }
  });

  it('computes in its share of the cycles and leaves with its last results', () => {
    const [from, to] = [20, 90];
    const own = pes.map((pe) => {
      let n = 0;
      for (let cycle = from; cycle < to; cycle++) n += reader.stateOf(pe, cycle) === KIND.compute ? 1 : 0;
      return n / (to - from);
    });
    const shares = computeShares(reader, pes, from, to);
    expect(shares).toMatchObject({ count: pes.length, max: Math.max(...own), min: Math.min(...own) });
    const leaving = pes.map((pe) => latencyOf(reader).atEdge[pe]);
    expect(leavingOf(reader, pes)).toMatchObject({ min: Math.min(...leaving), max: Math.max(...leaving) });
  });
});
