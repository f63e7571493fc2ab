/**
 * Pixels of the fabric and of every chart against golden pictures, without words, which take no room either: what is left is
 * drawn alike wherever this browser runs; a few pixels may differ. What the charts are as text: test/drivers/golden.ts. Written anew by
 * `npx playwright test test/e2e/golden.spec.ts --update-snapshots`; look at them.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { expect, type Page, test } from '@playwright/test';
import { STYLES } from '../../src/report/html/assets.ts';
import { openPage } from './page.ts';

test('the fabric at 16 px a PE: the front of a stream by state, routes by color, and latency in both themes', async ({ page }) => {
  await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' });
  await openPage(page, '#v=1&model=synthetic&m=768&k=256&n=1&seed=7&map=streaming&machine=wse2&grid=32x24&t=1045&sel=0,0');
  const stage = await page.locator('.fab-stage canvas').boundingBox();
  if (stage === null) throw new Error('the fabric is not on screen');
  const clip = { x: Math.round(stage.x) + 120, y: Math.round(stage.y) + 60, width: 240, height: 160 };
  const look = { clip, maxDiffPixelRatio: 0.02 };
  await expect(page).toHaveScreenshot('fabric-state-light.png', look);
  await page.getByRole('tab', { name: 'Colors' }).click();
  await expect(page).toHaveScreenshot('fabric-colors-light.png', look);
  await page.getByRole('tab', { name: 'Latency' }).first().click();
  await expect(page).toHaveScreenshot('fabric-latency-light.png', look);
  await page.emulateMedia({ colorScheme: 'dark' });
  await expect(page).toHaveScreenshot('fabric-latency-dark.png', look);
});

const PICTURES = new URL('../golden/pictures/', import.meta.url);
const ASSETS = new URL('../../dist/web/assets/', import.meta.url);

/** The charts that are kept as parts of a page, each in a frame. */
function sheet(wanted: (name: string) => boolean): string {
  const names = readdirSync(PICTURES).filter((name) => name.endsWith('.html') && wanted(name));
  return names.map((name) => `<div class="framed">${readFileSync(new URL(name, PICTURES), 'utf8')}</div>`).join('');
}

/** Compares a page of charts in both themes. The page is served, so that its styles find their fonts. */
async function looks(page: Page, name: string, head: string, body: string): Promise<void> {
  const rules =
    'html,body{display:block;height:auto;overflow:visible}.framed{display:inline-block;vertical-align:top;max-height:420px;margin:4px;background:var(--bg-panel);overflow:hidden}';
  const wordless = '*{color:transparent!important;font-size:0!important;text-decoration:none!important}text{visibility:hidden}';
  await page.route('**/charts.html', (route) =>
    route.fulfill({ contentType: 'text/html', body: `<!doctype html><html><head>${head}<style>${rules}${wordless}</style></head><body>${body}</body></html>` }),
  );
  await page.goto('./charts.html');
  await page.evaluate(() => document.fonts.ready);
  for (const theme of ['light', 'dark']) {
    await page.evaluate((id) => document.documentElement.setAttribute('data-theme', id), theme);
    await expect(page).toHaveScreenshot(`${name}-${theme}.png`, { fullPage: true, maxDiffPixels: 400 });
  }
}

test('every chart of the page in its styles, light and dark', async ({ page }) => {
  const styles = readdirSync(ASSETS).filter((file) => file.endsWith('.css'));
  const links = styles.map((file) => `<link rel="stylesheet" href="assets/${file}">`).join('');
  await looks(
    page,
    'charts',
    links,
    sheet((name) => !name.startsWith('report-')),
  );
});

test('every chart of a report in its styles, light and dark', async ({ page }) => {
  await looks(
    page,
    'report-charts',
    `<style>${STYLES}</style>`,
    sheet((name) => name.startsWith('report-')),
  );
});
