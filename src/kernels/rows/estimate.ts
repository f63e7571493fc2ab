/**
 * Closed form and lower bound of row-per-PE kernels, from the rules of docs/tick.md. All PEs but perhaps the last run the
 * same code; what differs is when the activations reach them and when their results may leave. Let
 *
 *     d = x + y       hops from the north-west PE         h, T_R   hop and ramp latency
 *     C = queue depth + T_R, the words an input queue accepts        S = issue cycles before the first activation is used
 *     F = issue cycles up to the drain                    s = set-up of the drain       L = results of a full PE
 *
 * Activations. While the PEs are busy before S the stream fills their queues with words 0 .. C-1 and stops: each router sends
 * to its ramp and onwards at once, so what the first PE does not take, nobody gets. Word C leaves the first router at S + 1 and
 * is usable at PE d from S + 1 + d h + T_R, but wanted at S + C. From then on a PE is late by
 *
 *     w(d) = max(0, (d + 1) h + T_R - S, d h + T_R + 1 - C)
 *
 * (the second term: its very first word comes later than S), and never waits again, since all have the same period and the
 * FIFOs carry one wavelet a cycle. If the last PE holds fewer rows it is faster than the stream and follows it: with A and A'
 * the cycles from the last activation to the drain on a full PE and on the last one, it begins to drain at
 *
 *     max(F' + max(0, (d + 1) h + T_R - S'), F + w(0) - A + d h + T_R + 1 - C + A').
 *
 * Results. PE x of a fabric row has its first result at its router at g(x) = F + w(x + y) + s + 1 + T_R (issued in one cycle, then up the ramp); it is x h hops from the
 * edge, and behind all results of the PEs further west. Full rate holds through switches and FIFOs (depth > h), so the row is
 * done at max over x of g(x) + x h + (results of PEs x, x + 1, ...). w has slope 0, then h: the maximum lies at an end.
 *
 * Valid for FIFO depth > h, input queue depths >= 1 and output queue depths >= 2, which every preset fulfils. Leaves out: contention of several streams.
 */
import { type ActivityCycles, type CodeTime, timeOf } from '../../machine/builder.ts';
import type { MachineSpec } from '../../machine/spec.ts';
import type { Estimate, Term } from '../types.ts';
import { drain } from './code.ts';
import { ACTIVATIONS_QUEUE } from './fabric.ts';
import type { RowJob, RowLayout, RowMapping } from './mapping.ts';
import { type Placement, rowsIn, usedIn } from './placement.ts';

/** What the formulas read. Times are those of a PE that never waits. */
interface Model extends Listeners {
  readonly placement: Placement;
  readonly n: number;
  /** Set-up of the drain and the scalar code before it; the same for every PE. */
  readonly drainSetup: number;
}

/** A row of the fabric whose results are complete: when, and the PE that decides it. */
interface RowEnd {
  readonly cycles: number;
  readonly x: number;
  readonly y: number;
}

/** Closed form and lower bound, in cycles from the first activation that leaves the host to the last result that reaches it. */
export function estimateRows<L extends RowLayout>(mapping: RowMapping<L>, placement: Placement, job: RowJob): Estimate {
  const model = modelOf(mapping, placement, job);
  const ends = lastRows(placement).map((y) => endOfRow(model, y));
  const end = ends.reduce((a, b) => (b.cycles > a.cycles ? b : a));
  return { closedForm: { cycles: end.cycles, terms: terms(model, end) }, lowerBound: lowerBound(model, job) };
}

function modelOf<L extends RowLayout>(mapping: RowMapping<L>, placement: Placement, job: RowJob): Model {
  const { machine, n } = job;
  const time = (rows: number): CodeTime => {
    const own = { ...job, rows };
    return timeOf(mapping.code(own, mapping.layout(own)), machine);
  };
  const drainTime = timeOf(drain(job, mapping.layout(job)), machine);
  return { machine, placement, n, full: time(placement.rowsPerPe), last: time(placement.rowsOfLast), drainSetup: drainTime.total - job.rows * n };
}

/** The fabric rows that can be last: a full row is later than the full rows north of it. */
function lastRows(p: Placement): number[] {
  return p.usedHeight > 1 ? [p.usedHeight - 2, p.usedHeight - 1] : [0];
}

/** Whether PE x, y is the last one and holds fewer rows. */
const isShort = (p: Placement, x: number, y: number): boolean => y * p.rectangle.width + x === p.usedPes - 1 && p.rowsOfLast < p.rowsPerPe;

/** PEs that take one stream of activations: what a full one runs, and the last one if it holds fewer rows. */
export interface Listeners {
  readonly machine: MachineSpec;
  readonly full: CodeTime;
  readonly last: CodeTime;
}

/** w(d): how late a full PE is, d hops from where the stream enters. */
function lateness({ machine, full }: Listeners, d: number): number {
  const { hop, ramp, inputQueues } = machine;
  const capacity = inputQueues[ACTIVATIONS_QUEUE] + ramp;
  return Math.max(0, (d + 1) * hop + ramp - full.beforeStream, d * hop + ramp + 1 - capacity);
}

/** The cycle at which the PE d hops from where the stream enters ends its row code; `short` if it is the last one and holds fewer rows. */
export function endOfRowCode(listeners: Listeners, d: number, short: boolean): number {
  const { machine, full, last } = listeners;
  if (!short) return full.total + lateness(listeners, d);
  const { hop, ramp, inputQueues } = machine;
  const own = last.total + Math.max(0, (d + 1) * hop + ramp - last.beforeStream);
  const lastWord = full.total + lateness(listeners, 0) - full.afterStream + d * hop + ramp + 1 - (inputQueues[ACTIVATIONS_QUEUE] + ramp);
  return Math.max(own, lastWord + last.afterStream);
}

/** The cycle at which PE x, y begins to drain. */
const drainStart = (model: Model, x: number, y: number): number => endOfRowCode(model, x + y, isShort(model.placement, x, y));

/** When the results of fabric row y are complete: the latest of its first PE, its last PE and the one before. */
function endOfRow(model: Model, y: number): RowEnd {
  const { machine, placement, n, drainSetup } = model;
  const used = usedIn(placement, y);
  const total = rowsIn(placement, y) * n;
  const candidates = [0, used - 2, used - 1].filter((x, i) => x >= 0 && (i === 0 || x > 0));
  const ends = candidates.map((x) => {
    const behind = total - x * placement.rowsPerPe * n;
    return { x, y, cycles: drainStart(model, x, y) + drainSetup + 1 + machine.ramp + x * machine.hop + behind };
  });
  return ends.reduce((a, b) => (b.cycles > a.cycles ? b : a));
}

/** The cycles of the deciding PE, named; they sum up to the closed form. */
function terms(model: Model, { x, y, cycles }: RowEnd): Term[] {
  const { machine, placement, n, drainSetup } = model;
  const time = isShort(placement, x, y) ? model.last : model.full;
  const by: ActivityCycles = time.byActivity;
  const behind = (rowsIn(placement, y) - x * placement.rowsPerPe) * n;
  const list: Term[] = [
    { name: 'dequantising', cycles: by.dequantise },
    { name: 'receiving activations into memory', cycles: by.receive },
    { name: 'row dots and loops', cycles: by.compute },
    { name: `waiting for activations, PE ${x},${y}`, cycles: drainStart(model, x, y) - time.total },
    { name: 'set-up of the drain', cycles: drainSetup },
    { name: 'issue, ramp and hops of the first result', cycles: 1 + machine.ramp + x * machine.hop },
    { name: `draining ${behind} results`, cycles: cycles - drainStart(model, x, y) - drainSetup - 1 - machine.ramp - x * machine.hop },
  ];
  return list.filter((term) => term.cycles > 0);
}

/** Issue slot of the fullest PE; wavelets on the busiest link; first activation to the farthest PE and its result back to the edge. */
function lowerBound({ machine, placement, n, full, drainSetup }: Model, job: RowJob): Estimate['lowerBound'] {
  const issue = full.total + drainSetup + placement.rowsPerPe * n;
  const link = Math.max(job.k * n, rowsIn(placement, 0) * n);
  const path = Math.max(...lastRows(placement).map((y) => pathTo(machine, usedIn(placement, y) - 1, y)));
  return { cycles: Math.max(issue, link, path), issue, link, path };
}

/** Host to PE x, y (x + y + 1 hops and the ramp), an issue that uses the word, one that sends a result, ramp, x hops, the edge. */
function pathTo({ hop, ramp }: MachineSpec, x: number, y: number): number {
  return (x + y + 1) * hop + ramp + 1 + 1 + ramp + x * hop + 1;
}
