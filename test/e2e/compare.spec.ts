/** Two runs in lock-step, as a visitor compares them: choose, align, scrub, look, read the table, take the link along. */
import { readFileSync } from 'node:fs';
import { expect, type Page, test } from '@playwright/test';
import { encodeCompare } from '../../src/store/compare-url.ts';
import { INITIAL } from '../../src/store/lab.ts';
import { expectAccessible, expectNoSidewaysScroll } from './axe.ts';
import { announcer, finished, SMALL, tabTo } from './page.ts';

const RUN = { ...INITIAL.config, model: 'synthetic', m: 24, k: 512, n: 2, pes: { width: 6, height: 4 } };
const LINK = encodeCompare({ a: RUN, b: { ...RUN, kernel: 'stationary' }, cycle: 1500, sel: { x: 2, y: 1 } });

async function bothDone(page: Page, kernels: string): Promise<void> {
  const pair = page.getByTestId('pair');
  await expect(pair).toHaveAttribute('data-kernels', kernels);
  await expect(pair).toHaveAttribute('data-status', 'done');
}

async function openPair(page: Page): Promise<void> {
  await page.goto(`./compare/#${LINK}`);
  await bothDone(page, 'streaming stationary');
}

const cycle = (page: Page) => page.getByRole('textbox', { name: 'Cycle of A' });
const legend = (page: Page) => page.getByRole('complementary', { name: 'Legend' });
const row = (page: Page, metric: string) => page.locator(`[data-metric="${metric}"] td`);

/** How many colours a canvas shows; 1 is an empty one. */
const colours = (page: Page, pane: string) =>
  page.evaluate((id) => {
    const canvas = document.querySelector<HTMLCanvasElement>(`[data-pane=${id}]`);
    const data = canvas?.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height).data ?? [];
    return new Set(new Uint32Array(new Uint8Array(data).buffer)).size;
  }, pane);

test('shows both runs at the cycle of the link, their difference, and numbers that are those of the Lab', async ({ page }) => {
  await openPair(page);
  await expect(cycle(page)).toHaveValue('1\u202f500');
  for (const pane of ['a', 'b', 'difference']) await expect.poll(() => colours(page, pane)).toBeGreaterThan(2);
  await expect(row(page, 'cycles')).toHaveText(['7\u202f246', '5\u202f294', '\u22121\u202f952', '\u221226.9\u202f%']);
  await expect(page.getByText('physics checks hold in both; results equal bit for bit')).toBeVisible();
  await expect(page.getByRole('gridcell')).toContainText(/PE 2,1.*A: .*B: /);
  await expect(page.getByText('Differs in kernel')).toBeVisible();
  // The same numbers beside the pointer, in whichever fabric it is.
  for (const pane of ['b', 'difference']) {
    await page.locator(`[data-pane=${pane}]`).hover({ position: { x: 90, y: 60 } });
    await expect(page.locator('.fab-tip')).toHaveText(/^PE \d,\d UtilisationA \d.*% \w.*B \d.*% \w.*B − A .*points$/);
  }
  await page.keyboard.press('Escape');
  await expect(page.locator('.fab-tip')).toHaveCount(0);
  const saved = async (menu: string, item: string): Promise<string> => {
    const download = page.waitForEvent('download');
    await page.getByRole('button', { name: `Save: ${menu}` }).click();
    await page.getByRole('button', { name: item, exact: true }).click();
    return readFileSync(await (await download).path(), 'utf8');
  };
  expect(await saved('Fabrics', 'Difference, SVG')).toMatch(
    /^<svg [^x]*xmlns[\s\S]*<path [\s\S]*B − A, Cycles spent multiplying and adding[\s\S]*\+100 points/,
  );
  const pair = await saved('Fabrics', 'A, B and their difference, SVG');
  expect(pair.match(/<svg x="/g)).toHaveLength(3);
  const clips = [...pair.matchAll(/<clipPath id="([^"]+)"/g)].map(([, id]) => id);
  expect([clips.length > 2, new Set(clips).size]).toEqual([true, clips.length]);
  expect(await saved('What changes', 'What changes, CSV')).toMatch(
    /^metric,name,unit,a,b,difference,share_of_a\r\ncycles,Simulated cycles,cycles,7246,5294,-1952,-0\.269/,
  );
  const cells = async (item: string) =>
    (await saved('Fabrics', item))
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
  const states = await cells('Utilisation, PE by PE, NDJSON');
  expect([states.length, Object.keys(states[23])]).toEqual([24, ['x', 'y', 'a_state', 'b_state', 'a_share', 'b_share', 'difference_share']]);
  await page.getByRole('radio', { name: 'Latency' }).check();
  await page.getByRole('combobox', { name: 'until' }).selectOption('sent');
  await expect(page).toHaveURL(/layer=latency&stage=sent/);
  await expect(legend(page)).toContainText('in neither: 24');
  await page.getByRole('button', { name: 'Last cycle' }).click();
  await expect(legend(page)).toContainText('24 of 24 PEs differ');
  await expect(legend(page)).toContainText('one scale for A and B');
  await expect(page.getByRole('gridcell')).toContainText('B − A −1\u202f952 cycles');
  const latencies = await cells('Latency, PE by PE, NDJSON');
  expect(latencies[8]).toMatchObject({ x: 2, y: 1, difference_cycles: -1952 });
  expect(latencies[8].b_cycles - latencies[8].a_cycles).toBe(-1952);
  await page.getByRole('radio', { name: 'State' }).check();
  await expect(row(page, 'energyProxy')).toHaveCount(4);
  await page.getByRole('button', { name: 'Table: Fabrics' }).click();
  await expect(page.getByRole('region', { name: 'PEs by state, now, as a table' })).toContainText('B: 24 PEs at cycle 5\u202f294');
  await page.getByRole('combobox', { name: 'Kernel of B' }).selectOption('llama7b');
  await bothDone(page, 'streaming llama7b');
  await expect(page).toHaveURL(/b=[^&]*map%3Dllama7b/);
});

test('aligns, scrubs and steps both; views, layer and order change what is shown and the link', async ({ page }) => {
  await openPair(page);
  await page.getByRole('radio', { name: 'first multiply' }).check();
  await page.getByRole('button', { name: 'First cycle' }).click();
  await expect(cycle(page)).toHaveValue(/\u2212/);
  await expect(page.getByRole('region', { name: 'Fabric of A' })).toContainText('begins in');
  const slider = page.getByRole('slider', { name: 'Playhead' });
  await slider.focus();
  await page.keyboard.press('End');
  await page.keyboard.press('ArrowLeft');
  await expect(slider).toHaveAttribute('aria-valuenow', /\d/);
  await slider.blur();
  const last = await cycle(page).inputValue();
  await page.keyboard.press('Home');
  await page.keyboard.press('Shift+ArrowRight');
  const change = await cycle(page).inputValue();
  await page.keyboard.press('End');
  await page.keyboard.press('Shift+ArrowLeft');
  expect(new Set([last, change, await cycle(page).inputValue()]).size, 'changes of the PE are stepped through').toBe(3);
  await page.keyboard.press('[');
  await expect(page.getByRole('combobox', { name: 'Playback speed' })).toHaveValue('100');
  await page.keyboard.press('End');
  await page.getByRole('button', { name: 'Play backwards' }).click();
  await expect(cycle(page)).not.toHaveValue('7\u202f246');
  await page.keyboard.press('Space');
  for (const view of ['A', 'B', 'Overlay']) {
    await page.keyboard.press('c');
    await expect(page.getByRole('radio', { name: view, exact: true })).toBeChecked();
  }
  await page.getByRole('radio', { name: 'Overlay' }).check();
  await expect.poll(() => colours(page, 'overlay')).toBeGreaterThan(2);
  expect((await page.locator('[data-pane=overlay]').boundingBox())?.height, 'one fabric has more room than three').toBeGreaterThan(450);
  await page.getByRole('radio', { name: 'Difference' }).check();
  await expect.poll(() => colours(page, 'difference')).toBeGreaterThan(2);
  await expect(page).toHaveURL(/t=\d+&sel=2,1&speed=100&align=mac&view=difference/);
  for (const [key, layer] of [
    ['l', 'Utilisation'],
    ['l', 'Latency'],
    ['Shift+L', 'Utilisation'],
    ['Shift+L', 'State'],
    ['Shift+L', 'Links'],
  ]) {
    await page.keyboard.press(key);
    await expect(page.getByRole('radio', { name: layer })).toBeChecked();
  }
  await expect(page).toHaveURL(/view=difference&layer=demand/);
  await expect(legend(page)).toContainText(/\d+ of 24 PEs differ/);
  await page.getByRole('combobox', { name: 'show' }).selectOption('links');
  await expect(page).toHaveURL(/view=difference&layer=links/);
  await cycle(page).fill('6');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('gridcell')).toContainText(/A \d.*B \d.*B − A .*points/);
  await page.getByRole('radio', { name: 'State' }).check();
  const rows = () => page.locator('[data-metric]').count();
  const before = await rows();
  await page.getByRole('combobox', { name: 'Hide up to' }).selectOption('0');
  await expect.poll(rows).toBeGreaterThan(before);
  await page.getByRole('combobox', { name: 'Order' }).selectOption('share');
  await page.getByRole('radio', { name: 'Side by side' }).check();
  await page.getByRole('button', { name: 'Zoom in', exact: true }).click();
  await page.getByRole('button', { name: 'Table: PEs by state over time' }).click();
  await expect(page).toHaveURL(/speed=100&align=mac&zoom=1\.6,[\d.,]+&over=0&sort=share&tables=strips/);
  // A PE of the other side that is elsewhere while all of the fabric is shown.
  const far = async (): Promise<string> => {
    await page.locator('[data-pane=b]').click({ position: { x: 290, y: 60 } });
    return await page.getByRole('gridcell').locator('b').innerText();
  };
  const place = await far();
  await page.getByRole('button', { name: 'Whole fabric' }).click();
  await expect(page).not.toHaveURL(/&zoom=/);
  expect(await far()).not.toBe(place);
  await page.getByRole('button', { name: 'Zoom in', exact: true }).click();
  await expect(page).toHaveURL(/&zoom=1\.6,/);
  const shown = page.url();
  await page.reload();
  await bothDone(page, 'streaming stationary');
  await expect(page.getByRole('combobox', { name: 'Order' })).toHaveValue('share');
  await expect(page.getByRole('combobox', { name: 'Playback speed' })).toHaveValue('100');
  await expect(page.getByRole('region', { name: 'PEs by state over time, as a table' })).toBeVisible();
  await expect.poll(() => page.url()).toBe(shown);
  expect(await far()).toBe(place);
});

test('from the Lab: the run on screen is A; swapping keeps both; the table is copied as Markdown', async ({ page, context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await page.goto(`./lab/${SMALL}`);
  await finished(page, /map=streaming/);
  await page.getByRole('link', { name: 'Compare', exact: true }).click();
  await bothDone(page, 'streaming stationary');
  await page.getByRole('button', { name: 'Swap A and B' }).click();
  await bothDone(page, 'stationary streaming');
  await page.getByRole('button', { name: 'Copy as Markdown' }).click();
  await expect(page.getByTestId('pair')).toHaveText('The table was copied as Markdown.');
  const text = await page.evaluate(() => navigator.clipboard.readText());
  expect(text).toContain('| Metric | A: stationary | B: streaming | B − A | of A |\n| --- | ---: | ---: | ---: | ---: |\n| Simulated cycles (cycles) | 5');
  await page.goBack();
  await expect(announcer(page)).toHaveAttribute('data-status', 'done');
  await expect(page.getByTestId('cycles')).toHaveText('7\u202f246');
});

test('a page that is left writes nothing to the address of the next, however late the script of that comes', async ({ page }) => {
  let release = (): void => {};
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  await page.route('**/assets/LabPage-*.js', async (route) => {
    await held;
    await route.continue();
  });
  await page.clock.install();
  await openPair(page);
  // Left in the moment of a change, whose address is then still to be written.
  await page.getByRole('radio', { name: 'Overlay' }).evaluate((radio: HTMLInputElement) => {
    radio.click();
    document.querySelector<HTMLElement>('nav a[href$="/lab/"]')?.click();
  });
  await expect(page).toHaveURL(/\/lab\//);
  await page.clock.fastForward(1000);
  await expect(page).toHaveURL(/\/lab\/$/);
  release();
  await finished(page, /./);
  await expect(page).toHaveURL(/\/lab\/#v=1&model=/);
});

test('by keyboard alone: another kernel, an alignment, a view, the difference read in words, the table copied', async ({ page, context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await openPair(page);
  await tabTo(page, page.getByRole('combobox', { name: 'Kernel of B' }));
  await page.keyboard.press('ArrowDown');
  await bothDone(page, 'streaming batched');
  await tabTo(page, page.getByRole('radio', { name: 'cycle 0' }));
  await page.keyboard.press('ArrowRight');
  await expect(page).toHaveURL(/align=mac/);
  await tabTo(page, page.getByRole('radio', { name: 'Side by side' }));
  await page.keyboard.press('ArrowLeft');
  await expect(page).toHaveURL(/view=difference/);
  await tabTo(page, page.getByRole('radio', { name: 'State' }));
  for (let i = 0; i < 3; i++) await page.keyboard.press('ArrowRight');
  await expect(page).toHaveURL(/layer=sram/);
  await tabTo(page, page.getByRole('gridcell'));
  await expect(page.getByRole('gridcell')).toContainText(/A [\d\u202f]+B, B [\d\u202f]+B, B − A 0\u202fB\./);
  await page.keyboard.press('ArrowRight');
  await expect(page.getByRole('gridcell')).toContainText(/PE 3,1.*A: .*B: /);
  await tabTo(page, page.getByRole('button', { name: 'Copy as Markdown' }));
  await page.keyboard.press('Enter');
  await expect(page.getByTestId('pair')).toHaveText('The table was copied as Markdown.');
});

test('a side that does not fit says so with its fixes, and the other stays', async ({ page }) => {
  await openPair(page);
  await page.getByRole('button', { name: 'Options of B' }).click();
  const k = page.getByRole('textbox', { name: 'K of B', exact: true });
  await k.fill('14336');
  await k.press('Enter');
  await expect(page.getByRole('alert')).toContainText(/B: .* overflows a PE by/);
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: /use the kernel streaming/i }).click();
  await bothDone(page, 'streaming streaming');
});

test('runs without values are compared, and hand-written programs by the window that they measure', async ({ page }) => {
  const timed = { ...RUN, engine: 'timing' } as const;
  const pair = { align: 'start', view: 'side', layer: 'utilisation', cycle: null, sel: null } as const;
  await page.goto(`./compare/#${encodeCompare({ a: timed, b: { ...timed, kernel: 'stationary' }, ...pair })}`);
  await bothDone(page, 'streaming stationary');
  for (const pane of ['a', 'b', 'difference']) await expect.poll(() => colours(page, pane)).toBeGreaterThan(2);
  await expect(row(page, 'cycles').first()).toHaveText('7\u202f246');
  await expect(page.getByText('physics checks hold in both; timed only')).toBeVisible();
  for (const [id, program] of [
    ['A', 'line'],
    ['B', 'store-and-forward'],
  ]) {
    await page.getByRole('button', { name: `Options of ${id}` }).click();
    await page.getByRole('combobox', { name: `Model of ${id}` }).selectOption(program);
    await page.keyboard.press('Escape');
  }
  await bothDone(page, 'line store-and-forward');
  await expect(row(page, 'cycles').first()).toHaveText(/^\d+$/);
  await expect(page.getByText('reads the time-stamp counter itself')).toBeVisible();
  await page.getByRole('button', { name: 'Options of B' }).click();
  await page.getByRole('textbox', { name: 'Words of B' }).fill('8');
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/b=[^&]*words%3D8/);
});

for (const colorScheme of ['light', 'dark'] as const) {
  test(`axe finds nothing in the ${colorScheme} theme, wide and narrow, and nothing scrolls sideways`, async ({ page }) => {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await openPair(page);
    // What the themes share is looked at in one of them.
    const looks = [
      [1440, 900, 'Links'],
      [390, 844, 'Latency'],
      [1440, 900, 'State'],
    ] as const;
    for (const [width, height, layer] of looks.slice(0, colorScheme === 'light' ? 3 : 2)) {
      await page.setViewportSize({ width, height });
      await page.getByRole('radio', { name: layer }).check();
      await expect(legend(page)).toContainText('B − A');
      await expect(page.getByRole('button', { name: 'Play', exact: true })).toBeInViewport();
      await expectAccessible(page, `${layer} ${width}`, { rules: colorScheme === 'light' ? 'all' : 'colours' });
      await expectNoSidewaysScroll(page);
    }
  });
}
