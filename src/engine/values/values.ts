/**
 * The values of a run whose wavelets are not simulated one by one: the code of every PE by the wavelet engine's own operations
 * (vector.ts, alu.ts), each PE in its own order, so results equal the wavelet engine's in every bit. Words take the order of
 * queues and switches, which time cannot change (fabric.ts); what the threads of a PE do takes any order where all give the same
 * (free.ts), else the one that the timing engine finds (logged.ts).
 */
import { enumerateChannels } from '../../machine/channels.ts';
import type { Program } from '../../machine/program.ts';
import { Recorder } from '../../trace/recorder.ts';
import { Declined } from '../timing/declined.ts';
import { runEach } from '../timing/graph/graph.ts';
import { MOST_AGENTS } from '../timing/timing.ts';
import type { Wiring } from '../timing/wiring.ts';
import { FreeElement, type Rules, Unordered } from './free.ts';
import { computeLines } from './line-by-line.ts';
import { OrderLog } from './log.ts';
import { LoggedElement } from './logged.ts';
import { Network, type Values } from './network.ts';

export type { Values };

/**
 * Words that every sink receives, in order, as the wavelet engine's sinkWords, of a program that the timing engine accepts and
 * finds not stuck; `wiring` is what it says of `shared` and `sweep` programs. Yields after every PE.
 * @throws Declined where values hang on time and there are more PEs than the graph takes
 */
export function* computeSinks(program: Program, wiring: Wiring | undefined): Generator<void, readonly Uint32Array[]> {
  const rules = rulesOf(program, true);
  try {
    if (wiring) return yield* computeLines(program, wiring, rules);
  } catch (error) {
    if (!(error instanceof Unordered)) throw error;
  }
  return (yield* computeValues(program, false)).sinks;
}

/** The same with what the host copies out and, with `keeps`, every PE's memory at the end, of any such program. @throws Declined */
export function* computeValues(program: Program, keeps = true): Generator<void, Values> {
  const rules = rulesOf(program, !keeps);
  try {
    return yield* new Network(program, (site) => new FreeElement(site, rules)).run();
  } catch (error) {
    if (!(error instanceof Unordered)) throw error;
    if (program.classOf.length > MOST_AGENTS) throw new Declined('threads', `values hang on time, ${error.message}`);
  }
  return yield* computeLogged(program);
}

/** The same in the order of the timing engine's events. */
export function* computeLogged(program: Program): Generator<void, Values> {
  const { width, height, sources, sinks } = program;
  const order = new OrderLog(program);
  yield* runEach(program, new Recorder(width * height, enumerateChannels(program), sources.length, sinks.length), order);
  return yield* new Network(program, (site) => new LoggedElement(site, order.pes[site.pe])).run();
}

function rulesOf({ picker = { kind: 'lowest' }, machine, host }: Program, forgets: boolean): Rules {
  return { picker, completion: machine.completion, forgets: forgets && host === undefined };
}
