/**
 * The host's side of `split-k`: what it copies into the PEs, a stream of activations for every fabric column, results from
 * the west end of every fabric row. Lanes together take no more than the host gives: beyond 44 columns each gets its share.
 */
import { assert } from '../../base/error.ts';
import { Port } from '../../machine/fabric.ts';
import type { HostSink, HostSource, LoadTable, Rate } from '../../machine/program.ts';
import type { MachineSpec } from '../../machine/spec.ts';
import { sharedRate } from '../host-share.ts';
import { activationWords } from '../rows/activations.ts';
import { blockBytes, packedBytes, type RowJob, type Segment } from '../rows/mapping.ts';
import type { Gemm } from '../types.ts';
import { ACTIVATIONS, FIRST_SUM } from './fabric.ts';
import { CONTROL_BYTES, jobAt, layout, type Mapping, rowsIn, sliceOf } from './layout.ts';

/** The rate of each of `lanes` lanes, or undefined if the host can serve all of them in every cycle. */
export const laneRate = (lanes: number, { host }: MachineSpec): Rate | undefined => sharedRate(host.wordsInPerCycle, lanes);

/** What belongs to fabric column x: its slice of every column of B. In pieces. */
export function* sourcesOf({ split, job }: Mapping, gemm: Gemm): Generator<void, HostSource[]> {
  const { width } = split.rectangle;
  const rate = laneRate(width, job.machine);
  const sources: HostSource[] = [];
  for (let x = 0; x < width; x++)
    sources.push({
      name: `activations of column ${x}`,
      pe: x,
      port: Port.N,
      color: ACTIVATIONS,
      words: yield* activationWords(job, activationsOf(gemm, sliceOf(split, x))),
      ...(rate && { rate }),
    });
  return sources;
}

/** N columns of `k` activations from `first` on. */
export function activationsOf({ x, k: all, n }: Gemm, { first, k }: { readonly first: number; readonly k: number }): Float32Array {
  const out = new Float32Array(n * k);
  for (let token = 0; token < n; token++) out.set(x.subarray(token * all + first, token * all + first + k), token * k);
  return out;
}

/** One sink for each fabric row that holds a band. */
export function sinksOf({ split, job }: Mapping): HostSink[] {
  return Array.from({ length: split.usedHeight }, (_, y) => ({
    name: `results of fabric row ${y}`,
    pe: y * split.rectangle.width,
    port: Port.W,
    color: FIRST_SUM,
    expect: rowsIn(split, y) * job.n,
  }));
}

/** Words of each fabric row's sink, token by token and row by row -> N x M f32; in pieces of a fabric row. */
export function* gathering({ split, job }: Mapping, sinks: readonly Uint32Array[]): Generator<void, Float32Array> {
  const out = new Uint32Array(job.n * split.rows);
  assert(sinks.length === split.usedHeight, `${sinks.length} sinks instead of ${split.usedHeight}`);
  for (const [y, words] of sinks.entries()) {
    const rows = rowsIn(split, y);
    assert(words.length === rows * job.n, `fabric row ${y}: ${words.length} results instead of ${rows * job.n}`);
    for (let token = 0; token < job.n; token++) out.set(words.subarray(token * rows, (token + 1) * rows), token * split.rows + y * split.rowsPerPe);
    yield;
  }
  return new Float32Array(out.buffer);
}

/** Every PE gets its tile out of the matrix as stored, row by row, and the word of its control wavelet. In pieces of a fabric column. */
export function* loadingTiles(mapping: Mapping, gemm: Gemm): Generator<void, LoadTable> {
  const { split, pattern } = mapping;
  const { width } = split.rectangle;
  const controls = pattern.map((pe) => pe.control).filter((word) => word !== undefined);
  const tiles = tilesOf(mapping, packedBytes({ ...mapping.job, k: gemm.k }));
  const rows = tiles.reduce((sum, { from, to, pieces, control }) => sum + (to - from) * (pieces.length + (control === undefined ? 0 : 1)), 0);
  const table = {
    data: controls.length > 0 ? [gemm.weights, wordBytes(controls[0])] : [gemm.weights],
    source: new Uint16Array(rows),
    pe: new Uint32Array(rows),
    address: new Uint32Array(rows),
    offset: new Float64Array(rows),
    length: new Uint32Array(rows),
  };
  let row = 0;
  const put = (source: number, pe: number, address: number, offset: number, length: number): void => {
    table.source[row] = source;
    table.pe[row] = pe;
    table.address[row] = address;
    table.offset[row] = offset;
    table.length[row++] = length;
  };
  for (const { x, from, to, pieces, control, first, stride } of tiles) {
    for (let y = from; y < to; y++) {
      const pe = y * width + x;
      for (const { address, offset, length } of pieces) put(0, pe, address, first + y * stride + offset, length);
      if (control !== undefined) put(1, pe, control, 0, CONTROL_BYTES);
    }
    yield;
  }
  return table;
}

/** What PEs (x, from) .. (x, to - 1) are loaded: pieces of memory, from byte `first + y * stride` of the matrix on, and the address of a control word. */
interface Tiles {
  readonly x: number;
  readonly from: number;
  readonly to: number;
  readonly first: number;
  readonly stride: number;
  readonly pieces: readonly Segment[];
  readonly control: number | undefined;
}

/** Tiles of a matrix whose rows are `whole` bytes apart. */
function tilesOf(mapping: Mapping, whole: number): Tiles[] {
  const { split, pattern, inner } = mapping;
  return pattern.flatMap((pe, x) => {
    const first = (sliceOf(split, x).first / split.unit) * blockBytes(mapping.job);
    return bands(mapping).map(([from, to, count]): Tiles => {
      const job = jobAt(mapping, x, count);
      const own = layout(inner, job, pe);
      const pieces = rowPieces(inner.segments(job, own), job, whole);
      return { x, from, to, first, stride: split.rowsPerPe * whole, pieces, control: pe.control === undefined ? undefined : own.controlWord };
    });
  });
}

/** Fabric rows from .. to - 1 with the same number of rows of A. */
function bands({ split }: Mapping): [from: number, to: number, rows: number][] {
  const { usedHeight, rowsPerPe, rowsOfLast } = split;
  const last: [number, number, number] = [usedHeight - 1, usedHeight, rowsOfLast];
  return usedHeight > 1 ? [[0, usedHeight - 1, rowsPerPe], last] : [last];
}

/** Segments of a PE's rows, cut where a row ends: in the matrix the rows of a tile are `whole` bytes apart. */
function rowPieces(segments: readonly Segment[], job: RowJob, whole: number): Segment[] {
  const bytes = packedBytes(job);
  return segments.flatMap(({ address, offset, length }) => {
    const pieces: Segment[] = [];
    for (let done = 0; done < length; ) {
      const [row, inRow] = [Math.floor((offset + done) / bytes), (offset + done) % bytes];
      const piece = Math.min(length - done, bytes - inRow);
      pieces.push({ address: address + done, offset: row * whole + inRow, length: piece });
      done += piece;
    }
    return pieces;
  });
}

function wordBytes(word: number): Uint8Array {
  const bytes = new Uint8Array(CONTROL_BYTES);
  new DataView(bytes.buffer).setUint32(0, word, true);
  return bytes;
}
