/**
 * From a grid to a Program. The stored rows of fabric column x enter at its north edge, a word a wavelet, and are multicast
 * down to every PE with tokens. Results leave to the west as in rows/fabric.ts: each router sends its own until its last one
 * has left, then what comes from the east. Activations are in memory before the launch, a copy in every column.
 */
import { assemble } from '../../machine/builder.ts';
import { maskOf, Port } from '../../machine/fabric.ts';
import type { HostSink, HostSource, LoadTable, PeClass, Program, Route, RouteClass, StreamName } from '../../machine/program.ts';
import { rowBytes } from '../../quant/formats.ts';
import { sharedRate } from '../host-share.ts';
import { drain } from '../rows/code.ts';
import { RESULTS, RESULTS_QUEUE, routeAll } from '../rows/fabric.ts';
import { place } from '../rows/placement.ts';
import type { Gemm } from '../types.ts';
import { type Grid, rowsOfColumn, tokensOfRow, usedHeight, usedWidth } from './grid.ts';
import { type StreamJob, wordsOfBlock } from './job.ts';
import { layout, type StreamLayout } from './layout.ts';
import { code, marksOf } from './pe.ts';

/** The color and queue that carry activations in rows/ carry weights here. */
const WEIGHTS = 0;
const WEIGHTS_QUEUE = 0;

const STREAMS: readonly StreamName[] = [
  { color: WEIGHTS, letter: 'w', meaning: 'weights as stored' },
  { color: RESULTS, letter: 'y', meaning: 'results' },
];

/** `job` is that of the fullest PE. */
export function* buildProgram(grid: Grid, job: StreamJob, gemm: Gemm): Generator<void, Program> {
  const { width, height } = grid.rectangle;
  return {
    machine: job.machine,
    width,
    height,
    ...(yield* classify(grid, job)),
    ...(yield* routes(grid)),
    loads: loadTable(grid, job, gemm.x),
    sources: yield* sources(grid, job, gemm.weights),
    sinks: sinks(grid),
    streams: STREAMS,
    marks: marksOf(job, job.rows),
  };
}

/** The job of the PE in column x and row y; rows 0 where it has none. */
export const jobAt = (grid: Grid, job: StreamJob, x: number, y: number): StreamJob => {
  const [rows, tokens] = [rowsOfColumn(grid, x), tokensOfRow(grid, y)];
  return rows > 0 && tokens > 0 ? { ...job, rows, tokens } : { ...job, rows: 0, tokens: 0 };
};

/** Up to four classes of working PEs (full, fewer rows, fewer tokens, both), and idle ones. */
function* classify(grid: Grid, job: StreamJob): Generator<void, { classes: PeClass[]; classOf: Uint16Array }> {
  const { width, height } = grid.rectangle;
  const classes: PeClass[] = [];
  const known = new Map<string, number>();
  const classOf = new Uint16Array(width * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const own = jobAt(grid, job, x, y);
      const key = `${own.rows} ${own.tokens}`;
      const index = known.get(key) ?? classes.push(own.rows > 0 ? workClass(own) : idleClass(own)) - 1;
      known.set(key, index);
      classOf[y * width + x] = index;
    }
    yield;
  }
  return { classes, classOf };
}

function workClass(job: StreamJob): PeClass {
  const own = layout(job);
  return {
    name: `${job.rows} row${job.rows > 1 ? 's' : ''}, ${job.tokens} token${job.tokens > 1 ? 's' : ''}`,
    tasks: [{ name: 'weight-streaming', code: assemble([...code(job, own), ...drainOf(job, own)]), active: true, blocked: false }],
    memory: own.allocations,
    inputs: [{ queue: WEIGHTS_QUEUE, color: WEIGHTS }],
    outputs: [{ queue: RESULTS_QUEUE, color: RESULTS }],
  };
}

/** The drain of rows/, for this PE's rows and tokens. */
export const drainOf = ({ machine, dequantiser, dot, k, rows, tokens }: StreamJob, own: StreamLayout) =>
  drain({ machine, dequantiser, dot, k, n: tokens, rows, rowsPerPe: rows }, own);

function idleClass({ machine }: StreamJob): PeClass {
  const reserve = { name: 'code and run-time reserve', kind: 'code', address: 0, bytes: machine.codeReserve } as const;
  return { name: 'no rows', tasks: [], memory: [reserve], inputs: [], outputs: [] };
}

/** Results take the routes of a row-per-PE kernel on the working columns; weights go down, at the last working row to the ramp only. */
function* routes(grid: Grid): Generator<void, { routes: RouteClass[]; routeOf: Uint16Array }> {
  const { width, height } = grid.rectangle;
  const results = yield* routeAll(place(usedWidth(grid), { width, height: 1 }));
  const down = (tx: number): Route => ({ color: WEIGHTS, positions: [{ rx: maskOf(Port.N), tx }], ring: false });
  const withWeights = (tx: number): RouteClass[] =>
    results.routes.map((cls) => cls.filter((route) => route.color === RESULTS)).map((cls) => (cls.length > 0 ? [down(tx), ...cls] : []));
  const last = usedHeight(grid) - 1;
  const routeOf = new Uint16Array(width * height);
  const count = results.routes.length;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) routeOf[y * width + x] = y > last ? 2 * count : results.routeOf[x] + (y === last ? count : 0);
  }
  return { routes: [...withWeights(maskOf(Port.RAMP, Port.S)), ...withWeights(maskOf(Port.RAMP)), []], routeOf };
}

/** Every working PE gets the activations of its fabric row's tokens. */
function loadTable(grid: Grid, job: StreamJob, x: Float32Array): LoadTable {
  const [columns, rows] = [usedWidth(grid), usedHeight(grid)];
  const count = columns * rows;
  const table = { pe: new Uint32Array(count), address: new Uint32Array(count), offset: new Float64Array(count), length: new Uint32Array(count) };
  const { activations } = layout(job);
  for (let i = 0; i < count; i++) {
    const y = Math.floor(i / columns);
    table.pe[i] = y * grid.rectangle.width + (i % columns);
    table.address[i] = activations;
    table.offset[i] = 4 * job.k * y * grid.tokens.rowsPerPe;
    table.length[i] = 4 * job.k * tokensOfRow(grid, y);
  }
  return { data: [new Uint8Array(x.slice().buffer)], source: new Uint16Array(count), ...table };
}

/** One source a working column; more than the host can serve share its rate. Column by column. */
function* sources(grid: Grid, job: StreamJob, weights: Uint8Array): Generator<void, HostSource[]> {
  const bytes = rowBytes(job.dequantiser.format, job.k);
  const rate = sharedRate(job.machine.host.wordsInPerCycle, usedWidth(grid));
  const made: HostSource[] = [];
  for (let x = 0; x < usedWidth(grid); x++) {
    const first = x * grid.rows.rowsPerPe * bytes;
    const own = weights.subarray(first, first + rowsOfColumn(grid, x) * bytes);
    made.push({ name: `weights of fabric column ${x}`, pe: x, port: Port.N, color: WEIGHTS, words: wordsOf(own, job), ...(rate && { rate }) });
    yield;
  }
  return made;
}

/** Stored units as whole words, the last one of each padded with zeros. */
function wordsOf(bytes: Uint8Array, job: StreamJob): Uint32Array {
  const [unit, words] = [job.dequantiser.unit.bytes, wordsOfBlock(job)];
  const padded = new Uint8Array((bytes.length / unit) * 4 * words);
  for (let from = 0, to = 0; from < bytes.length; from += unit, to += 4 * words) padded.set(bytes.subarray(from, from + unit), to);
  return new Uint32Array(padded.buffer);
}

function sinks(grid: Grid): HostSink[] {
  return Array.from({ length: usedHeight(grid) }, (_, y) => ({
    name: `results of fabric row ${y}`,
    pe: y * grid.rectangle.width,
    port: Port.W,
    color: RESULTS,
    expect: grid.rows.rows * tokensOfRow(grid, y),
  }));
}
