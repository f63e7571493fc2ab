/** Runs a file of bench/ in a process of its own, bundled: a loader of modules makes an engine several times slower. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** What `npm run NAME -- ARGUMENTS` prints. */
export function runBundled(name: string, rest: readonly string[]): string {
  const root = fileURLToPath(new URL('../..', import.meta.url));
  const { stdout, stderr, status } = spawnSync(process.execPath, ['scripts/bundled.mjs', name, ...rest], { cwd: root, encoding: 'utf8', maxBuffer: 2 ** 26 });
  if (status !== 0) throw new Error(`npm run ${name} ended with ${status}: ${stderr}`);
  return stdout;
}
