/** Lesson 6, backpressure: queues buy time and no bandwidth, stalls travel upstream, and who waits is not who is slow. */
import { whyWaits } from '../analysis/critical-path.ts';
import type { ProgramRun } from '../api/protocol.ts';
import { MACHINES, type MachineId } from '../machine/spec.ts';
import { capacityWords, firstStall, firstWord, serviceCycles, slowSinkCycles } from '../scenarios/slow-sink.ts';
import { KIND } from '../trace/schema.ts';
import { firstBlocked, pressure, readerOf } from './strips.ts';
import { cyclesOf, type Experiment, programOf, row, type ShotPlan, type Subject } from './subject.ts';
import type { Answer } from './types.ts';

const MACHINE: MachineId = 'teaching';
/** Here the sink takes so long that a stall reaches back to it. */
const BLAMED: MachineId = 'wse2';
const BLAMED_WORDS = 64;

interface Params {
  readonly pes: number;
  readonly words: number;
  readonly blamePes: number;
}

const shot = (machine: MachineId, pes: number, words: number): ShotPlan => ({
  what: 'slow-sink',
  varied: 'P',
  x: pes,
  config: row('slow-sink', machine, pes, words),
  closed: slowSinkCycles(MACHINES[machine], { pes, words }),
});

const longer = ({ pes, words }: Params) => ({ pes: 2 * pes, words: 2 * words });

const rate: Experiment<Params> = {
  closed: (p) => slowSinkCycles(MACHINES[MACHINE], p),
  shots: (p) => [shot(MACHINE, p.pes, p.words)],
  read: ([one]) => ({ value: cyclesOf(one), figure: pressure(programOf(one)) }),
};

/** When the source first waits, in a row of some length. */
const stall = (sizes: (p: Params) => { pes: number; words: number }): Experiment<Params> => ({
  closed: (p) => firstStall(MACHINES[MACHINE], sizes(p)) ?? Number.NaN,
  shots(p) {
    const { pes, words } = sizes(p);
    return [shot(MACHINE, pes, words)];
  },
  read: ([one]) => ({ value: firstBlocked(programOf(one)), figure: pressure(programOf(one)) }),
});

/** The longest wait of the source. */
function longestWait(program: ProgramRun): { begin: number; end: number } {
  const { pe, kind, begin, end } = program.trace.intervals;
  const waits = [...pe.keys()].filter((i) => pe[i] === 0 && kind[i] === KIND.blocked);
  const longest = waits.reduce((most, i) => (end[i] - begin[i] > end[most] - begin[most] ? i : most), waits[0]);
  return { begin: begin[longest], end: end[longest] };
}

/** The PE that this wait goes back to. */
function culpritOf(program: ProgramRun): Answer {
  const [cause] = whyWaits(readerOf(program), 0, longestWait(program));
  const last = program.trace.width - 1;
  return cause.pe === last ? 'last' : cause.pe === 0 ? 'source' : 'middle';
}

const culprit: Experiment<Params> = {
  closed: () => (serviceCycles(MACHINES[BLAMED]) > 1 ? 'last' : 'source'),
  shots: (p) => [shot(BLAMED, p.blamePes, BLAMED_WORDS)],
  read([one]) {
    const program = programOf(one);
    return { value: culpritOf(program), figure: pressure(program), look: { cycle: longestWait(program).begin, x: 0, y: 0 } };
  },
};

export const backpressure: Subject<'backpressure', Params> = {
  params: (pick) => ({ pes: pick([16, 12, 20, 24]), words: pick([256, 224, 288]), blamePes: pick([8, 6, 10]) }),
  given(p) {
    const machine = MACHINES[MACHINE];
    const next = longer(p);
    return {
      ...{ ...p, nextPes: next.pes, nextWords: next.words },
      service: serviceCycles(machine),
      depth: machine.fifoDepth,
      output: machine.outputQueues[2] + machine.ramp,
      input: machine.inputQueues[0] + machine.ramp,
      capacity: capacityWords(machine, p.pes),
      way: firstWord(machine, p),
      first: firstStall(machine, p) ?? Number.NaN,
      blameService: serviceCycles(MACHINES[BLAMED]),
      nextCapacity: capacityWords(machine, next.pes),
      nextWay: firstWord(machine, next),
    };
  },
  questions: { rate, stall: stall((p) => p), culprit, longer: stall(longer) },
};
