/**
 * SCALE-Sim topologies: a CSV row a layer, either M, N, K of a product or the sizes of a convolution. Convolutions become
 * products by im2col. A layer whose name holds DP is depthwise, as SCALE-Sim reads it: one product for each channel.
 * Also its COMPUTE_REPORT.csv, a row a product, to be held against. Left out: sparsity, layouts; such columns are named as unused.
 */
import { WeftError } from '../base/error.ts';
import { type CsvRow, readCsv } from './csv.ts';
import { nearestNames } from './nearest.ts';

export interface TopologyLayer {
  readonly name: string;
  /** Of one product. */
  readonly m: number;
  readonly k: number;
  readonly n: number;
  /** Products of this size: 1, or the channels of a depthwise layer. */
  readonly count: number;
}

export interface Topology {
  readonly kind: 'gemm' | 'convolution';
  readonly layers: readonly TopologyLayer[];
  /** How a row becomes a product, in words. */
  readonly rule: string;
  /** Columns of the file that are not used. */
  readonly unused: readonly string[];
}

const RULES: Readonly<Record<Topology['kind'], string>> = {
  gemm: 'A row with M, N, K is C[M × N] = A[M × K] · B[K × N]: the rows of A are the weights that are placed on PEs, the N columns of B are streamed.',
  convolution:
    'A convolution becomes a product by im2col: M = number of filters, K = filter height × filter width × channels, N = output height × output width, each ⌈(IFMAP − filter + stride) / stride⌉; padding is part of the IFMAP sizes. A layer whose name holds DP is depthwise: the same with one channel, once for each channel.',
};

/** Columns by what they hold, each with the names that files give it. */
type Columns = Readonly<Record<string, readonly string[]>>;
const NAME = { name: ['layer', 'layer name', 'layer_name', 'layername'] } as const;
const GEMM: Columns = { ...NAME, m: ['m'], n: ['n'], k: ['k'] };
const CONVOLUTION: Columns = {
  ...NAME,
  ifmapHeight: ['ifmap height', 'ifmap h'],
  ifmapWidth: ['ifmap width', 'ifmap w'],
  filterHeight: ['filter height', 'filter h'],
  filterWidth: ['filter width', 'filter w'],
  channels: ['channels', 'channel', 'num channels'],
  filters: ['num filter', 'num filters', 'number of filters'],
  stride: ['strides', 'stride', 'stride height', 'stride h'],
};
const OPTIONAL: Columns = { strideWidth: ['stride width', 'stride w'] };
/** Largest size of a layer that is read at all. */
const MOST = 2 ** 31 - 1;

/** Reads a topology. Throws WeftError on `--topology` that names row and column. */
export function readTopology(text: string, file: string): Topology {
  const [head, ...rows] = readCsv(text);
  if (head === undefined) throw new WeftError('--topology', `'${file}' holds no rows`, ['give a SCALE-Sim topology with a header row']);
  const has = (name: string): boolean => head.cells.some((cell) => normal(cell) === name);
  const kind = has('m') || has('n') || has('k') ? 'gemm' : 'convolution';
  const columns = kind === 'gemm' ? GEMM : CONVOLUTION;
  const table = new Table('--topology', file, head, columns, kind === 'gemm' ? {} : OPTIONAL);
  // A row with a name alone is a heading between networks.
  const layers = rows.filter(({ cells }) => cells.length > 1).map((row) => (kind === 'gemm' ? gemmOf(table, row) : convolutionOf(table, row)));
  if (layers.length === 0) throw new WeftError('--topology', `'${file}' has a header and no layers`, ['add a row for each layer']);
  return { kind, layers, rule: RULES[kind], unused: table.unused };
}

function gemmOf(table: Table, row: CsvRow): TopologyLayer {
  return { name: table.text(row, 'name'), m: table.size(row, 'm'), k: table.size(row, 'k'), n: table.size(row, 'n'), count: 1 };
}

function convolutionOf(table: Table, row: CsvRow): TopologyLayer {
  const name = table.text(row, 'name');
  const stride = table.size(row, 'stride');
  const across = table.has('strideWidth') && row.cells.length > table.place('strideWidth') ? table.size(row, 'strideWidth') : stride;
  const out = (ifmap: string, filter: string, step: number): number => {
    const [size, window] = [table.size(row, ifmap), table.size(row, filter)];
    if (window > size) throw table.fault(row, filter, `${window} is larger than the IFMAP, ${size}`);
    return Math.ceil((size - window + step) / step);
  };
  const n = out('ifmapHeight', 'filterHeight', stride) * out('ifmapWidth', 'filterWidth', across);
  const channels = table.size(row, 'channels');
  const depthwise = name.includes('DP');
  const k = table.size(row, 'filterHeight') * table.size(row, 'filterWidth') * (depthwise ? 1 : channels);
  return { name, m: table.size(row, 'filters'), k, n, count: depthwise ? channels : 1 };
}

/** Cycles of each product in SCALE-Sim's COMPUTE_REPORT.csv, in its order. Throws WeftError on `--scale-sim` that names row and column. */
export function readComputeReport(text: string, file: string): readonly number[] {
  const [head, ...rows] = readCsv(text);
  if (head === undefined) throw new WeftError('--scale-sim', `'${file}' holds no rows`, ['give the COMPUTE_REPORT.csv of the same topology']);
  const table = new Table('--scale-sim', file, head, { layer: ['layerid', 'layer id', 'layer'], cycles: ['total cycles'] }, {});
  return rows.map((row) => table.number(row, 'cycles'));
}

const normal = (cell: string): string => cell.toLowerCase().replace(/\s+/g, ' ').trim();

/** A header and how its columns are read; every mistake names row and column. */
class Table {
  readonly unused: readonly string[];
  private readonly flag: string;
  private readonly file: string;
  private readonly head: CsvRow;
  private readonly places = new Map<string, number>();

  constructor(flag: string, file: string, head: CsvRow, needed: Columns, optional: Columns) {
    [this.flag, this.file, this.head] = [flag, file, head];
    for (const [key, names] of Object.entries({ ...needed, ...optional })) {
      const place = head.cells.findIndex((cell) => names.includes(normal(cell)));
      if (place >= 0) this.places.set(key, place);
      else if (key in needed) throw this.missing(names[0].length === 1 ? names[0].toUpperCase() : names[0], needed);
    }
    const used = new Set(this.places.values());
    this.unused = head.cells.filter((_, i) => !used.has(i));
  }

  private missing(name: string, needed: Columns): WeftError {
    const known = new Set(Object.values(needed).flat());
    const unknown = this.head.cells.filter((cell) => !known.has(normal(cell)));
    const [near] = nearestNames(name, unknown, 1);
    const rename = near === undefined ? [] : [`rename the column '${near}' to '${name}' if that is what it holds`];
    return new WeftError(this.flag, `'${this.file}', row ${this.head.line}: there is no column '${name}'; the columns are ${this.head.cells.join(', ')}`, [
      ...rename,
      'GEMM files have the columns Layer, M, N, K; convolutions Layer name, IFMAP Height, IFMAP Width, Filter Height, Filter Width, Channels, Num Filter, Strides',
    ]);
  }

  has(key: string): boolean {
    return this.places.has(key);
  }

  place(key: string): number {
    return this.places.get(key) ?? -1;
  }

  fault(row: CsvRow, key: string, problem: string): WeftError {
    const place = this.place(key);
    return new WeftError(this.flag, `'${this.file}', row ${row.line}, column ${place + 1} (${this.head.cells[place]}): ${problem}`, ['correct the cell']);
  }

  text(row: CsvRow, key: string): string {
    const cell = row.cells[this.place(key)] ?? '';
    return cell === '' ? `row ${row.line}` : cell;
  }

  /** A whole number from 1. */
  size(row: CsvRow, key: string): number {
    const cell = row.cells[this.place(key)] ?? '';
    const value = /^\d+$/.test(cell) ? Number(cell) : Number.NaN;
    if (value >= 1 && value <= MOST) return value;
    throw this.fault(row, key, cell === '' ? 'the cell is empty' : `'${cell}' is not a whole number from 1`);
  }

  /** A number from 0. */
  number(row: CsvRow, key: string): number {
    const cell = row.cells[this.place(key)] ?? '';
    const value = cell === '' ? Number.NaN : Number(cell);
    if (Number.isFinite(value) && value >= 0) return value;
    throw this.fault(row, key, cell === '' ? 'the cell is empty' : `'${cell}' is not a number of cycles`);
  }
}
