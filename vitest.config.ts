/** Everything that needs no browser: architecture, units, properties, golden data, the command line. */
import { defineConfig } from 'vitest/config';
import { NATIVE, nativeSources } from './scripts/native-tests.ts';

export default defineConfig({
  plugins: [nativeSources],
  test: {
    environment: 'node',
    server: { deps: { external: [NATIVE] } },
    include: ['test/**/*.test.{ts,tsx}'],
    exclude: ['test/e2e/**', 'test/deep/**'],
    // One worker a core; by default one core stays idle, which is half of a small machine.
    maxWorkers: '100%',
    // A safety net for a hung test, not a claim about speed.
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
