/**
 * The fabric's part of the reference tick: which wavelets leave their FIFOs, and where they go. `decide*` only read the
 * state at the start of the tick; `depart` and `sendFromHost` write. Models: docs/tick.md rules 1 to 7.
 */
import { assert } from '../base/error.ts';
import { findChannel } from '../machine/channels.ts';
import { neighbour, OPPOSITE, PORTS, Port } from '../machine/fabric.ts';
import type { Program } from '../machine/program.ts';
import { collision } from './faults.ts';
import type { Context } from './reference-state.ts';

/** The head of FIFO `channel` may leave (PE, route) through the ports of `tx`. */
export interface Departure {
  readonly pe: number;
  readonly route: number;
  readonly channel: number;
  readonly tx: number;
}

const portsOf = (mask: number): number[] => Array.from({ length: PORTS }, (_, port) => port).filter((port) => (mask >> port) & 1);

/** Index of the input queue lane of a color at a PE, or -1. */
export function inputLane(c: Context, pe: number, color: number): number {
  const index = c.program.classes[c.program.classOf[pe]].inputs.findIndex((input) => input.color === color);
  return index < 0 ? -1 : c.channels.inputFirst[pe] + index;
}

const sinkAt = (program: Program, pe: number, port: number, color: number): number =>
  program.sinks.findIndex((sink) => sink.pe === pe && sink.port === port && sink.color === color);

/** FIFOs of (PE, route) whose head is ready at `tick` and whose port is in rx (rules 2 and 3). */
export function readyHeads(c: Context, pe: number, route: number, tick: number): number[] {
  const { color, positions } = c.program.routes[c.program.routeOf[pe]][route];
  return portsOf(positions[c.state.pes[pe].positions[route]].rx)
    .map((port) => findChannel(c.channels, pe, port, color))
    .filter((channel) => channel >= 0 && c.state.fifos[channel].length > 0 && c.state.fifos[channel][0].ready <= tick);
}

/** Whether a FIFO takes one more entry as of the start of the tick (rule 1). */
export const hasRoom = (c: Context, channel: number): boolean => c.state.fifos[channel].length < c.channels.capacity[channel];

/** Whether what lies behind `port` takes one more wavelet of `color` as of the start of the tick (rule 3). */
function portHasRoom(c: Context, pe: number, port: number, color: number): boolean {
  if (port === Port.RAMP) {
    const lane = inputLane(c, pe, color);
    assert(lane >= 0, `color ${color} has no input queue at PE ${pe}`);
    return c.state.inputs[lane].length < c.channels.inputCapacity[lane];
  }
  const to = neighbour(pe, port, c.program.width, c.program.height);
  return to < 0 || hasRoom(c, findChannel(c.channels, to, OPPOSITE[port], color));
}

/** The wavelet of (PE, route) that may leave if all of its tx ports have room, as of `tick`; throws on a collision (rules 3 and 4). */
function candidate(c: Context, pe: number, route: number, tick: number): Departure | undefined {
  const { color, positions } = c.program.routes[c.program.routeOf[pe]][route];
  const heads = readyHeads(c, pe, route, tick);
  if (heads.length === 0) return undefined;
  if (heads.length > 1) {
    const ports = heads.reduce((mask, channel) => mask | (1 << c.channels.port[channel]), 0);
    throw collision(c.program, tick, pe, color, ports);
  }
  const { tx } = positions[c.state.pes[pe].positions[route]];
  return portsOf(tx).every((port) => portHasRoom(c, pe, port, color)) ? { pe, route, channel: heads[0], tx } : undefined;
}

/** Grants of one router at the current tick: oldest last departure first, then lower color, all ports or none (rule 5). */
function arbitrate(c: Context, pe: number): Departure[] {
  const routes = c.program.routes[c.program.routeOf[pe]];
  const candidates = routes.map((_, route) => candidate(c, pe, route, c.state.cycle)).filter((d) => d !== undefined);
  const age = (d: Departure): number => c.state.pes[pe].departed[d.route];
  candidates.sort((a, b) => age(a) - age(b) || routes[a.route].color - routes[b.route].color);
  let taken = 0;
  return candidates.filter((d) => {
    if (d.tx & taken) return false;
    taken |= d.tx;
    return true;
  });
}

/** Every departure of the current tick. */
export function decideDepartures(c: Context): Departure[] {
  return c.state.pes.flatMap((_, pe) => arbitrate(c, pe));
}

const sourceChannel = (c: Context, source: number): number => {
  const { pe, port, color } = c.program.sources[source];
  return findChannel(c.channels, pe, port, color);
};

/** Sources that send a word in the current tick (rule 7). */
export function decideSources(c: Context): number[] {
  return c.program.sources.flatMap((s, i) => (c.state.sent[i] < s.words.length && hasRoom(c, sourceChannel(c, i)) ? [i] : []));
}

/** Moves a wavelet on (rule 6). `advance` acts at the router whose ramp sent it and goes no further. */
export function depart(c: Context, d: Departure): void {
  const { program, state } = c;
  const route = program.routes[program.routeOf[d.pe]][d.route];
  const pe = state.pes[d.pe];
  const entry = state.fifos[d.channel].shift();
  assert(entry !== undefined, `FIFO ${d.channel} is empty`);
  for (const port of portsOf(d.tx)) arrive(c, d.pe, port, route.color, entry.word);
  pe.departed[d.route] = state.cycle;
  if (entry.advance) {
    const next = pe.positions[d.route] + 1;
    if (next < route.positions.length) pe.positions[d.route] = next;
    else if (route.ring) pe.positions[d.route] = 0;
  }
  c.recorder?.move(d.channel, d.tx, state.cycle);
}

/** Puts a word that leaves `pe` through `port` where it arrives next. */
function arrive(c: Context, pe: number, port: number, color: number, word: number): void {
  const { program, state } = c;
  const { hop, ramp } = program.machine;
  const to = neighbour(pe, port, program.width, program.height);
  if (port === Port.RAMP) state.inputs[inputLane(c, pe, color)].push({ word, ready: state.cycle + ramp, advance: false });
  else if (to >= 0) state.fifos[findChannel(c.channels, to, OPPOSITE[port], color)].push({ word, ready: state.cycle + hop, advance: false });
  else {
    const sink = sinkAt(program, pe, port, color);
    assert(sink >= 0, `color ${color} leaves PE ${pe} without a sink`);
    state.received[sink].push(word);
    c.recorder?.sinkWord(sink, state.cycle);
  }
}

/** Puts the next word of a source onto its link (rule 7). */
export function sendFromHost(c: Context, source: number): void {
  const word = c.program.sources[source].words[c.state.sent[source]++];
  c.state.fifos[sourceChannel(c, source)].push({ word, ready: c.state.cycle + c.program.machine.hop, advance: false });
  c.recorder?.sourceWord(source, c.state.cycle);
}

/** Whether, with everything in flight arrived, some wavelet could leave or collide or some source could send (rule 16). */
export function fabricCanMove(c: Context): boolean {
  if (decideSources(c).length > 0) return true;
  return c.state.pes.some((_, pe) =>
    c.program.routes[c.program.routeOf[pe]].some((_, route) => {
      const heads = readyHeads(c, pe, route, Number.POSITIVE_INFINITY);
      return heads.length > 1 || (heads.length === 1 && candidate(c, pe, route, Number.POSITIVE_INFINITY) !== undefined);
    }),
  );
}
