import { describe, expect, it } from 'vitest';
import { insights, sourceStall } from '../../src/analysis/insights.ts';
import { computeMetrics } from '../../src/analysis/metrics.ts';
import { SAMPLE, sampleRun } from '../drivers/sample-run.ts';

const reader = sampleRun();
const { width, height, columns, blocks, block } = SAMPLE;
const work = { weightBytes: 4, usedPes: width * height, macRate: 1 / 3, macs: { perWord: [[1]], expected: width * height * blocks * block * columns } };
const metrics = computeMetrics(reader, work);
const facts = { n: columns, usedPes: work.usedPes, blocks, unpacks: 'perColumn' as const };

describe('insights', () => {
  it('the stall of a source is the span of its words less one cycle a word', () => {
    const words = columns * blocks * block;
    expect(sourceStall(reader, 0)).toBe(reader.sourceTick(0, words - 1) + 1 - words);
    expect(sourceStall(reader, 0)).toBeGreaterThan(0);
  });

  it('are at most three, the most expensive first, each above 5 % of all PE-cycles', () => {
    const list = insights(reader, metrics, facts);
    expect(list.length).toBeGreaterThan(0);
    expect(list.length).toBeLessThanOrEqual(3);
    expect([...list].sort((a, b) => b.peCycles - a.peCycles)).toEqual(list);
    for (const i of list) expect(i.peCycles).toBeGreaterThanOrEqual(0.05 * reader.pes * metrics.cycles);
  });

  it('name the blocks unpacked for every column, or once where the kernel keeps them', () => {
    const text = (unpacks: 'perColumn' | 'once' | 'asItComes') => insights(reader, metrics, { ...facts, unpacks }).find((i) => i.id === 'dequantise')?.text;
    expect(text('perColumn')).toContain('each of 2 blocks is unpacked again for every one of 2 columns');
    expect(text('once')).toContain('unpacked once');
    expect(text('asItComes')).toContain('unpacked when it arrives');
  });

  it('name the PE that holds the stream, and PEs without rows', () => {
    const held = insights(reader, metrics, facts).find((i) => i.id === 'source');
    expect(held).toMatchObject({ pe: 0 });
    expect(held?.text).toContain('held at PE 0,0');
    const unused = insights(reader, metrics, { ...facts, usedPes: 6 }).find((i) => i.id === 'mapping');
    expect(unused?.text).toContain('6 of 12 PEs hold no row');
  });
});
