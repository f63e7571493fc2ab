/** The model page: what fits, how fast, claims, two sentences; the same numbers as the command line, and for everybody. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, type Page, test } from '@playwright/test';
import { grouped } from '../../src/views/format.ts';
import { expectAccessible, expectNoSidewaysScroll } from './axe.ts';

const CLI = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));
const FILE = fileURLToPath(new URL('../golden/q4_k/tiny-llama-public.gguf', import.meta.url));

const commandLine = (...flags: string[]): Record<string, never> =>
  JSON.parse(execFileSync(process.execPath, [CLI, ...flags, '--json'], { encoding: 'utf8', maxBuffer: 2 ** 26 }));

const heading = (page: Page) => page.getByRole('heading', { level: 2 });

test('a preset is planned; what overflows names its bytes and is mended by a press', async ({ page }) => {
  await page.goto('./model/#tab=fits&model=Llama-2-70B&kernel=stationary');
  await expect(heading(page)).toHaveText('Llama-2-70B cannot be placed on WSE-2 like this');
  await expect(page.getByRole('alert')).toContainText('70\u202f136 B too many');
  await page.getByRole('button', { name: 'use the kernel split-k' }).click();
  await expect(heading(page)).toContainText(/wafers, or as many passes/);
  await expect(page).toHaveURL(/kernel=split-k.*inner=stationary/);
  await page.getByRole('button', { name: 'ffn_down' }).click();
  await expect(page.getByText('code and run-time reserve').first()).toBeVisible();
  // The bars in the table as a picture, and as numbers.
  const save = async (name: string): Promise<string> => {
    const saved = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Save: Matrices' }).click();
    await page.getByRole('button', { name, exact: true }).click();
    return readFileSync(await (await saved).path(), 'utf8');
  };
  const picture = await save('Matrices, SVG');
  expect(picture).toMatch(/>ffn_down<\/text>/);
  expect(picture.match(/<rect /g)?.length).toBeGreaterThan(20);
  expect(await save('Matrices, CSV')).toMatch(/^matrix,rows,k,stored_bytes,rows_per_pe,pes,\w+_bytes/);
});

test('a GGUF given to the page is planned tensor by tensor; a broken one is one error', async ({ page }) => {
  await page.goto('./model/');
  await page.locator('input[type=file]').setInputFiles(FILE);
  await expect(heading(page)).toContainText('fits on one WSE-2');
  await expect(page.getByRole('row', { name: /attn_q/ }).first()).toBeVisible();
  await page.locator('input[type=file]').setInputFiles({ name: 'config.json', mimeType: 'application/json', buffer: Buffer.from('{"model_type":"mamba"}') });
  await expect(page.getByRole('alert')).toContainText('"mamba"');
});

test("the estimate is the command line's", async ({ page }) => {
  await page.goto('./model/#tab=speed&model=Llama-3.2-1B');
  await expect(heading(page)).toContainText('Llama-3.2-1B on WSE-2');
  const answer = commandLine('estimate', 'Llama-3.2-1B', '--no-check');
  await expect(heading(page)).toContainText(`${grouped(Math.round(Number(answer.decodeTokensPerSecond)))} tokens a second`);
  await expect(page.getByText('Pieces run on the wavelet engine for this answer')).toBeVisible();
});

test('two sentences are compared on the wafer, with the cosine of the command line', async ({ page }) => {
  await page.goto('./model/#tab=sentences&a=Pizza.');
  await expect(page.getByRole('textbox', { name: 'First sentence' })).toHaveValue('Pizza.');
  await page.getByRole('textbox', { name: 'Second sentence' }).fill('Rain.');
  await page.getByRole('button', { name: 'Compare on the wafer' }).click();
  const answer = commandLine('similarity', 'Pizza.', 'Rain.');
  await expect(page.getByTestId('cosine')).toHaveText(grouped(Number(answer.cosine), 4), { timeout: 300_000 });
  await expect(page.getByText('0 bits off the plain loops')).toBeVisible();
});

for (const colorScheme of ['light', 'dark'] as const) {
  test(`axe finds nothing in the ${colorScheme} theme in any tab, and nothing scrolls sideways`, async ({ page }) => {
    await page.emulateMedia({ colorScheme });
    await page.goto('./model/#tab=fits&model=Llama-2-70B&kernel=stationary');
    for (const name of ['What fits', 'How fast', 'Claims', 'Two sentences', 'The machine']) {
      await page.getByRole('tab', { name }).click();
      await expect(heading(page)).toBeVisible();
      // Narrow pages have the same colours: one theme says it.
      const sizes = [
        { width: 1440, height: 900 },
        { width: 390, height: 844 },
      ].slice(0, colorScheme === 'light' ? 2 : 1);
      for (const size of sizes) {
        await page.setViewportSize(size);
        await expectAccessible(page, `${name} ${size.width}`, { rules: colorScheme === 'light' ? 'all' : 'colours' });
        await expectNoSidewaysScroll(page);
      }
    }
  });
}
