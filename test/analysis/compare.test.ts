/** Two results side by side, by hand-made numbers; and that a trace alone says the same as its run's report. */
import { describe, expect, it } from 'vitest';
import { compareResults, isBeyond, resultOf, sortChanges, traceData } from '../../src/analysis/compare.ts';
import { comparisonMarkdown } from '../../src/report/comparison.ts';
import { sampleRun } from '../drivers/sample-run.ts';

const A = {
  config: { kernel: 'streaming', m: 8, pes: { width: 4 } },
  cycles: 200,
  latency: { max: 100 },
  errors: { vsPlainLoop: 0, relRms: null },
  facts: [{ name: 'waves', value: 3, unit: '', meaning: '' }],
  conservation: [{ name: 'routers', holds: true }],
  traceHash: 'aa',
  onlyA: 1,
};
const B = { ...A, config: { ...A.config, kernel: 'stationary' }, cycles: 150, errors: { vsPlainLoop: 2 }, facts: [], onlyA: undefined };

describe('a result', () => {
  it('is measures under dotted names, named values under theirs, and settings', () => {
    const { measures, settings } = resultOf(A);
    expect([...measures]).toEqual([
      ['cycles', 200],
      ['latency.max', 100],
      ['errors.vsPlainLoop', 0],
      ['facts.waves', 3],
      ['onlyA', 1],
    ]);
    expect([...settings]).toEqual([
      ['config.kernel', 'streaming'],
      ['config.m', '8'],
      ['config.pes.width', '4'],
      ['traceHash', 'aa'],
    ]);
  });

  it('of a report is its summary with its PE-cycles', () => {
    const report = { schema: 'weft-report', title: 't', summary: { cycles: 7 }, peCycles: [{ kind: 'idle', name: 'idle', cycles: 5, share: 1 }] };
    expect([...resultOf(report).measures]).toEqual([
      ['cycles', 7],
      ['peCycles.idle', 5],
    ]);
  });

  it('of a trace has cycles up to the last result, and the share of PE-cycles in which something issues', () => {
    const reader = sampleRun();
    const { measures, settings } = resultOf(traceData(reader, { modelVersion: '1', traceHash: 'h' }));
    const { begin, count, period } = reader.trace.hostOut;
    const cycles = Math.max(...begin.map((from, i) => from + (count[i] - 1) * period[i])) + 1;
    const kinds = ['compute', 'dequantise', 'send', 'receive', 'load'].map((kind) => measures.get(`peCycles.${kind}`)!);
    expect(measures.get('cycles')).toBe(cycles);
    expect(measures.get('utilisation.busy')).toBeCloseTo(kinds.reduce((a, b) => a + b) / (cycles * reader.pes), 12);
    expect(settings.get('config.machine')).toBe('wse2');
  });

  it('that is nested without end is read as far as results are', () => {
    expect(resultOf(JSON.parse(`${'{"a":'.repeat(5000)}1${'}'.repeat(5000)}`)).measures.size).toBe(0);
  });
});

describe('comparing', () => {
  const comparison = compareResults(resultOf(A), resultOf(B));
  const change = (metric: string) => comparison.changes.find((c) => c.metric === metric)!;

  it('tells the difference, its share of A, and what only one side has', () => {
    expect(comparison.settings).toEqual([{ setting: 'config.kernel', a: 'streaming', b: 'stationary' }]);
    expect(change('cycles')).toEqual({ metric: 'cycles', a: 200, b: 150, difference: -50, share: -0.25 });
    expect(change('errors.vsPlainLoop')).toMatchObject({ difference: 2, share: null });
    expect(change('onlyA')).toMatchObject({ a: 1, b: null, difference: null, share: null });
  });

  it('knows what is beyond a threshold: from 0 every change, of one side only nothing', () => {
    expect(comparison.changes.filter((c) => isBeyond(c, 0.25)).map((c) => c.metric)).toEqual(['errors.vsPlainLoop']);
    expect(comparison.changes.filter((c) => isBeyond(c, 0.24)).map((c) => c.metric)).toEqual(['cycles', 'errors.vsPlainLoop']);
  });

  it('sorts by name, difference and share', () => {
    const first = (sort: 'name' | 'difference' | 'share' | 'file') => sortChanges(comparison.changes, sort)[0].metric;
    expect([first('file'), first('name'), first('difference'), first('share')]).toEqual(['cycles', 'cycles', 'cycles', 'errors.vsPlainLoop']);
  });

  it('as Markdown escapes the names of files', () => {
    const text = comparisonMarkdown(['a|b', '<b>'], comparison);
    expect(text).toContain('# a\\|b and \\<b\\>');
    expect(text.replaceAll('\u202f', ' ')).toContain('| cycles | 200 | 150 | −50 | −25.00 % |');
  });
});
