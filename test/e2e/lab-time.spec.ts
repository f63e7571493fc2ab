/** The Lab's time: events, marks, links, and stillness for who asked for less motion. */
import { expect, type Page, test } from '@playwright/test';
import { finished, openPage, SMALL } from './page.ts';

const dock = (page: Page, name: string) => page.getByRole('tablist', { name: 'Run over time' }).getByRole('tab', { name, exact: true });
const cycleField = (page: Page) => page.getByRole('textbox', { name: 'Cycle', exact: true });
const fabric = (page: Page) => page.locator('.fab-stage canvas');

test('events are pressed and stepped through; marks are set, named, jumped to and come back with the link', async ({ page }) => {
  await openPage(page, `${SMALL}&t=0`);
  await dock(page, 'Events').click();
  await page.getByRole('button', { name: /First multiply-add, column 0/ }).click();
  const first = await cycleField(page).inputValue();
  expect(first).not.toBe('0');
  await page.keyboard.press('.');
  await expect(cycleField(page)).not.toHaveValue(first);
  await page.keyboard.press(',');
  await expect(cycleField(page)).toHaveValue(first);
  await page.keyboard.press('m');
  await page.getByRole('textbox', { name: `Name of the mark at cycle ${first}` }).fill('the front');
  await page.getByRole('textbox', { name: `Name of the mark at cycle ${first}` }).blur();
  await page.keyboard.press('Home');
  await expect(cycleField(page)).toHaveValue('0');
  await page.keyboard.press('Shift+M');
  await expect(cycleField(page)).toHaveValue(first);
  await expect(page).toHaveURL(/marks=\d+\.\d+\.\d+/);
  await dock(page, 'Utilisation').click();
  await expect(page.locator('.playhead [data-kind=mark]')).toHaveCount(1);
  // The window on time: fewer cycles around the playhead by key, told in words; later by key, and the playhead is beyond the edge; all by button.
  const span = page.locator('.span-tools [aria-live]');
  const playhead = page.getByRole('slider', { name: 'Playhead' });
  await playhead.focus();
  for (let i = 0; i < 4; i++) await page.keyboard.press('w');
  await expect(span).toHaveText(/^cycles \d/);
  await expect(page.locator('.playhead [data-kind=mark]')).toHaveCount(1);
  for (let i = 0; i < 5; i++) await page.keyboard.press('d');
  await expect(page.locator('.playhead [data-kind=beyond]')).toHaveCount(1);
  await expect(playhead).toHaveAttribute('aria-valuetext', /before what is shown/);
  await page.getByRole('button', { name: 'Show all cycles' }).click();
  await expect(span).toHaveText('The whole run');
  // A range of cycles by key and by pointer, kept as a mark, zoomed to, undone; what is shown is in the link.
  await playhead.focus();
  await page.keyboard.press('r');
  for (let i = 0; i < 3; i++) await page.keyboard.press('PageUp');
  await expect(page.locator('.span-tools .chosen')).toHaveText(/cycles .* chosen/);
  await page.keyboard.press('m');
  await expect(page.locator('.playhead [data-kind=marked]')).toHaveCount(1);
  await playhead.focus();
  await page.keyboard.press('f');
  await expect(page).toHaveURL(/span=\d+-\d+&marks=[^&]*\d+-\d+/);
  await page.keyboard.press('u');
  await expect(span).toHaveText('The whole run');
  const box = await playhead.boundingBox();
  if (box === null) throw new Error('the playhead has no box');
  await page.keyboard.down('Shift');
  await page.mouse.move(box.x + 100, box.y + 30);
  await page.mouse.down();
  await page.mouse.move(box.x + 300, box.y + 30);
  await page.mouse.up();
  await page.keyboard.up('Shift');
  await expect(page.locator('.playhead [data-kind=range]')).toHaveCount(1);
  await page.keyboard.press('f');
  await expect(span).toHaveText(/^cycles \d/);
  await page.keyboard.press('Escape');
  await expect(page.locator('.playhead [data-kind=range]')).toHaveCount(0);
  await expect(page).toHaveURL(/span=\d+-\d+/);
  await page.reload();
  await finished(page, /grid=6x4/);
  await expect(span).toHaveText(/^cycles \d/);
  await expect(page.locator('.playhead [data-kind=marked]')).toHaveCount(1);
  await dock(page, 'Events').click();
  await expect(page.getByRole('textbox', { name: `Name of the mark at cycle ${first}` })).toHaveValue('the front');
});

test('links: the table is sorted, a link selects its PE, its numbers have a table; the fabric shows demand', async ({ page }) => {
  await openPage(page, SMALL);
  await dock(page, 'Links').click();
  const table = page.getByRole('region', { name: 'Busiest links' });
  await table.getByRole('button', { name: 'Link', exact: true }).click();
  await table.getByRole('button', { name: 'PE 0,0 east' }).click();
  await expect(page.getByRole('region', { name: 'Selected PE' })).toContainText('PE 0,0');
  await page.getByRole('button', { name: 'View as table' }).last().click();
  await expect(page.getByRole('region', { name: 'The link over time, as a table' })).toContainText('%');
  await page.getByRole('tab', { name: 'Links' }).first().click();
  await page.getByRole('combobox', { name: /show/ }).selectOption('demand');
  await expect(page).toHaveURL(/layer=demand/);
});

test('with reduced motion nothing moves between two steps of playing', async ({ page }) => {
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await page.clock.install();
  await openPage(page, `${SMALL}&t=0`);
  await page.clock.pauseAt(new Date(Date.now() + 3_600_000));
  await page.getByRole('button', { name: 'Play', exact: true }).click();
  const cycle = () => cycleField(page).inputValue();
  const start = await cycle();
  for (let i = 0; i < 40 && (await cycle()) === start; i++) await page.clock.runFor(100);
  const stepped = await cycle();
  expect(stepped).not.toBe(start);
  const picture = await fabric(page).screenshot();
  await page.clock.runFor(500);
  expect(await cycle()).toBe(stepped);
  expect((await fabric(page).screenshot()).equals(picture)).toBe(true);
  await page.clock.runFor(1500);
  expect(await cycle()).not.toBe(stepped);
});
