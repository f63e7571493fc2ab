/** The English of the verdict: how a run ended, its numbers, what would help; what the whole page shares is in ../strings.ts. */
import { clock, count, duration, factor, grouped } from '../format.ts';

/** What stands behind a number that is printed larger. */
const cycles = (n: number): string => (n === 1 ? 'cycle' : 'cycles');

export const VERDICT_TEXT = {
  name: 'Verdict',
  waiting: 'Waiting for the first run…',
  noRun: 'No run yet.',
  noRunHint: 'Press Run or change a field.',
  cannotRun: 'This setup cannot run; Setup says why.',
  cycles,
  at: (microseconds: number, hz: number) => `${duration(microseconds)} at ${clock(hz)}`,
  ofBound: (ratio: number) => `${factor(ratio)} the bound`,
  timed: 'By the timing engine, without values: the same cycles and the same trace, in a fraction of the time.',
  three: {
    caption: 'Simulated cycles beside the closed form and the lower bound',
    simulated: 'Simulated',
    closedForm: 'Closed form',
    lowerBound: 'Lower bound',
  },
  peCycles: (pes: number) => `PE-cycles of ${count(pes, 'PE')} by what they did`,
  insights: { name: 'What shows', show: 'Show' },
  metrics: {
    name: 'Metrics',
    mac: 'Utilisation',
    busy: 'Busy',
    mapping: 'Mapping',
    latencyFirst: 'First row',
    latencyMax: 'Last row',
    load: 'Load weights',
    hostIn: 'Host in',
    hostOut: 'Host out',
    vsF64: 'Max error',
    noValues: 'no values',
    plainLoop: 'Plain loop',
    bitEqual: (all: number) => `✓ 0 of ${grouped(all)} differ: bit-equal`,
    differ: (n: number, all: number) => `${grouped(n)} of ${grouped(all)} differ`,
  },
  machine: 'Machine',
  /** A hand-written program that came to its end. */
  program: {
    finished: (n: number, model: number, exact: boolean) =>
      `Run finished: ${count(n, 'cycle')}, ${grouped(model)} by the closed form. ${exact ? 'The results are right to the bit.' : 'The results are wrong.'}`,
    exact: '✓ bit-exact',
    wrong: 'wrong',
    model: 'Closed form',
    whole: 'Whole run',
  },
  /** A trace file. */
  trace: {
    badge: 'trace',
    cyclesIn: (n: number, file: string) => `${cycles(n)} in ${file}`,
    rectangle: 'Rectangle',
    hash: 'Trace hash',
    alone:
      'From a trace file: the fabric, the timeline and the PEs can be looked at. A trace holds no weights and no results, so there are no numbers to check.',
  },
  /** A run whose program failed. */
  stopped: {
    stuck: 'stuck',
    error: 'program error',
    after: (n: number) => `${cycles(n)}, then it stopped`,
    circle: (waits: number) => `Nothing can move any more: ${count(waits, 'wait')} in a circle.`,
    chain: (waits: number) => `Nothing can move any more: ${count(waits, 'wait')} in a chain.`,
    waits: 'Who waits for whom',
    more: (n: number) => count(n, 'more wait'),
    closes: (waits: number) => (waits > 1 ? `${grouped(waits)} waits for 1` : 'It waits for itself'),
    inFull: 'The error in full',
  },
} as const;
