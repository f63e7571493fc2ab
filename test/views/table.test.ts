import { describe, expect, it } from 'vitest';
import type { Allocation } from '../../src/machine/program.ts';
import type { Scene } from '../../src/views/canvas/scene.ts';
import { pesData } from '../../src/views/fabric/fabric-data.ts';
import { rangesOf } from '../../src/views/inspector/MemoryMap.tsx';
import { type ChartData, csvOf, ndjsonOf, shown } from '../../src/views/table/chart-data.ts';
import { sampleRun } from '../drivers/sample-run.ts';

const piece = (name: string, address: number, bytes: number): Allocation => ({ name, kind: 'weights', address, bytes });

describe('the memory map', () => {
  it('names every byte of 49 152, gaps included, in order of address', () => {
    const ranges = rangesOf([piece('b', 200, 50), piece('a', 0, 100), piece('nothing', 100, 0)], 49_152);
    expect(ranges.map((r) => [r.name, r.address, r.bytes])).toEqual([
      ['a', 0, 100],
      ['free', 100, 100],
      ['b', 200, 50],
      ['free', 250, 48_902],
    ]);
    expect(ranges.reduce((sum, r) => sum + r.bytes, 0)).toBe(49_152);
  });
});

describe('the numbers of a chart', () => {
  const data: ChartData = {
    title: 'Shares',
    columns: [
      { name: 'From cycle', key: 'from_cycle' },
      { name: 'Name', key: 'name' },
      { name: 'Busy', key: 'share_busy', show: (v) => `${100 * v} %` },
    ],
    rows: [
      [1000, 'a,"b"', 0.5],
      [2000, '=1', null],
    ],
  };

  it('are written plain into data files, by keys that name units, and safe for a spreadsheet', () => {
    expect(csvOf(data)).toBe('from_cycle,name,share_busy\r\n1000,"a,""b""",0.5\r\n2000,\'=1,\r\n');
    expect(ndjsonOf(data)).toBe('{"from_cycle":1000,"name":"a,\\"b\\"","share_busy":0.5}\n{"from_cycle":2000,"name":"=1","share_busy":null}\n');
  });

  it('are grouped and have their units in the table', () => {
    expect(data.rows[0].map((cell, i) => shown(cell, data.columns[i]))).toEqual(['1\u202f000', 'a,"b"', '50 %']);
    expect(shown(null, data.columns[2])).toBe('');
  });
});

describe('the numbers of every PE', () => {
  it('name the layer and its unit', () => {
    const reader = sampleRun();
    const scene = { reader, states: new Uint8Array(reader.pes), values: { perPe: new Float32Array(reader.pes).fill(-1) } } as unknown as Scene;
    const { columns, rows } = pesData(scene, 'sram');
    expect(columns.map(({ key }) => key)).toEqual(['x', 'y', 'state', 'sram_bytes']);
    expect(columns[3].name).toBe('SRAM (bytes)');
    expect(rows[0].slice(-1)).toEqual([null]);
    expect(pesData({ ...scene, values: null }, 'state').columns.map(({ key }) => key)).toEqual(['x', 'y', 'state']);
  });
});
