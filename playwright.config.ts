/** Browser tests of the built page (dist/web) in a real Chromium. `npm test` chooses a free port through WEFT_E2E_PORT. */
import { defineConfig } from '@playwright/test';
import { chromiumPath } from './scripts/chromium.mjs';

const port = Number(process.env.WEFT_E2E_PORT ?? 4273);
const baseURL = `http://127.0.0.1:${port}/`;

export default defineConfig({
  testDir: 'test/e2e',
  outputDir: 'test-results',
  snapshotPathTemplate: 'test/golden/pictures/{arg}{ext}',
  workers: '100%',
  // By test, not by file: no core waits for the rest of the other's file.
  fullyParallel: true,
  retries: 0,
  forbidOnly: true,
  // Safety nets for a hung test, not claims about speed: a machine shared with others can be ten times slower than its own.
  timeout: 360_000,
  expect: { timeout: 90_000 },
  reporter: [['list']],
  use: {
    baseURL,
    locale: 'en-US',
    serviceWorkers: 'block',
    viewport: { width: 1440, height: 900 },
    screenshot: 'only-on-failure',
    launchOptions: await chromiumPath(),
  },
  webServer: { command: `node scripts/serve.mjs --port ${port}`, url: baseURL, reuseExistingServer: false },
});
