/** Lesson 4, adding it up: the way of adding vectors along a row that is fastest depends on how long they are. */
import { reduceCycles } from '../kernels/collectives/closed-form.ts';
import { modelCycles } from '../kernels/collectives/collective.ts';
import { ALL_REDUCES, type AllReduceId, broadcast, REDUCES, type ReduceId } from '../kernels/collectives/index.ts';
import { waferModel } from '../kernels/collectives/model.ts';
import { MACHINES, type MachineId } from '../machine/spec.ts';
import { cyclesOf, type Experiment, row, type ShotPlan, type Subject, type Taken } from './subject.ts';
import type { Answer, Curve, Figure } from './types.ts';

const MACHINE: MachineId = 'teaching';
const WAYS = Object.keys(REDUCES) as ReduceId[];
const ALL_WAYS = Object.keys(ALL_REDUCES) as AllReduceId[];
type Way = ReduceId | AllReduceId;
/** Words at which the figure has points. */
const POINTS = [1, 4, 16, 64, 256, 1024];
const pointsUpTo = (most: number): number[] => POINTS.filter((words) => words <= most);

interface Params {
  readonly pes: number;
  readonly middle: number;
  readonly large: number;
  readonly nextPes: number;
  readonly nextWords: number;
}

/**
 * Cycles with `words` a PE. The star: the first word of PE 1 is there after an issue, two ramps and a hop; from then on the root
 * takes a word a cycle, B (P - 1) of them, and a cycle of set-up lies before. A round of the ring: sending and receiving a chunk
 * are two operations a word; then its last word goes on to the next PE, and the next round starts in three cycles, but for the
 * last. That is for chunks of eight words and more: shorter ones are on their way while others are sent. The broadcast is its
 * model and a cycle. The others: collectives/closed-form.ts.
 */
function sumCycles(way: Way, pes: number, words: number): number {
  const machine = MACHINES[MACHINE];
  const toNext = machine.hop + 2 * machine.ramp;
  switch (way) {
    case 'star':
      return words * (pes - 1) + toNext + 2;
    case 'ring':
      return ringRounds(pes) * ((2 * words) / pes + toNext + 3) - (toNext + 3);
    case 'chain-broadcast':
      return reduceCycles('chain', machine, pes, words) + waferModel(broadcast.demand(rowOf(pes, words)), machine) + 1;
    default:
      return reduceCycles(way, machine, pes, words);
  }
}

const ringRounds = (pes: number): number => ALL_REDUCES.ring.demands(rowOf(pes, pes))[0].depth;

const rowOf = (pes: number, wavelets: number) => ({ machine: MACHINES[MACHINE], pes, wavelets, group: pes, descriptors: 'memory' }) as const;

const shot = (way: Way, pes: number, words: number): ShotPlan => ({
  what: way,
  varied: 'B',
  x: words,
  config: row(way in ALL_REDUCES ? `all-reduce-${way}` : `reduce-${way}`, MACHINE, pes, words),
  closed: sumCycles(way, pes, words),
});

const least = (cycles: (way: ReduceId) => number): ReduceId => WAYS.reduce((best, way) => (cycles(way) < cycles(best) ? way : best));

function curves(ways: readonly Way[], pes: number, words: readonly number[], taken: readonly Taken[], at: number): Figure {
  const points = [...new Set([...words, at])].sort((a, b) => a - b);
  const list = ways.map(
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
    return { value: least(cycles), figure: curves(WAYS, p.pes, pointsUpTo(p.large), taken, wordsOf(p)) };
  },
});

const chain: Experiment<Params> = {
  closed: (p) => sumCycles('chain', p.pes, p.large),
  shots: (p) => [1, p.middle, p.large].map((words) => shot('chain', p.pes, words)),
  read: (taken, p) => ({ value: cyclesOf(taken[2]), figure: curves(WAYS, p.pes, pointsUpTo(p.large), taken, p.large) }),
};

const star: Experiment<Params> = {
  closed: (p) => sumCycles('star', p.nextPes, p.nextWords),
  shots: (p) => [shot('star', p.nextPes, p.nextWords)],
  read: (taken, p) => ({ value: cyclesOf(taken[0]), figure: curves(WAYS, p.nextPes, pointsUpTo(p.large), taken, p.nextWords) }),
};

/** Words of chunks at which the figure of the ring has points: its closed form holds from the first one on. */
const CHUNKS = [8, 16, 32, 64];

const all: Experiment<Params> = {
  closed: (p) => fasterOf((way) => sumCycles(way, p.pes, p.large)),
  shots: (p) => [p.large, p.pes * CHUNKS[0], p.pes * CHUNKS[3]].flatMap((words) => ALL_WAYS.map((way) => shot(way, p.pes, words))),
  read(taken, p) {
    const value = fasterOf((way) => cyclesOf(taken[ALL_WAYS.indexOf(way)]));
    const points = CHUNKS.map((words) => words * p.pes);
    return { value, figure: curves(ALL_WAYS, p.pes, points, taken, p.large) };
  },
};

/** Two per cent and less apart is a tie, as for timings. */
function fasterOf(cycles: (way: AllReduceId) => number): Answer {
  const [chain, ring] = ALL_WAYS.map(cycles);
  if (Math.abs(chain - ring) <= 0.02 * Math.min(chain, ring)) return 'tie';
  return chain < ring ? 'chain-broadcast' : 'ring';
}

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
    const row = rowOf(pes, 1);
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
      chunk: p.large / pes,
      ringRounds: ringRounds(pes),
      ring: sumCycles('ring', pes, p.large),
      ringModel: modelCycles(ALL_REDUCES.ring, rowOf(pes, p.large)),
      chainBroadcast: sumCycles('chain-broadcast', pes, p.large),
    };
  },
  questions: { one: fastest(() => 1), chain, middle: fastest((p) => p.middle), large: fastest((p) => p.large), star, all },
};
