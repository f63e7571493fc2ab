/** Moments of a run in words: every sentence against what the trace of the sample holds. */
import { beforeAll, describe, expect, it } from 'vitest';
import { describeMoment, describePe, markWords, stateName } from '../../src/analysis/describe.ts';
import { FabricFrame } from '../../src/analysis/fabric-frame.ts';
import { TEACHING } from '../../src/machine/spec.ts';
import { IDLE, type TraceReader } from '../../src/trace/reader.ts';
import type { Trace } from '../../src/trace/schema.ts';
import { KIND } from '../../src/trace/schema.ts';
import { SAMPLE, sampleRun } from '../drivers/sample-run.ts';

let small: TraceReader<Trace>;
let wide: TraceReader<Trace>;
beforeAll(() => {
  small = sampleRun();
  wide = sampleRun({ ...SAMPLE, width: 24, height: 24, block: 32, machine: TEACHING });
});

function momentOf(reader: TraceReader, cycle: number): string {
  const frame = new FabricFrame(reader);
  frame.seek(cycle);
  return describeMoment(frame);
}

describe('a moment', () => {
  it('in which all PEs do the same says so, and that the x stream is held for as long as it is', () => {
    const next = small.sourceTick(0, small.sourceCount(0, 21));
    expect(momentOf(small, 20)).toBe(
      `All PEs at work are in column 0 of 2. All PEs dequantise. The x stream is held at PE 0,0 and moves on in ${next - 20} cycles.`,
    );
  });

  it('with a front names its distance and both sides, as in the states around it', () => {
    const cycle = 60;
    const text = momentOf(wide, cycle);
    const match = /A front lies (\d+) hops from PE 0,0: nearer to it PEs (.+?), beyond it they (.+?)\./.exec(text);
    expect(match, text).not.toBeNull();
    const hops = Number(match?.[1]);
    // On the diagonal through the front nearly all PEs on either side do what the sentence says.
    const states = (near: boolean): number[] =>
      Array.from({ length: wide.pes }, (_, pe) => pe)
        .filter((pe) => (pe % 24) + Math.floor(pe / 24) < hops === near)
        .map((pe) => wide.stateOf(pe, cycle));
    const share = (list: number[], kind: number): number => list.filter((s) => s === kind).length / list.length;
    const kindOf = (words = ''): number => (words.startsWith('wait') ? KIND.wait : words === 'compute' ? KIND.compute : KIND.dequantise);
    expect(share(states(true), kindOf(match?.[2]))).toBeGreaterThan(0.8);
    expect(share(states(false), kindOf(match?.[3]))).toBeGreaterThan(0.8);
  });

  it('on a row of 24 PEs, where every PE is a band of its own, speaks of no bands', () => {
    const row = sampleRun({ ...SAMPLE, width: 24, height: 1, machine: TEACHING });
    for (let cycle = 1; cycle < row.trace.cycles; cycle++) expect(momentOf(row, cycle)).not.toMatch(/bands/);
  });

  it('between two columns names both', () => {
    const { mark, begin } = wide.trace.intervals;
    const first = Math.min(...Array.from(begin).filter((_, i) => mark[i] >= SAMPLE.blocks));
    expect(momentOf(wide, first)).toMatch(/^Column 0 ends and column 1 begins\./);
  });

  it('while results drain counts them', () => {
    const cycle = small.sinkTick(0, 3) + 1;
    const received = [0, 1, 2].reduce((n, sink) => n + small.sinkCount(sink, cycle), 0);
    expect(received).toBeGreaterThanOrEqual(4);
    expect(momentOf(small, cycle)).toContain(`${received} of 24 results left the fabric.`);
  });

  it('after the last result says that all 24 left', () => {
    expect(momentOf(small, small.trace.cycles)).toBe('The run is over: all 24 results left the fabric.');
  });
});

describe('a PE in a line', () => {
  it('names state, mark and SRAM: 4 376 of 49 152 B are 9 %', () => {
    expect(describePe(small, 6, 40)).toBe('PE 2,1: compute, column 0 of 2, block 0 of 2, SRAM 9\u202f%');
    expect(describePe(small, 0, small.trace.cycles)).toBe('PE 0,0: idle, SRAM 9\u202f%');
  });

  it('knows the names of all kinds and of idle', () => {
    expect([stateName(KIND.wait), stateName(KIND.blocked), stateName(IDLE)]).toEqual(['wait for data', 'blocked', 'idle']);
  });

  it('leaves out digits of size 1 and marks before the first', () => {
    const marks = [
      { name: 'column', size: 1 },
      { name: 'block', size: 16 },
    ];
    expect(markWords(marks, 3)).toBe('block 3 of 16');
    expect(markWords(marks, -1)).toBe('');
  });
});
