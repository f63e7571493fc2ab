/** Lesson 1, one wavelet, one hop: the way is paid once, the words once each; storing and forwarding pays both at every PE. */
import { broadcast } from '../kernels/collectives/index.ts';
import { waferModel } from '../kernels/collectives/model.ts';
import { relayModel } from '../kernels/micro/relay.ts';
import { MACHINES, type MachineId } from '../machine/spec.ts';
import { arrivals, work } from './strips.ts';
import { cyclesOf, type Experiment, programOf, row, type ShotPlan, type Subject } from './subject.ts';

const MACHINE: MachineId = 'teaching';
const SLOWER: MachineId = 'wse3';

interface Params {
  readonly pes: number;
  readonly many: number;
  readonly long: number;
  readonly nextPes: number;
  readonly nextWords: number;
}

/** The published model, which is exact for a stream: L + h (P - 1) + 2 T_R + 1. */
function streamCycles(id: MachineId, pes: number, words: number): number {
  const machine = MACHINES[id];
  return waferModel(broadcast.demand({ machine, pes, wavelets: words, group: pes, descriptors: broadcast.descriptors }), machine);
}

const storedCycles = (pes: number, words: number): number => relayModel({ machine: MACHINES[MACHINE], stages: pes - 1, wavelets: words });

const stream = (machine: MachineId, pes: number, words: number): ShotPlan => ({
  what: 'line',
  varied: 'L',
  x: words,
  config: row('line', machine, pes, words),
  closed: streamCycles(machine, pes, words),
});

/** One stream, read off its last PE. */
const streaming = (of: (p: Params) => { machine: MachineId; pes: number; words: number }): Experiment<Params> => ({
  closed(p) {
    const { machine, pes, words } = of(p);
    return streamCycles(machine, pes, words);
  },
  shots(p) {
    const { machine, pes, words } = of(p);
    return [stream(machine, pes, words)];
  },
  read: ([shot]) => ({ value: cyclesOf(shot), figure: arrivals(programOf(shot)) }),
});

export const hop: Subject<'hop', Params> = {
  params: (pick) => ({
    pes: pick([64, 32, 40, 48, 56]),
    many: pick([64, 32, 48, 80, 96]),
    long: pick([4096, 1024, 2048, 3072]),
    nextPes: pick([24, 36, 48, 60]),
    nextWords: pick([500, 300, 640, 800, 1200]),
  }),
  given({ pes, many, long, nextPes, nextWords }) {
    const machine = MACHINES[MACHINE];
    return {
      ...{ hop: machine.hop, ramp: machine.ramp, pes, many, long, nextPes, nextWords },
      oneCycles: streamCycles(MACHINE, pes, 1),
      manyCycles: streamCycles(MACHINE, pes, many),
      longCycles: streamCycles(MACHINE, pes, long),
      overhead: storedCycles(pes, long) / (pes - 1) - long,
      nextHop: MACHINES[SLOWER].hop,
    };
  },
  questions: {
    one: streaming(({ pes }) => ({ machine: MACHINE, pes, words: 1 })),
    many: streaming(({ pes, many }) => ({ machine: MACHINE, pes, words: many })),
    stored: {
      closed: ({ pes, long }) => storedCycles(pes, long),
      shots: ({ pes, long }) => [
        { what: 'store-and-forward', varied: 'L', x: long, config: row('store-and-forward', MACHINE, pes, long), closed: storedCycles(pes, long) },
        stream(MACHINE, pes, long),
      ],
      read: ([stored]) => ({ value: cyclesOf(stored), figure: work(programOf(stored)) }),
    },
    slower: streaming(({ nextPes, nextWords }) => ({ machine: SLOWER, pes: nextPes, words: nextWords })),
  },
};
