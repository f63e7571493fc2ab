/**
 * Stationary against streaming, and against weights that stream in: where does one overtake the other, in N, K or M? Closed
 * forms only, no program is built. What is counted beside the cycles of the run:
 *
 *   resident   nothing: A lies in SRAM as stored (`weight-streaming`: the activations do, A streams in during the run)
 *   loaded     the load once, at the host's rate: the bytes of A, ceil(bytes / 4 / 44) cycles as in analysis/metrics.ts
 *              (`weight-streaming`: K N activations, which enter once and pass along their fabric row)
 *   reloaded   one product after another on a rectangle: a kernel whose rows all fit keeps them and loads nothing; one whose
 *              rows do not fit takes A in waves of as many rows as fit, all N columns through each, and loads every wave anew
 *
 * `weight-streaming` receives ahead (`overlap`), as the mode is meant, unless told otherwise. Differences up to 5 % are a tie. Dequantising belongs to the run, for `stationary` too (kernels.md section 5). Leaves out:
 * loading while computing; the rate at which results leave. Between two sizes looked at the winner is taken to change once.
 */
import { WeftError } from '../base/error.ts';
import { grouped } from '../base/numbers.ts';
import type { MachineSpec } from '../machine/spec.ts';
import type { KernelOptions } from './options.ts';
import { stationary } from './stationary/index.ts';
import { streaming } from './streaming/index.ts';
import type { Kernel, Plan, Rectangle, Shape } from './types.ts';
import { weightStreaming } from './weight-streaming/index.ts';

const AGAINST = { streaming, 'weight-streaming': weightStreaming } as const;
export type Against = keyof typeof AGAINST;
export type Accounting = 'resident' | 'loaded' | 'reloaded';
export type Along = 'n' | 'k' | 'm';

export interface Question {
  readonly against: Against;
  readonly along: Along;
  readonly accounting: Accounting;
  readonly machine: MachineSpec;
  /** What is held fixed; its size in the direction of the search is not read. */
  readonly shape: Shape;
  /** Of both kernels; each has its default if not given. */
  readonly rectangle?: Rectangle;
  readonly options?: KernelOptions;
  /** Sizes to look at, ascending; usual ones if not given. */
  readonly values?: readonly number[];
}

/** What one kernel takes. */
export interface Cost {
  /** All that is counted. */
  readonly cycles: number;
  readonly load: number;
  /** Parts in which A goes through; 1 if it fits. */
  readonly waves: number;
}

export type Winner = 'stationary' | Against | 'tie' | 'none';

/** A size with what both take; a string says why one cannot. */
export interface ComparedPoint {
  readonly value: number;
  readonly stationary: Cost | string;
  readonly against: Cost | string;
  readonly winner: Winner;
}

export interface Change {
  readonly at: number;
  readonly winner: Winner;
  readonly because: string;
}

export interface Comparison {
  /** The smallest size at which another one wins than at the first sizes, or, if they tie there, at which one wins; null if that never happens. */
  readonly crossing: number | null;
  readonly because: string;
  /** All sizes at which the winner changes; the first of them is the crossing. */
  readonly changes: readonly Change[];
  /** The sizes looked at, and both sides of every change. */
  readonly table: readonly ComparedPoint[];
}

const TIE = 0.05;
const STEP: Readonly<Record<Along, number>> = { n: 1, k: 256, m: 1 };
const UNIT: Readonly<Record<Along, string>> = { n: 'N', k: 'K', m: 'M' };
const VALUES: Readonly<Record<Along, readonly number[]>> = {
  n: [1, 2, 3, 4, 8, 16, 32, 64, 128, 256, 512, 1024],
  k: [1, 2, 4, 8, 16, 24, 32, 40, 48, 64].map((blocks) => 256 * blocks),
  m: Array.from({ length: 22 }, (_, i) => 2 ** i),
};

export function compare(question: Question): Comparison {
  const points = (question.values ?? VALUES[question.along]).map((value) => pointAt(question, value));
  const changes: Change[] = [];
  const seen = [...points];
  let { winner } = points[0];
  points.forEach((point, i) => {
    if (!isOther(winner, point)) return;
    const [before, after] = closeIn(question, winner, points[i - 1], point);
    seen.push(before, after);
    changes.push({ at: after.value, winner: after.winner, because: whyThere(question, winner, before, after) });
    winner = after.winner;
  });
  const table = [...new Map(seen.map((point) => [point.value, point])).values()].sort((x, y) => x.value - y.value);
  return { crossing: changes[0]?.at ?? null, because: changes[0]?.because ?? whyNever(question, points), changes, table };
}

/** Whether another one wins than before; a tie ends nothing, and is ended by any winner. */
const isOther = (before: Winner, { winner }: ComparedPoint): boolean =>
  winner !== before && winner !== 'none' && (before === 'tie' || before === 'none' || winner !== 'tie');

/** Two neighbours between two sizes, the second of them changed. */
function closeIn(question: Question, winner: Winner, from: ComparedPoint, to: ComparedPoint): [ComparedPoint, ComparedPoint] {
  const step = STEP[question.along];
  let [before, after] = [from, to];
  while (after.value - before.value > step) {
    const middle = pointAt(question, step * Math.floor((before.value + after.value) / 2 / step));
    if (isOther(winner, middle)) after = middle;
    else before = middle;
  }
  return [before, after];
}

function pointAt(question: Question, value: number): ComparedPoint {
  const shape = { ...question.shape, [question.along]: value };
  const [own, other] = [costOf(question, stationary, shape), costOf(question, AGAINST[question.against], shape)];
  return { value, stationary: own, against: other, winner: winnerOf(question.against, own, other) };
}

function winnerOf(against: Against, own: Cost | string, other: Cost | string): Winner {
  if (typeof own === 'string') return typeof other === 'string' ? 'none' : against;
  if (typeof other === 'string') return 'stationary';
  const ratio = own.cycles / other.cycles;
  if (Math.max(ratio, 1 / ratio) <= 1 + TIE) return 'tie';
  return ratio < 1 ? 'stationary' : against;
}

/** A cost, or why there is none. */
function costOf(question: Question, kernel: Kernel, shape: Shape): Cost | string {
  try {
    return question.accounting === 'reloaded' ? costInWaves(question, kernel, shape) : costAtOnce(question, kernel, shape);
  } catch (error) {
    if (error instanceof WeftError) return error.message;
    throw error;
  }
}

function planOf({ machine, rectangle, options }: Question, kernel: Kernel, shape: Shape): Plan {
  const usual: KernelOptions = kernel.id === weightStreaming.id ? { overlap: 'on' } : {};
  return kernel.plan(shape, machine, rectangle, { ...usual, ...options });
}

function costAtOnce(question: Question, kernel: Kernel, shape: Shape): Cost {
  const plan = planOf(question, kernel, shape);
  const load = question.accounting === 'loaded' ? loadOf(plan, shape) : 0;
  return { cycles: kernel.estimate(plan).closedForm.cycles + load, load, waves: 1 };
}

/** Words that the host copies in before the run, at its rate. */
function loadOf({ machine, weightBytes, kernel }: Plan, { k, n }: Shape): number {
  return Math.ceil((kernel === weightStreaming.id ? k * n : weightBytes / 4) / machine.host.wordsInPerCycle);
}

/** As many rows as fit at a time; activations of `weight-streaming` stay, as rows do that fit. */
function costInWaves(question: Question, kernel: Kernel, shape: Shape): Cost {
  const fits = (rows: number): boolean => {
    try {
      planOf(question, kernel, { ...shape, m: rows });
      return true;
    } catch (error) {
      if (error instanceof WeftError && error.field === 'placement') return false;
      throw error;
    }
  };
  if (fits(shape.m)) return { cycles: kernel.estimate(planOf(question, kernel, shape)).closedForm.cycles, load: 0, waves: 1 };
  let [good, bad] = [1, shape.m];
  if (!fits(1)) planOf(question, kernel, { ...shape, m: 1 });
  while (bad - good > 1) {
    const middle = Math.floor((good + bad) / 2);
    if (fits(middle)) good = middle;
    else bad = middle;
  }
  const waves = Math.ceil(shape.m / good);
  const parts = [
    { times: waves - 1, plan: planOf(question, kernel, { ...shape, m: good }) },
    { times: 1, plan: planOf(question, kernel, { ...shape, m: shape.m - (waves - 1) * good }) },
  ];
  const again = kernel.id === weightStreaming.id ? 0 : 1;
  const load = again * parts.reduce((sum, { times, plan }) => sum + times * loadOf(plan, shape), 0);
  return { cycles: load + parts.reduce((sum, { times, plan }) => sum + times * kernel.estimate(plan).closedForm.cycles, 0), load, waves };
}

const nameOf = (question: Question, winner: Winner): string =>
  winner === 'tie' ? `stationary and ${question.against} are within ${TIE * 100}\u202f%` : winner === 'none' ? 'neither can be placed' : `${winner} wins`;

const cyclesOf = (cost: Cost | string): string =>
  typeof cost === 'string' ? 'not placed' : `${grouped(cost.cycles)} cycles${cost.load > 0 ? `, ${grouped(cost.load)} of them loading` : ''}`;

/** The crossing in words: what changed between two neighbours. */
function whyThere(question: Question, first: Winner, before: ComparedPoint, after: ComparedPoint): string {
  const { against, along } = question;
  const at = ({ value, stationary: own, against: other }: ComparedPoint): string =>
    `at ${UNIT[along]} = ${grouped(value)} stationary takes ${cyclesOf(own)}, ${against} ${cyclesOf(other)}`;
  const until = before.winner === first ? `${nameOf(question, first)} up to` : `${nameOf(question, first)} at first, a tie at`;
  const change = `${until} ${UNIT[along]} = ${grouped(before.value)}, ${nameOf(question, after.winner)} from ${grouped(after.value)} on`;
  return `${change}: ${causeOf(question, before, after)}; ${at(before)}; ${at(after)}`;
}

function causeOf({ against, along }: Question, before: ComparedPoint, after: ComparedPoint): string {
  for (const [name, was, is, other] of [
    ['stationary', before.stationary, after.stationary, after.against] as const,
    [against, before.against, after.against, after.stationary] as const,
  ]) {
    if (typeof is === 'string' && typeof was !== 'string') return `${name} no longer fits${overBy(is)}`;
    if (typeof is === 'string' || typeof other === 'string') continue;
    if (is.load > 0 && other.load === 0 && is.waves > 1) return `${name} no longer fits at once and loads ${grouped(is.waves)} waves for every product`;
  }
  if (against === 'streaming')
    return along === 'n' ? 'streaming dequantises every block for every column, stationary once' : 'dequantising once outweighs loading in waves';
  return along === 'n'
    ? 'every PE of weight-streaming dequantises all rows of its fabric column once for all columns of B; stationary has one row a PE and takes the columns one after the other'
    : 'a fabric column of weight-streaming takes its rows one after the other and dequantises them in every fabric row, stationary spreads rows over PEs';
}

/** ", a PE overflows by 504 B", where the message of an overflow says so. */
const overBy = (message: string): string => /overflows a PE by \d+ B/.exec(message)?.[0].replace('overflows a PE', ', a PE overflows') ?? '';

/** Why the winner is the same at every size. */
function whyNever(question: Question, points: readonly ComparedPoint[]): string {
  const { against, along } = question;
  const ratios = points.flatMap(({ stationary: own, against: other }) =>
    typeof own === 'string' || typeof other === 'string' ? [] : [other.cycles / own.cycles],
  );
  const range = `from ${UNIT[along]} = ${grouped(points[0].value)} to ${grouped(points[points.length - 1].value)}`;
  const ties = points.some(({ winner }) => winner === 'tie') && points[0].winner !== 'tie' ? ' or ties' : '';
  const result = `there is none: ${nameOf(question, points[0].winner)}${ties} wherever both can be placed ${range}`;
  if (ratios.length === 0) return `${result}, ${points.map((p) => [p.stationary, p.against].find((c) => typeof c === 'string'))[0] ?? ''}`;
  const [least, most] = [Math.min(...ratios), Math.max(...ratios)].map((ratio) => ratio.toFixed(2));
  return `${result}, because ${reasonOf(question, points[0].winner)}; ${against} takes ${least} to ${most} times the cycles of stationary`;
}

function reasonOf({ against, shape, along }: Question, winner: Winner): string {
  if (against === 'streaming') {
    if (winner === 'tie')
      return along !== 'n' && shape.n === 1 ? 'with one column both dequantise every block once' : 'the load, the same for both, outweighs dequantising';
    return winner === 'stationary'
      ? 'streaming dequantises every block for every column, stationary once'
      : 'rows as stored take less room and stay where f32 rows do not fit';
  }
  if (winner === 'stationary')
    return 'each PE of weight-streaming dequantises all rows of its fabric column for its tokens, stationary one PE a row, and both multiply at the same rate';
  return winner === 'tie' ? 'both multiply at the same rate and that outweighs the rest' : 'weights that stream in need neither room nor a load of their own';
}
