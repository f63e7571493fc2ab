/**
 * Pixels of the fabric against golden pictures: crops of the canvas without words, which are drawn alike wherever this browser
 * runs; a few pixels may differ. The layers and charts as text: test/views/golden.test.tsx. Written anew by
 * `npx playwright test test/e2e/golden.spec.ts --update-snapshots`; look at them.
 */
import { expect, test } from '@playwright/test';
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
