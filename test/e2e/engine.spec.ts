/** The choice of the engine: runs that are timed only, and runs that do not fit with values. */
import { expect, test } from '@playwright/test';
import { announcer, finished, openPage, SMALL } from './page.ts';

test('a run that is timed only says so wherever values would be, and Auto computes them', async ({ page }) => {
  await openPage(page, `${SMALL}&engine=timing`);
  await expect(page.getByTestId('timed-only')).toBeVisible();
  await expect(page.getByTestId('trace-hash')).toHaveText(/^[0-9a-f]{4} [0-9a-f]{4}$/);
  const cycles = await page.getByTestId('cycles').textContent();
  await page.getByRole('tab', { name: 'Numerics' }).click();
  const numerics = page.getByRole('tabpanel', { name: 'Numerics' });
  await expect(numerics).toContainText('Timed only');
  const pe = page.getByRole('region', { name: 'Selected PE' });
  const state = page.getByRole('region', { name: 'Exact state' });
  await expect(state).toContainText('Timed only');
  await expect(pe).toContainText('bit-exact');
  const results = await pe.locator('dl').textContent();
  await state.getByText('Stored weights, Q4_K').click();
  const blocks = await state.locator('table.blocks').textContent();
  await state.getByText('Registers').click();
  const alone = await state.locator('.words').allTextContents();
  await expect(page.getByTestId('engine-need')).toContainText('All results can be computed afterwards');
  await numerics.getByRole('button', { name: 'Compute all results' }).click();
  const computed = await numerics.getByRole('table').first().textContent();
  await expect(page.getByTestId('vs-plain-loop')).toContainText('bit-equal');
  await expect(state).toContainText('Timed only');
  await page.getByRole('group', { name: 'Engine' }).getByText('Auto').click();
  await page.keyboard.press('Control+Enter');
  await finished(page, /^(?!.*engine=)/);
  await expect(page.getByTestId('cycles')).toHaveText(cycles ?? '');
  await expect(page.getByTestId('vs-plain-loop')).toContainText('bit-equal');
  await expect(page.getByTestId('state-hash')).toHaveText(/^[0-9a-f]{4} [0-9a-f]{4}$/);
  expect(await numerics.getByRole('table').first().textContent(), 'all results').toBe(computed);
  expect(await pe.locator('dl').textContent(), 'what was computed for the PE alone').toBe(results);
  expect(await state.locator('table.blocks').textContent()).toBe(blocks);
  expect(await state.locator('.words').allTextContents(), 'queue words and registers of the PE alone').toEqual(expect.arrayContaining(alone.slice(0, 2)));
});

test('a PE of a layer that is timed only has no results by itself, and all results are computed for the asking', async ({ page }) => {
  await openPage(page, '#v=1&model=synthetic&m=256&k=256&n=1&map=transformer_layer&machine=wse2&engine=timing&tab=numerics');
  await expect(page.getByRole('region', { name: 'Exact state' })).toContainText('a PE of a layer needs what others compute');
  await page.getByRole('button', { name: 'Compute all results' }).click();
  await expect(page.getByTestId('vs-plain-loop')).toContainText('bit-equal');
  await expect(page.getByRole('region', { name: 'Selected PE' })).not.toContainText('not a number');
});

test('a program that the timing engine declines goes to the wavelet engine where nobody chose one, which says what it needs', async ({ page }) => {
  await page.goto('./lab/#v=1&model=synthetic&m=76800&k=1024&n=2&map=stationary&machine=wse2&grid=256x300&overlap=on&drain=column&edge=east');
  await expect(page.getByRole('alert')).toContainText(/PE memories/);
});

test('a whole wafer with values is refused with what it needs, and one press leaves the values out; its trace is not written out', async ({ page }) => {
  await page.goto('./lab/#v=1&model=synthetic&m=745500&k=2048&n=1&map=streaming&machine=wse2&grid=750x994&engine=wavelet');
  await expect(page.getByRole('alert')).toContainText(/The run needs about [\d\u202f]+ MB here \(PE memories/);
  await expect(page.getByTestId('engine-need')).toContainText('at most');
  await page.getByRole('button', { name: /^Leave the values out/ }).click();
  await expect(page.getByRole('radio', { name: 'Timing' })).toBeChecked();
  await page.keyboard.press('Control+Enter');
  await finished(page, /engine=timing/);
  await page.getByRole('button', { name: 'Export' }).click();
  await page.getByRole('button', { name: 'Trace, Perfetto' }).click();
  await expect(announcer(page)).toContainText(/the trace has \d+ million rows, which do not fit here/);
});
