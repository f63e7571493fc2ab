/** The Lab for everybody: accessibility rules, small screens, keyboard alone. */
import { expect, test } from '@playwright/test';
import { expectAccessible } from './axe.ts';
import { finished, openPage, SMALL, tabTo } from './page.ts';

for (const colorScheme of ['light', 'dark'] as const) {
  const sizes = colorScheme === 'light' ? 'wide and narrow' : 'wide';
  test(`axe finds nothing in the ${colorScheme} theme, ${sizes}, in every tab and dialog`, async ({ page }) => {
    await page.emulateMedia({ colorScheme });
    await openPage(page, SMALL);
    const check = (where: string, within?: string) => expectAccessible(page, where, { within, rules: colorScheme === 'light' ? 'all' : 'colours' });
    for (const tab of ['Utilisation', 'Latency', 'PE lanes', 'Links', 'Events', 'Numerics', 'Critical path', 'Physics', 'Estimate', 'Study']) {
      await page.getByRole('tablist', { name: 'Run over time' }).getByRole('tab', { name: tab }).click();
      // Around the dock nothing changes from tab to tab: the whole page is looked at below.
      await check(tab, '.dock');
    }
    await page.getByRole('button', { name: 'Help and keys' }).click();
    await expect(page.getByRole('dialog')).toBeVisible();
    await check('help');
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'What is Lower bound?' }).click();
    await check('definition');
    await page.keyboard.press('Escape');
    // A phone has the same colours: one theme says it.
    if (colorScheme === 'dark') return;
    await page.setViewportSize({ width: 390, height: 844 });
    for (const tab of ['Setup', 'Timeline', 'Inspect', 'Fabric']) {
      await page.getByRole('tab', { name: tab, exact: true }).click();
      await check(`phone ${tab}`);
    }
  });
}

test('on a screen of 4K words and controls are half as large again, menus stay beside their buttons, nothing overflows', async ({ page }) => {
  const size = async (name: string) => (await page.getByRole('button', { name, exact: true }).boundingBox()) ?? { x: 0, y: 0, width: 0, height: 0 };
  await openPage(page, SMALL);
  const before = await size('Export');
  await page.setViewportSize({ width: 3840, height: 2160 });
  await expect.poll(async () => (await size('Export')).height).toBeCloseTo(1.5 * before.height, 0);
  const button = await size('Export');
  await page.getByRole('button', { name: 'Export' }).click();
  const menu = await page.locator('.pop.menu').boundingBox();
  expect(Math.abs((menu?.y ?? 0) - button.y - button.height)).toBeLessThan(20);
  expect((menu?.x ?? 0) + (menu?.width ?? 9999)).toBeLessThanOrEqual(3840);
  await page.keyboard.press('Escape');
  // A sheet of one panel lies over the next.
  await page.locator('.setup .flyout > button:visible').last().click();
  const isOver = await page.locator('.setup .pop').evaluate((sheet) => {
    const { right, top, height } = sheet.getBoundingClientRect();
    return (
      document.elementFromPoint(right - 6, top + height / 2)?.closest('.pop') === sheet && document.elementFromPoint(right + 6, top)?.closest('.fab') !== null
    );
  });
  expect(isOver).toBe(true);
  await page.keyboard.press('Escape');
  // The playhead is still where the pointer is.
  const plot = await page.getByRole('slider', { name: 'Playhead' }).boundingBox();
  if (plot === null) throw new Error('no plot');
  await page.mouse.click(plot.x + plot.width / 2, plot.y + 20);
  await expect(page.getByRole('textbox', { name: 'Cycle', exact: true })).toHaveValue('3\u202f623');
  expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth && document.documentElement.scrollHeight <= innerHeight + 1)).toBe(true);
  await page.keyboard.press('?');
  expect((await page.locator('.dialog').boundingBox())?.width).toBe(1.5 * 680);
});

test('axe finds nothing with forced colours; of tabs and segments only the chosen one stands out', async ({ page }) => {
  await page.emulateMedia({ forcedColors: 'active' });
  await openPage(page, SMALL);
  const colours = await page.evaluate(() => {
    const system = (name: string): string => {
      document.body.style.color = name;
      const { color } = getComputedStyle(document.body);
      document.body.style.color = '';
      return color;
    };
    const of = (selector: string) => getComputedStyle(document.querySelector(selector) as Element);
    return {
      other: of('.dock [role=tab][aria-selected=false]').borderBottomColor === system('Canvas'),
      chosen: of('.dock [role=tab][aria-selected=true]').borderBottomColor === system('Highlight'),
      segment: of('.seg > .on').backgroundColor === system('Highlight'),
    };
  });
  expect(colours).toEqual({ other: true, chosen: true, segment: true });
  await expectAccessible(page, 'forced colours');
});

for (const [width, height] of [
  [390, 844],
  [320, 640],
  [900, 700],
  [1024, 768],
]) {
  test(`at ${width} x ${height} nothing scrolls sideways and a run can be made`, async ({ page }) => {
    await page.setViewportSize({ width, height });
    await openPage(page, SMALL);
    const fits = () => page.evaluate(() => document.documentElement.scrollWidth <= innerWidth);
    if (width < 900) {
      await page.getByRole('tab', { name: 'Timeline', exact: true }).click();
      await page.getByRole('tab', { name: 'Study', exact: true }).click();
      await expect(page.getByRole('tab', { name: 'Study', exact: true })).toBeInViewport({ ratio: 0.9 });
      for (const tab of ['Inspect', 'Timeline', 'Fabric', 'Setup']) {
        await page.getByRole('tab', { name: tab, exact: true }).click();
        expect(await fits()).toBe(true);
      }
      await expect(page.getByRole('button', { name: 'Play', exact: true })).toBeInViewport({ ratio: 1 });
      await page.getByRole('button', { name: 'Pages and export' }).click();
      await expect(page.getByRole('link', { name: 'Compare this run' })).toBeInViewport({ ratio: 1 });
      await expect(page.getByRole('button', { name: 'Report, HTML' })).toBeInViewport({ ratio: 1 });
      await page.keyboard.press('Escape');
    }
    expect(await fits()).toBe(true);
    await page.getByRole('combobox', { name: 'Kernel' }).selectOption('stationary');
    await page.getByRole('button', { name: 'Run' }).click();
    await finished(page, /map=stationary/);
  });
}

test('by keyboard alone: choose a kernel, run, move the playhead, read help, close it', async ({ page }) => {
  await openPage(page, SMALL);
  await page.keyboard.press('Tab');
  await expect(page.getByRole('link', { name: 'Weft', exact: true })).toBeFocused();
  await tabTo(page, page.getByRole('combobox', { name: 'Kernel' }));
  await page.keyboard.press('ArrowDown');
  await expect(page.getByRole('combobox', { name: 'Kernel' })).toHaveValue('stationary');
  await page.keyboard.press('Control+Enter');
  await finished(page, /map=stationary/);
  await tabTo(page, page.getByRole('slider', { name: 'Playhead' }));
  await page.keyboard.press('Home');
  await page.keyboard.press('Shift+ArrowRight');
  await expect(page.getByRole('slider', { name: 'Playhead' })).not.toHaveAttribute('aria-valuenow', '0');
  await page.keyboard.press('?');
  await expect(page.getByRole('dialog')).toContainText('Play or pause');
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog')).toHaveCount(0);
  await expect(page.getByRole('slider', { name: 'Playhead' })).toBeFocused();
  await page.keyboard.press('/');
  await page.keyboard.type('row 20');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('region', { name: 'Selected PE' })).toContainText('row 20');
  await page.keyboard.press('Shift+Digit2');
  await page.keyboard.press('Home');
  await page.keyboard.press('2');
  await expect(page.getByRole('slider', { name: 'Playhead' })).not.toHaveAttribute('aria-valuenow', '0');
  await page.keyboard.press('q');
  await expect(page.getByRole('slider', { name: 'Playhead' })).toHaveCount(0);
  await page.keyboard.press('Control+e');
  await tabTo(page, page.getByRole('button', { name: 'Report, Markdown' }));
  const saved = page.waitForEvent('download');
  await page.keyboard.press('Enter');
  expect((await saved).suggestedFilename()).toMatch(/\.md$/);
});
