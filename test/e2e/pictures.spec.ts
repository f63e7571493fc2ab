/** The fabric and the charts as files: sizes, no empty parts, SVG that stands alone; a trace handed to Perfetto on a press and not before. */
import { readFileSync } from 'node:fs';
import { expect, type Page, test } from '@playwright/test';
import { announcer, openPage, SMALL } from './page.ts';

async function exported(page: Page, item: string): Promise<{ name: string; path: string }> {
  const download = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Export' }).click();
  await page.getByRole('button', { name: item, exact: true }).click();
  const file = await download;
  await expect(announcer(page)).toContainText(`${file.suggestedFilename()} was saved.`);
  return { name: file.suggestedFilename(), path: await file.path() };
}

interface Look {
  readonly width: number;
  readonly height: number;
  /** Pixels that are not opaque; colours in the last tenth of the picture's height above the caption. */
  readonly clear: number;
  readonly colours: number;
}

/** What a picture file looks like when a browser shows it on its own. */
const look = (page: Page, path: string, type: string): Promise<Look> =>
  page.evaluate(
    async ({ base64, mime }) => {
      const image = new Image();
      image.src = `data:${mime};base64,${base64}`;
      await image.decode();
      const canvas = new OffscreenCanvas(image.naturalWidth, image.naturalHeight);
      const ctx = canvas.getContext('2d');
      ctx?.drawImage(image, 0, 0);
      const { data } = ctx?.getImageData(0, 0, canvas.width, canvas.height) ?? { data: new Uint8ClampedArray() };
      const words = new Uint32Array(data.buffer);
      const clear = words.filter((word) => word >>> 24 !== 255).length;
      return { width: canvas.width, height: canvas.height, clear, colours: new Set(words).size };
    },
    { base64: readFileSync(path).toString('base64'), mime: type },
  );

test('the fabric as PNG has the pixels asked for, none of them empty; as SVG it is vectors and text', async ({ page }) => {
  await openPage(page, SMALL);
  const pictures = [];
  for (const scale of [1, 2, 4]) {
    const { name, path } = await exported(page, `Fabric, PNG ${scale}x`);
    expect(name).toMatch(new RegExp(`^weft-streaming-[0-9a-f]{8}-fabric-state-\\d+@${scale}x\\.png$`));
    pictures.push(await look(page, path, 'image/png'));
  }
  const [one, two, four] = pictures;
  expect([two.width, two.height, four.width, four.height]).toEqual([2 * one.width, 2 * one.height, 4 * one.width, 4 * one.height]);
  expect(pictures.map(({ clear }) => clear)).toEqual([0, 0, 0]);
  expect(one.colours).toBeGreaterThan(20);
  const svg = await exported(page, 'Fabric, SVG');
  const text = readFileSync(svg.path, 'utf8');
  expect(text).toMatch(/<text [^>]*>x\d\d<\/text>|<text [^>]*>0,0<\/text>/);
  expect(text).not.toContain('<image');
  expect(await look(page, svg.path, 'image/svg+xml')).toMatchObject({ width: one.width, height: one.height, clear: 0 });
});

test('a fabric of more PEs than pixels is complete: a pixel a PE, to the last column; as SVG it holds the raster', async ({ page }) => {
  await page.setViewportSize({ width: 920, height: 700 });
  await openPage(page, '#v=1&model=synthetic&m=2100&k=256&n=1&seed=7&map=streaming&machine=wse2&grid=700x3');
  const png = await exported(page, 'Fabric, PNG 1x');
  const { width, clear } = await look(page, png.path, 'image/png');
  expect(width).toBeGreaterThan(700);
  expect(clear).toBe(0);
  const svg = readFileSync((await exported(page, 'Fabric, SVG')).path, 'utf8');
  expect(svg).toMatch(/<image href="data:image\/png;base64,[^"]+" [^>]*width="700" height="3"/);
});

test('a chart of the dock is saved with its colours and sizes, as SVG and as PNG', async ({ page }) => {
  await openPage(page, SMALL);
  for (const tab of ['Latency', 'Utilisation']) {
    await page.getByRole('tablist', { name: 'Run over time' }).getByRole('tab', { name: tab }).click();
    const svg = await exported(page, `Chart: ${tab}, SVG`);
    const text = readFileSync(svg.path, 'utf8');
    expect(text.includes('var(')).toBe(false);
    expect(/<text [^>]*>[\d\u202f]+ cycles<\/text>/.test(text)).toBe(true);
    const small = await look(page, svg.path, 'image/svg+xml');
    const large = await look(page, (await exported(page, `Chart: ${tab}, PNG 2x`)).path, 'image/png');
    expect(small.clear + large.clear).toBe(0);
    expect([large.width, large.height]).toEqual([2 * small.width, 2 * small.height]);
    expect(small.colours).toBeGreaterThan(10);
  }
  // Bars of HTML have their names with them; those of states a mark before each.
  await page.getByRole('tablist', { name: 'Run over time' }).getByRole('tab', { name: 'Critical path' }).click();
  const path = readFileSync((await exported(page, 'Chart: Critical path, SVG')).path, 'utf8');
  const states = readFileSync((await exported(page, 'PE-cycles by state, SVG')).path, 'utf8');
  expect(path).toMatch(/<rect [\s\S]*>Dequantise<\/text>/);
  expect(states).toMatch(/<rect [\s\S]*>Dequantise<\/text>[\s\S]*<svg [^>]*data-kind="dequantise"/);
  const [head, ...rows] = readFileSync((await exported(page, 'PE-cycles by state, CSV')).path, 'utf8')
    .trim()
    .split('\r\n');
  expect(head).toBe('state,pe_cycles,share');
  expect(rows.reduce((sum, row) => sum + Number(row.split(',')[1]), 0)).toBe(7246 * 24);
});

test('the charts of a sweep are saved, too', async ({ page }) => {
  await page.goto('./sweep/#v=1&model=synthetic&m=16&k=512&n=1&machine=wse2&x=n:1,2&y=kernel:streaming,stationary&mode=closed-form');
  await page.getByRole('button', { name: 'Sweep', exact: true }).click();
  await expect(page.getByRole('region', { name: 'Results' })).toContainText('4 points of 4');
  const download = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Save: Chart' }).click();
  await page.getByRole('button', { name: 'Chart, PNG 2x' }).click();
  const file = await download;
  expect(file.suggestedFilename()).toBe('weft-sweep-chart@2x.png');
  await expect(page.getByText('weft-sweep-chart@2x.png was saved.')).toBeVisible();
  expect((await look(page, await file.path(), 'image/png')).colours).toBeGreaterThan(5);
});

test('Perfetto gets the trace on a press, after it has answered, and nothing is asked of it before', async ({ page, context }) => {
  const asked: string[] = [];
  await context.route('https://ui.perfetto.dev/**', (route) => {
    asked.push(route.request().url());
    const stub = `<script>addEventListener('message', ({ data, origin, source }) => {
      if (data === 'PING') source.postMessage('PONG', origin);
      else document.title = [data.perfetto.fileName, data.perfetto.buffer.byteLength, new Uint8Array(data.perfetto.buffer)[0]].join(' ');
    })</script>`;
    return route.fulfill({ contentType: 'text/html', body: stub });
  });
  await openPage(page, SMALL);
  const file = await exported(page, 'Trace, Perfetto');
  expect(asked).toEqual([]);
  const opened = page.waitForEvent('popup');
  await page.getByRole('button', { name: 'Export' }).click();
  await page.getByRole('button', { name: 'Open in Perfetto ↗' }).click();
  const popup = await opened;
  const bytes = readFileSync(file.path);
  await expect(popup).toHaveTitle(`${file.name} ${bytes.length} ${bytes[0]}`);
  await expect(announcer(page)).toContainText('The trace is open in Perfetto.');
  expect(asked).toEqual(['https://ui.perfetto.dev/']);
});
