/** SCALE-Sim's files: convolutions by im2col with hand-computed sizes, products as they are, mistakes by row and column. */
import { describe, expect, it } from 'vitest';
import { readCsv } from '../../src/model/csv.ts';
import { readComputeReport, readTopology } from '../../src/model/topology.ts';

const CONV = 'Layer name, IFMAP Height, IFMAP Width, Filter Height, Filter Width, Channels, Num Filter, Strides,\n';

describe('a topology', () => {
  it('of convolutions: 224 x 224 x 3 with 64 filters of 7 x 7 at stride 2 is 64 x 147 by 147 x 12100 (110 x 110 positions)', () => {
    const { kind, layers } = readTopology(`${CONV}Conv1, 224, 224, 7, 7, 3, 64, 2,\nResNet,\nConv2, 56, 56, 3, 3, 64, 64, 1,\n`, 'net.csv');
    expect(kind).toBe('convolution');
    expect(layers).toEqual([
      { name: 'Conv1', m: 64, k: 147, n: 12100, count: 1 },
      { name: 'Conv2', m: 64, k: 576, n: 2916, count: 1 },
    ]);
  });

  it('with a depthwise layer has one product of one channel for each of its 8 channels', () => {
    expect(readTopology(`${CONV}DP1, 14, 14, 3, 3, 8, 1, 1,\n`, 'n').layers).toEqual([{ name: 'DP1', m: 1, k: 9, n: 144, count: 8 }]);
  });

  it('may give both strides: 15 x 9 by 3 x 3 at 3 and 2 has 5 x 4 positions', () => {
    const head = 'Layer name,IFMAP Height,IFMAP Width,Filter Height,Filter Width,Channels,Num Filter,Stride Height,Stride Width\n';
    expect(readTopology(`${head}c,15,9,3,3,1,2,3,2\n`, 'n').layers[0]).toMatchObject({ m: 2, k: 9, n: 20 });
  });

  it('of products keeps M, N and K, whatever the order of the columns, and names columns it does not use', () => {
    const { layers, unused } = readTopology('\ufeffLayer, K, M, N, Sparsity,\r\n"a, b", 1000, 64, 16, 2:4,\r\n', 'gemm.csv');
    expect(layers).toEqual([{ name: 'a, b', m: 64, k: 1000, n: 16, count: 1 }]);
    expect(unused).toEqual(['Sparsity']);
  });

  it.each([
    ['', /'x.csv' holds no rows/],
    ['Layer, M, N, K,\n', /a header and no layers/],
    ['Layer, M, N, KK,\na, 1, 1, 1,\n', /row 1: there is no column 'K'; the columns are Layer, M, N, KK/],
    ['Layer, M, N, K,\na, 1, 1, 1,\nb, 1, 1x, 1,\n', /row 3, column 3 \(N\): '1x' is not a whole number from 1/],
    ['Layer, M, N, K,\na, 1, 0, 1,\n', /row 2, column 3 \(N\): '0' is not/],
    ['Layer, M, N, K,\na, 1, 1\n', /row 2, column 4 \(K\): the cell is empty/],
    [`${CONV}c, 3, 9, 5, 3, 1, 1, 1,\n`, /row 2, column 4 \(Filter Height\): 5 is larger than the IFMAP, 3/],
  ])('that says %j is refused', (text, message) => {
    expect(() => readTopology(text, 'x.csv')).toThrow(message);
  });
});

describe("SCALE-Sim's report", () => {
  it('gives the cycles of every product, from its column', () => {
    const text = 'LayerID, Total Cycles (incl. prefetch), Total Cycles, Stall Cycles,\n0, 9, 120.0, 0.0,\n1, 9, 45, 0.0,\n';
    expect(readComputeReport(text, 'r.csv')).toEqual([120, 45]);
    expect(() => readComputeReport('LayerID, Cycles,\n0, 1,\n', 'r.csv')).toThrow(/no column 'total cycles'/);
    expect(() => readComputeReport('LayerID, Total Cycles,\n0, many,\n', 'r.csv')).toThrow(/row 2, column 2 \(Total Cycles\): 'many'/);
  });
});

describe('CSV', () => {
  it('has lines from 1, quotes, and no empty rows', () => {
    expect(readCsv('a,"b ""c"", d",\n\n ,\ne\n')).toEqual([
      { line: 1, cells: ['a', 'b "c", d'] },
      { line: 4, cells: ['e'] },
    ]);
  });
});
