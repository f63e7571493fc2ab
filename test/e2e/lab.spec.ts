/** The Lab in a real browser: what a visitor sees, and that it says the same as the command line. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, type Page, test } from '@playwright/test';
import { grouped, percent, real, shortHash } from '../../src/views/format.ts';
import { announcer, exportedSummary, finished, openPage, SMALL } from './page.ts';

const FILE = fileURLToPath(new URL('../golden/q4_k/tiny-llama-public.gguf', import.meta.url));
const CLI = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));
const TENSOR = 'blk.0.ffn_up';

/** The fields of the command line's answer that are compared (issue 2, item 9). */
interface Answer {
  readonly cycles: number;
  readonly closedForm: number;
  readonly lowerBound: number;
  readonly utilisation: { readonly mac: number };
  readonly latency: { readonly first: number; readonly max: number };
  readonly loadCycles: number;
  readonly errors: { readonly vsPlainLoop: number; readonly maxAbsVsF64: number };
  readonly traceHash: string;
  readonly stateHash: string;
}

function commandLine(...flags: string[]): Answer {
  return JSON.parse(execFileSync(process.execPath, [CLI, 'run', ...flags, '--json'], { encoding: 'utf8', maxBuffer: 2 ** 26 }));
}

/** The hash of the state at the paused playhead, once the worker has answered. */
async function stateHash(page: Page): Promise<string> {
  const hash = page.getByTestId('state-hash');
  await expect(hash).toHaveText(/^[0-9a-f]{4} [0-9a-f]{4}$/);
  return (await hash.textContent()) ?? '';
}

/** Puts the playhead on a cycle through the number field. */
async function goTo(page: Page, cycle: number): Promise<void> {
  const field = page.getByRole('textbox', { name: 'Cycle', exact: true });
  await field.fill(String(cycle));
  await field.press('Enter');
  await expect(field).toHaveValue(grouped(cycle));
  await field.blur();
}

async function checkNumbers(page: Page, answer: Answer): Promise<void> {
  const text = (id: string) => expect(page.getByTestId(id));
  await text('cycles').toHaveText(grouped(answer.cycles));
  await text('simulated').toHaveText(grouped(answer.cycles));
  await text('closed-form').toHaveText(grouped(answer.closedForm));
  await text('lower-bound').toHaveText(grouped(answer.lowerBound));
  await text('mac').toHaveText(percent(answer.utilisation.mac));
  await text('latency-first').toHaveText(grouped(answer.latency.first));
  await text('latency-max').toHaveText(grouped(answer.latency.max));
  await text('load').toHaveText(grouped(answer.loadCycles));
  await text('max-abs').toHaveText(real(answer.errors.maxAbsVsF64, 3));
  expect(answer.errors.vsPlainLoop).toBe(0);
  await text('vs-plain-loop').toContainText('bit-equal');
}

test('opens with a finished run of the demo model and says so', async ({ page }) => {
  await openPage(page);
  await expect(announcer(page)).toContainText('Run finished:');
  await expect(page.getByTestId('cycles')).toHaveText(/\d/);
  await expect(page).toHaveURL(/#v=1&model=demo&tensor=blk\.1\.attn_output/);
  await expect(page.getByText(/physics checks hold/)).toHaveText(/(\d+) of \1 physics/);
  await checkNumbers(page, commandLine('--tensor', 'blk.1.attn_output', '--n', '2'));
});

for (const kernel of ['streaming', 'stationary']) {
  test(`a GGUF given to the page runs ${kernel} with the numbers and hashes of the command line`, async ({ page }) => {
    await openPage(page, SMALL);
    await page.locator('input[type=file]').setInputFiles(FILE);
    await expect(page.getByRole('combobox', { name: 'Model' })).toHaveValue('tiny-llama-public.gguf');
    await page.getByRole('combobox', { name: 'Tensor' }).selectOption(`${TENSOR}.weight`);
    await page.getByRole('combobox', { name: 'Kernel' }).selectOption(kernel);
    await page.getByRole('button', { name: 'Run' }).click();
    await finished(page, new RegExp(`ffn_up.*map=${kernel}`));
    const grid = await page.evaluate(() => new URLSearchParams(location.hash.slice(1)).get('grid'));
    const answer = commandLine('--model', FILE, '--tensor', TENSOR, '--kernel', kernel, '--n', '2', ...(grid ? ['--pes', grid] : []));
    await checkNumbers(page, answer);
    await page.keyboard.press('End');
    await goTo(page, answer.cycles);
    expect(await exportedSummary(page)).toMatchObject({
      traceHash: answer.traceHash,
      stateHash: answer.stateHash,
      cycles: answer.cycles,
      errors: answer.errors,
    });
  });
}

test('a GGUF dropped on the page opens, and one that is none is refused without losing the first', async ({ page }) => {
  await openPage(page, SMALL);
  const drop = async (name: string, bytes: Buffer): Promise<void> => {
    const data = await page.evaluateHandle(
      ([base64, fileName]) => {
        const transfer = new DataTransfer();
        transfer.items.add(new File([Uint8Array.from(atob(base64), (c) => c.charCodeAt(0))], fileName));
        return transfer;
      },
      [bytes.toString('base64'), name],
    );
    await page.dispatchEvent('body', 'dragover', { dataTransfer: data });
    await expect(page.getByText('Drop a model, a trace, a topology or a project')).toBeVisible();
    await page.dispatchEvent('body', 'drop', { dataTransfer: data });
  };
  await drop('tiny-llama-public.gguf', readFileSync(FILE));
  await expect(page.getByRole('combobox', { name: 'Model' })).toHaveValue('tiny-llama-public.gguf');
  await drop('broken.gguf', Buffer.from('not a model'));
  await expect(page.getByRole('alert')).toContainText(/^broken\.gguf: .*the file does not begin with 'GGUF'/);
  await expect(page.getByRole('combobox', { name: 'Model' })).toHaveValue('tiny-llama-public.gguf');
  await page.getByRole('combobox', { name: 'Tensor' }).selectOption(`${TENSOR}.weight`);
  await page.getByRole('button', { name: 'Run' }).click();
  await finished(page, /tiny-llama-public\.gguf&tensor=blk\.0\.ffn_up/);
});

test('12 steps, a jump to cycle 12 and a scrub back to it show the same state hash', async ({ page }) => {
  await openPage(page, SMALL);
  await page.keyboard.press('Home');
  const start = await stateHash(page);
  for (let i = 0; i < 12; i++) await page.keyboard.press('ArrowRight');
  await expect(page.getByRole('textbox', { name: 'Cycle', exact: true })).toHaveValue('12');
  const stepped = await stateHash(page);
  expect(stepped).not.toBe(start);
  await page.keyboard.press('End');
  expect(await stateHash(page)).not.toBe(stepped);
  await goTo(page, 12);
  expect(await stateHash(page)).toBe(stepped);
  const slider = page.getByRole('slider', { name: 'Playhead' });
  await slider.focus();
  await slider.press('End');
  for (let i = 0; i < 30 && (await slider.getAttribute('aria-valuenow')) !== '0'; i++) await slider.press('PageDown');
  for (let i = 0; i < 12; i++) await slider.press('ArrowRight');
  await expect(slider).toHaveAttribute('aria-valuenow', '12');
  expect(await stateHash(page)).toBe(stepped);
  for (let i = 0; i < 12; i++) await slider.press('ArrowLeft');
  expect(await stateHash(page)).toBe(start);
});

test("the last cycle's state hash is the command line's, and dragging the chart moves the playhead", async ({ page }) => {
  await openPage(page, SMALL);
  const answer = commandLine('--model', 'synthetic', '--m', '24', '--k', '512', '--n', '2', '--pes', '6x4');
  await page.keyboard.press('End');
  expect(await stateHash(page)).toBe(shortHash(answer.stateHash));
  const slider = page.getByRole('slider', { name: 'Playhead' });
  const box = await slider.boundingBox();
  if (box === null) throw new Error('the playhead has no box');
  const last = Number(await slider.getAttribute('aria-valuemax'));
  await page.mouse.move(box.x + box.width * 0.75, box.y + 40);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * 0.5, box.y + 40, { steps: 4 });
  await page.mouse.move(box.x + box.width * 0.25, box.y + 40, { steps: 4 });
  await page.mouse.up();
  await expect.poll(async () => Math.abs(Number(await slider.getAttribute('aria-valuenow')) - last * 0.25)).toBeLessThan(last * 0.01);
});

test('plays forwards and backwards and stops at the ends', async ({ page }) => {
  await openPage(page, SMALL);
  const field = page.getByRole('textbox', { name: 'Cycle', exact: true });
  await page.getByRole('combobox', { name: 'Playback speed' }).selectOption('10000');
  await page.getByRole('button', { name: 'First cycle' }).click();
  await page.getByRole('button', { name: 'Play', exact: true }).click();
  await expect(field).toHaveValue(((await page.getByText(/^of /).first().textContent()) ?? '').replace('of ', ''));
  await page.getByRole('button', { name: 'Play backwards' }).click();
  await expect(field).toHaveValue('0');
  await expect(page.getByRole('button', { name: 'Play', exact: true })).toBeVisible();
});

test('a link brings back configuration, cycle, PE and layer, after a reload as well', async ({ page }) => {
  await openPage(page, `${SMALL}&t=200&sel=3,2&layer=utilisation`);
  const check = async (): Promise<void> => {
    await expect(page.getByRole('textbox', { name: 'Cycle', exact: true })).toHaveValue('200');
    await expect(page.getByRole('region', { name: 'Selected PE' })).toContainText('PE 3,2');
    await expect(page.getByRole('textbox', { name: 'Rectangle width' })).toHaveValue('6');
    await expect(page).toHaveURL(/t=200&sel=3,2&layer=utilisation(&|$)/);
  };
  await check();
  await page.reload();
  await finished(page, /grid=6x4/);
  await check();
});

test('toggles, orders, open sections and speed come back with the link', async ({ page }) => {
  await openPage(page, `${SMALL}&t=1500&sel=1,1&layer=colors&tab=path`);
  await page.getByRole('checkbox', { name: 'Critical path' }).check();
  await page.getByRole('checkbox', { name: /color 0/ }).uncheck();
  await page.getByRole('button', { name: 'Longest first' }).click();
  await page.getByText('Stored weights, Q4_K').click();
  await page.getByRole('combobox', { name: 'Block' }).selectOption('1');
  await page.getByRole('combobox', { name: 'Playback speed' }).selectOption('30');
  await expect(page).toHaveURL(/&speed=30&layer=colors&tab=path&routes=[\d,]+&block=0\.1&on=path,longest,blocks&/);
  const shown = page.url();
  await page.reload();
  await finished(page, /grid=6x4/);
  await expect(page.getByRole('checkbox', { name: 'Critical path' })).toBeChecked();
  await expect(page.getByRole('checkbox', { name: /color 0/ })).not.toBeChecked();
  await expect(page.getByRole('button', { name: 'In order of time' })).toBeVisible();
  await expect(page.getByRole('combobox', { name: 'Block' })).toHaveValue('1');
  await expect.poll(() => page.url()).toBe(shown);
});

test('a rectangle of PEs is selected by keys and by the pointer, has its numbers, and comes back with the part of the fabric that is shown', async ({
  page,
}) => {
  await openPage(page, `${SMALL}&t=1500&sel=1,1&tab=lanes`);
  const cell = page.getByRole('gridcell');
  await cell.focus();
  await page.keyboard.press('Enter');
  for (const key of ['ArrowRight', 'ArrowRight', 'ArrowDown']) await page.keyboard.press(`Shift+${key}`);
  const area = page.getByRole('region', { name: 'Selected PEs' });
  await expect(area).toContainText('6 PEs');
  await expect(area).toContainText(/mean .*%, p95 .*%, max/);
  await expect(cell).toHaveAccessibleName(/PEs \d,\d to \d,\d selected$/);
  await page.keyboard.press('+');
  await expect(page).toHaveURL(/sel=\d,\d&to=\d,\d&tab=lanes&zoom=1\.6,/);
  const shown = page.url();
  await page.reload();
  await finished(page, /grid=6x4/);
  await expect(area).toContainText('6 PEs');
  await expect.poll(() => page.url()).toBe(shown);
  await cell.focus();
  await page.keyboard.press('Escape');
  await expect(area).toHaveCount(0);
  await page.locator('.fab-stage canvas').click({ position: { x: 300, y: 200 }, modifiers: ['Shift'] });
  await expect(area).toContainText(/\d PEs/);
});

test('a link with values out of range is clamped and says which', async ({ page }) => {
  await openPage(page, `${SMALL}&t=99999999`);
  await expect(page.locator('.status')).toContainText('t=99999999 is after the end');
  await openPage(page, '#v=1&model=synthetic&m=8&k=300&n=1');
  await expect(page.getByRole('textbox', { name: 'K', exact: true })).toHaveValue('256');
  await expect(page.locator('.status')).toContainText('k=300 cannot be set; 256 was taken.');
});

test('a link that is opened while the page writes its own is not lost', async ({ page }) => {
  await openPage(page, SMALL);
  await page.evaluate(() => {
    const own = location.href;
    location.hash = '#v=1&model=synthetic&m=8&k=768&n=1';
    history.replaceState(null, '', own);
  });
  await expect(page.getByRole('textbox', { name: 'K', exact: true })).toHaveValue('768');
  await expect(page).toHaveURL(/k=768/);
});

test('what does not fit says by how many bytes, and Run waits for a fix', async ({ page }) => {
  await openPage(page, '#v=1&model=synthetic&m=4&k=512&n=1&map=stationary');
  const k = page.getByRole('textbox', { name: 'K', exact: true });
  await k.fill('16384');
  await k.press('Enter');
  await expect(page.getByRole('alert')).toContainText(/overflows a PE by [\d\u202f]+ B/);
  await expect(page.getByRole('button', { name: 'Run' })).toHaveAttribute('aria-disabled', 'true');
  await page.getByRole('combobox', { name: 'Kernel' }).selectOption('streaming');
  await expect(page.getByRole('alert')).toHaveCount(0);
  await expect(page.getByText('fits')).toBeVisible();
});

test('a run is cancelled and says so; a lost worker is replaced and says so', async ({ page }) => {
  await openPage(page, SMALL);
  for (const [name, value] of [
    ['M', '4096'],
    ['K', '2048'],
    ['N', '8'],
    ['Rectangle width', ''],
  ]) {
    const field = page.getByRole('textbox', { name, exact: true });
    await field.fill(value);
    await field.press('Enter');
  }
  const run = page.getByRole('button', { name: /^Run/ });
  await expect(run).toBeEnabled();
  await run.press('Enter');
  await expect(page.getByRole('progressbar', { name: 'Run' })).toBeVisible();
  // A button that is pressed gives its place to another, and the focus.
  await expect(page.getByRole('button', { name: 'Cancel' })).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(page.getByText('The run was cancelled.').first()).toBeVisible();
  await expect(run).toBeFocused();
  await expect(page.getByText('The earlier result is shown.')).toBeVisible();
  // A cancelled run that does not answer takes its worker along: the one to lose may still be on its way.
  await expect(async () => {
    await page
      .workers()
      .at(-1)
      ?.evaluate(() => {
        setTimeout(() => {
          throw new Error('planted');
        });
      });
    await expect(announcer(page)).toContainText('was started again', { timeout: 5000 });
  }).toPass();
  await page.getByRole('textbox', { name: 'M', exact: true }).fill('16');
  await page.getByRole('textbox', { name: 'M', exact: true }).press('Control+Enter');
  await finished(page, /m=16&/);
});

test('theme and dock are kept over a reload', async ({ page }) => {
  await page.emulateMedia({ colorScheme: 'light' });
  await openPage(page, SMALL);
  await page.getByRole('button', { name: /^Theme/ }).click();
  await page.getByRole('button', { name: /^Theme/ }).click();
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark');
  const edge = page.getByRole('separator', { name: 'Height of the dock' });
  await edge.focus();
  await edge.press('ArrowUp');
  await edge.press('ArrowUp');
  const height = await edge.getAttribute('aria-valuenow');
  await page.getByRole('tab', { name: 'Physics' }).click();
  await expect.poll(() => page.evaluate(() => localStorage.getItem('weft.lab.1'))).toContain('physics');
  await page.reload();
  await finished(page, /grid=6x4/);
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark');
  await expect(edge).toHaveAttribute('aria-valuenow', height ?? '');
  await expect(page.getByRole('tab', { name: 'Physics' })).toHaveAttribute('aria-selected', 'true');
});

test('constants of the machine are set by slider, by field and by link: closed forms follow, the run does when asked, a sweep varies them', async ({
  page,
}) => {
  await openPage(page, `${SMALL}&tab=study&study=n.streaming.constants`);
  const study = page.getByRole('tabpanel', { name: 'Study' });
  const before = commandLine('--m', '24', '--k', '512', '--n', '2', '--pes', '6x4');
  const after = commandLine('--m', '24', '--k', '512', '--n', '2', '--pes', '6x4', '--hop', '3');
  await expect(study).toContainText(`Closed form ${grouped(before.closedForm)} cycles`);
  await expect(study).toContainText('As in the run.');
  const hop = page.getByRole('slider', { name: 'Hop' });
  await hop.focus();
  for (let i = 0; i < 2; i++) await page.keyboard.press('ArrowRight');
  await expect(hop).toHaveAttribute('aria-valuetext', '3 cycles');
  await expect(study).toContainText(`Closed form ${grouped(after.closedForm)} cycles`);
  await expect(page.getByTestId('cycles')).toHaveText(grouped(before.cycles));
  await study.getByRole('button', { name: 'Run', exact: true }).click();
  await finished(page, /hop=3/);
  await expect(page).toHaveURL(/machine=wse2&hop=3/);
  await checkNumbers(page, after);
  expect(await exportedSummary(page)).toMatchObject({ config: { tuning: { hop: 3 } }, traceHash: after.traceHash });

  const field = page.getByRole('textbox', { name: 'Hop latency' });
  await field.fill('40');
  await field.press('Enter');
  await expect(page.getByText('Hop latency must be between 1 and 16')).toBeVisible();
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'All as it has them' }).click();
  await expect(field).toHaveValue('');
  await expect(hop).toHaveAttribute('aria-valuetext', '1 cycle');

  await page.goto(`./sweep/${SMALL}&x=hop:1,3&y=&run=1`);
  const results = page.getByRole('region', { name: 'Results' });
  await expect(results).toContainText('2 points of 2');
  await page.getByRole('link', { name: /hop 3: / }).click();
  await finished(page, /hop=3/);
  await expect(page.getByTestId('cycles')).toHaveText(grouped(after.cycles));
});
