/**
 * `npm run bench:page [-- --json]`: the built page in Chromium with software rendering, driven by real pointer and wheel events.
 * One row a claim: frames a second and longest task while panning and zooming, seeks from the press to the drawn frame, the
 * start, the longest task while a simulation runs. Figures of a shared machine are noisy: look at several runs.
 */
import { gzipSync } from 'node:zlib';
import { chromium } from '@playwright/test';
import { serve } from '../bin/static-server.mjs';
import { chromiumPath } from '../scripts/chromium.mjs';
import { ROOT } from '../scripts/prepare.mjs';

/** @typedef {{ name: string, value: number, unit: string, target: string }} Row */

const MOVING_MS = 3000;
const SEEKS = 40;
const RUNS = {
  '256 x 256 PEs': '#v=1&model=synthetic&m=65536&k=512&n=1&seed=7&map=streaming&machine=wse2&engine=timing&grid=256x256',
  '750 x 994 PEs': '#v=1&model=synthetic&m=745500&k=4096&n=1&seed=7&map=streaming&machine=wse2&engine=timing&grid=750x994',
};
const SIMULATED = '#v=1&model=synthetic&m=4096&k=1024&n=1&seed=7&map=streaming&machine=wse2&engine=wavelet&grid=64x64';
const FRAMES_TARGET = { '256 x 256 PEs': 60, '750 x 994 PEs': 30 };

/** Watches frames, long tasks and seeks from the page's beginning; what it learns lies in window.bench. */
const PROBE = `
  const bench = (window.bench = { tasks: [], frames: [], seeks: [], done: 0 });
  new PerformanceObserver((list) => bench.tasks.push(...list.getEntries().map((e) => [e.startTime, e.duration]))).observe({ type: 'longtask', buffered: true });
  const tick = (now) => { bench.frames.push(now); requestAnimationFrame(tick); };
  bench.watch = () => requestAnimationFrame(tick);
  // A press on the playhead's slider asks for a frame; the task after that frame is when it has been drawn.
  addEventListener('pointerdown', (event) => {
    if (!event.target.closest?.('.scrub')) return;
    requestAnimationFrame(() => { const port = new MessageChannel(); port.port1.onmessage = () => bench.seeks.push(performance.now() - event.timeStamp); port.port2.postMessage(0); });
  }, true);
  const picture = () => {
    const canvas = document.querySelector('.film canvas, canvas');
    const data = canvas && canvas.width > 0 ? canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data : [];
    if (data.some((v) => v > 0)) bench.alive = performance.now();
    else setTimeout(picture, 10);
  };
  bench.firstPicture = () => setTimeout(picture, 0);
`;

/** Starts the run of a hash and waits a moment beyond its end; marks both, for the browser's trace. */
const WATCH_RUN = `(hash) => new Promise((resolve) => {
  const announcer = document.querySelector('[data-testid=announcer]');
  new MutationObserver(() => {
    const { status } = announcer.dataset;
    if (status === 'running' && performance.getEntriesByName('begin').length === 0) performance.mark('begin');
    if (status !== 'done' || performance.getEntriesByName('begin').length === 0) return;
    performance.mark('end');
    setTimeout(resolve, 1000);
  }).observe(announcer, { attributes: true });
  location.hash = hash;
})`;

/** @type {(page: import('@playwright/test').Page, selector: string) => Promise<{ x: number, y: number, width: number, height: number }>} */
const boxOf = async (page, selector) => (await page.locator(selector).first().boundingBox()) ?? { x: 0, y: 0, width: 0, height: 0 };

/** @type {(values: readonly number[], share: number) => number} */
const percentile = (values, share) => values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * share))];

/** @param {import('@playwright/test').Browser} browser */
async function pageOf(browser) {
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  await page.addInitScript(PROBE);
  return page;
}

/** @param {import('@playwright/test').Page} page */
const finished = (page) =>
  page.waitForSelector('[data-testid=announcer]:is([data-status=done], [data-status=failed])', { state: 'attached', timeout: 180_000 });

/** The gallery: when its first picture is there, and how much script came for it. */
async function start(/** @type {import('@playwright/test').Browser} */ browser, /** @type {string} */ url) {
  const page = await pageOf(browser);
  /** @type {Promise<Buffer>[]} */
  const scripts = [];
  page.on('response', (response) => {
    if (/\.m?js$/.test(new URL(response.url()).pathname)) scripts.push(response.body());
  });
  await page.addInitScript('addEventListener("DOMContentLoaded", () => window.bench.firstPicture())');
  await page.goto(url, { waitUntil: 'networkidle' });
  await page.waitForFunction('bench.alive > 0');
  const alive = Number(await page.evaluate('bench.alive'));
  const bytes = (await Promise.all(scripts)).reduce((sum, body) => sum + gzipSync(body, { level: 9 }).length, 0);
  await page.close();
  return [row('first picture of the gallery', alive, 'ms', 'under 1,500'), row('scripts before the Lab opens, compressed', bytes / 1000, 'KB', 'under 300')];
}

/** @type {(name: string, value: number, unit: string, target: string) => Row} */
const row = (name, value, unit, target) => ({ name, value, unit, target });

/** Frames a second and the longest task while `act` goes on. */
async function moving(
  /** @type {import('@playwright/test').Page} */ page,
  /** @type {() => Promise<number>} */ clock,
  /** @type {(i: number) => Promise<void>} */ act,
) {
  await page.evaluate('bench.frames.length = bench.tasks.length = 0');
  const cpu = await clock();
  const begin = Date.now();
  for (let i = 0; Date.now() - begin < MOVING_MS; i++) await act(i);
  const used = (await clock()) - cpu;
  const { frames, tasks } = /** @type {{ frames: number[], tasks: [number, number][] }} */ (await page.evaluate('bench'));
  const rate = (1000 * (frames.length - 1)) / (frames[frames.length - 1] - frames[0]);
  return { rate, longest: Math.max(0, ...tasks.map(([, ms]) => ms)), cpu: used / frames.length };
}

/** Gives the milliseconds of CPU that the page's main thread has taken: on a shared machine steadier than the wall clock. */
async function cpuClock(/** @type {import('@playwright/test').Page} */ page) {
  const cdp = await page.context().newCDPSession(page);
  await cdp.send('Performance.enable', { timeDomain: 'threadTicks' });
  return async () => {
    const { metrics } = await cdp.send('Performance.getMetrics');
    return 1000 * (metrics.find(({ name }) => name === 'TaskDuration')?.value ?? 0);
  };
}

/** One run on screen: moves of the camera and of the playhead. */
async function shown(/** @type {import('@playwright/test').Browser} */ browser, /** @type {string} */ url, /** @type {keyof typeof RUNS} */ name) {
  const page = await pageOf(browser);
  await page.goto(`${url}lab/${RUNS[name]}`);
  await finished(page);
  await page.waitForTimeout(1500);
  await page.evaluate('bench.watch()');
  const clock = await cpuClock(page);
  const box = await boxOf(page, '.fab-stage canvas');
  const [x, y] = [box.x + box.width * 0.4, box.y + box.height * 0.5];
  const target = `${FRAMES_TARGET[name]} or more`;
  await page.mouse.move(x, y);
  // The first zoom makes the minimap; what is measured are those after it.
  await page.mouse.wheel(0, -60);
  await page.waitForTimeout(500);
  const zooming = await moving(page, clock, (i) => page.mouse.wheel(0, i % 40 < 20 ? -60 : 60));
  await page.mouse.wheel(0, -400);
  await page.mouse.down();
  const panning = await moving(page, clock, (i) => page.mouse.move(x + 150 * Math.sin(i / 10), y + 120 * Math.cos(i / 13)));
  await page.mouse.up();
  await page.keyboard.press('0');
  await page.waitForTimeout(500);
  const slider = await boxOf(page, '.scrub');
  const cpu = await clock();
  for (let i = 0; i < SEEKS; i++) {
    await page.mouse.click(slider.x + slider.width * ((i * 0.618) % 1), slider.y + slider.height / 2);
    await page.waitForTimeout(150);
  }
  const seekCpu = ((await clock()) - cpu) / SEEKS;
  const seeks = /** @type {number[]} */ (await page.evaluate('bench.seeks'));
  await page.mouse.move(x, y);
  await page.keyboard.press('Home');
  await page.keyboard.press('Space');
  const playing = await moving(page, clock, () => page.waitForTimeout(100));
  await page.close();
  return [
    row(`zooming, ${name}`, zooming.rate, 'frames/s', target),
    row('  main thread, CPU a frame; longest task', zooming.cpu, 'ms', `${zooming.longest} ms`),
    row(`panning, ${name}`, panning.rate, 'frames/s', target),
    row('  main thread, CPU a frame; longest task', panning.cpu, 'ms', `${panning.longest} ms`),
    row(`playing, ${name}`, playing.rate, 'frames/s', ''),
    row('  main thread, CPU a frame; longest task', playing.cpu, 'ms', `${playing.longest} ms`),
    row(`seek, ${name}: from the press to the drawn frame, 95th percentile`, percentile(seeks, 0.95), 'ms', 'under 50'),
    row('  the same, median', percentile(seeks, 0.5), 'ms', ''),
    row('  main thread, CPU a seek, everything that follows it included', seekCpu, 'ms', ''),
  ];
}

/**
 * The longest task of the page's main thread while its worker simulates, and the longest of those that bring the run, in CPU by
 * the browser's trace: a task that waits for a core does no harm on a machine of one's own.
 */
async function simulating(/** @type {import('@playwright/test').Browser} */ browser, /** @type {string} */ url) {
  const page = await pageOf(browser);
  await page.goto(`${url}lab/#v=1&model=synthetic&m=24&k=512&n=2&seed=7&map=streaming&machine=wse2&grid=6x4`);
  await finished(page);
  await page.waitForTimeout(500);
  await browser.startTracing(page, { categories: ['toplevel', 'blink.user_timing'] });
  await page.evaluate(`(${WATCH_RUN})(${JSON.stringify(SIMULATED)})`);
  /** @type {{ traceEvents: { name: string, pid: number, tid: number, ts: number, dur?: number, tdur?: number }[] }} */
  const { traceEvents } = JSON.parse((await browser.stopTracing()).toString());
  await page.close();
  const [begin, end] = ['begin', 'end'].map((name) => traceEvents.findLast((event) => event.name === name));
  if (begin === undefined || end === undefined) throw new Error('the run is not in the trace');
  const tasks = traceEvents.filter((e) => e.pid === end.pid && e.tid === end.tid && e.name.endsWith('RunTask') && e.ts + (e.dur ?? 0) > begin.ts);
  /** @type {(isWanted: (task: { ts: number, dur?: number }) => boolean) => { tdur?: number, dur?: number } | undefined} */
  const longest = (isWanted) => tasks.filter(isWanted).toSorted((a, b) => (b.tdur ?? 0) - (a.tdur ?? 0))[0];
  // The task that brings the run has begun before its end is known.
  const [during, arrival] = [longest((task) => task.ts + (task.dur ?? 0) < end.ts), longest((task) => task.ts + (task.dur ?? 0) >= end.ts)];
  return [
    row(
      'longest task of the page while 64 x 64 PEs are simulated',
      (during?.tdur ?? 0) / 1000,
      'ms CPU',
      `under 50; ${Math.round((during?.dur ?? 0) / 1000)} ms`,
    ),
    row('  the longest of those that bring the run', (arrival?.tdur ?? 0) / 1000, 'ms CPU', `under 50; ${Math.round((arrival?.dur ?? 0) / 1000)} ms`),
  ];
}

const server = await serve(`${ROOT}/dist/web`, 4400);
const browser = await chromium.launch(await chromiumPath());
try {
  const rows = [...(await start(browser, server.url))];
  rows.push(...(await simulating(browser, server.url)));
  for (const name of /** @type {(keyof typeof RUNS)[]} */ (Object.keys(RUNS))) rows.push(...(await shown(browser, server.url, name)));
  if (process.argv.includes('--json')) process.stdout.write(`${JSON.stringify(rows, null, 2)}\n`);
  else
    for (const { name, value, unit, target } of rows) process.stdout.write(`${value.toFixed(1).padStart(9)} ${unit.padEnd(9)} ${target.padEnd(28)} ${name}\n`);
} finally {
  await browser.close();
  process.exit();
}
