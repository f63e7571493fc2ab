/**
 * The tables of docs/kernels.md (`npm run kernels`): every case is a whole run with all its checks. Each table stands in the
 * page between `<!-- table NAME -->` and `<!-- end -->`; the words around them are written by hand. With --check it prints the
 * tables as JSON instead, for test/kernels/doc.test.ts.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { TABLES } from './kernel-tables.ts';

const PAGE = 'docs/kernels.md';

/** The page with every table replaced; a marker without a table, or a table without a marker, is an error. */
function filled(page: string, tables: Readonly<Record<string, readonly string[]>>): string {
  const named = [...page.matchAll(/<!-- table (\S+) -->/g)].map((match) => match[1]);
  const lost = Object.keys(tables).filter((name) => !named.includes(name));
  if (lost.length > 0) throw new Error(`${PAGE} has no place for ${lost.join(', ')}`);
  return page.replace(/(<!-- table (\S+) -->\n)[\s\S]*?(<!-- end -->)/g, (_, begin: string, name: string, end: string) => {
    if (tables[name] === undefined) throw new Error(`there is no table ${name}`);
    return `${begin}${tables[name].join('\n')}\n${end}`;
  });
}

const only = process.argv.slice(2).filter((argument) => !argument.startsWith('--'));
const tables: Record<string, readonly string[]> = {};
for (const [name, make] of Object.entries(TABLES)) {
  if (only.length === 0 || only.includes(name)) tables[name] = await make();
}
if (process.argv.includes('--check')) process.stdout.write(JSON.stringify(tables));
else {
  const page = readFileSync(PAGE, 'utf8');
  const kept = Object.fromEntries(Object.keys(TABLES).map((name) => [name, tables[name] ?? tableIn(page, name)]));
  writeFileSync(PAGE, filled(page, kept));
}

function tableIn(page: string, name: string): readonly string[] {
  const match = new RegExp(`<!-- table ${name} -->\\n([\\s\\S]*?)\\n?<!-- end -->`).exec(page);
  return match ? match[1].split('\n') : [];
}
