/** Lesson 5, the last PE: the fullest PE sets the time, and one row too many leaves the others waiting. */
import { estimateOf } from './estimates.ts';
import { cyclesOf, type Experiment, matrix, type ShotPlan, type Subject, type Taken } from './subject.ts';
import type { Curve, Figure } from './types.ts';

const MACHINE = 'wse2';
/** Weights of a block: the least that a PE can have of a row. */
const BLOCK = 256;

interface Params {
  readonly width: number;
  readonly height: number;
  readonly k: number;
}

const pesOf = ({ width, height }: Params): number => width * height;

const config = ({ width, height, k }: Params, m: number) => matrix({ kernel: 'streaming', machine: MACHINE, m, k, n: 1, pes: { width, height } });
const shot = (p: Params, m: number): ShotPlan => ({ what: 'streaming', varied: 'M', x: m, config: config(p, m) });

/** Rows a cycle, as a share of what the PEs do with equally many rows each, as many as the fullest has. */
const shareOf = (p: Params, m: number, cycles: number, fullCycles: number): number => (m / fullRows(p, m)) * (fullCycles / cycles);
const fullRows = (p: Params, m: number): number => pesOf(p) * Math.ceil(m / pesOf(p));
const closedShare = (p: Params, m: number): number => shareOf(p, m, estimateOf(config(p, m)), estimateOf(config(p, fullRows(p, m))));

/** Percent with one decimal, as it is asked for. */
const percent = (share: number): number => Math.round(1000 * share) / 10;

/** Shares by M, from the runs that have their full row beside them. */
function shares(p: Params, taken: readonly Taken[], at: number | null): Figure {
  const cycles = new Map(taken.map((one) => [one.plan.x, cyclesOf(one)]));
  const measured = [...cycles].flatMap(([m, own]) => {
    const full = cycles.get(fullRows(p, m));
    return full === undefined ? [] : [[m, shareOf(p, m, own, full)] as const];
  });
  const upTo = 3 * pesOf(p) + 1;
  const closed = Array.from({ length: upTo }, (_, i) => [i + 1, closedShare(p, i + 1)] as const);
  const curve: Curve = { what: 'streaming', closed, simulated: measured };
  return { kind: 'curves', x: 'M', y: 'share', log: false, curves: [curve], at };
}

const cycles: Experiment<Params> = {
  closed: (p) => estimateOf(config(p, pesOf(p) + 1)),
  shots: (p) => [pesOf(p), pesOf(p) + 1, 2 * pesOf(p)].map((m) => shot(p, m)),
  read: (taken, p) => ({ value: cyclesOf(taken[1]), figure: shares(p, taken, pesOf(p) + 1) }),
};

const share: Experiment<Params> = {
  closed: (p) => percent(closedShare(p, pesOf(p) + 1)),
  shots: (p) => [pesOf(p) + 1, 2 * pesOf(p)].map((m) => shot(p, m)),
  read(taken, p) {
    const m = pesOf(p) + 1;
    return { value: percent(shareOf(p, m, cyclesOf(taken[0]), cyclesOf(taken[1]))), figure: shares(p, taken, m) };
  },
};

/** The numbers of rows to choose from. */
const ROWS: Readonly<Record<string, (pes: number) => number>> = {
  'one-less': (pes) => pes - 1,
  full: (pes) => pes,
  'one-more': (pes) => pes + 1,
  'two-more': (pes) => 2 * pes + 1,
};

const least = (of: (id: string) => number): string => Object.keys(ROWS).reduce((worst, id) => (of(id) < of(worst) ? id : worst));

const worst: Experiment<Params> = {
  closed: (p) => least((id) => closedShare(p, ROWS[id](pesOf(p)))),
  shots(p) {
    const rows = Object.values(ROWS).map((rows) => rows(pesOf(p)));
    const all = new Set([...rows, ...rows.map((m) => fullRows(p, m))]);
    return [...all].sort((a, b) => a - b).map((m) => shot(p, m));
  },
  read(taken, p) {
    const at = new Map(taken.map((one) => [one.plan.x, cyclesOf(one)]));
    const measured = (id: string): number => {
      const m = ROWS[id](pesOf(p));
      return shareOf(p, m, at.get(m) ?? Number.NaN, at.get(fullRows(p, m)) ?? Number.NaN);
    };
    const value = least(measured);
    return { value, figure: shares(p, taken, ROWS[value](pesOf(p))) };
  },
};

/** A block of every row for each PE. */
const splitK = (p: Params): number => BLOCK * pesOf(p);

/** Rectangles of the same PEs for split-k; wider ones cut K into more parts. */
const SPLITS: Readonly<Record<string, (pes: number) => { width: number; height: number }>> = {
  whole: (pes) => ({ width: 1, height: pes }),
  quarter: (pes) => ({ width: pes / 4, height: 4 }),
  half: (pes) => ({ width: pes / 2, height: 2 }),
  rows: (pes) => ({ width: pes, height: 1 }),
};

const splitConfig = (p: Params, id: string) => matrix({ kernel: 'split-k', machine: MACHINE, m: pesOf(p) + 1, k: splitK(p), n: 1, pes: SPLITS[id](pesOf(p)) });

const quickest = (of: (id: string) => number): string => Object.keys(SPLITS).reduce((best, id) => (of(id) < of(best) ? id : best));

const split: Experiment<Params> = {
  closed: (p) => quickest((id) => estimateOf(splitConfig(p, id))),
  shots: (p) => Object.keys(SPLITS).map((id) => ({ what: 'split-k', varied: 'S', x: SPLITS[id](pesOf(p)).width, config: splitConfig(p, id) })),
  read(taken) {
    const value = quickest((id) => cyclesOf(taken[Object.keys(SPLITS).indexOf(id)]));
    const simulated = taken.map((one): readonly [number, number] => [one.plan.x, cyclesOf(one)]).sort((a, b) => a[0] - b[0]);
    const closed = taken
      .map((one): readonly [number, number] => [one.plan.x, one.result?.estimate.closedForm.cycles ?? Number.NaN])
      .sort((a, b) => a[0] - b[0]);
    return { value, figure: { kind: 'curves', x: 'S', y: 'cycles', log: false, curves: [{ what: 'split-k', closed, simulated }], at: null } };
  },
};

export const lastPe: Subject<'last-pe', Params> = {
  params(pick) {
    const [width, height] = pick([[4, 4] as const, [5, 4] as const, [6, 4] as const]);
    return { width, height, k: pick([512, 768, 1024]) };
  },
  given: (p) => ({
    ...{ pes: pesOf(p), width: p.width, height: p.height, k: p.k, m: pesOf(p) + 1, splitK: splitK(p) },
    oneRow: estimateOf(config(p, pesOf(p))),
    twoRows: estimateOf(config(p, 2 * pesOf(p))),
    splitWhole: estimateOf(splitConfig(p, 'whole')),
  }),
  questions: { cycles, share, worst, split },
};
