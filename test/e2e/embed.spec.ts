/** The Lab inside another page: the panels asked for, messages to and fro, and nothing for a visitor to change. */
import { expect, type Page, test } from '@playwright/test';
import { SMALL } from './page.ts';

interface Answer {
  readonly weft: string;
  readonly [key: string]: unknown;
}

/** A page of another origin's look: a frame, and what it was told. */
async function host(page: Page, query: string, link = SMALL): Promise<void> {
  const body = `<title>host</title><iframe style="width:800px;height:600px" src="/lab/?${query}${link}"></iframe>`;
  await page.route('**/host.html', (route) => route.fulfill({ contentType: 'text/html', body }));
  await page.goto('./host.html');
}

/** Sends a message to the frame and waits for its answer. */
const ask = (page: Page, message: Record<string, unknown>): Promise<Answer> =>
  page.evaluate(
    (content) =>
      new Promise<Answer>((resolve) => {
        const id = Math.random();
        const target = document.querySelector('iframe')?.contentWindow;
        const onMessage = ({ data }: MessageEvent): void => {
          if (data?.id !== id) return;
          clearInterval(again);
          removeEventListener('message', onMessage);
          resolve(data);
        };
        addEventListener('message', onMessage);
        const send = (): void => target?.postMessage({ ...content, id }, '*');
        // A ping may come before the frame listens; everything else is sent once.
        const again = setInterval(() => content.weft === 'PING' && send(), 50);
        send();
      }),
    message,
  );

test('answers a ping, seeks, tells state and metrics, loads and runs; what it cannot do is an error', async ({ page }) => {
  await host(page, 'embed=1&ui=fabric,transport&theme=dark');
  expect(await ask(page, { weft: 'PING' })).toMatchObject({ weft: 'PONG', version: 1 });
  await expect.poll(async () => (await ask(page, { weft: 'state' })).status).toBe('done');
  expect(await ask(page, { weft: 'seek', cycle: 1234 })).toMatchObject({ weft: 'state', cycle: 1234, cycles: 7246 });
  expect(await ask(page, { weft: 'metrics' })).toMatchObject({ weft: 'metrics', cycles: 7246 });
  const loaded = await ask(page, { weft: 'load', link: `${SMALL.replace('streaming', 'stationary')}&t=7` });
  expect(loaded).toMatchObject({ status: 'done', cycle: 7, cycles: 5294, link: expect.stringContaining('map=stationary') });
  expect(await ask(page, { weft: 'run' })).toMatchObject({ status: 'done', cycles: 5294, traceHash: loaded.traceHash });
  expect(await ask(page, { weft: 'seek', cycle: 'x' })).toMatchObject({ weft: 'error', error: 'seek needs a cycle, a number' });
  expect(await ask(page, { weft: 'jump' })).toMatchObject({ weft: 'error', error: expect.stringContaining('none of PING, load') });
});

test('shows the parts asked for and a way to the whole page; read-only offers nothing to change and keeps nothing', async ({ page, context }) => {
  // So slow that it still plays when it is looked at.
  await host(page, 'embed=1&ui=fabric,transport,setup,nothing&readonly=1&theme=dark&autoplay=1', `${SMALL}&speed=1`);
  const frame = page.frameLocator('iframe');
  await expect(frame.getByTestId('announcer')).toHaveAttribute('data-status', 'done');
  await expect(frame.getByRole('region', { name: 'Fabric', exact: true })).toBeVisible();
  await expect(frame.getByRole('group', { name: 'Playback' })).toBeVisible();
  await expect(frame.getByRole('button', { name: 'Pause' })).toBeVisible();
  await expect(frame.getByText('ui=nothing is unknown', { exact: false }).first()).toBeVisible();
  await frame.locator('body').evaluate((body) => {
    const dataTransfer = new DataTransfer();
    dataTransfer.items.add(new File(['x'], 'a.gguf'));
    for (const type of ['dragover', 'drop']) body.dispatchEvent(new DragEvent(type, { dataTransfer, bubbles: true, cancelable: true }));
  });
  await expect(frame.getByText('Nothing can be opened here', { exact: false }).first()).toBeVisible();
  for (const name of ['Run', 'Export', 'Share']) await expect(frame.getByRole('button', { name })).toHaveCount(0);
  await expect(frame.locator('html')).toHaveAttribute('data-theme', 'dark');
  expect(await page.evaluate(() => localStorage.length)).toBe(0);
  const opened = context.waitForEvent('page');
  await frame.getByRole('link', { name: 'Open in Weft' }).click();
  const full = await opened;
  await expect(full).toHaveURL(/\/lab\/#v=1&model=synthetic&m=24/);
  await expect(full.getByRole('button', { name: 'Export' })).toBeVisible();
});
