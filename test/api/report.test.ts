/** Reports of real runs: JSON by its published schema, sensitivity against simulations, links that the page reads back, many products. */
import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { resultOf } from '../../src/analysis/compare.ts';
import { linkOf } from '../../src/api/link.ts';
import { matricesFiles, matricesReport, modelJobs, topologyJobs } from '../../src/api/matrices.ts';
import type { Outcome, RunConfig } from '../../src/api/protocol.ts';
import { reportFiles } from '../../src/api/report.ts';
import { REPORT_FORMATS } from '../../src/api/report-formats.ts';
import { sensitivityOf } from '../../src/api/sensitivity.ts';
import { createSession } from '../../src/api/session.ts';
import { createWaveletEngine } from '../../src/engine/wavelet.ts';
import { kernelById } from '../../src/kernels/registry.ts';
import { WSE2 } from '../../src/machine/spec.ts';
import { synthetic } from '../../src/model/synthetic.ts';
import { readTopology } from '../../src/model/topology.ts';
import { parseLink } from '../../src/store/url.ts';

const schema = (name: string) =>
  new Ajv2020({ allErrors: true }).compile(JSON.parse(readFileSync(new URL(`../../docs/${name}.schema.json`, import.meta.url), 'utf8')));
const validate = schema('report');
const CONFIG: RunConfig = { model: 'synthetic', tensor: '', m: 24, k: 512, n: 2, seed: 7, kernel: 'streaming', machine: 'wse2', pes: { width: 6, height: 4 } };

function value<T>(outcome: Outcome<T>): T {
  if (!outcome.ok) throw new Error(outcome.error.message);
  return outcome.value;
}

const session = createSession();
const run = async (changes: Partial<RunConfig> = {}) => value(await session.run({ ...CONFIG, ...changes }, () => undefined));

describe('a report as JSON', () => {
  it.each([{}, { kernel: 'split-k', k: 1024, pes: { width: 4, height: 6 } }, { kernel: 'batched', machine: 'teaching' as const }])(
    'of %j is valid by docs/report.schema.json',
    async (changes) => {
      const result = await run(changes);
      const baseline = { name: 'base.json', result: resultOf({ cycles: 5, config: { m: 1 } }), threshold: 0.01 };
      const [{ content }] = reportFiles(result, ['json'], { sensitivity: sensitivityOf(result.plan), baseline, link: '#v=1', date: '2026-01-02' });
      expect(validate(JSON.parse(content)) || validate.errors).toBe(true);
      expect(JSON.parse(content).comparison.changes).toMatchObject([{ metric: 'cycles', a: 5, b: result.metrics.cycles }]);
    },
  );

  it('is not valid with a field that the schema does not know', async () => {
    const [{ content }] = reportFiles(await run(), ['json']);
    expect(validate({ ...JSON.parse(content), more: 1 })).toBe(false);
  });
});

describe('a report in every format', () => {
  it('is the same bytes for the same run', async () => {
    const [a, b] = [await run(), await run()].map((result) => reportFiles(result, REPORT_FORMATS, { date: '2026-01-02' }));
    expect(b).toEqual(a);
    expect(a.map(({ name }) => name)).toEqual(expect.arrayContaining(['report.md', 'report.html', 'report.json', 'summary.csv', 'pes.csv', 'links.csv']));
  });
});

describe('sensitivity', () => {
  it('of 24 rows on 6 x 4 PEs equals simulations on machines with a hop of 2, and with queues half as deep', async () => {
    const { plan } = value(await session.plan(CONFIG));
    const { bars, cycles } = sensitivityOf(plan);
    const kernel = kernelById('streaming');
    const simulated = (machine: typeof WSE2): number => {
      const changed = kernel.plan(plan.shape, machine, plan.rectangle, plan.options);
      const program = kernel.build(changed, synthetic(24, 512, 2, 7, 'q4_k'));
      const engine = createWaveletEngine(program);
      engine.advance(Number.MAX_SAFE_INTEGER);
      return engine.cycle;
    };
    const rest = simulated(WSE2) - cycles;
    const bar = (name: string) => bars.find(({ parameter }) => parameter === name);
    expect(bar('Hop latency')?.more?.cycles).toBe(simulated({ ...WSE2, hop: 2, fifoDepth: 3 }) - rest);
    expect(bar('Hop latency')?.less).toBeNull();
    expect(bar('Input queues')?.less?.cycles).toBe(simulated({ ...WSE2, inputQueues: WSE2.inputQueues.map((d) => d / 2) }) - rest);
  });

  it('of the clock moves the time by 10 % and no cycle', async () => {
    const { bars, cycles, microseconds } = sensitivityOf(value(await session.plan(CONFIG)).plan);
    const clock = bars.find(({ parameter }) => parameter === 'Clock');
    expect(clock?.more).toMatchObject({ value: '935\u202fMHz', cycles });
    expect((clock?.more?.microseconds ?? 0) * 1.1).toBeCloseTo(microseconds, 9);
  });
});

describe('a link', () => {
  it('of a configuration is read back by the page', () => {
    const config: RunConfig = { ...CONFIG, kernel: 'split-k', options: { reduce: 'tree', group: 3 } };
    expect(parseLink(linkOf(config), { ...CONFIG, m: 1, seed: 1 })).toMatchObject({ link: { config }, notices: [] });
  });
});

describe('a report over many products', () => {
  const options = { title: 't', attribution: '', rules: ['r'], command: 'weft report' };

  it('of a topology pads K of 147 to 256, simulates what is asked for, says why one cannot be placed, and compares', async () => {
    const topology = readTopology('Layer, M, N, K,\nsmall, 16, 2, 147,\n"<b>|=evil", 8, 20000, 256,\n', 't.csv');
    const jobs = topologyJobs(topology, { ...CONFIG, pes: undefined } as RunConfig, ['small'], [100, 200]);
    const report = value(await matricesReport(session, jobs, CONFIG, options));
    const [small, evil] = report.entries;
    expect(small).toMatchObject({ m: 16, k: 256, sourceK: 147, n: 2, scaleSim: 100 });
    expect(small.placed?.simulated).toMatchObject({ plainLoop: 0, checks: true });
    expect(evil.placed).toBeNull();
    expect(evil.reason).toMatch(/overflows a PE by \d+ B/);
    expect(report.totals).toMatchObject({ products: 2, unplaced: 1, multiplyAdds: 16 * 147 * 2, cycles: small.placed?.closedForm, scaleSim: 300 });
    const files = matricesFiles(report, REPORT_FORMATS);
    const text = (name: string) => files.find((f) => f.name === name)?.content ?? '';
    expect(text('report.html')).not.toContain('<b>|');
    expect(text('report.md')).toContain('\\<b\\>\\|=evil');
    const valid = schema('matrices');
    expect(valid(JSON.parse(text('report.json'))) || valid.errors).toBe(true);
    expect(text('products.csv').split('\r\n')[1]).toMatch(/^small,16,147,256,2,1,q4_k,/);
  });

  it('refuses a SCALE-Sim report of another topology and names of layers that are not there', () => {
    const topology = readTopology('Layer, M, N, K,\na, 16, 2, 147,\n', 't.csv');
    expect(() => topologyJobs(topology, CONFIG, [], [1, 2])).toThrow('the report has 2 rows and the topology 1 products');
    expect(() => topologyJobs(topology, CONFIG, ['b'], null)).toThrow("the topology has no layer 'b'");
  });

  it('of a model has every matrix, and none of its vectors', async () => {
    const file = new Blob([readFileSync(new URL('../golden/q4_k/tiny-llama-public.gguf', import.meta.url))]);
    const model = value(await session.openModel({ kind: 'file', file, name: 'tiny' }));
    const jobs = modelJobs(model, { ...CONFIG, model: 'tiny', n: 1 }, false, []);
    expect(jobs.map(({ name }) => name)).toContain('blk.0.ffn_up.weight');
    expect(jobs.some(({ name }) => name.includes('norm'))).toBe(false);
    const report = value(await matricesReport(session, jobs.slice(0, 3), CONFIG, options));
    expect(report.entries.every(({ placed, reason }) => (placed === null) === (reason !== ''))).toBe(true);
  });
});
