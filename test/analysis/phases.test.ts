import { describe, expect, it } from 'vitest';
import { markDigits, nextBoundary, phaseRange, phases } from '../../src/analysis/phases.ts';
import { MAIN_THREAD } from '../../src/machine/program.ts';
import { TEACHING } from '../../src/machine/spec.ts';
import { SAMPLE, sampleRun } from '../drivers/sample-run.ts';

/** Wide enough that the first PE is a column ahead of the last. */
const reader = sampleRun({ ...SAMPLE, width: 30, machine: TEACHING });
const { cycles } = reader.trace;

describe('phases', () => {
  it('a mark is a number with one digit a name: 5 of (column of 3, block of 2) is column 2, block 1', () => {
    const marks = [
      { name: 'column', size: 3 },
      { name: 'block', size: 2 },
    ];
    expect(markDigits(marks, 5)).toEqual([2, 1]);
    expect(markDigits(marks, 0)).toEqual([0, 0]);
    expect(markDigits(marks, -1)).toBeNull();
    expect(markDigits([], 3)).toBeNull();
  });

  it('the two columns of the sample follow one another and end with the run', () => {
    const list = phases(reader, cycles);
    expect(list.map((p) => p.name)).toEqual(['column 0', 'column 1']);
    expect(list[0].end).toBe(list[1].begin);
    expect(list[1].end).toBe(cycles);
  });

  it('a phase begins with the first PE that works in it', () => {
    const { mark, begin } = reader.trace.intervals;
    const firsts = [...begin].filter((_, i) => mark[i] >= SAMPLE.blocks);
    expect(phases(reader, cycles)[1].begin).toBe(Math.min(...firsts));
  });

  it('just before the second phase every PE is in the first, at its begin one is ahead', () => {
    const { begin } = phases(reader, cycles)[1];
    expect(phaseRange(reader, begin - 1)).toEqual({ name: 'column', from: 0, to: 0 });
    expect(phaseRange(reader, begin)).toEqual({ name: 'column', from: 0, to: 1 });
    expect(phaseRange(reader, cycles)).toBeNull();
  });

  it('stepping by boundaries visits every begin and end of the PE, forwards and backwards alike', () => {
    const pe = 5;
    const spans = reader.spans.listOf(pe, MAIN_THREAD);
    const edges = [...new Set(spans.flatMap(({ begin, end }) => [begin, end]))].sort((a, b) => a - b);
    const forwards: number[] = [];
    for (let t = -1; t < edges[edges.length - 1]; forwards.push(t)) t = nextBoundary(reader, pe, t, 1);
    expect(forwards).toEqual(edges);
    const backwards: number[] = [];
    for (let t = cycles + 1; t > edges[0]; backwards.push(t)) t = nextBoundary(reader, pe, t, -1);
    expect(backwards.reverse()).toEqual(edges);
  });

  it('after the last boundary comes the end of the run, before the first its begin', () => {
    expect(nextBoundary(reader, 0, cycles, 1)).toBe(cycles);
    expect(nextBoundary(reader, 0, 0, -1)).toBe(0);
  });
});
