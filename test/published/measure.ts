/** Runs `npm run fidelity -- --check`: our cycles of the published rows, and the lines of docs/fidelity.md they make. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { PublishedRow } from './rows.ts';

export interface Checked {
  readonly rows: ReadonlyArray<Omit<PublishedRow, 'ours'> & { readonly cycles: number }>;
  readonly lines: readonly string[];
}

/** `all` includes the large sizes. */
export function measureRows(all = false): Checked {
  const root = fileURLToPath(new URL('../..', import.meta.url));
  const { stdout, stderr, status } = spawnSync(process.execPath, ['scripts/fidelity.mjs', '--check', ...(all ? ['--all'] : [])], {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 2 ** 26,
  });
  if (status !== 0) throw new Error(`npm run fidelity ended with ${status}: ${stderr}`);
  return JSON.parse(stdout);
}
