/** Files dropped into the Lab: traces, topologies, projects, and what is none of them; nothing of them leaves the page. */

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, type Page, test } from '@playwright/test';
import { packHash } from '../../src/store/packed.ts';
import { announcer, finished, openPage, SMALL } from './page.ts';

const GGUF = fileURLToPath(new URL('../golden/q4_k/tiny-llama-public.gguf', import.meta.url));

const choose = (page: Page, name: string, content: string | Buffer) =>
  page.locator('input[type=file]').setInputFiles({ name, mimeType: 'application/octet-stream', buffer: Buffer.from(content) });

async function saved(page: Page, item: string): Promise<{ name: string; content: Buffer }> {
  const download = page.waitForEvent('download');
  const menu = page.getByRole('button', { name: 'Export' });
  await menu.click();
  await page.getByRole('button', { name: item }).click();
  await expect(menu).toBeFocused();
  const file = await download;
  return { name: file.suggestedFilename(), content: readFileSync(await file.path()) };
}

test('a trace is shown from the file alone, says that it has no numbers, and is saved again byte for byte', async ({ page }) => {
  await openPage(page, SMALL);
  const { name, content } = await saved(page, 'Trace (.weft-trace)');
  await page.goto('./');
  await choose(page, name, content);
  await expect(page).toHaveURL(/\/lab\//);
  await expect(announcer(page)).toHaveText(`${name} is open: 7\u202f246 cycles of 24 PEs on WSE-2.`);
  await expect(page.getByTestId('cycles')).toHaveText('7\u202f246');
  await expect(page.getByRole('region', { name: 'Verdict' })).toContainText('there are no numbers to check');
  await page.getByRole('button', { name: 'Last cycle' }).click();
  await page.getByRole('button', { name: 'One cycle back' }).click();
  await expect(page.getByRole('region', { name: 'Selected PE' })).toContainText(/PE \d,\d/);
  await expect(page.getByRole('region', { name: 'Exact state' })).toHaveCount(0);
  expect((await saved(page, 'Trace (.weft-trace)')).content.equals(content)).toBe(true);
  await choose(page, 'cut.weft-trace', content.subarray(0, 900));
  await expect(page.getByRole('alert')).toBeVisible();
  await expect(page.getByTestId('cycles')).toHaveText('7\u202f246');
  await page.getByRole('button', { name: 'Run' }).click();
  await finished(page, /./);
});

test('a topology lists its layers; a project brings the setup back; another file is refused in one sentence', async ({ page }) => {
  await openPage(page, SMALL);
  await choose(page, 'net.csv', 'Layer, M, N, K,\nfirst, 24, 2, 300,\nsecond, 24, 1, 256,\n');
  const layers = page.getByRole('combobox', { name: 'Layer of file' });
  await expect(layers).toHaveValue('0');
  await layers.selectOption({ label: 'second · 24 × 256 × 1' });
  await page.getByRole('button', { name: 'Run' }).click();
  await finished(page, /m=24&k=256&n=1/);
  const download = page.waitForEvent('download');
  await page.keyboard.press('Control+s');
  const project = readFileSync(await (await download).path());
  await choose(page, 'notes.txt', 'x');
  await expect(page.getByRole('alert')).toHaveText(/notes\.txt is none of what Weft opens/);
  await page.goto('./');
  await choose(page, 'kept.weft.json', project);
  await finished(page, /m=24&k=256&n=1/);
  await expect(announcer(page)).toContainText('is open.');
  // Marks travel with the trace in other formats, which open as the run that they are of.
  await page.keyboard.press('m');
  await expect(page).toHaveURL(/marks=\d+/);
  for (const format of ['Chrome JSON', 'Perfetto']) {
    const trace = await saved(page, `Trace, ${format}`);
    await page.goto('./');
    await page.evaluate(() => localStorage.clear());
    await choose(page, trace.name, trace.content);
    await finished(page, /m=24&k=256&n=1/);
    await expect(page.locator('.playhead [data-kind=mark]')).toHaveCount(1);
  }
});

test('after the page has loaded, no request leaves while files are opened and run: only parts of the page itself are fetched', async ({ page, baseURL }) => {
  await openPage(page, SMALL);
  const trace = await saved(page, 'Trace (.weft-trace)');
  const requests: string[] = [];
  page.context().on('request', (request) => {
    const { pathname, origin, search } = new URL(request.url());
    const own = request.url().startsWith('blob:') || request.url().startsWith('data:') || (`${origin}/` === baseURL && /^\/assets\/[\w.-]+$/.test(pathname));
    if (!own || search !== '' || request.method() !== 'GET' || request.postData() !== null) requests.push(`${request.method()} ${request.url()}`);
  });
  await page.locator('input[type=file]').setInputFiles(GGUF);
  await expect(page.getByRole('combobox', { name: 'Model' })).toHaveValue('tiny-llama-public.gguf');
  await page.getByRole('button', { name: 'Run' }).click();
  await finished(page, /model=tiny-llama-public\.gguf/);
  await saved(page, 'Report, JSON');
  await choose(page, trace.name, trace.content);
  await expect(announcer(page)).toContainText(`${trace.name} is open`);
  await choose(page, 'net.csv', 'Layer, M, N, K,\nfirst, 24, 2, 300,\n');
  await expect(page.getByRole('combobox', { name: 'Layer of file' })).toHaveValue('0');
  expect(requests).toEqual([]);
});

test('a link made with another version of the model says what changed', async ({ page }) => {
  await page.goto(`./lab/${SMALL}&t=100&of=7000&mv=0.0`);
  await finished(page, /./);
  await expect(announcer(page)).toContainText('The run took 7\u202f000 cycles then; it takes 7\u202f246 now.');
  await expect(page).toHaveURL(/t=100&.*of=7246&mv=0\.1/);
});

test('a packed link is that run as plain text; a damaged one says so; a file elsewhere is asked about before anything is fetched', async ({
  page,
  context,
}) => {
  await page.goto(`./plain/#${await packHash(`${SMALL.slice(1)}&t=100`)}`);
  const text = page.locator('pre');
  await expect(text).toHaveAttribute('data-status', 'done');
  await expect(text).toContainText('cycles: 7246\n');
  await expect(text).toContainText(/kernel: streaming[\s\S]*lower bound: 7233 cycles[\s\S]*verdict:\n1\. /);
  await expect(page).toHaveURL(/plain\/#.*grid=6x4/);
  const asked: string[] = [];
  await context.route('https://data.example/**', (route) => {
    asked.push(route.request().url());
    return route.fulfill({ body: 'Layer, M, N, K,\nfirst, 24, 2, 300,\n', headers: { 'access-control-allow-origin': '*' } });
  });
  await page.goto('about:blank');
  await page.goto('./lab/#url=https://data.example/net.csv');
  await expect(page.getByRole('heading', { name: 'Fetch net.csv from data.example?' })).toBeVisible();
  expect(asked).toEqual([]);
  await page.getByRole('button', { name: 'Fetch it' }).click();
  await expect(page.getByRole('combobox', { name: 'Layer of file' })).toBeVisible();
  expect(asked).toEqual(['https://data.example/net.csv']);
  const model = readFileSync(GGUF);
  const parts: string[] = [];
  await context.route('https://data.example/m.gguf', (route) => {
    const range = route.request().headers().range ?? '';
    parts.push(range);
    const [from, to] = range.replace('bytes=', '').split('-').map(Number);
    const body = model.subarray(from, to + 1);
    const headers = { 'content-range': `bytes ${from}-${from + body.length - 1}/${model.length}`, 'access-control-allow-origin': '*' };
    return route.fulfill({ status: 206, body, headers: { ...headers, 'access-control-expose-headers': 'content-range' } });
  });
  await page.goto('about:blank');
  await page.goto('./lab/#url=https://data.example/m.gguf');
  // Behind the question the last setup runs, and says so when it ends.
  await finished(page, /./);
  await page.getByRole('button', { name: 'Fetch it' }).click();
  await expect(announcer(page)).toHaveText('m.gguf is open.');
  expect(parts).toContain('bytes=0-65535');
  expect(parts).not.toContain('');
  await page.goto('about:blank');
  await page.goto('./lab/#1.abc');
  await expect(announcer(page)).toContainText('This link is cut or damaged');
});

/** Drops files anywhere on the page. */
const drop = (page: Page, ...files: readonly (readonly [name: string, text: string])[]) =>
  page.evaluate((list) => {
    const dataTransfer = new DataTransfer();
    for (const [name, text] of list) dataTransfer.items.add(new File([text], name));
    for (const type of ['dragover', 'drop']) document.body.dispatchEvent(new DragEvent(type, { dataTransfer, bubbles: true, cancelable: true }));
  }, files);
const CSV = ['net.csv', 'Layer, M, N, K,\nfirst, 24, 2, 300,\n'] as const;

test('a file is opened wherever it is dropped; several, a folder and what no page opens are refused in one sentence', async ({ page }) => {
  const alert = page.getByRole('alert');
  for (const route of ['', 'sweep/', 'learn/', 'model/', 'compare/', `plain/${SMALL}`]) {
    await page.goto(`./${route}`);
    await expect(page.locator('#gguf-file')).toBeAttached();
    await drop(page, CSV, ['b.gguf', 'x']);
    await expect(alert).toHaveText('2 files were dropped; drop one at a time.');
    await drop(page, CSV);
    await expect(page).toHaveURL(/\/lab\//);
    await expect(page.getByRole('combobox', { name: 'Layer of file' })).toBeVisible();
  }
  await page.evaluate(() => {
    DataTransferItem.prototype.webkitGetAsEntry = () => ({ isDirectory: true }) as FileSystemEntry;
  });
  await drop(page, ['models', '']);
  await expect(alert).toHaveText('models is a folder; drop a file of it.');
  await page.reload();
  await expect(page.locator('#gguf-file')).toBeAttached();
  await drop(page, ['picture.png', 'x']);
  await expect(alert).toHaveText(/^picture\.png is none of what Weft opens/);
  await page.getByRole('button', { name: 'Close' }).click();
  await expect(alert).toHaveCount(0);
  await page.goto('./compare/');
  await expect(page.getByTestId('pair')).toHaveAttribute('data-status', 'done');
  await drop(page, ['other.gguf', 'x']);
  await expect(page.getByTestId('pair')).toHaveText('No side waits for other.gguf; the Lab opens it.');
});
