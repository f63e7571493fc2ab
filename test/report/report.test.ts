/** The report's data: picks and names, but changes no number; the same run gives the same bytes. */
import { describe, expect, it } from 'vitest';
import { machineConstants } from '../../src/analysis/constants.ts';
import { DEFINITIONS } from '../../src/analysis/definitions.ts';
import { MACHINES } from '../../src/machine/spec.ts';
import { toJson } from '../../src/report/json.ts';
import { reportData, summarise } from '../../src/report/report.ts';
import { finishedRun } from './fixture.ts';

describe('the summary for scripts', () => {
  it('holds every number that scripts rely on, 100 cycles at 850 MHz being 0.1176 µs', () => {
    const s = summarise(finishedRun());
    expect(s).toMatchObject({ cycles: 100, closedForm: 98, lowerBound: 80, loadCycles: 2, hostInCycles: 6, hostOutCycles: 1, includesLoad: false });
    expect(s).toMatchObject({ traceHash: '0123456789abcdef', stateHash: 'fedcba9876543210', engine: 'wavelet', latency: { first: 96, mean: 98, max: 100 } });
    expect(s).toMatchObject({
      utilisation: { mac: 0.768, busy: 0.7, mapping: 1 },
      errors: { vsPlainLoop: 0, maxAbsVsF64: 3.14e-6 },
      sram: { usedBytes: 4320, capacityBytes: 49152 },
    });
    expect(s.microseconds).toBeCloseTo(0.117647, 6);
    expect(s.config).toMatchObject({
      model: 'demo',
      tensor: 'blk.0.ffn_up.weight',
      m: 2,
      k: 256,
      n: 1,
      machine: 'wse2',
      pes: { width: 2, height: 1 },
      activations: 'seeded',
    });
  });

  it('adds load 2, host in 6 and host out 1 to all three numbers when asked, and keeps the 100 simulated cycles', () => {
    expect(summarise(finishedRun(), { includeLoad: true })).toMatchObject({
      cycles: 109,
      closedForm: 107,
      lowerBound: 89,
      simulatedCycles: 100,
      includesLoad: true,
    });
  });

  it('replaces given activations by a hash of their bits', () => {
    const hash = (values: readonly number[]): string | null => {
      const run = finishedRun();
      return summarise({ ...run, config: { ...run.config, input: Float32Array.from(values) } }).config.inputHash;
    };
    expect(hash([1, 2])).toMatch(/^[0-9a-f]{16}$/);
    expect(hash([1, 2])).toBe(hash([1, 2]));
    expect(hash([1, 2])).not.toBe(hash([2, 1]));
  });
});

describe('the report', () => {
  it('orders PE time: compute 80, dequantise 60, wait 40, idle 20 of 200 PE-cycles', () => {
    const first = reportData(finishedRun()).peCycles.filter((kind) => kind.cycles > 0);
    expect(first.map(({ kind, cycles, share }) => [kind, cycles, share])).toEqual([
      ['compute', 80, 0.4],
      ['dequantise', 60, 0.3],
      ['wait', 40, 0.2],
      ['idle', 20, 0.1],
    ]);
  });

  it('splits the run in parts of 9 cycles: dequantise and wait share the first, only idle fills the last', () => {
    const { overTime } = reportData(finishedRun());
    expect(overTime.kinds).toEqual(['compute', 'dequantise', 'wait', 'idle']);
    expect(overTime.buckets[0]).toEqual({ from: 0, to: 9, shares: [0, 0.5, 0.5, 0] });
    expect(overTime.buckets.at(-1)).toEqual({ from: 99, to: 100, shares: [0, 0, 0, 1] });
  });

  it('states the closed form 2 cycles below and the bound at 1.25 times, held by issue cycles', () => {
    const { verdict } = reportData(finishedRun());
    expect(verdict.closedForm).toEqual({ cycles: 98, difference: -2, share: -0.02 });
    expect(verdict.lowerBound).toEqual({ cycles: 80, factor: 1.25, by: 'issue', violated: false });
    expect(verdict.bottleneck).toMatchObject({ kind: 'compute', share: 0.4 });
  });

  it('names a run below its bound a violation', () => {
    const run = finishedRun();
    const estimate = { ...run.estimate, lowerBound: { cycles: 120, issue: 1, link: 120, path: 2 } };
    expect(reportData({ ...run, estimate }).verdict.lowerBound).toMatchObject({ violated: true, by: 'link' });
  });

  it('gives the same bytes for the same run, and survives JSON unchanged', () => {
    const [a, b] = [reportData(finishedRun()), reportData(finishedRun())];
    expect(toJson(a)).toBe(toJson(b));
    expect(JSON.parse(toJson(a))).toEqual(a);
  });

  it('defines every number of the summary', () => {
    const { config: _, conservation: __, sram: ___, ...numbers } = summarise(finishedRun());
    const flat = Object.entries(numbers).flatMap(([key, value]) => (typeof value === 'object' ? Object.keys(value).map((k) => `${key}.${k}`) : [key]));
    const notNumbers = ['includesLoad', 'simulatedCycles', 'engine', 'modelVersion'];
    expect(flat.filter((key) => !(key in DEFINITIONS) && !notNumbers.includes(key))).toEqual([]);
  });

  it.each(Object.values(MACHINES))('states every constant of $name with its source', (machine) => {
    const constants = machineConstants(machine);
    expect(constants.map((c) => c.key).sort()).toEqual(Object.keys(machine.sources).sort());
    expect(constants.filter((c) => c.source === '' || /undefined|NaN/.test(c.value))).toEqual([]);
  });
});

describe('the command that repeats a run', () => {
  it('names every flag', () => {
    const { command, note } = reportData(finishedRun()).reproduce;
    expect(command).toBe('weft run --model demo --tensor blk.0.ffn_up.weight --kernel streaming --machine wse2 --pes 2x1 --n 1 --seed 7');
    expect(note).toContain('model version 0.1');
  });

  it('gives the sizes of a synthetic matrix, a dot program that is not the default, and quotes names for the shell', () => {
    const run = finishedRun();
    const synthetic = { ...run, config: { ...run.config, model: 'synthetic' }, plan: { ...run.plan, options: { dot: 'fused1' } } };
    expect(reportData(synthetic).reproduce.command).toBe(
      'weft run --model synthetic --m 2 --k 256 --kernel streaming --machine wse2 --pes 2x1 --dot fused1 --n 1 --seed 7',
    );
    const odd = { ...run, config: { ...run.config, model: "a b'; rm -rf.gguf" } };
    expect(reportData(odd).reproduce.command).toContain(`--model 'a b'\\''; rm -rf.gguf'`);
  });
});

describe('JSON', () => {
  it('writes NaN and infinities as strings, since JSON has no number for them', () => {
    expect(JSON.parse(toJson({ a: Number.NaN, b: Number.NEGATIVE_INFINITY, c: 2n ** 60n }))).toEqual({ a: 'NaN', b: '-Infinity', c: '1152921504606846976' });
  });
});
