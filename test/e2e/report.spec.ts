/** The HTML report that the page exports, opened from a file with the network off: whole, still, and playing. */
import { pathToFileURL } from 'node:url';
import { expect, test } from '@playwright/test';
import { expectAccessible } from './axe.ts';
import { faultsOf, openPage, SMALL } from './page.ts';

test('exports a report that opens from file:// with the network off, plays, fits a phone and prints', async ({ page, browser }, info) => {
  await openPage(page, SMALL);
  const download = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Export' }).click();
  await page.getByRole('button', { name: 'Report, HTML' }).click();
  const path = info.outputPath('report.html');
  await (await download).saveAs(path);

  // The policy of the report would keep axe out; a unit test holds the policy.
  const context = await browser.newContext({ offline: true, bypassCSP: true, viewport: { width: 390, height: 844 }, colorScheme: 'dark' });
  const report = await context.newPage();
  const faults = faultsOf(report);
  report.on('request', (request) => !request.url().startsWith('file:') && faults.push(request.url()));
  await report.goto(pathToFileURL(path).href);
  await expect(report.getByRole('heading', { level: 1 })).toContainText('streaming');
  for (const title of ['Replay', 'Sensitivity', 'Roofline of a PE', 'Calibration against published cycles', 'Reproduce'])
    await expect(report.getByRole('heading', { name: title }).first()).toBeVisible();
  await expect(report.locator('html')).toHaveAttribute('data-theme', 'dark');
  expect(await report.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
  await expect(report.getByRole('link')).toHaveAttribute('href', /\/lab\/#v=1&model=synthetic&m=24/);

  const slider = report.getByRole('slider');
  await report.getByRole('button', { name: 'One step on' }).click();
  await expect(slider).toHaveValue('1');
  await report.getByRole('button', { name: 'Play' }).click();
  await expect(slider).not.toHaveValue('1');
  await report.getByRole('button', { name: 'Pause' }).click();
  await expect(report.locator('.now')).toContainText(/^Cycle [\d\u202f]+ to/);

  await expectAccessible(report, 'report');

  const pdf = await report.pdf({ preferCSSPageSize: true });
  expect(pdf.subarray(0, 5).toString()).toBe('%PDF-');
  expect(faults).toEqual([]);
  await context.close();
});
