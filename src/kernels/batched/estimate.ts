/**
 * Closed form of `batched`. The groups are bands that do not touch, each with its own source and sinks, so the run takes as
 * long as the group with most columns, N of them: the closed form of the inner kernel on a band (rows/estimate.ts), if the
 * host serves every lane at full rate. If it does not, a lane's wavelets are P cycles apart on the way in and Q on the way
 * out (host-share.ts), and for a PE d = x + y hops from the north-west
 *
 *     h, T_R   hop and ramp latency     C = input queue depth + T_R     b = C + FIFO depth, words that wait while PEs compute
 *     w        words of a block          T = cycles of a block on a PE that never waits, w of them receiving
 *     E1       cycles of one PE alone with R rows, R N of them draining       S = cycles before its first word
 *
 * Activations. While a PE computes the lane fills what holds b words and stops; idle time earns no credit. Then the block's other
 * words come one every P cycles, the first of them 3 + h + T_R after the PE takes words again (ramp, router, source). So a
 * block takes, unless the lane cannot even keep up with w P,
 *
 *     max(w P, T - w + max(w, 3 + h + T_R + (w - 1 - b) P))
 *
 * The first one, if S < b P, finds a lane that never stopped: it ends at max(S + w, (w - 1) P + h + T_R + 1).
 *
 * Where a block is taken by several operations (tiles of a small memory) each has its own wait; f16 come two a word, which
 * may take two cycles. With `overlap` only the first block is waited for, and any block if the lane cannot keep up.
 *
 * Results. They leave at the end. PE x of a fabric row begins at g(x, y) = E1 - R N + waiting + w(x + y), with w as in
 * rows/estimate.ts for P = 1 and d h else; its hops later they are at the edge, behind all of the PEs nearer to it, Q cycles
 * apart: the row is done at max over x of g + hops + Q (results of PE x and those behind it), which lies at an end. With
 * `drain` column E1 is that of one column, a control wavelet follows each column, and the last column's results come Q cycles
 * apart after all the rest. With P = Q = 1 this is the inner kernel's own form, which is taken as it is.
 *
 * Leaves out: that scalar work between columns is longer than between blocks (spread evenly), and who takes the issue slot
 * first where receiving and computing just balance. The simulated difference stays below 2 % (test/kernels/batched.test.ts).
 */

import { priceTotal } from '../../machine/price.ts';
import type { MachineSpec } from '../../machine/spec.ts';
import { dequantiserFor } from '../dequant/index.ts';
import { periodOf, sharedRate } from '../host-share.ts';
import { defaultDot } from '../options.ts';
import { hopsToExit } from '../rows/fabric.ts';
import { blockWeights, buffersActivations, isHalf, type RowJob, SUB_BLOCKS, wordsOfBlock } from '../rows/mapping.ts';
import { type Placement, place, rowsIn, usedIn } from '../rows/placement.ts';
import { stationaryRows } from '../stationary/index.ts';
import type { Estimate, Kernel, Plan, Rectangle, Term } from '../types.ts';

/** Lanes that stream at the same time, in and out. */
export interface Lanes {
  readonly in: number;
  readonly out: number;
}

/** Every group has a lane for activations, and one for the results of each of its fabric rows. */
export const lanesOf = (groups: number, band: Rectangle): Lanes => ({ in: groups, out: groups * band.height });

/** The closed form of a band whose lanes share the host with the others. `band` is the inner kernel's plan for one group. */
export function estimateBand(inner: Kernel, band: Plan, lanes: Lanes): Estimate {
  const alone = inner.estimate(band);
  const { host } = band.machine;
  const [inEvery, outEvery] = [periodOf(sharedRate(host.wordsInPerCycle, lanes.in)), periodOf(sharedRate(host.wordsOutPerCycle, lanes.out))];
  if (inEvery <= 1 && outEvery <= 1) return alone;
  const { shape, rectangle } = band;
  const placement = place(shape.m, rectangle);
  const pe = timesOfOnePe(inner, band);
  const intake = intakeOf(inner, band);
  const wait = inEvery > 1 ? hostWait(band, pe, intake, inEvery) : 0;
  // By columns, the last column's results come after all of the waiting, whatever came before.
  const lastColumn = band.options.drain === 'column' ? wait + (rowsIn(placement, 0) + 1) * (outEvery - 1) : 0;
  const cycles = Math.round(Math.max(alone.closedForm.cycles + lastColumn, endOfRows(band, placement, pe, wait, inEvery, outEvery)));
  const waiting = Math.round(wait);
  const extra: Term[] = [
    { name: `waiting for the host's ${lanes.in} lanes in`, cycles: Math.min(waiting, cycles - alone.closedForm.cycles) },
    { name: `waiting for the host's ${lanes.out} lanes out`, cycles: Math.max(0, cycles - alone.closedForm.cycles - waiting) },
  ];
  const terms = [...alone.closedForm.terms, ...extra.filter((term) => term.cycles > 0)];
  return { closedForm: { cycles, terms }, lowerBound: lowerBound(alone, band, placement, intake.words, inEvery, outEvery) };
}

/** What the formulas know of one PE. */
interface PeTimes {
  /** From the first word that leaves the host to the first result at the router, never waiting; `drain` column: of one column. */
  readonly firstResult: number;
  /** Of a block. */
  readonly block: number;
  /** Before the first word is taken. */
  readonly before: number;
}

/** How a PE takes the words of a block. */
interface Intake {
  readonly words: number;
  /** Operations that take them, and the cycles of one word in them. */
  readonly ops: number;
  readonly wordsOfOp: number;
  readonly perWord: number;
  /** Cycles of a block that a microthread's first reception has before its words are waited for. */
  readonly ahead: number;
}

const blocksOf = ({ k, format }: Plan['shape']): number => k / dequantiserFor(format).unit.size;
const dequantisesFirst = (inner: Kernel, { rowsPerPe }: Plan): boolean => inner.id === 'streaming' && rowsPerPe === 1;

/** E1 of N and of another number of columns differ by whole columns. */
function timesOfOnePe(inner: Kernel, band: Plan): PeTimes {
  const { shape, rowsPerPe, machine, options, blockPrice } = band;
  const { n } = shape;
  const cycles = (columns: number): number => {
    const plan = inner.plan({ ...shape, m: rowsPerPe, n: columns }, machine, { width: 1, height: 1 }, options);
    return inner.estimate(plan).closedForm.cycles - rowsPerPe * (options.drain === 'column' ? 1 : columns);
  };
  const all = cycles(n);
  const column = n > 1 ? (all - cycles(1)) / (n - 1) : columnAlone(cycles, all);
  const { setup, scalar, ramp } = machine;
  const drain = setup.base + 2 * setup.perOperand + scalar.alu + 1 + ramp;
  const beforeColumns = Math.max(0, all - drain - n * column);
  const receives = options.overlap === 'on' || options.factored === 'pe';
  const first = dequantisesFirst(inner, band) && !receives ? priceTotal(blockPrice.dequantise) : 0;
  return { firstResult: options.drain === 'column' ? cycles(1) : all, block: column / blocksOf(shape), before: beforeColumns + first + setup.base };
}

/** One column, from two; if two do not fit, a column is all there is. */
function columnAlone(cycles: (columns: number) => number, one: number): number {
  try {
    return cycles(2) - one;
  } catch {
    return one;
  }
}

/** Out of memory or straight from the ramp, tile by tile; f16 come in pairs, which slow units take in two cycles. */
function intakeOf(inner: Kernel, band: Plan): Intake {
  const { machine, shape, rowsPerPe, options, blockPrice } = band;
  const dot = options.dot ?? defaultDot(machine);
  const job: RowJob = { machine, dequantiser: dequantiserFor(shape.format), ...options, dot, k: shape.k, n: shape.n, rows: rowsPerPe, rowsPerPe };
  const buffers = buffersActivations(job);
  const straight = dot === 'fused1' ? 'f16_dot_f32' : 'f16_mul';
  const perWord = isHalf(job) && !buffers ? Math.max(1, Math.round(2 / machine.rates[straight])) : 1;
  const tile = inner.id === 'stationary' && dot === 'two-op' ? stationaryRows.layout(job).tile : blockWeights(job);
  const ahead = dequantisesFirst(inner, band) ? priceTotal(blockPrice.dequantise) : 0;
  const words = wordsOfBlock(job);
  const ops = buffers ? 1 : blockWeights(job) / tile;
  // Sums that follow the activations are taken by an operation of their own, and have come by then: fewer than what is held.
  const alone = job.factored === 'source' && !buffers ? SUB_BLOCKS : 0;
  return { words, ops, wordsOfOp: (words - alone) / ops, perWord, ahead };
}

/** Cycles that a PE waits because its words are `every` cycles apart. */
function hostWait({ machine, shape, options }: Plan, { before, block }: PeTimes, { words, ops, wordsOfOp, perWord, ahead }: Intake, every: number): number {
  const { hop, ramp, inputQueues, fifoDepth } = machine;
  const blocks = shape.n * blocksOf(shape);
  const held = inputQueues[0] + ramp + fifoDepth;
  const unstopped = (words - 1) * every + hop + ramp + 1 - before;
  const late = (count: number): number => Math.max(0, 3 + hop + ramp + (count - 1 - held) * every - perWord * count);
  const first = before >= held * every ? ops * late(wordsOfOp) : Math.max(0, unstopped - perWord * words);
  const tooSlow = Math.max(0, words * every - block);
  if (options.overlap === 'on') return Math.max(0, first - ahead) + (blocks - 1) * tooSlow;
  return first + (blocks - 1) * Math.max(ops * late(wordsOfOp), tooSlow);
}

/** When the last of the two last fabric rows is done. */
function endOfRows(band: Plan, p: Placement, pe: PeTimes, wait: number, inEvery: number, outEvery: number): number {
  const { machine, shape, options } = band;
  const late = (d: number): number => (inEvery > 1 ? d * machine.hop : lateness(machine, pe.before, d));
  const controls = options.drain === 'column' ? 1 : 0;
  let end = 0;
  for (const y of [p.usedHeight - 2, p.usedHeight - 1].filter((row) => row >= 0)) {
    const used = usedIn(p, y);
    for (const x of [0, used - 1]) {
      const nearer = options.edge === 'east' ? rowsIn(p, y) - Math.min(rowsIn(p, y), (x + 1) * p.rowsPerPe) : x * p.rowsPerPe;
      const behind = (rowsIn(p, y) - nearer + (used > 1 ? controls : 0)) * shape.n;
      const waited = controls ? wait / shape.n : wait;
      end = Math.max(end, pe.firstResult + waited + late(x + y) + hopsToExit(p, options, x) * machine.hop + 1 + (behind - 1) * outEvery);
    }
  }
  return end;
}

/** w(d) of rows/estimate.ts. */
function lateness({ hop, ramp, inputQueues }: MachineSpec, before: number, d: number): number {
  return Math.max(0, (d + 1) * hop + ramp - before, d * hop + ramp + 1 - inputQueues[0] - ramp);
}

/** The inner kernel's bound, with the host's shares on the busiest lanes: words that are `every` cycles apart. */
function lowerBound({ lowerBound: alone }: Estimate, band: Plan, p: Placement, words: number, inEvery: number, outEvery: number): Estimate['lowerBound'] {
  const spread = (count: number, every: number): number => Math.floor((count - 1) * every) + 1;
  const { shape } = band;
  const link = Math.max(alone.link, spread(shape.n * blocksOf(shape) * words, inEvery), spread(rowsIn(p, 0) * shape.n, outEvery));
  return { ...alone, link, cycles: Math.max(alone.cycles, link) };
}
