/**
 * `npm run bench`: bundles bench/run.ts as the command line is bundled and runs it. Measuring through a loader that rewrites
 * imports would time the loader: live bindings of rewritten modules cost several times the work of the engine.
 */
import { spawnSync } from 'node:child_process';
import { build } from 'vite';
import { ROOT } from './prepare.mjs';

await build({
  configFile: false,
  root: ROOT,
  logLevel: 'warn',
  build: { ssr: 'bench/run.ts', outDir: 'dist/bench', target: 'node20', copyPublicDir: false },
});
const { status } = spawnSync(process.execPath, ['dist/bench/run.js', ...process.argv.slice(2)], { cwd: ROOT, stdio: 'inherit' });
process.exitCode = status ?? 1;
