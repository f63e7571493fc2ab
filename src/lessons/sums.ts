/** Lesson 4, adding it up: the way of adding vectors along a row that is fastest depends on how long they are. */
import { reduceCycles } from '../kernels/collectives/closed-form.ts';
import { REDUCES, type ReduceId } from '../kernels/collectives/index.ts';
import { waferModel } from '../kernels/collectives/model.ts';
import { MACHINES, type MachineId } from '../machine/spec.ts';
import { cyclesOf, type Experiment, row, type ShotPlan, type Subject, type Taken } from './subject.ts';
import type { Curve, Figure } from './types.ts';

const MACHINE: MachineId = 'teaching';
const WAYS = Object.keys(REDUCES) as ReduceId[];
/** Words at which the figure has points. */
const POINTS = [1, 4, 16, 64, 256, 1024];

interface Params {
  readonly pes: number;
  readonly middle: number;
  readonly large: number;
  readonly nextPes: number;
  readonly nextWords: number;
}

/**
 * Cycles with `words` a PE. The star: the first word of PE 1 is there after an issue, two ramps and a hop; from then on the root
 * takes a word a cycle, B (P - 1) of them, and a cycle of set-up lies before. The others: collectives/closed-form.ts.
 */
function sumCycles(way: ReduceId, pes: number, words: number): number {
  const machine = MACHINES[MACHINE];
  if (way !== 'star') return reduceCycles(way, machine, pes, words);
  return words * (pes - 1) + machine.hop + 2 * machine.ramp + 2;
}

const shot = (way: ReduceId, pes: number, words: number): ShotPlan => ({
  what: way,
  varied: 'B',
  x: words,
  config: row(`reduce-${way}`, MACHINE, pes, words),
  closed: sumCycles(way, pes, words),
});

const least = (cycles: (way: ReduceId) => number): ReduceId => WAYS.reduce((best, way) => (cycles(way) < cycles(best) ? way : best));

function curves(pes: number, upTo: number, taken: readonly Taken[], at: number): Figure {
  const points = [...new Set([...POINTS.filter((words) => words <= upTo), at])].sort((a, b) => a - b);
  const list = WAYS.map(
    (way): Curve => ({
      what: way,
      closed: points.map((words) => [words, sumCycles(way, pes, words)]),
      simulated: taken.filter(({ plan }) => plan.what === way).map((one) => [one.plan.x, cyclesOf(one)]),
    }),
  );
  return { kind: 'curves', x: 'B', y: 'cycles', log: true, curves: list, at };
}

/** Which is done first, of all four. */
const fastest = (wordsOf: (p: Params) => number): Experiment<Params> => ({
  closed: (p) => least((way) => sumCycles(way, p.pes, wordsOf(p))),
  shots: (p) => WAYS.map((way) => shot(way, p.pes, wordsOf(p))),
  read(taken, p) {
    const cycles = (way: ReduceId): number => cyclesOf(taken[WAYS.indexOf(way)]);
    return { value: least(cycles), figure: curves(p.pes, p.large, taken, wordsOf(p)) };
  },
});

const chain: Experiment<Params> = {
  closed: (p) => sumCycles('chain', p.pes, p.large),
  shots: (p) => [1, p.middle, p.large].map((words) => shot('chain', p.pes, words)),
  read: (taken, p) => ({ value: cyclesOf(taken[2]), figure: curves(p.pes, p.large, taken, p.large) }),
};

const star: Experiment<Params> = {
  closed: (p) => sumCycles('star', p.nextPes, p.nextWords),
  shots: (p) => [shot('star', p.nextPes, p.nextWords)],
  read: (taken, p) => ({ value: cyclesOf(taken[0]), figure: curves(p.nextPes, p.large, taken, p.nextWords) }),
};

export const sums: Subject<'sums', Params> = {
  params: (pick) => ({
    pes: pick([64, 32]),
    middle: pick([64, 80]),
    large: pick([1024, 768]),
    nextPes: pick([48, 40, 56]),
    nextWords: pick([32, 24, 40]),
  }),
  given(p) {
    const { pes } = p;
    const group = Math.round(Math.sqrt(pes));
    const row = { machine: MACHINES[MACHINE], pes, wavelets: 1, group: pes, descriptors: REDUCES.star.descriptors };
    return {
      ...{ ...p, group },
      chainOne: sumCycles('chain', pes, 1),
      chainMiddle: sumCycles('chain', pes, p.middle),
      starModel: waferModel(REDUCES.star.demand(row), row.machine),
      starOne: sumCycles('star', pes, 1),
      rounds: REDUCES.tree.demand(row).depth,
      step: 1 + 2 * row.machine.ramp + row.machine.hop,
      twoPhaseDepth: REDUCES['two-phase'].demand({ ...row, group }).depth,
      starStart: sumCycles('star', pes, 1) - (pes - 1),
    };
  },
  questions: { one: fastest(() => 1), chain, middle: fastest((p) => p.middle), large: fastest((p) => p.large), star },
};
