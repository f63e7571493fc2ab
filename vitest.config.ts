/** Everything that needs no browser: architecture, units, properties, golden data, the command line. */
import { defineConfig } from 'vitest/config';
import { NATIVE, nativeSources } from './scripts/native-tests.ts';

/** Tests of rooms that keep something from call to call (stores, what is on screen, the worker's client): each file in a process of its own. */
const STATEFUL = 'test/{api,store,views}/**/*.test.{ts,tsx}';

export default defineConfig({
  plugins: [nativeSources],
  test: {
    environment: 'node',
    server: { deps: { external: [NATIVE] } },
    // Starting a worker and loading the modules of a file is a third of the time of a short one. Rooms without a state of their own share both.
    projects: [
      { extends: true, test: { name: 'core', include: ['test/**/*.test.{ts,tsx}'], exclude: [STATEFUL, 'test/e2e/**', 'test/deep/**'], isolate: false } },
      { extends: true, test: { name: 'page', include: [STATEFUL] } },
    ],
    // One worker a core; by default one core stays idle, which is half of a small machine.
    maxWorkers: '100%',
    // A safety net for a hung test, not a claim about speed: on a machine that is shared, ten times slower is no fault.
    testTimeout: 600_000,
    hookTimeout: 600_000,
  },
});
