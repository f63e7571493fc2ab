/** The long comparisons (`npm run test:deep`): larger random programs and sizes than fit into `npm test`. */
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: { environment: 'node', include: ['test/deep/**/*.test.ts'], passWithNoTests: true, testTimeout: 3_600_000 },
});
