/** The start: pictures that move, links that open, files that go on; no simulation before somebody asks for one. */
import { fileURLToPath } from 'node:url';
import { expect, type Page, test } from '@playwright/test';
import { SCENARIOS } from '../../src/store/gallery.ts';
import { expectAccessible, expectNoSidewaysScroll } from './axe.ts';
import { announcer, faultsOf, finished, SMALL } from './page.ts';

const FILE = fileURLToPath(new URL('../golden/q4_k/tiny-llama-public.gguf', import.meta.url));

const card = (page: Page, id: string) => page.locator(`[data-scenario=${id}]`);
const picture = (page: Page, id: string) => card(page, id).locator('canvas');

test('every example has a picture and numbers, made without a worker; pictures play and can be paused', async ({ page }) => {
  await page.goto('./');
  for (const { id } of SCENARIOS) {
    await expect(card(page, id)).toContainText(/\?.*\d/);
    await expect(card(page, id).getByRole('img')).toHaveAccessibleName(/\S/);
  }
  const shown = () => picture(page, 'streaming').getAttribute('data-cycle');
  const before = await shown();
  await expect.poll(shown).not.toBe(before);
  await page.getByRole('button', { name: 'Pause pictures' }).click();
  const cycles = await page.evaluate(async () => {
    const canvas = document.querySelector<HTMLElement>('[data-scenario=streaming] canvas');
    const seen = new Set<string | undefined>();
    for (let i = 0; i < 40; i++) {
      await new Promise(requestAnimationFrame);
      seen.add(canvas?.dataset.cycle);
    }
    return seen.size;
  });
  expect(cycles).toBe(1);
  expect(page.workers()).toHaveLength(0);
});

test('with reduced motion pictures stand still', async ({ page }) => {
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await page.goto('./');
  await expect(picture(page, 'wavefront')).toHaveAttribute('data-cycle', /\d/);
  await expect(page.getByRole('button', { name: 'Pause pictures' })).toHaveCount(0);
});

test('an example opens its run at the cycle of its picture, and the start offers to go on with it', async ({ page }) => {
  await page.goto('./');
  await card(page, 'deadlock').click();
  await expect(announcer(page)).toHaveAttribute('data-run', /scenario=deadlock/);
  await expect(page).toHaveURL(/\/lab\/#v=1&scenario=deadlock.*t=12/);
  await page.getByRole('link', { name: 'Weft' }).click();
  await expect(page.getByRole('region', { name: 'Continue' })).toContainText(/A deadlock of four PEs.*cycle 12 of 12/);
  await page.getByRole('link', { name: 'A deadlock of four PEs' }).click();
  await expect(page).toHaveURL(/\/lab\/#v=1&scenario=deadlock/);
});

test('the row that overflows 48 KB opens with the error and its fixes', async ({ page }) => {
  await page.goto('./');
  await card(page, 'bytes').click();
  await expect(page.getByRole('alert')).toContainText(/K = 14\u202f336 .* overflows a PE by [\d\u202f]+ B/);
  await page.getByRole('button', { name: /use the kernel streaming/i }).click();
  await page.getByRole('button', { name: 'Run' }).click();
  await finished(page, /k=14336.*map=streaming/);
});

test('a link of the time when the Lab was the start still opens', async ({ page }) => {
  await page.goto(`./${SMALL}`);
  await finished(page, /map=streaming/);
  await expect(page).toHaveURL(/\/lab\/#v=1&model=synthetic/);
});

test('a GGUF given to the start opens in the Lab; what is no model is refused', async ({ page }) => {
  await page.goto('./');
  const input = page.locator('input[type=file]');
  await input.setInputFiles({ name: 'notes.txt', mimeType: 'text/plain', buffer: Buffer.from('x') });
  await expect(page.getByRole('alert')).toHaveText(/^notes\.txt is none of what Weft opens: a model \(\.gguf\)/);
  await input.setInputFiles(FILE);
  await expect(page).toHaveURL(/\/lab\//);
  await expect(page.getByRole('combobox', { name: 'Model' })).toHaveValue('tiny-llama-public.gguf');
});

/** The way to every page is whole on screen, without scrolling sideways. */
async function everyPageInView(page: Page): Promise<void> {
  const nav = page.getByRole('navigation', { name: 'Weft' });
  for (const name of ['Lab', 'Compare', 'Sweep', 'Learn', 'Model']) await expect(nav.getByRole('link', { name, exact: true })).toBeInViewport({ ratio: 1 });
  expect(await nav.evaluate((element) => element.scrollWidth <= element.clientWidth)).toBe(true);
}

test('every page opens without a fault, and axe finds nothing on it with forced colours', async ({ page }) => {
  const faults = faultsOf(page);
  await page.emulateMedia({ forcedColors: 'active', reducedMotion: 'reduce' });
  for (const path of ['', 'compare/', 'sweep/', 'learn/', 'model/', 'plain/#v=1&model=synthetic&m=8&k=256&n=1']) {
    await page.goto(`./${path}`);
    await expect(page.locator('h1, h2, pre').first()).toBeAttached();
    await expect(page).toHaveTitle(/Weft/);
    await expectAccessible(page, path);
  }
  expect(faults).toEqual([]);
});

for (const colorScheme of ['light', 'dark'] as const) {
  test(`opens without a fault, axe finds nothing in the ${colorScheme} theme, wide and narrow, and nothing scrolls sideways`, async ({ page }) => {
    const faults = faultsOf(page);
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    for (const [width, height] of [
      [1440, 900],
      [390, 844],
    ]) {
      await page.setViewportSize({ width, height });
      await page.goto('./');
      await expect(page.getByRole('main')).toBeVisible();
      await expect(picture(page, 'streaming')).toHaveAttribute('data-cycle', /\d/);
      await expectAccessible(page, `${width}`, { rules: colorScheme === 'light' ? 'all' : 'colours' });
      await everyPageInView(page);
    }
    await page.setViewportSize({ width: 320, height: 640 });
    await expectNoSidewaysScroll(page);
    await everyPageInView(page);
    expect(faults).toEqual([]);
  });
}
