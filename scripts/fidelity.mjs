/**
 * `npm run fidelity`: bundles bench/fidelity.ts as the command line is bundled and runs it. It writes docs/fidelity.md; with
 * --check it prints what test/published asks for.
 */
import { spawnSync } from 'node:child_process';
import { build } from 'vite';
import { ROOT } from './prepare.mjs';

await build({
  configFile: false,
  root: ROOT,
  logLevel: 'warn',
  build: { ssr: 'bench/fidelity.ts', outDir: 'dist/fidelity', target: 'node20', copyPublicDir: false },
});
const { status } = spawnSync(process.execPath, ['dist/fidelity/fidelity.js', ...process.argv.slice(2)], { cwd: ROOT, stdio: 'inherit' });
process.exitCode = status ?? 1;
