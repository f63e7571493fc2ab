/** The trace that the page exports is the file that the command line writes, byte for byte: Chromium and Node agree. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@playwright/test';
import { announcer, openPage, SMALL } from './page.ts';

const CLI = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));
const FLAGS = ['--model', 'synthetic', '--m', '24', '--k', '512', '--n', '2', '--seed', '7', '--kernel', 'streaming', '--machine', 'wse2', '--pes', '6x4'];

test('exports the trace that weft run --trace writes, byte for byte, and says so', async ({ page }) => {
  const folder = mkdtempSync(join(tmpdir(), 'weft-e2e-'));
  try {
    const path = join(folder, 'run.weft-trace');
    execFileSync(process.execPath, [CLI, 'run', ...FLAGS, '--no-report', '--trace', path]);
    await openPage(page, SMALL);
    const download = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Export' }).click();
    await page.getByRole('button', { name: 'Trace (.weft-trace)' }).click();
    const saved = await download;
    expect(saved.suggestedFilename()).toMatch(/^weft-streaming-[0-9a-f]{8}\.weft-trace$/);
    await expect(announcer(page)).toContainText(`${saved.suggestedFilename()} was saved.`);
    expect(readFileSync(await saved.path()).equals(readFileSync(path))).toBe(true);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
