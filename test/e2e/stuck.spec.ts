/** A run that gets stuck: who waits for whom in words and on the fabric, played up to there, for everybody. */
import { expect, type Page, test } from '@playwright/test';
import { expectAccessible, expectNoSidewaysScroll } from './axe.ts';
import { announcer, finished, openPage, SMALL } from './page.ts';

const DEADLOCK = '#v=1&scenario=deadlock&machine=teaching';

const waits = (page: Page) => page.getByRole('list', { name: 'Who waits for whom' }).getByRole('button');

async function openDeadlock(page: Page): Promise<void> {
  await page.goto(`./lab/${DEADLOCK}`);
  await expect(announcer(page)).toHaveAttribute('data-status', 'failed');
  await expect(announcer(page)).toHaveAttribute('data-run', /scenario=deadlock/);
}

/** Pixels of the fabric in the colour of its wait arrows. */
const arrowPixels = (page: Page) =>
  page.evaluate(() => {
    const canvas = document.querySelector<HTMLCanvasElement>('.fab-stage canvas');
    const data = canvas?.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height).data ?? [];
    const probe = document.createElement('i');
    probe.style.color = 'var(--err)';
    document.body.append(probe);
    const [r, g, b] = getComputedStyle(probe).color.match(/\d+/g)?.map(Number) ?? [];
    probe.remove();
    let count = 0;
    for (let i = 0; i < data.length; i += 4) if (data[i] === r && data[i + 1] === g && data[i + 2] === b) count++;
    return count;
  });

test('a deadlock says the circle of waits and how to mend it; each wait selects its PE', async ({ page }) => {
  await openDeadlock(page);
  await expect(announcer(page)).toHaveText('The run stopped at cycle 12. Nothing can move any more: 4 waits in a circle.');
  await expect(page.getByTestId('stopped-at')).toHaveText('12');
  await expect(page.getByTestId('stopped')).toContainText('Let one of them send before it waits');
  await expect(waits(page)).toHaveText([
    /1\s*PE 0,0 waits for color 3 from the south/,
    /2\s*PE 0,1 waits for color 2 from the east/,
    /3\s*PE 1,1 waits for color 1 from the north/,
    /4\s*PE 1,0 waits for color 0 from the west/,
  ]);
  await expect(waits(page).nth(0)).toHaveAttribute('aria-pressed', 'true');
  await waits(page).nth(2).click();
  await expect(waits(page).nth(2)).toHaveAttribute('aria-pressed', 'true');
  await expect(page.getByRole('region', { name: 'Selected PE' })).toContainText('PE 1,1');
  await expect(page.getByRole('gridcell')).toHaveAccessibleName(/Wait 3: PE 1,1 waits for color 1 from the north/);
  await expect(page).toHaveURL(/scenario=deadlock.*t=12&sel=1,1/);
});

test('the run is played up to its end, where the arrows are; the state there is the real one', async ({ page }) => {
  await openDeadlock(page);
  await expect.poll(() => arrowPixels(page)).toBeGreaterThan(200);
  await expect(page.getByTestId('state-hash')).toHaveText(/^[0-9a-f]{4} [0-9a-f]{4}$/);
  await expect(page.getByRole('region', { name: 'Exact state' })).toContainText('f32_add');
  await page.getByRole('button', { name: 'One cycle back' }).click();
  await expect.poll(() => arrowPixels(page)).toBe(0);
  await page.getByRole('button', { name: 'First cycle' }).click();
  await page.getByRole('combobox', { name: 'Playback speed' }).selectOption('8');
  await page.getByRole('button', { name: 'Play', exact: true }).click();
  await expect.poll(() => arrowPixels(page)).toBeGreaterThan(200);
  await expect(page.getByRole('button', { name: 'Play', exact: true })).toBeVisible();
});

test('from the setup: choose it, run it, go on with another program', async ({ page }) => {
  await openPage(page, SMALL);
  await page.getByRole('combobox', { name: 'Model' }).selectOption('A deadlock');
  await expect(page.getByRole('complementary', { name: 'Setup' })).toContainText('Four PEs in a ring.');
  await expect(page.getByRole('combobox', { name: 'Kernel' })).toHaveCount(0);
  await page.getByRole('button', { name: 'Run' }).click();
  await expect(announcer(page)).toHaveAttribute('data-status', 'failed');
  await expect(waits(page)).toHaveCount(4);
  await page.getByRole('combobox', { name: 'Model' }).selectOption('synthetic');
  await page.getByRole('button', { name: 'Run' }).click();
  await finished(page, /model=synthetic/);
  await expect(page.getByTestId('cycles')).toHaveText(/\d/);
});

test('by keyboard alone: the waits are reached by Tab and show their PE by Enter', async ({ page }) => {
  await openDeadlock(page);
  const second = waits(page).nth(1);
  for (let i = 0; i < 200 && !(await second.evaluate((element) => element === document.activeElement)); i++) await page.keyboard.press('Tab');
  await expect(second).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(second).toHaveAttribute('aria-pressed', 'true');
  await expect(page.getByRole('region', { name: 'Selected PE' })).toContainText('PE 0,1');
});

for (const colorScheme of ['light', 'dark'] as const) {
  test(`axe finds nothing in the ${colorScheme} theme, wide and narrow`, async ({ page }) => {
    await page.emulateMedia({ colorScheme });
    await openDeadlock(page);
    const check = (where: string) => expectAccessible(page, where, { rules: colorScheme === 'light' ? 'all' : 'colours' });
    // The dock of a stopped run differs from others in its tabs without numbers; lab-access looks at the rest.
    await page.getByRole('tablist', { name: 'Run over time' }).getByRole('tab', { name: 'Numerics' }).click();
    await check('wide');
    await page.setViewportSize({ width: 390, height: 844 });
    for (const tab of ['Setup', 'Timeline', 'Inspect', 'Fabric']) {
      await page.getByRole('tab', { name: tab, exact: true }).click();
      if (tab === 'Inspect') await check('phone, who waits for whom');
      await expectNoSidewaysScroll(page);
    }
    await expect(waits(page)).toHaveCount(4);
  });
}
