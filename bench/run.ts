/**
 * `npm run bench [-- --json]`: every bench, one row a claim. A bench file exports benches(); rows are in bench/row.ts. Each file runs in a
 * process of its own: what others leave behind to be collected would be counted as its time and memory.
 */
import { spawnSync } from 'node:child_process';
import * as engine from './engine.ts';
import * as memory from './memory.ts';
import * as quant from './quant.ts';
import type { BenchRow } from './row.ts';
import * as scale from './scale.ts';
import * as seek from './seek.ts';
import * as timing from './timing.ts';
import * as values from './values.ts';

const BENCHES = new Map(Object.entries({ engine, quant, timing, memory, values, seek, scale }));
/** Given to this file with the name of a bench: its rows alone, as JSON. */
const ONE = '--bench';

function rowsOf(name: string): BenchRow[] {
  const { status, stdout } = spawnSync(process.execPath, [process.argv[1], ONE, name], { stdio: ['ignore', 'pipe', 'inherit'], encoding: 'utf8' });
  if (status !== 0) throw new Error(`the bench ${name} ended with ${status}`);
  return JSON.parse(stdout);
}

const text = ({ value, unit, ratio, name }: BenchRow): string =>
  `${value.toFixed(1).padStart(10)} ${unit.padEnd(18)} ${ratio.toFixed(2).padStart(9)} x  ${name}\n`;
const json = (rows: readonly BenchRow[]): string => `${JSON.stringify(rows, null, 2)}\n`;

const [what, name] = process.argv.slice(2);
if (what === memory.FEW_CLASSES) memory.timeFewClasses();
else if (what === ONE) process.stdout.write(json(BENCHES.get(name)?.benches() ?? []));
else if (what === '--json') process.stdout.write(json([...BENCHES.keys()].flatMap(rowsOf)));
else for (const one of BENCHES.keys()) process.stdout.write(rowsOf(one).map(text).join(''));
