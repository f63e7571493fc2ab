/**
 * `npm run bench`, `npm run fidelity`, `npm run kernels`: bundles a file of bench/ as the command line is bundled and runs it.
 * Measuring through a loader that rewrites imports would time the loader: live bindings of rewritten modules cost several
 * times the work of the engine.
 *
 *   node scripts/bundled.mjs NAME [ARGUMENTS]
 */
import { spawnSync } from 'node:child_process';
import { build } from 'vite';
import { ROOT } from './prepare.mjs';

const [name, ...rest] = process.argv.slice(2);
await build({
  configFile: false,
  root: ROOT,
  logLevel: 'warn',
  build: { ssr: `bench/${name}.ts`, outDir: `dist/${name}`, target: 'node20', copyPublicDir: false },
});
const { status } = spawnSync(process.execPath, [`dist/${name}/${name}.js`, ...rest], { cwd: ROOT, stdio: 'inherit' });
process.exitCode = status ?? 1;
