/** Results after swept streams: the chains, one after the other, told row by row. */
import { fifoNumber, numberFifos, numberQueues } from '../../../machine/channels.ts';
import { Port } from '../../../machine/fabric.ts';
import type { Program } from '../../../machine/program.ts';
import { LANE, LANES } from '../chain.ts';
import { type Chain, evaluateChains } from '../chains.ts';
import type { StreamFacts } from '../streams.ts';
import type { Wiring } from '../wiring.ts';
import { type LaneCounts, type RepeatSink, type RowSink, RUNS } from './rows.ts';
import { type Swept, sweepStreams } from './sweep.ts';
import { Tape } from './tape.ts';

export interface SweptProgram {
  readonly cycles: number;
  readonly wiring: Wiring;
  /** Words swept and chains. */
  readonly evaluated: number;
}

/** Lanes of the run tables of a program. */
export function laneCounts(program: Program): LaneCounts {
  const pes = program.classOf.length;
  const { inputFirst, outputFirst } = numberQueues(program);
  return [numberFifos(program).first[pes], inputFirst[pes], outputFirst[pes], program.sources.length, program.sinks.length];
}

/** Evaluates a whole program and tells its rows to `sink`; yields now and then. @throws Declined */
export function* sweepProgram(facts: StreamFacts, sink: RepeatSink, mayJump: boolean): Generator<void, SweptProgram> {
  const { program } = facts;
  const streams = yield* sweepStreams(facts, new Tape(sink, program), mayJump);
  const teller = new Teller(program, sink, streams);
  const chains: Wiring['chains'][number][] = [];
  let cycles = Math.max(streams.cycles, facts.skeletons.some((skeleton) => skeleton !== null) ? 1 : 0);
  for (const chain of evaluateChains(program, streams)) {
    yield;
    if (!chain) continue;
    teller.tell(chain);
    const { line, shift, drained, begin } = chain;
    chains.push({ sink: chain.sink, line, shift, order: drained.order });
    cycles = Math.max(cycles, begin + drained.cycles);
  }
  streams.open.closeAll();
  return { cycles, wiring: { sourceOf: streams.sourceOf, chains }, evaluated: streams.items + chains.length };
}

class Teller {
  private readonly program: Program;
  private readonly sink: RowSink;
  private readonly streams: Swept;
  private readonly fifos: ReturnType<typeof numberFifos>;
  private readonly outputFirst: Uint32Array;

  constructor(program: Program, sink: RowSink, streams: Swept) {
    this.program = program;
    this.sink = sink;
    this.streams = streams;
    this.fifos = streams.fifos;
    this.outputFirst = numberQueues(program).outputFirst;
  }

  tell(chain: Chain): void {
    const { line, shift, drained, begin } = chain;
    const { open, placeOf } = this.streams;
    const { moves, intervals } = drained.trace;
    for (let row = 0; row < moves.lane.length; row++) this.run(chain, moves.lane[row], moves.begin[row] + begin, moves.count[row], moves.period[row]);
    for (let row = 0; row < intervals.pe.length; row++) {
      const place = placeOf[line.pes[intervals.pe[row]] + shift];
      open.add(place, intervals.kind[row], intervals.mark[row], intervals.begin[row] + begin, intervals.end[row] + begin);
    }
  }

  private run({ sink: lane, line, shift, color }: Chain, of: number, begin: number, count: number, period: number): void {
    const { sink, fifos, program } = this;
    const p = Math.floor(of / LANES);
    if (p === line.pes.length) {
      sink.run(RUNS.HOST_OUT, lane, 0, begin, count, period);
      return;
    }
    const pe = line.pes[p] + shift;
    if (of % LANES === LANE.SEND) {
      const queue = program.classes[program.classOf[pe]].outputs.findIndex((output) => output.color === color);
      sink.run(RUNS.SENDS, this.outputFirst[pe] + queue, 0, begin, count, period);
    } else {
      const port = of % LANES === LANE.LINK ? line.from[p] : Port.RAMP;
      sink.run(RUNS.MOVES, fifoNumber(fifos, pe, port, fifos.colors.indexOf(color)), 1 << line.to[p], begin, count, period);
    }
  }
}
