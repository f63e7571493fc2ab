/** What breaks under the page and what is left: a canvas whose context is lost, and everything set up after a reload. */
import { expect, type Page, test } from '@playwright/test';
import { announcer, finished, openPage, SMALL } from './page.ts';

/** How many colours the fabric shows; 1 is an empty canvas. */
const colours = (page: Page) =>
  page.evaluate(() => {
    const canvas = document.querySelector<HTMLCanvasElement>('.fab-stage canvas');
    const data = canvas?.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height).data ?? [];
    return new Set(new Uint32Array(new Uint8Array(data).buffer)).size;
  });

/** What a browser does when it takes the canvas' memory away: the picture is gone, and the events come. */
const lose = (page: Page, type: 'contextlost' | 'contextrestored') =>
  page.evaluate((name) => {
    const canvas = document.querySelector<HTMLCanvasElement>('.fab-stage canvas');
    if (canvas !== null && name === 'contextlost') canvas.getContext('2d')?.reset();
    canvas?.dispatchEvent(new Event(name, { cancelable: true }));
  }, type);

test('a lost canvas is said, and drawn again when it is back; run and playhead stay', async ({ page }) => {
  await openPage(page, `${SMALL}&t=1000`);
  await expect.poll(() => colours(page)).toBeGreaterThan(5);
  await lose(page, 'contextlost');
  await expect(announcer(page)).toContainText('The browser took the drawing of the fabric away');
  expect(await colours(page)).toBe(1);
  await lose(page, 'contextrestored');
  await expect(announcer(page)).toHaveText('The fabric is drawn again.');
  await expect.poll(() => colours(page)).toBeGreaterThan(5);
  await expect(page.getByRole('textbox', { name: 'Cycle' })).toHaveValue('1\u202f000');
});

test('a reload keeps setup, playhead, selection, layer, tab and theme, with and without the link', async ({ page }) => {
  await openPage(page, `${SMALL}&t=1000&sel=2,1`);
  await page.getByRole('tab', { name: 'Utilisation' }).first().click();
  await page.getByRole('tablist', { name: 'Run over time' }).getByRole('tab', { name: 'Physics' }).click();
  await page.getByRole('button', { name: /^Theme:/ }).click();
  await page.getByRole('textbox', { name: 'N', exact: true }).fill('3');
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/n=3.*t=1000&sel=2,1&layer=utilisation/);
  await page.reload();
  await finished(page, /n=3/);
  await expect(page.getByRole('tablist', { name: 'Run over time' }).getByRole('tab', { name: 'Physics' })).toHaveAttribute('aria-selected', 'true');
  await expect(page.getByRole('region', { name: 'Selected PE' })).toContainText('PE 2,1');
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'light');
  await page.goto('about:blank');
  await page.goto('./lab/');
  await finished(page, /model=synthetic&m=24&k=512&n=3/);
  // Two changes in one turn of the page, the second too soon to be in the address, and a reload.
  await page.getByRole('group', { name: 'Machine' }).evaluate((machine) => {
    for (const radio of machine.querySelectorAll('input')) radio.click();
    location.reload();
  });
  await finished(page, /machine=wse3/);
  await expect(page).toHaveURL(/machine=wse3/);
});

test('a change made while a reload waits for its answer is kept', async ({ page }) => {
  await openPage(page, SMALL);
  await page.route('**/lab/', async (route) => {
    await expect.poll(() => page.url()).toContain('machine=wse3');
    await route.continue();
  });
  await page.getByRole('radio', { name: 'WSE-3' }).evaluate((radio: HTMLInputElement) => {
    location.reload();
    radio.click();
  });
  await finished(page, /machine=wse3/);
  await expect(page).toHaveURL(/machine=wse3/);
});

test('what is said passes from the bar, and nothing older is said again', async ({ page, context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await page.clock.install();
  await openPage(page);
  await page.getByRole('button', { name: 'Share' }).click();
  const bar = page.locator('.status .msg', { hasText: 'Link copied.' });
  await expect(bar).toBeVisible();
  await expect(announcer(page)).toHaveText('Link copied.');
  await page.clock.fastForward(10_000);
  await expect(bar).toHaveCount(0);
  await expect(announcer(page)).toHaveText('Link copied.');
});

test('without a clipboard a link and a table are shown selected, to be copied by hand', async ({ page }) => {
  await page.addInitScript(() => Object.defineProperty(navigator, 'clipboard', { value: undefined }));
  await openPage(page, SMALL);
  const text = page.getByRole('dialog', { name: 'Copy by hand' }).getByRole('textbox', { name: 'Text to copy' });
  const selected = () => page.evaluate(() => String(getSelection()));
  await page.getByRole('button', { name: 'Share' }).click();
  await expect(text).toHaveValue(/^http.*\/lab\/#v=1&model=synthetic&m=24/);
  await expect(text).toBeFocused();
  expect(await selected()).toBe(await text.inputValue());
  await page.keyboard.press('Escape');
  await expect(text).toHaveCount(0);
  await page.getByRole('link', { name: 'Compare', exact: true }).last().click();
  await page.getByRole('button', { name: 'Copy as Markdown' }).click();
  await expect(text).toHaveValue(/^\| Metric \|/);
  expect(await selected()).toBe(await text.inputValue());
});
