/** The sweep page: points come in, the crossing is named, a point opens its run; by keyboard, and for everybody. */
import { expect, type Page, test } from '@playwright/test';
import { expectAccessible, expectNoSidewaysScroll } from './axe.ts';
import { finished } from './page.ts';

/** Four small points whose lines cross. */
const SMALL = './sweep/#v=1&model=synthetic&m=16&k=512&n=1&machine=wse2&x=n:1,2&y=kernel:streaming,stationary';
const results = (page: Page) => page.getByRole('region', { name: 'Results' });

test('by keyboard: sweep, read the crossing, open a point in the Lab', async ({ page }) => {
  await page.goto(SMALL);
  await page.getByRole('button', { name: 'Sweep', exact: true }).focus();
  await page.keyboard.press('Enter');
  await expect(results(page)).toContainText('4 points of 4');
  await expect(page.getByRole('heading', { level: 2 })).toHaveText('stationary overtakes streaming at n = 2');
  await expect(page).toHaveURL(/&run=1$/);
  await page.reload();
  await expect(results(page)).toContainText('4 points of 4');
  await page.getByRole('link', { name: /^stationary n 2: / }).focus();
  await page.keyboard.press('Enter');
  await finished(page, /map=stationary/);
  await expect(page).toHaveURL(/lab\/#.*n=2.*map=stationary/);
});

test('what cannot run is in the table with why; a bad grid says how to write it', async ({ page }) => {
  await page.goto('./sweep/#v=1&model=synthetic&m=4&k=512&n=1&machine=wse2&x=k:512,32768&y=&map=stationary&mode=closed-form&view=table');
  await page.getByRole('button', { name: 'Sweep', exact: true }).click();
  await expect(results(page)).toContainText('1 point that cannot run');
  await expect(page.getByRole('row', { name: /32768/ })).toContainText(/overflows a PE by \d+ B/);
  await page.getByRole('combobox', { name: 'Along, name' }).selectOption('clock');
  await page.getByRole('textbox', { name: 'Along, values' }).fill('500,1000');
  await page.getByRole('button', { name: 'Sweep', exact: true }).click();
  await expect(results(page)).toContainText('The same cycles at every point');
  await page.getByRole('textbox', { name: 'Along, values' }).fill('8..1');
  await page.getByRole('button', { name: 'Sweep', exact: true }).click();
  await expect(page.getByRole('alert')).toContainText('ends before it begins');
});

for (const colorScheme of ['light', 'dark'] as const) {
  test(`axe finds nothing in the ${colorScheme} theme`, async ({ page }) => {
    await page.emulateMedia({ colorScheme });
    await page.goto(SMALL);
    await page.getByRole('button', { name: 'Sweep', exact: true }).click();
    await expect(results(page)).toContainText('4 points of 4');
    // Narrow pages have the same colours: one theme says it.
    const sizes = [
      [1440, 900],
      [390, 844],
    ].slice(0, colorScheme === 'light' ? 2 : 1);
    for (const [width, height] of sizes) {
      await page.setViewportSize({ width, height });
      for (const view of colorScheme === 'light' ? ['Chart', 'Trade-offs', 'Table'] : ['Trade-offs']) {
        await page.getByRole('radio', { name: view }).check({ force: true });
        await expectAccessible(page, `${view} ${width}`, { rules: colorScheme === 'light' ? 'all' : 'colours' });
        await expectNoSidewaysScroll(page);
      }
    }
  });
}
