/** What axe says of a page: every rule, the size of targets among them, and only what is broken. */
import AxeBuilder from '@axe-core/playwright';
import { expect, type Page } from '@playwright/test';

/** Rules that look at colours. All others read what two themes share, so that one theme is enough for them. */
const COLOURS = ['color-contrast', 'link-in-text-block'];

export interface Look {
  /** Selector of the part to look at; the whole page if left out. */
  readonly within?: string;
  readonly rules?: 'all' | 'colours';
}

/**
 * Expects that axe finds nothing. Passed nodes are not described, and everything is judged inside the page (axe's legacy mode, which leaves
 * out frames of other origins; there are none): a whole Lab takes a third of the time.
 */
export async function expectAccessible(page: Page, where: string, { within, rules = 'all' }: Look = {}): Promise<void> {
  const axe = new AxeBuilder({ page }).setLegacyMode().options({
    resultTypes: ['violations'],
    ...(rules === 'all' ? { rules: { 'target-size': { enabled: true } } } : { runOnly: COLOURS }),
  });
  const { violations } = await (within === undefined ? axe : axe.include(within)).analyze();
  expect(violations.map((v) => `${where}: ${v.id}: ${v.nodes.map((n) => n.html).join(' | ')}`)).toEqual([]);
}

/** Expects that nothing is wider than the window. */
export async function expectNoSidewaysScroll(page: Page): Promise<void> {
  expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true);
}
