/** `npm run bench [-- --json]`: every bench, one row a claim. A bench file exports benches(), some a promise of them; rows are in bench/row.ts. */
import * as engine from './engine.ts';
import * as memory from './memory.ts';
import * as quant from './quant.ts';
import type { BenchRow } from './row.ts';
import * as scale from './scale.ts';
import * as seek from './seek.ts';
import * as timing from './timing.ts';
import * as values from './values.ts';

async function rows(): Promise<BenchRow[]> {
  return [
    ...engine.benches(),
    ...quant.benches(),
    ...timing.benches(),
    ...memory.benches(),
    ...values.benches(),
    ...seek.benches(),
    ...(await scale.benches()),
  ];
}

const text = ({ value, unit, ratio, name }: BenchRow): string =>
  `${value.toFixed(1).padStart(10)} ${unit.padEnd(18)} ${ratio.toFixed(2).padStart(9)} x  ${name}\n`;

if (process.argv.includes(memory.FEW_CLASSES)) memory.timeFewClasses();
else if (process.argv.includes('--json')) process.stdout.write(`${JSON.stringify(await rows(), null, 2)}\n`);
else for (const row of await rows()) process.stdout.write(text(row));
