/** Load, airplane mode, reload, run, export: the page's service worker. The other browser tests run without it. */
import { fileURLToPath } from 'node:url';
import { expect, test } from '@playwright/test';
import { serve } from '../../bin/static-server.mjs';
import { exportedSummary, finished, SMALL } from './page.ts';

test.use({ serviceWorkers: 'allow' });

test('once loaded, the page needs no server: it reloads, runs the demo model, exports, and shows its other pages', async ({ page }) => {
  const server = await serve(fileURLToPath(new URL('../../dist/web', import.meta.url)), 4400);
  await page.goto(`${server.url}lab/${SMALL}`);
  await finished(page, /grid=6x4/);
  await page.waitForFunction(() => navigator.serviceWorker.controller !== null);
  server.close();
  await page.reload();
  await finished(page, /grid=6x4/);
  await page.getByRole('combobox', { name: 'Model' }).selectOption('demo');
  await page.getByRole('button', { name: 'Run' }).click();
  await finished(page, /model=demo/);
  expect((await exportedSummary(page)).cycles).toBeGreaterThan(0);
  await page.getByRole('link', { name: 'Sweep', exact: true }).click();
  await expect(page.getByRole('button', { name: 'Sweep', exact: true })).toBeVisible();
  await page.goto(server.url);
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
});
