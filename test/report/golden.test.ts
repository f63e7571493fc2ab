/** Every chart of a report against its golden picture (test/drivers/golden.ts), in each of its widths: one that is added to a report needs one. */
import { expect, it } from 'vitest';
import { matricesFiles, matricesReport, topologyJobs } from '../../src/api/matrices.ts';
import type { Outcome, RunConfig } from '../../src/api/protocol.ts';
import { reportFiles } from '../../src/api/report.ts';
import { sensitivityOf } from '../../src/api/sensitivity.ts';
import { createSession } from '../../src/api/session.ts';
import { readTopology } from '../../src/model/topology.ts';
import { matches, pictures } from '../drivers/golden.ts';

const CONFIG: RunConfig = { model: 'synthetic', tensor: '', m: 24, k: 256, n: 2, seed: 7, kernel: 'streaming', machine: 'wse2', pes: { width: 6, height: 4 } };
const DATE = '2026-01-02';
const session = createSession();

function value<T>(outcome: Outcome<T>): T {
  if (!outcome.ok) throw new Error(outcome.error.message);
  return outcome.value;
}

/** Compares the charts of a page, each by what it is called and how wide it is; returns the names of their pictures. */
function compared(html: string): string[] {
  const charts = html.matchAll(/<svg [^>]*width="(\d+)[^>]*aria-label="([^":]*)[^>]*class="chart"[\s\S]*?<\/svg>/g);
  return [...charts].map(([svg, width, label]) => {
    const name = `report-${label
      .toLowerCase()
      .match(/[a-z]+/g)
      ?.join('-')}-${width}`;
    matches(name, `<div>${svg}</div>`);
    return name;
  });
}

it('golden pictures of the report of a run, and of many products', async () => {
  const run = value(await session.run(CONFIG, () => {}));
  const [report] = reportFiles(run, ['html'], { sensitivity: sensitivityOf(run.plan), date: DATE });
  const topology = readTopology('Layer, M, N, K,\nfirst, 16, 2, 147,\nsecond, 24, 1, 512,\n', 't.csv');
  const jobs = topologyJobs(topology, CONFIG, [], null);
  const products = await matricesReport(session, jobs, CONFIG, { title: 't.csv', attribution: '', rules: [], command: 'weft report', date: DATE });
  const [many] = matricesFiles(value(products), ['html']);
  const names = [report, many].flatMap(({ content }) => compared(String(content)));
  expect(names.toSorted()).toEqual(pictures().filter((name) => name.startsWith('report-')));
});
