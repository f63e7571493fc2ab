/**
 * Closed form and lower bound of row-per-PE kernels. When PE x, y ends its row code, E(x, y), is arrival.ts; here its results
 * leave. Let s be the set-up of the drain, e(x) the hops from PE x to the edge, and behind(x) the results that leave from PE x
 * on: its own and those of the PEs further from the edge, which its router lets pass after its own.
 *
 * `drain` end. PE x has its first result at its router at g(x) = E(x, y) + s + 1 + T_R (issued in one cycle, then up the ramp).
 * Full rate holds through switches and FIFOs (depth > h), so a fabric row is done at max over x of g(x) + e(x) h + behind(x).
 * w(d) of arrival.ts has slope 0, then h: the maximum lies at an end. With `edge` east nothing changes but e and behind: an
 * activation has left a router before that router's PE has a result to send.
 *
 * `drain` column. The results of the last column decide, sent before the rest of the row code, r cycles: g(x) = E(x, y) - r + 1 +
 * T_R. The PE at the far end also sends a control wavelet, in c cycles more a column. It is the slowest, and the stream is
 * throttled to its pace: with k hops between a router and that PE, D words in the FIFO of each, j hops on to PE x,
 *
 *     E(x, y) >= E(far) - A(far) - t (C + k D) + 1 + j h + T_R + A(x)
 *
 * If a row's busiest link has more words than a column takes cycles, it decides: from the end of the first column on, N - 1 times
 * all of them, with `edge` east the activations too. A PE of more words than its output queue and the next router's FIFO take waits for its turn, (U - 1)(R - D) cycles a column.
 *
 * With `drain` column and `edge` east the last eastward link carries the results of the column before, (U - 1) R + 1 of them, and
 * the first activations of the next, every other cycle each. A burst of activations that begins b cycles after the send is held
 * up for (U - 1) R + 1 - b - (2 h + 1) cycles; not where a microthread takes it, for main computes meanwhile.
 *
 * Valid for FIFO depth > h, input queue depths >= 1 and output queue depths >= 2, which every preset fulfils. On the presets
 * exact for `drain` end with every other option (a few cycles off on some machines with other queues where f16 pairs and sums of
 * the source follow each other), within 2 % for `drain` column (mostly exact). Leaves out: contention but that, far ends of other
 * rows that throttle, how far PEs that wait for their turn run ahead of others.
 */
import { type ActivityCycles, assemble, type CodeTime, timeOf } from '../../machine/builder.ts';
import { priceCode, priceTotal, setupCycles } from '../../machine/price.ts';
import type { MachineSpec } from '../../machine/spec.ts';
import type { Estimate, Term } from '../types.ts';
import { endOfRowCode, type Listeners, lateness, queueCycles, receptionOf } from './arrival.ts';
import { drain, sendColumn, turnBack } from './code.ts';
import { controlsOf, hopsToExit, RESULTS_QUEUE, turnsSwitches } from './fabric.ts';
import { blocksOf, drainsByColumn, overlaps, type RowJob, type RowLayout, type RowMapping, type StraightCode, wordsOfBlock } from './mapping.ts';
import { type Placement, rowsIn, rowsOn, usedIn } from './placement.ts';

export { endOfRowCode } from './arrival.ts';

/** What the formulas read. Times are those of a PE that never waits. */
interface Model {
  readonly machine: MachineSpec;
  readonly placement: Placement;
  readonly job: RowJob;
  /** PEs that turn no switches, and those that do. */
  readonly plain: Listeners;
  readonly turning: Listeners;
  /** Cycles of a column on a full PE, and those from the end of its results' send to the first activation of the next one. */
  readonly column: number;
  readonly gap: number;
  /** Set-up of the op that sends results and the scalar code before it; set-up of the control wavelet. */
  readonly drainSetup: number;
  readonly controlSetup: number;
  /** r: cycles from the begin of the last send to the end of the row code. */
  rest(rows: number, endsRow: boolean): number;
}

/** A row of the fabric whose results are complete: when, and the PE that decides it. */
interface RowEnd {
  readonly cycles: number;
  readonly x: number;
  readonly y: number;
  /** Cycle at which the PE begins to send. */
  readonly start: number;
  readonly behind: number;
}

/** Closed form and lower bound, in cycles from the first activation that leaves the host to the last result that reaches it. */
export function estimateRows<L extends RowLayout>(mapping: RowMapping<L>, placement: Placement, job: RowJob): Estimate {
  const model = modelOf(mapping, placement, job);
  const ends = lastRows(placement).map((y) => endOfRow(model, y));
  const end = ends.reduce((a, b) => (b.cycles > a.cycles ? b : a));
  return { closedForm: { cycles: end.cycles, terms: terms(model, end) }, lowerBound: lowerBound(model) };
}

function modelOf<L extends RowLayout>(mapping: RowMapping<L>, placement: Placement, job: RowJob): Model {
  const { machine } = job;
  const code = (own: RowJob) => mapping.code(own, mapping.layout(own));
  const listeners = (endsRow: boolean): Listeners => {
    const { rowsPerPe, rowsOfLast } = placement;
    const own = code({ ...job, rows: rowsPerPe, endsRow });
    const full = timeOf(own, machine);
    const last = rowsOfLast === rowsPerPe ? full : timeOf(code({ ...job, rows: rowsOfLast, endsRow }), machine);
    return { machine, full, last, ...receptionOf(assemble(own), machine) };
  };
  const plain = listeners(false);
  const late = drainsByColumn(job) ? listeners(true) : plain;
  const turning = { ...late, headStart: late.full.beforeStream - plain.full.beforeStream };
  const columns = (n: number): CodeTime => timeOf(code({ ...job, n, endsRow: false }), machine);
  const one = columns(1);
  const column = plain.full.total - (job.n > 1 ? columns(job.n - 1).total : 0);
  const gap = column - one.total + one.beforeStream + machine.scalar.branchNotTaken;
  return { machine, placement, job, plain, turning, column, gap, ...sendingOf(mapping, job) };
}

function sendingOf<L extends RowLayout>(mapping: RowMapping<L>, job: RowJob): Pick<Model, 'drainSetup' | 'controlSetup' | 'rest'> {
  const { machine } = job;
  if (!drainsByColumn(job)) return { drainSetup: timeOf(drain(job, mapping.layout(job)), machine).total - job.rows * job.n, controlSetup: 0, rest: () => 0 };
  const layoutOf = (rows: number, endsRow: boolean): [RowJob, RowLayout] => [{ ...job, rows, endsRow }, mapping.layout({ ...job, rows, endsRow })];
  const [ending, layout] = layoutOf(job.rows, true);
  const sends = (own: RowJob, l: RowLayout): StraightCode => [sendColumn(own, l), ...turnBack(l)];
  const branch = overlaps(job) ? 0 : machine.scalar.branchNotTaken;
  return {
    drainSetup: setupCycles(sendColumn(ending, layout), machine),
    controlSetup: turnBack(layout).reduce((sum, op) => sum + setupCycles(op, machine), 0),
    rest: (rows, endsRow) => priceTotal(priceCode(sends(...layoutOf(rows, endsRow)), machine)) + branch,
  };
}

/** The fabric rows that can be last: a full row is later than the full rows north of it. */
function lastRows(p: Placement): number[] {
  return p.usedHeight > 1 ? [p.usedHeight - 2, p.usedHeight - 1] : [0];
}

const peOf = (p: Placement, x: number, y: number): number => y * p.rectangle.width + x;
const isShort = (p: Placement, x: number, y: number): boolean => rowsOn(p, peOf(p, x, y)) < p.rowsPerPe;

/** E(x, y): the cycle at which PE x, y ends its row code. */
function endOfCode(model: Model, x: number, y: number): number {
  const { placement, job, plain, turning } = model;
  const short = isShort(placement, x, y);
  const own = turnsSwitches(placement, job, x, y) ? turning : plain;
  const alone = endOfRowCode(own, x + y, short) + (job.n - 1) * columnLosses(model, y);
  return Math.max(alone, throttledEnd(model, short ? own.last : own.full, x, y));
}

/** Cycles a column in which PEs of a fabric row wait for each other. */
const columnLosses = (model: Model, y: number): number => Math.max(turnsLost(model, y), contention(model, y));

/** E of a PE that gets its activations at the pace of the one that turns its row's switches, or the row's above. */
function throttledEnd(model: Model, time: CodeTime, x: number, y: number): number {
  const { machine, placement, job, turning } = model;
  const { hop, ramp, fifoDepth } = machine;
  if (!drainsByColumn(job) || turning.otherWork !== undefined) return 0;
  const used = usedIn(placement, y);
  const toEast = job.edge === 'east';
  const farX = toEast ? 0 : used - 1;
  const above = isShort(placement, farX, y) && y > 0;
  const farY = above ? y - 1 : y;
  const far = above ? (toEast ? 0 : placement.rectangle.width - 1) : farX;
  if (!turnsSwitches(placement, job, far, farY) || isShort(placement, far, farY)) return 0;
  const between = toEast ? 0 : above ? far : far - x;
  const behind = above || toEast ? x + y - farY : 0;
  const end = turning.full.total + lateness(turning, far + farY);
  const lastWord = end - turning.full.afterStream - queueCycles(turning) - (turning.wordCycles ?? 1) * between * fifoDepth;
  return lastWord + between + 1 + behind * hop + ramp + time.afterStream;
}

/**
 * Cycles a column in which the last PE of a fabric row waits for its turn with more words, its control wavelet among them, than
 * its output queue and the next router's FIFO take; a microthread receives meanwhile.
 */
function turnsLost({ machine, placement, job }: Model, y: number): number {
  const { rowsPerPe } = placement;
  if (!drainsByColumn(job) || rowsPerPe < machine.outputQueues[RESULTS_QUEUE] + machine.ramp + machine.fifoDepth) return 0;
  return Math.max(0, (usedIn(placement, y) - 1) * (rowsPerPe - machine.fifoDepth) - (overlaps(job) ? wordsOfBlock(job) : 0));
}

/**
 * Cycles a column, beyond the pace of the PE that turns switches, in which results hold up activations on the last eastward
 * link: those that have not passed when the burst begins. Activations that are taken every other cycle leave room for them.
 */
function contention({ machine, placement, job, plain, gap, controlSetup }: Model, y: number): number {
  if (!drainsByColumn(job) || job.edge !== 'east' || overlaps(job) || plain.wordCycles !== 1) return 0;
  const results = (usedIn(placement, y) - 1) * placement.rowsPerPe + controlsOf(placement, job, y, 1);
  const held = Math.min(results, wordsOfBlock(job) * blocksOf(job));
  return Math.max(0, held - gap - (controlSetup + 1) - (2 * machine.hop + 1));
}

/** Words that leave in a PE's last turn and after it, on its way to the edge. */
function wordsFrom({ placement: p, job, controlSetup }: Model, x: number, y: number): number {
  const own = rowsOn(p, peOf(p, x, y));
  const farther = job.edge === 'east' ? x * p.rowsPerPe : rowsIn(p, y) - x * p.rowsPerPe - own;
  if (!drainsByColumn(job)) return (own + farther) * job.n;
  const control = controlsOf(p, job, y, 1);
  return own + farther + control + (turnsSwitches(p, job, x, y) ? controlSetup : 0);
}

/** When the results of fabric row y are complete: the latest of its first PE, its last PE and the one before; later if its link lags behind. */
function endOfRow(model: Model, y: number): RowEnd {
  const used = usedIn(model.placement, y);
  const candidates = [0, used - 2, used - 1].filter((x, i) => x >= 0 && (i === 0 || x > 0));
  const end = candidates.map((x) => endOfResults(model, x, y)).reduce((a, b) => (b.cycles > a.cycles ? b : a));
  return { ...end, cycles: end.cycles + linkLag(model, y) };
}

/** By how much the busiest link of a fabric row, from the end of the first column on, takes longer than the PEs. */
function linkLag(model: Model, y: number): number {
  const { placement, job, column, controlSetup } = model;
  if (!drainsByColumn(job) || job.n === 1) return 0;
  const control = controlsOf(placement, job, y, 1);
  const shared = job.edge === 'east' && control > 0 ? wordsOfBlock(job) * blocksOf(job) : 0;
  const pace = column + control * (controlSetup + 1) + columnLosses(model, y);
  // With overlap nothing is received before the last column: it follows the one before by a reception less, in which its words have passed.
  const closer = overlaps(job) && shared === 0 ? wordsOfBlock(job) : 0;
  const lag = (columns: number): number => columns * (rowsIn(placement, y) + control + shared - pace) + closer;
  return Math.max(0, lag(1), lag(job.n - 1));
}

/** From the begin of a PE's send to its first word's arrival at the edge. */
const wayOut = ({ machine, placement, job, drainSetup }: Model, x: number): number =>
  drainSetup + 1 + machine.ramp + hopsToExit(placement, job, x) * machine.hop;

function endOfResults(model: Model, x: number, y: number): RowEnd {
  const { placement, job } = model;
  const rest = model.rest(rowsOn(placement, peOf(placement, x, y)), turnsSwitches(placement, job, x, y));
  const start = endOfCode(model, x, y) - rest;
  const behind = wordsFrom(model, x, y);
  return { x, y, start, behind, cycles: start + wayOut(model, x) + behind };
}

/** The cycles of the deciding PE, named; they sum up to the closed form. */
function terms(model: Model, { x, y, cycles, start, behind }: RowEnd): Term[] {
  const { machine, placement, job, drainSetup } = model;
  const { full, last } = turnsSwitches(placement, job, x, y) ? model.turning : model.plain;
  const time = isShort(placement, x, y) ? last : full;
  const rest = model.rest(rowsOn(placement, peOf(placement, x, y)), turnsSwitches(placement, job, x, y));
  const by: ActivityCycles = time.byActivity;
  const hops = hopsToExit(placement, job, x) * machine.hop;
  const list: Term[] = [
    { name: 'dequantising', cycles: by.dequantise },
    { name: 'receiving activations into memory', cycles: by.receive },
    { name: 'row dots and loops', cycles: by.compute },
    { name: 'sending the columns before the last', cycles: by.send - rest },
    { name: `waiting for activations, PE ${x},${y}`, cycles: start + rest - time.total },
    { name: 'set-up of the drain', cycles: drainSetup },
    { name: 'issue, ramp and hops of the first result', cycles: 1 + machine.ramp + hops },
    { name: `draining ${behind} results`, cycles: cycles - start - wayOut(model, x) },
  ];
  return list.filter((term) => term.cycles !== 0);
}

/** Issue slot of the fullest PE; wavelets on the busiest link; first activation to the farthest PE and its result back to the edge. */
function lowerBound({ machine, placement, job, plain, drainSetup }: Model): Estimate['lowerBound'] {
  const drained = drainsByColumn(job) ? 0 : drainSetup + placement.rowsPerPe * job.n;
  const issue = plain.full.total + drained;
  const words = wordsOfBlock(job) * blocksOf(job) * job.n;
  const results = rowsIn(placement, 0) * job.n + controlsOf(placement, job, 0, job.n);
  const shared = job.edge === 'east' && usedIn(placement, 0) > 1 ? results - placement.rowsPerPe * job.n : 0;
  const link = Math.max(words + shared, results);
  const path = Math.max(...lastRows(placement).map((y) => pathTo(machine, usedIn(placement, y) - 1, y, hopsToExit(placement, job, usedIn(placement, y) - 1))));
  return { cycles: Math.max(issue, link, path), issue, link, path };
}

/** Host to PE x, y (x + y + 1 hops and the ramp), an issue that uses the word, one that sends a result, ramp, hops to the exit, the edge. */
function pathTo({ hop, ramp }: MachineSpec, x: number, y: number, out: number): number {
  return (x + y + 1) * hop + ramp + 1 + 1 + ramp + out * hop + 1;
}
