import { describe, expect, it } from 'vitest';
import { peCycles, peShares } from '../../src/analysis/lanes.ts';
import { stateShares } from '../../src/analysis/timeline.ts';
import { IDLE } from '../../src/trace/reader.ts';
import { KINDS } from '../../src/trace/schema.ts';
import { sampleRun } from '../drivers/sample-run.ts';

const reader = sampleRun();
const { cycles } = reader.trace;

describe('one PE over time', () => {
  it('cycles by kind and idle sum to the length of the run on each of 12 PEs', () => {
    for (let pe = 0; pe < reader.pes; pe++) expect(Object.values(peCycles(reader, pe, cycles)).reduce((a, b) => a + b, 0)).toBe(cycles);
  });

  it('at one bucket a cycle the share is 1 for exactly the state the reader gives', () => {
    const shares = peShares(reader, 6, cycles, cycles);
    expect(shares.bucketCycles).toBe(1);
    for (let t = 0; t < cycles; t++) {
      const state = reader.stateOf(6, t);
      KINDS.forEach((_, kind) => {
        expect(shares.shares[kind][t]).toBe(state === kind ? 1 : 0);
      });
      expect(shares.idle[t]).toBe(state === IDLE ? 1 : 0);
    }
  });

  it('the mean of all PEs is the share of the fabric, bucket by bucket', () => {
    const fabric = stateShares(reader, cycles, 7);
    const lanes = Array.from({ length: reader.pes }, (_, pe) => peShares(reader, pe, cycles, 7));
    expect(lanes[0].buckets).toBe(fabric.buckets);
    KINDS.forEach((_, kind) => {
      for (let b = 0; b < fabric.buckets; b++) {
        const mean = lanes.reduce((sum, lane) => sum + lane.shares[kind][b], 0) / reader.pes;
        expect(mean).toBeCloseTo(fabric.shares[kind][b], 5);
      }
    });
  });
});
