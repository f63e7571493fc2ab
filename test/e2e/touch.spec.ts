/** The routes by finger on a phone: tap, drag, pinch; no mouse, no keyboard. */
import { type CDPSession, expect, type Locator, type Page, test } from '@playwright/test';
import { LESSONS } from '../../src/lessons/catalog.ts';
import { bindLesson } from '../../src/lessons/registry.ts';
import { encodeCompare } from '../../src/store/compare-url.ts';
import { INITIAL } from '../../src/store/lab.ts';
import { finished, openPage, SMALL } from './page.ts';

test.use({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });

type Point = readonly [x: number, y: number];
const STEPS = 8;

/** Moves fingers in straight lines, all at once, and lifts them. */
async function drag(page: Page, fingers: ReadonlyArray<readonly [from: Point, to: Point]>): Promise<void> {
  const session: CDPSession = await page.context().newCDPSession(page);
  for (let step = 0; step <= STEPS; step++) {
    const touchPoints = fingers.map(([from, to], id) => ({
      id,
      x: from[0] + ((to[0] - from[0]) * step) / STEPS,
      y: from[1] + ((to[1] - from[1]) * step) / STEPS,
    }));
    await session.send('Input.dispatchTouchEvent', { type: step === 0 ? 'touchStart' : 'touchMove', touchPoints });
  }
  await session.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] });
  await session.detach();
}

async function at(target: Locator, x: number, y: number): Promise<Point> {
  const box = await target.boundingBox();
  if (box === null) throw new Error('nothing is there to be touched');
  return [box.x + x * box.width, box.y + y * box.height];
}

const tab = (page: Page, name: string) => page.getByRole('tab', { name, exact: true });
const selected = (page: Page) => page.getByRole('heading', { level: 3, name: /^PE \d/ });

test('the start opens a run; the fabric is tapped, pinched and dragged', async ({ page }) => {
  await page.goto('./');
  await page.locator('[data-scenario=streaming]').tap();
  await finished(page, /map=streaming/);
  const canvas = page.getByRole('img', { name: /^The fabric/ });
  const corner = await at(canvas, 0.3, 0.3);
  const middle = await at(canvas, 0.5, 0.5);
  await page.touchscreen.tap(...corner);
  const before = (await selected(page).textContent()) ?? '';
  await drag(page, [
    [middle, [middle[0] - 60, middle[1] - 60]],
    [
      [middle[0] + 10, middle[1] + 10],
      [middle[0] + 70, middle[1] + 70],
    ],
  ]);
  await page.touchscreen.tap(...corner);
  await expect(selected(page)).not.toHaveText(before);
  const near = (await selected(page).textContent()) ?? '';
  await drag(page, [[middle, [middle[0] - 80, middle[1] - 80]]]);
  await page.touchscreen.tap(...corner);
  await expect(selected(page)).not.toHaveText(near);
});

test('the Lab: panes by tab, the playhead by a finger, another kernel, a run', async ({ page }) => {
  // So slow that it still plays when it is paused.
  await openPage(page, `${SMALL}&speed=1`);
  const playhead = page.getByRole('slider', { name: 'Playhead' });
  const now = () => playhead.getAttribute('aria-valuenow').then(Number);
  await tab(page, 'Timeline').tap();
  const left = await at(playhead, 0.2, 0.5);
  await drag(page, [[left, await at(playhead, 0.4, 0.5)]]);
  const early = await now();
  await drag(page, [[left, await at(playhead, 0.8, 0.5)]]);
  expect(await now()).toBeGreaterThan(early);
  // On a loaded machine a tap can arrive so late that the browser takes it for a long press: it is made again.
  await expect(async () => {
    await page.getByRole('button', { name: 'First cycle' }).tap();
    expect(await now()).toBe(0);
  }).toPass();
  await page.getByRole('button', { name: 'Play', exact: true }).tap();
  await expect(page.getByRole('button', { name: 'Pause', exact: true })).toBeVisible();
  await page.getByRole('button', { name: 'Pause', exact: true }).tap();
  await tab(page, 'Setup').tap();
  await page.getByRole('combobox', { name: 'Kernel' }).selectOption('stationary');
  await page.getByRole('button', { name: /^Run/ }).tap();
  await finished(page, /map=stationary/);
  await tab(page, 'Inspect').tap();
  await expect(selected(page)).toBeVisible();
});

test('compare, sweep, model and a lesson by taps', async ({ page }) => {
  const run = { ...INITIAL.config, model: 'synthetic', m: 24, k: 512, n: 2, pes: { width: 6, height: 4 } };
  const link = encodeCompare({ a: run, b: { ...run, kernel: 'stationary' }, cycle: 1500, sel: { x: 2, y: 1 } });
  await page.goto(`./compare/#${link}`);
  await expect(page.getByTestId('pair')).toHaveAttribute('data-status', 'done');
  await page.getByText('Difference', { exact: true }).tap();
  await expect(page).toHaveURL(/view=difference/);

  await page.goto('./sweep/#v=1&model=synthetic&m=16&k=512&n=1&machine=wse2&x=n:1,2&y=kernel:streaming,stationary');
  await page.getByRole('button', { name: 'Sweep', exact: true }).tap();
  await expect(page.getByRole('heading', { level: 2 })).toHaveText('stationary overtakes streaming at n = 2');
  await page.getByRole('link', { name: /^stationary n 2: / }).tap();
  await finished(page, /map=stationary/);

  await page.goto('./model/');
  await tab(page, 'How fast').tap();
  await expect(page.getByRole('tabpanel')).toContainText('tokens/s');

  await page.goto('./learn/memory/1/');
  const ask = page.getByRole('region', { name: 'Predict' });
  await ask.getByRole('textbox').tap();
  await ask.getByRole('textbox').fill(String(bindLesson('memory', '').facts.closed[LESSONS[1].questions[0].id]));
  await ask.getByRole('button', { name: 'Predict' }).tap();
  await ask.getByRole('button', { name: 'Run' }).tap();
  await expect(page.getByTestId('said')).toHaveText(/^Right\./);
  await page.getByRole('link', { name: /^Next/ }).tap();
  await expect(page).toHaveURL(/learn\/memory\/2\//);
});
