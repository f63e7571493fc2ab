/** Runs `npm run fidelity -- --check`: our cycles of the published rows, and the lines of docs/fidelity.md they make. */
import { runBundled } from '../drivers/bundled.ts';
import type { PublishedRow } from './rows.ts';

export interface Checked {
  readonly rows: ReadonlyArray<Omit<PublishedRow, 'ours'> & { readonly cycles: number }>;
  readonly lines: readonly string[];
}

/** `all` includes the large sizes. */
export function measureRows(all = false): Checked {
  return JSON.parse(runBundled('fidelity', ['--check', ...(all ? ['--all'] : [])])) as Checked;
}
