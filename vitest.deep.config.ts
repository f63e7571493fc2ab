/** The long comparisons (`npm run test:deep`): larger random programs and sizes than fit into `npm test`. */
import { defineConfig } from 'vitest/config';
import { NATIVE, nativeSources } from './scripts/native-tests.ts';

export default defineConfig({
  plugins: [nativeSources],
  test: { environment: 'node', server: { deps: { external: [NATIVE] } }, include: ['test/deep/**/*.test.ts'], passWithNoTests: true, testTimeout: 3_600_000 },
});
