/** The long comparisons (`npm run test:deep`): larger random programs and sizes than fit into `npm test`. */
import { defineConfig } from 'vitest/config';
import { bundledTests } from './scripts/bundled-tests.ts';

export default defineConfig({
  plugins: [bundledTests],
  test: { environment: 'node', include: ['test/deep/**/*.test.ts'], passWithNoTests: true, testTimeout: 3_600_000 },
});
