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

  it('a part of the run counts as the whole does: at one bucket a cycle the same shares, in any parts the same sums', () => {
    const whole = stateShares(reader, cycles, cycles);
    const [a, b] = [Math.floor(cycles / 3), Math.floor((2 * cycles) / 3)];
    const part = stateShares(reader, b, cycles, a);
    const coarse = [stateShares(reader, a, 5), stateShares(reader, b, 5, a), stateShares(reader, cycles, 5, b)];
    const peCyclesOf = ({ bucketCycles, from, to, shares }: typeof whole, kind: number): number =>
      shares[kind].reduce((sum, share, i) => sum + share * reader.pes * Math.min(bucketCycles, to - from - i * bucketCycles), 0);
    KINDS.forEach((_, kind) => {
      expect(part.shares[kind]).toEqual(whole.shares[kind].slice(a, b));
      expect(coarse.reduce((sum, one) => sum + peCyclesOf(one, kind), 0)).toBeCloseTo(peCyclesOf(whole, kind), 2);
    });
    const lane = peShares(reader, 6, b, cycles, a);
    for (let t = a; t < b; t++) expect(lane.shares.findIndex((share) => share[t - a] === 1)).toBe(reader.stateOf(6, t) === IDLE ? -1 : reader.stateOf(6, t));
    const [all, ...parts] = [peCycles(reader, 6, cycles), peCycles(reader, 6, a), peCycles(reader, 6, b, a), peCycles(reader, 6, cycles, b)];
    for (const kind of Object.keys(all)) expect(parts.reduce((sum, one) => sum + one[kind], 0)).toBe(all[kind]);
  });
});
