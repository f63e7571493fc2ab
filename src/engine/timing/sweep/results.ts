/** Results after swept streams: the chains, one after the other, told row by row. */
import { fifoNumber } from '../../../machine/channels.ts';
import { Port } from '../../../machine/fabric.ts';
import type { Program } from '../../../machine/program.ts';
import { LANE, LANES } from '../chain.ts';
import { type Chain, evaluateChains } from '../chains.ts';
import type { StreamFacts } from '../streams.ts';
import type { Wiring } from '../wiring.ts';
import type { LaneNumbers } from './lane-numbers.ts';
import { type RepeatSink, type RowSink, RUNS } from './rows.ts';
import { type Swept, sweepStreams } from './sweep.ts';

export interface SweptProgram {
  readonly cycles: number;
  readonly wiring: Wiring;
  /** Words swept and chains. */
  readonly evaluated: number;
}

/** Evaluates a whole program and tells its rows to `sink`; yields now and then. @throws Declined */
export function* sweepProgram(facts: StreamFacts, lanes: LaneNumbers, sink: RepeatSink, mayJump: boolean): Generator<void, SweptProgram> {
  const { program } = facts;
  const streams = yield* sweepStreams(facts, lanes, sink, mayJump);
  const teller = new Teller(program, lanes, sink, streams);
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
  yield* streams.open.closing();
  return { cycles, wiring: { sourceOf: streams.sourceOf, chains }, evaluated: streams.items + chains.length };
}

class Teller {
  private readonly program: Program;
  private readonly sink: RowSink;
  private readonly streams: Swept;
  private readonly lanes: LaneNumbers;
  /** By class, the output queue through which its PEs send into the chain that is told. */
  private queueOf: readonly number[] = [];

  constructor(program: Program, lanes: LaneNumbers, sink: RowSink, streams: Swept) {
    this.program = program;
    this.lanes = lanes;
    this.sink = sink;
    this.streams = streams;
  }

  tell(chain: Chain): void {
    const { line, shift, drained, begin } = chain;
    const { open, placeOf } = this.streams;
    const { moves, intervals } = drained.trace;
    this.queueOf = this.program.classes.map(({ outputs }) => outputs.findIndex((output) => output.color === chain.color));
    for (let row = 0; row < moves.lane.length; row++)
      this.run(chain, moves.lane[row] | 0, (moves.begin[row] + begin) | 0, moves.count[row] | 0, moves.period[row] | 0);
    for (let row = 0; row < intervals.pe.length; row++) {
      const place = placeOf[line.pes[intervals.pe[row]] + shift];
      open.add(place, intervals.kind[row], intervals.mark[row], intervals.begin[row] + begin, intervals.end[row] + begin);
    }
  }

  private run({ sink: lane, line, shift, color }: Chain, of: number, begin: number, count: number, period: number): void {
    const { sink, program } = this;
    const { fifos, outputFirst } = this.lanes;
    const p = Math.floor(of / LANES);
    if (p === line.pes.length) {
      sink.run(RUNS.HOST_OUT, lane, 0, begin, count, period);
      return;
    }
    const pe = line.pes[p] + shift;
    if (of % LANES === LANE.SEND) {
      sink.run(RUNS.SENDS, outputFirst[pe] + this.queueOf[program.classOf[pe]], 0, begin, count, period);
    } else {
      const port = of % LANES === LANE.LINK ? line.from[p] : Port.RAMP;
      sink.run(RUNS.MOVES, fifoNumber(fifos, pe, port, fifos.colors.indexOf(color)), 1 << line.to[p], begin, count, period);
    }
  }
}
