/** docs/kernels.md holds what is computed now. The table of whole runs takes half a minute; a changed kernel shows in it first. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { runBundled } from '../drivers/bundled.ts';

const page = readFileSync(new URL('../../docs/kernels.md', import.meta.url), 'utf8');
const tables = JSON.parse(runBundled('kernels', ['--check'])) as Readonly<Record<string, readonly string[]>>;

/** Worst share of a difference column cell like "−3 (−0.12 %)", in percent. */
const residual = (row: string): number => Number(/\(([+−])([\d.]+) %\)/.exec(row)?.[2] ?? 0);

describe('docs/kernels.md', () => {
  it('holds every table as it is computed now (else: npm run kernels)', () => {
    expect(Object.keys(tables).sort()).toEqual(['batches', 'cases', 'crossings', 'llama', 'prices']);
    for (const [name, lines] of Object.entries(tables)) expect(page, name).toContain(`<!-- table ${name} -->\n${lines.join('\n')}\n<!-- end -->`);
  });

  it('prints at least 60 cases: closed forms within 2 %, of the layer within 5 %', () => {
    const rows = tables.cases.slice(2);
    expect(rows.length).toBeGreaterThanOrEqual(60);
    for (const row of rows) expect(residual(row), row).toBeLessThanOrEqual(row.startsWith('| transformer_layer') ? 5 : 2);
  });
});
