/** `npm run bench [-- --json]`: every bench, one row a claim. A bench file exports benches(); rows are in bench/row.ts. */
import * as engine from './engine.ts';
import * as quant from './quant.ts';
import * as scale from './scale.ts';
import * as seek from './seek.ts';
import * as timing from './timing.ts';
import * as values from './values.ts';

const rows = [...engine.benches(), ...quant.benches(), ...timing.benches(), ...values.benches(), ...seek.benches(), ...scale.benches()];
if (process.argv.includes('--json')) process.stdout.write(`${JSON.stringify(rows, null, 2)}\n`);
else for (const r of rows) process.stdout.write(`${r.value.toFixed(1).padStart(10)} ${r.unit.padEnd(18)} ${r.ratio.toFixed(2).padStart(9)} x  ${r.name}\n`);
