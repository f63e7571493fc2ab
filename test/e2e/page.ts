/** What the Lab's browser tests share: opening the page and waiting for its runs, by condition and never by time. */
import { readFileSync } from 'node:fs';
import { expect, type Locator, type Page } from '@playwright/test';

export const announcer = (page: Page) => page.getByTestId('announcer');

/** Waits until the run on screen is of a setup whose link matches. */
export async function finished(page: Page, link: RegExp): Promise<void> {
  await expect(announcer(page)).toHaveAttribute('data-run', link);
  await expect(announcer(page)).toHaveAttribute('data-status', 'done');
}

export async function openPage(page: Page, hash = ''): Promise<void> {
  await page.goto(`./lab/${hash}`);
  await finished(page, /./);
}

/** Fills while the page is used: errors of its scripts and of its console, and what it could not load. */
export function faultsOf(page: Page): string[] {
  const faults: string[] = [];
  page.on('console', (message) => message.type() === 'error' && faults.push(message.text()));
  page.on('pageerror', (error) => faults.push(error.message));
  page.on('response', (response) => response.status() >= 400 && faults.push(`${response.status()} ${response.url()}`));
  return faults;
}

/** A run small enough to be repeated often: 24 rows of K = 512 on 6 x 4 PEs. */
export const SMALL = '#v=1&model=synthetic&m=24&k=512&n=2&seed=7&map=streaming&machine=wse2&grid=6x4';

/** The numbers and hashes of the run on screen: the summary of the JSON report that the page exports. */
export async function exportedSummary(page: Page): Promise<Record<string, unknown>> {
  const download = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Export' }).click();
  await page.getByRole('button', { name: 'Report, JSON' }).click();
  return JSON.parse(readFileSync(await (await download).path(), 'utf8')).summary;
}

/** Presses Tab until a thing has the focus. */
export async function tabTo(page: Page, target: Locator): Promise<void> {
  for (let i = 0; i < 200; i++) {
    if (await target.evaluate((element) => element === document.activeElement)) return;
    await page.keyboard.press('Tab');
  }
  throw new Error('the keyboard does not come there');
}
