/** The same program, machine and seed in Chromium and in Node: every number, the trace hash and the state hash are equal. */
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@playwright/test';
import { exportedSummary, finished, openPage } from './page.ts';

const CLI = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));
/** 24 rows of K = 512, two tokens, on 6 x 4 PEs. */
const SIZE = { m: '24', k: '512', n: '2', seed: '7' };

/** The command line's answer, apart from the files it wrote. */
function inNode(kernel: string, machine: string): Record<string, unknown> {
  const flags = Object.entries(SIZE).flatMap(([name, value]) => [`--${name}`, value]);
  const args = ['run', '--model', 'synthetic', ...flags, '--kernel', kernel, '--machine', machine, '--pes', '6x4', '--json'];
  const { written, ...numbers } = JSON.parse(execFileSync(process.execPath, [CLI, ...args], { encoding: 'utf8' }));
  expect(written).toEqual([]);
  return numbers;
}

const link = (kernel: string, machine: string): string => `#v=1&model=synthetic&${new URLSearchParams(SIZE)}&map=${kernel}&machine=${machine}&grid=6x4`;

for (const kernel of ['streaming', 'stationary']) {
  for (const machine of ['teaching', 'wse2', 'wse3']) {
    test(`${kernel} on ${machine} gives the same trace, state and numbers in Chromium and in Node`, async ({ page }) => {
      const node = inNode(kernel, machine);
      expect(node).toMatchObject({ traceHash: expect.stringMatching(/^[0-9a-f]{16}$/), stateHash: expect.stringMatching(/^[0-9a-f]{16}$/) });
      await openPage(page, link(kernel, machine));
      expect(await exportedSummary(page)).toEqual(node);
    });
  }
}

test('a run is the same again: twice in Node, and in Chromium before and after a reload', async ({ page }) => {
  const node = inNode('stationary', 'wse2');
  expect(inNode('stationary', 'wse2')).toEqual(node);
  await openPage(page, link('stationary', 'wse2'));
  expect(await exportedSummary(page)).toEqual(node);
  await page.reload();
  await finished(page, /map=stationary&machine=wse2/);
  expect(await exportedSummary(page)).toEqual(node);
});
