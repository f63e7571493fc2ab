/**
 * Takes a picture of a page, for the README and for reviews:
 *   node scripts/shot.mjs URL OUT.png [--width 1440] [--height 900] [--dark] [--full] [--wait SELECTOR]
 * Without --wait the picture is taken when the network has been quiet.
 */
import { parseArgs } from 'node:util';
import { chromium } from '@playwright/test';
import { chromiumPath } from './chromium.mjs';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    width: { type: 'string', default: '1440' },
    height: { type: 'string', default: '900' },
    dark: { type: 'boolean', default: false },
    full: { type: 'boolean', default: false },
    wait: { type: 'string' },
  },
});
const [url, out] = positionals;
if (url === undefined || out === undefined) {
  console.error('Usage: node scripts/shot.mjs URL OUT.png [--width 1440] [--height 900] [--dark] [--full] [--wait SELECTOR]');
  process.exit(2);
}

const browser = await chromium.launch(await chromiumPath());
try {
  const page = await browser.newPage({
    viewport: { width: Number(values.width), height: Number(values.height) },
    colorScheme: values.dark ? 'dark' : 'light',
    locale: 'en-US',
  });
  page.on('console', (message) => message.type() === 'error' && console.error(`page: ${message.text()}`));
  page.on('pageerror', (error) => console.error(`page: ${error.message}`));
  await page.goto(url, { waitUntil: 'networkidle' });
  if (values.wait !== undefined) await page.waitForSelector(values.wait);
  await page.screenshot({ path: out, fullPage: values.full });
} finally {
  await browser.close();
}
