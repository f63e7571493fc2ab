/**
 * `npm test`: everything a change must pass. Installs what is missing, then runs every stage even if one before it failed.
 * The last line is "N passed, N failed": each test counts one, and so does each stage that is not a test run.
 */
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { bin, build, collected, install, ROOT, run } from './prepare.mjs';

const RESULTS = join(ROOT, '.cache', 'results');

/** @typedef {{ passed: number, failed: number }} Count */

/** @param {boolean} good @returns {Count} */
const one = (good) => ({ passed: good ? 1 : 0, failed: good ? 0 : 1 });

/**
 * Counts a run from its report. A run that ended badly counts at least one failure, whatever its report says.
 * @param {number} code exit code
 * @param {string} file JSON report
 * @param {(report: any) => Count} read
 * @returns {Count}
 */
function counted(code, file, read) {
  const count = existsSync(file) ? read(JSON.parse(readFileSync(file, 'utf8'))) : { passed: 0, failed: 0 };
  return { passed: count.passed, failed: code === 0 ? count.failed : Math.max(1, count.failed) };
}

/** Tests without a browser. A file that does not load has no tests and counts one failure. @returns {Promise<Count>} */
async function units() {
  const file = join(RESULTS, 'vitest.json');
  const code = await run(bin('vitest'), ['run', '--reporter=default', '--reporter=json', `--outputFile.json=${file}`]);
  return counted(code, file, (report) => {
    const broken = report.testResults.filter((/** @type {any} */ f) => f.status === 'failed' && f.assertionResults.length === 0).length;
    return { passed: report.numPassedTests, failed: report.numFailedTests + broken };
  });
}

/** A port nobody listens on. @returns {Promise<number>} */
function freePort() {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.on('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}

/** Tests of the built page in a real browser. @returns {Promise<Count>} */
async function browser() {
  const file = join(RESULTS, 'playwright.json');
  const env = { PLAYWRIGHT_JSON_OUTPUT_FILE: file, WEFT_E2E_PORT: String(await freePort()) };
  const code = await run(bin('playwright'), ['test', '--reporter=list,json'], env);
  return counted(code, file, ({ stats, errors }) => ({ passed: stats.expected, failed: stats.unexpected + stats.flaky + errors.length }));
}

/** @typedef {readonly [name: string, work: () => Promise<Count>]} Stage */

/** A stage that shows what it does. @param {string} name @param {() => Promise<Count>} work @returns {Stage} */
const shown = (name, work) => [
  name,
  () => {
    console.log(`\n== ${name}`);
    return work();
  },
];

/** A program beside others: what it prints is shown in one piece when it has ended. @param {string} name @param {string} program @param {...string} args @returns {Stage} */
const tool = (name, program, ...args) => [
  name,
  async () => {
    const { code, output } = await collected(bin(program), args);
    console.log(`\n== ${name}\n${output.trimEnd()}`);
    return one(code === 0);
  },
];

/**
 * The stages of a group run side by side, the groups one after the other. What measures memory or waits for a browser has the machine to itself.
 * @type {readonly (readonly Stage[])[]}
 */
const STAGES = [
  [
    shown('build', async () => one((await build({ all: true })).length === 0)),
    tool('types of the core, which knows no DOM', 'tsc', '-p', 'tsconfig.core.json', '--noEmit'),
    tool('types of everything', 'tsc', '-p', 'tsconfig.json', '--noEmit'),
    tool('lint and format', 'biome', 'ci', '.'),
    tool('dead code and dependencies', 'knip'),
  ],
  [tool('size budget', 'size-limit')],
  [shown('architecture, units, properties, golden data, command line', units)],
  [shown('browser', browser)],
];

try {
  await install();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  console.log('0 passed, 1 failed');
  process.exit(1);
}
rmSync(RESULTS, { recursive: true, force: true });
mkdirSync(RESULTS, { recursive: true });

const total = { passed: 0, failed: 0 };
/** @type {string[]} */
const lines = [];
for (const group of STAGES) {
  const begin = Date.now();
  await Promise.all(
    group.map(async ([name, work]) => {
      const { passed, failed } = await work();
      total.passed += passed;
      total.failed += failed;
      lines.push(
        `${failed === 0 ? 'ok    ' : 'FAILED'} ${((Date.now() - begin) / 1000).toFixed(1).padStart(6)} s  ${name}: ${passed} passed, ${failed} failed`,
      );
    }),
  );
}
console.log(`\n${lines.join('\n')}\n`);
console.log(`${total.passed} passed, ${total.failed} failed`);
process.exitCode = total.failed === 0 ? 0 : 1;
