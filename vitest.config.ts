/** Everything that needs no browser: architecture, units, properties, golden data, the command line. */
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    environment: 'node',
    include: ['test/**/*.test.{ts,tsx}'],
    exclude: ['test/e2e/**', 'test/deep/**'],
    // A safety net for a hung test, not a claim about speed.
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
