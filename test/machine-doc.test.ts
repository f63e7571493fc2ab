/** docs/machine.md states what src/machine/spec.ts and ops.ts contain: every number of its two tables is compared. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { VECTOR_OP_NAMES } from '../src/machine/ops.ts';
import { SOURCES } from '../src/machine/sources.ts';
import { type MachineSpec, TEACHING, WSE2, WSE3 } from '../src/machine/spec.ts';
import { TUNABLE_IDS, TUNABLES } from '../src/machine/tuning.ts';

const MACHINES: readonly MachineSpec[] = [TEACHING, WSE2, WSE3];
const PAGE = readFileSync(new URL('../docs/machine.md', import.meta.url), 'utf8');

/** The cells of the table under a heading, without its two header lines. */
function rowsUnder(heading: string): string[][] {
  const section = PAGE.split(`\n## ${heading}\n`)[1].split('\n## ')[0];
  const lines = section.split('\n').filter((line) => line.startsWith('|'));
  return lines.slice(2).map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

/** The value of a dotted field as the page writes it: a number, or numbers with spaces. */
function fieldOf(machine: MachineSpec, path: string): readonly number[] {
  const value = path.split('.').reduce<unknown>((at, key) => (at as Record<string, unknown>)[key], machine);
  return Array.isArray(value) ? value : [value as number];
}

describe('docs/machine.md', () => {
  it.each(rowsUnder('Presets'))('%s is %s on Teaching, %s on WSE-2, %s on WSE-3', (path, ...cells) => {
    expect(cells.slice(0, 3).map((cell) => cell.split(' ').map(Number))).toEqual(MACHINES.map((machine) => fieldOf(machine, path)));
  });

  it('lists the sources whose keys the constants name', () => {
    expect(rowsUnder('Sources')).toEqual(SOURCES);
  });

  it('lists what can be set by hand, with its range and unit', () => {
    const stated = rowsUnder('Constants by hand').map(([id, least, most, unit]) => [id, Number(least), Number(most), unit]);
    expect(stated).toEqual(TUNABLE_IDS.map((id) => [id, TUNABLES[id].least, TUNABLES[id].most, TUNABLES[id].unit]));
  });

  it('lists the rate of every vector op on every machine, in elements per issue', () => {
    const stated = Object.fromEntries(rowsUnder('Vector operations, elements per issue').map(([name, ...rates]) => [name, rates.map(Number)]));
    expect(stated).toEqual(Object.fromEntries(VECTOR_OP_NAMES.map((name) => [name, MACHINES.map((machine) => machine.rates[name])])));
  });
});
