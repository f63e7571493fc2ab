/**
 * Lesson 3, who moves. Weights that stay are dequantised once and take the columns of B one after the other; weights that
 * stream down the fabric columns are dequantised in every fabric row, which then work on columns of their own. The design's
 * formulas (T = L + N c against N / B loads) are not those of these kernels: docs/kernels.md, "Stationary against the others".
 */
import type { MachineId } from '../machine/spec.ts';
import { estimateOf, planOf } from './estimates.ts';
import { cyclesOf, type Experiment, matrix, type ShotPlan, type Subject, type Taken } from './subject.ts';
import type { Answer, Curve, Figure } from './types.ts';

/** Fabric columns and rows. */
const SIDE = 8;
/** Up to so many columns of B are asked about. */
const MOST = 16;
/** Closer than this is a tie, as in src/kernels/compare.ts. */
const TIE = 0.05;

const STAYS = 'stationary';
const AGAIN = 'streaming';
const MOVES = 'weight-streaming';

interface Params {
  readonly machine: MachineId;
  readonly m: number;
  readonly k: number;
  readonly slopeN: number;
}

const config = (kernel: string, { machine, m, k }: Pick<Params, 'machine' | 'm' | 'k'>, n: number) =>
  matrix({ kernel, machine, m, k, n, pes: { width: SIDE, height: SIDE } });

const shot = (kernel: string, p: Params, n: number): ShotPlan => ({ what: kernel, varied: 'N', x: n, config: config(kernel, p, n) });

const columns = (upTo: number): number[] => Array.from({ length: upTo }, (_, i) => i + 1);

/** The same matrix with a row for every PE. */
const whole = (p: Params): Params => ({ ...p, m: SIDE * SIDE });

const winnerOf = (again: number, stays: number): Answer => {
  if (Math.abs(again - stays) <= TIE * Math.min(again, stays)) return 'tie';
  return again < stays ? AGAIN : STAYS;
};

/** The smallest N at which moving weights take fewer cycles; null if there is none up to MOST. */
function crossing(p: Params): number | null {
  return columns(MOST).find((n) => estimateOf(config(MOVES, p, n)) < estimateOf(config(STAYS, p, n))) ?? null;
}

/** When a matrix that fills the rectangle crosses, compared with one that does not. */
function compared(before: number | null, now: number | null): Answer {
  if (now === null) return 'never';
  return before !== null && now < before ? 'sooner' : 'later';
}

/** N of the first pair of points at which moving weights are done first. */
function measuredCrossing(taken: readonly Taken[]): number | null {
  const at = (what: string, x: number) => taken.find(({ plan }) => plan.what === what && plan.x === x);
  const ns = [...new Set(taken.map(({ plan }) => plan.x))].sort((a, b) => a - b);
  return (
    ns.find((n) => {
      const [stays, moves] = [at(STAYS, n), at(MOVES, n)];
      return stays !== undefined && moves !== undefined && cyclesOf(moves) < cyclesOf(stays);
    }) ?? null
  );
}

function curves(p: Params, kernels: readonly string[], upTo: number, taken: readonly Taken[], at: number | null): Figure {
  const list = kernels.map(
    (kernel): Curve => ({
      what: kernel,
      closed: columns(upTo).map((n) => [n, estimateOf(config(kernel, p, n))]),
      simulated: taken.filter(({ plan }) => plan.what === kernel).map((one) => [one.plan.x, cyclesOf(one)]),
    }),
  );
  return { kind: 'curves', x: 'N', y: 'cycles', log: false, curves: list, at };
}

/** So far the closed forms are drawn beyond the crossing. */
const BEYOND = 3;

const once: Experiment<Params> = {
  closed: (p) => winnerOf(estimateOf(config(AGAIN, p, 1)), estimateOf(config(STAYS, p, 1))),
  shots: (p) => [shot(AGAIN, p, 1), shot(STAYS, p, 1)],
  read: (taken, p) => ({ value: winnerOf(cyclesOf(taken[0]), cyclesOf(taken[1])), figure: curves(p, [AGAIN, STAYS], 4, taken, null) }),
};

const slope: Experiment<Params> = {
  closed: (p) => estimateOf(config(STAYS, p, p.slopeN)),
  shots: (p) => [...[1, 2, p.slopeN].map((n) => shot(STAYS, p, n)), shot(AGAIN, p, p.slopeN)],
  read: (taken, p) => ({ value: cyclesOf(taken[2]), figure: curves(p, [AGAIN, STAYS], p.slopeN, taken, p.slopeN) }),
};

const cross: Experiment<Params> = {
  closed: (p) => crossing(p) ?? 'never',
  shots(p) {
    const upTo = (crossing(p) ?? MOST - BEYOND) + BEYOND;
    return [STAYS, MOVES].flatMap((kernel) => columns(upTo).map((n) => shot(kernel, p, n)));
  },
  read(taken, p) {
    const value = measuredCrossing(taken);
    return { value: value ?? 'never', figure: curves(p, [STAYS, MOVES], (value ?? MOST) + BEYOND, taken, value) };
  },
};

const full: Experiment<Params> = {
  closed: (p) => compared(crossing(p), crossing(whole(p))),
  shots: (p) => [STAYS, MOVES].flatMap((kernel) => [1, SIDE, MOST].map((n) => shot(kernel, whole(p), n))),
  read(taken, p) {
    const found = measuredCrossing(taken);
    return { value: compared(crossing(p), found), figure: curves(whole(p), [STAYS, MOVES], MOST, taken, found) };
  },
};

export const movers: Subject<'movers', Params> = {
  params: (pick) => ({ machine: pick(['wse2', 'wse3']), m: pick([16, 24, 32]), k: pick([256]), slopeN: pick([8, 6, 10]) }),
  given(p) {
    const used = (kernel: string): number => planOf(config(kernel, p, SIDE)).usedPes;
    return {
      ...{ width: SIDE, height: SIDE, m: p.m, k: p.k, machine: p.machine, tie: TIE, slopeN: p.slopeN },
      stationary1: estimateOf(config(STAYS, p, 1)),
      stationary2: estimateOf(config(STAYS, p, 2)),
      streaming1: estimateOf(config(AGAIN, p, 1)),
      moving1: estimateOf(config(MOVES, p, 1)),
      streamingAtSlope: estimateOf(config(AGAIN, p, p.slopeN)),
      rowsOfColumn: Math.ceil(p.m / SIDE),
      stationaryPes: used(STAYS),
      movingPes: used(MOVES),
      nextM: SIDE * SIDE,
      nextRowsOfColumn: SIDE,
      nextMost: MOST,
    };
  },
  questions: { once, slope, crossing: cross, full },
};
