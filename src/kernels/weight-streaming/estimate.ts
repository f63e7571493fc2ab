/**
 * Closed form and lower bound of `weight-streaming`. Every fabric column is a stream of its own that runs down past PEs with
 * the same code, so what rows/estimate.ts says of activations holds here of weights, with y for the distance d. Let
 *
 *     h, T_R   hop and ramp latency         C = input queue depth + T_R      b = C + FIFO depth, words that wait meanwhile
 *     w        wavelets of a block          A = blocks of a full column      P cycles between wavelets (host-share.ts)
 *     F        issue cycles of the code up to the drain, T = F / A           S = issue cycles before the first wavelet is used
 *
 * P = 1, nothing overlapped: the code of PE y ends at F + w(y), exactly (rows/estimate.ts, endOfRowCode).
 *
 * P > 1: while a PE computes, b words gather and the source stops; idle time earns no credit. The other words of the block come
 * P cycles apart, the first of them 3 + h + T_R after the PE takes words again. A block takes, unless the host cannot even keep up with w P,
 *
 *     max(w P, T - w + max(w, 3 + h + T_R + (w - 1 - b) P))
 *
 * and the first one ends at max(S + w, (w - 1) P + h + T_R + 1) if S < b P.
 *
 * `overlap`: the next block arrives while this one is worked on, each wavelet at the cost of an issue: a block takes
 * max(w P, T), T with the receiving counted, and only the first one is waited for.
 *
 * PE x of fabric row y has its first result at its router one issue and T_R after the set-up s of its drain, x h from the edge,
 * behind those of the PEs further west: the row is done at max over x of end + s + 1 + T_R + x h + (results of PEs x, x + 1, ...),
 * which lies at an end. The results of all rows of the fabric leave at full rate (hostOutCycles is reported beside).
 */
import { type ActivityCycles, type CodeTime, timeOf } from '../../machine/builder.ts';
import { periodOf, sharedRate } from '../host-share.ts';
import { endOfRowCode } from '../rows/estimate.ts';
import type { Estimate, Term } from '../types.ts';
import { type Grid, rowsOfColumn, tokensOfRow, usedHeight, usedWidth } from './grid.ts';
import { blocksOf, type StreamJob, wordsOfBlock } from './job.ts';
import { layout } from './layout.ts';
import { code } from './pe.ts';
import { drainOf } from './program.ts';

interface Model {
  readonly grid: Grid;
  readonly job: StreamJob;
  readonly full: CodeTime;
  /** A PE of the last fabric row, with fewer tokens or as many. */
  readonly last: CodeTime;
  readonly drainSetup: number;
  /** P. */
  readonly every: number;
}

/** `job` is that of the fullest PE. */
export function estimateGrid(grid: Grid, job: StreamJob): Estimate {
  const model = modelOf(grid, job);
  const ends = [usedHeight(grid) - 2, usedHeight(grid) - 1].filter((y) => y >= 0).map((y) => endOfRow(model, y));
  const end = ends.reduce((a, b) => (b.cycles > a.cycles ? b : a));
  return { closedForm: { cycles: end.cycles, terms: terms(model, end) }, lowerBound: lowerBound(model) };
}

function modelOf(grid: Grid, job: StreamJob): Model {
  const time = (tokens: number): CodeTime => timeOf(code({ ...job, tokens }, layout({ ...job, tokens })), job.machine);
  const { tokens } = grid;
  const drainSetup = timeOf(drainOf(job, layout(job)), job.machine).total - job.rows * job.tokens;
  const every = periodOf(sharedRate(job.machine.host.wordsInPerCycle, usedWidth(grid)));
  const full = time(tokens.rowsPerPe);
  return { grid, job, full, last: tokens.rowsOfLast === tokens.rowsPerPe ? full : time(tokens.rowsOfLast), drainSetup, every };
}

/** When the code of the PEs of fabric row y ends. */
function endOfCode(model: Model, y: number): number {
  const { grid, job, full, last, every } = model;
  const isShort = y === usedHeight(grid) - 1 && grid.tokens.rowsOfLast < grid.tokens.rowsPerPe;
  if (!job.overlap && every <= 1) return endOfRowCode({ machine: job.machine, full, last }, y, isShort);
  const { hop } = job.machine;
  const end = full.total + hostWait(model) + y * hop;
  return Math.round(isShort ? Math.max(last.total, end - full.afterStream + last.afterStream) : end);
}

/** Cycles that a PE at the edge waits for its wavelets. */
function hostWait({ grid, job, full, every }: Model): number {
  const { hop, ramp, inputQueues, fifoDepth } = job.machine;
  const [words, blocks] = [wordsOfBlock(job), grid.rows.rowsPerPe * blocksOf(job)];
  const block = full.total / blocks;
  const arrived = (words - 1) * every + hop + ramp + 1 - full.beforeStream;
  if (job.overlap) return Math.max(0, arrived - words) + (blocks - 1) * Math.max(0, words * every - block);
  const buffered = inputQueues[0] + ramp + fifoDepth;
  const receive = Math.max(words, 3 + hop + ramp + (words - 1 - buffered) * every);
  const first = full.beforeStream >= buffered * every ? receive : Math.max(words, arrived);
  return first - words + (blocks - 1) * Math.max(receive - words, words * every - block);
}

interface RowEnd {
  readonly cycles: number;
  readonly x: number;
  readonly y: number;
}

function endOfRow(model: Model, y: number): RowEnd {
  const { grid, job, drainSetup } = model;
  const { hop, ramp } = job.machine;
  const ends = [0, usedWidth(grid) - 2, usedWidth(grid) - 1]
    .filter((x, i) => x > 0 || i === 0)
    .map((x) => {
      const behind = resultsBehind(grid, x, y);
      return { x, y, cycles: endOfCode(model, y) + drainSetup + 1 + ramp + x * hop + behind };
    });
  return ends.reduce((a, b) => (b.cycles > a.cycles ? b : a));
}

/** Results of fabric row y from PE x on. */
const resultsBehind = (grid: Grid, x: number, y: number): number => (grid.rows.rows - x * grid.rows.rowsPerPe) * tokensOfRow(grid, y);

function terms(model: Model, { x, y, cycles }: RowEnd): Term[] {
  const { grid, job, drainSetup } = model;
  const { hop, ramp } = job.machine;
  const time = tokensOfRow(grid, y) < grid.tokens.rowsPerPe ? model.last : model.full;
  const by: ActivityCycles = time.byActivity;
  const end = endOfCode(model, y);
  const list: Term[] = [
    { name: 'dequantising', cycles: by.dequantise },
    { name: 'receiving blocks into memory', cycles: by.receive },
    { name: 'row dots and loops', cycles: by.compute },
    { name: `waiting for weights, PE ${x},${y}`, cycles: end - time.total },
    { name: 'set-up of the drain', cycles: drainSetup },
    { name: 'issue, ramp and hops of the first result', cycles: 1 + ramp + x * hop },
    { name: `draining ${resultsBehind(grid, x, y)} results`, cycles: cycles - end - drainSetup - 1 - ramp - x * hop },
  ];
  return list.filter((term) => term.cycles > 0);
}

/** Issue slot of the fullest PE; words of its column at the host's rate, results of a row; first wavelet to the farthest PE and its result back. */
function lowerBound({ grid, job, full, drainSetup, every }: Model): Estimate['lowerBound'] {
  const { hop, ramp } = job.machine;
  const issue = full.total + drainSetup + job.rows * job.tokens;
  const words = rowsOfColumn(grid, 0) * blocksOf(job) * wordsOfBlock(job);
  const link = Math.max(Math.floor((words - 1) * every) + 1, resultsBehind(grid, 0, 0));
  const [x, y] = [usedWidth(grid) - 1, usedHeight(grid) - 1];
  const path = (y + 1) * hop + ramp + 1 + 1 + ramp + x * hop + 1;
  return { cycles: Math.max(issue, link, path), issue, link, path };
}
