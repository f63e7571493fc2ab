/**
 * The fabric's part of the reference tick: which wavelets leave their FIFOs, and where they go. `decide*` only read the
 * state at the start of the tick; `depart` and `sendFromHost` write. Models: docs/tick.md rules 1 to 7.
 */
import { assert } from '../base/error.ts';
import { findChannel } from '../machine/channels.ts';
import { CLOSED, COMMAND, firstCommand, isFiltered, nextPosition, popped } from '../machine/control.ts';
import { neighbour, OPPOSITE, PORT_NAMES, PORTS, Port } from '../machine/fabric.ts';
import { lanePassed, laneReady } from '../machine/host.ts';
import type { Route, RoutePosition } from '../machine/program.ts';
import { collision } from './faults.ts';
import type { Context } from './reference-state.ts';
import type { Entry } from './state-hash.ts';

/** The head of FIFO `channel` may leave (PE, route) through the ports of `tx`. */
export interface Departure {
  readonly pe: number;
  readonly route: number;
  readonly channel: number;
  readonly tx: number;
}

/** The ports of every mask, rising. */
const PORTS_OF = Array.from({ length: 1 << PORTS }, (_, mask) => [...PORT_NAMES.keys()].filter((port) => (mask >> port) & 1));
const portsOf = (mask: number): readonly number[] => PORTS_OF[mask];

/** Index of the input queue lane of a color at a PE, or -1. */
export function inputLane(c: Context, pe: number, color: number): number {
  const index = c.program.classes[c.program.classOf[pe]].inputs.findIndex((input) => input.color === color);
  return index < 0 ? -1 : c.channels.inputFirst[pe] + index;
}

/** Index of the host sink behind a port at the edge. */
function sinkAt(c: Context, pe: number, port: number, color: number): number {
  const sink = c.program.sinks.findIndex((s) => s.pe === pe && s.port === port && s.color === color);
  assert(sink >= 0, `color ${color} leaves PE ${pe} without a sink`);
  return sink;
}

/** Where (PE, route) receives from and sends to as of the start of the tick: nowhere when it is closed (rule 2). */
function positionOf(c: Context, pe: number, route: number): RoutePosition {
  const position = c.state.pes[pe].positions[route];
  return position === CLOSED ? { rx: 0, tx: 0 } : c.program.routes[c.program.routeOf[pe]][route].positions[position];
}

/** FIFOs of (PE, route) whose head is ready at `tick` and whose port is in rx (rules 2 and 3). */
export function readyHeads(c: Context, pe: number, route: number, tick: number): number[] {
  const { color } = c.program.routes[c.program.routeOf[pe]][route];
  return portsOf(positionOf(c, pe, route).rx)
    .map((port) => findChannel(c.channels, pe, port, color))
    .filter((channel) => channel >= 0 && c.state.fifos[channel].length > 0 && c.state.fifos[channel][0].ready <= tick);
}

/** Whether a FIFO takes one more entry as of the start of the tick (rule 1). */
export const hasRoom = (c: Context, channel: number): boolean => c.state.fifos[channel].length < c.channels.capacity[channel];

/** Whether what lies behind `port` takes one more wavelet of `color` at `tick` (rule 3). */
function portHasRoom(c: Context, pe: number, port: number, color: number, tick: number): boolean {
  if (port === Port.RAMP) {
    const lane = inputLane(c, pe, color);
    assert(lane >= 0, `color ${color} has no input queue at PE ${pe}`);
    return c.state.inputs[lane].length < c.channels.inputCapacity[lane];
  }
  const to = neighbour(pe, port, c.program.width, c.program.height);
  if (to >= 0) return hasRoom(c, findChannel(c.channels, to, OPPOSITE[port], color));
  const sink = sinkAt(c, pe, port, color);
  return laneReady(c.program.sinks[sink].rate, c.state.sinkDue[sink], tick);
}

/** The wavelet of (PE, route) that may leave if all of its tx ports have room, as of `tick`; throws on a collision (rules 3 and 4). */
function candidate(c: Context, pe: number, route: number, tick: number): Departure | undefined {
  const { color } = c.program.routes[c.program.routeOf[pe]][route];
  const heads = readyHeads(c, pe, route, tick);
  if (heads.length === 0) return undefined;
  if (heads.length > 1) {
    const ports = heads.reduce((mask, channel) => mask | (1 << c.channels.port[channel]), 0);
    throw collision(c.program, tick, pe, color, ports);
  }
  const [head] = c.state.fifos[heads[0]];
  const filter = head.control && isFiltered(head.word) ? 1 << Port.RAMP : 0;
  const tx = positionOf(c, pe, route).tx & ~filter;
  return portsOf(tx).every((port) => portHasRoom(c, pe, port, color, tick)) ? { pe, route, channel: heads[0], tx } : undefined;
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

/** Sources that send a word at `tick` (rule 7). */
export function decideSources(c: Context, tick: number): number[] {
  return [...c.program.sources.keys()].filter((i) => {
    const { words, from, rate } = c.program.sources[i];
    return c.state.sent[i] < words.length && (from ?? 0) <= tick && laneReady(rate, c.state.sourceDue[i], tick) && hasRoom(c, sourceChannel(c, i));
  });
}

/** Moves a wavelet on and turns the switch (rule 6). */
export function depart(c: Context, d: Departure): void {
  const { program, state } = c;
  const route = program.routes[program.routeOf[d.pe]][d.route];
  const pe = state.pes[d.pe];
  const entry = state.fifos[d.channel].shift();
  assert(entry !== undefined, `FIFO ${d.channel} is empty`);
  const position = pe.positions[d.route];
  const moved = isCommanded(route, entry) && positionAfter(route, position, { ...entry, advance: false }) !== position;
  const word = isCommanded(route, entry) ? popped(entry.word, route.pop ?? 'never', moved) : entry.word;
  for (const port of portsOf(d.tx)) arrive(c, d.pe, port, route.color, word, entry.control);
  pe.departed[d.route] = state.cycle;
  pe.positions[d.route] = positionAfter(route, pe.positions[d.route], entry);
  c.recorder?.move(d.channel, d.tx, state.cycle);
}

/** Whether the wavelet's first command is for this route: one of a single position changes nothing. */
const isCommanded = (route: Route, entry: Entry): boolean => entry.control && route.positions.length > 1;

/** The position from the next tick on: after the first command, then after `advance`. */
function positionAfter(route: Route, position: number, entry: Entry): number {
  const turn = (from: number, command: number): number => nextPosition(from, command, route.positions.length, route.ring);
  const commanded = isCommanded(route, entry) ? turn(position, firstCommand(entry.word)) : position;
  return entry.advance ? turn(commanded, COMMAND.advance) : commanded;
}

/** Puts a word that leaves `pe` through `port` where it arrives next. `advance` goes no further than the router it left. */
function arrive(c: Context, pe: number, port: number, color: number, word: number, control: boolean): void {
  const { program, state } = c;
  const { hop, ramp } = program.machine;
  const to = neighbour(pe, port, program.width, program.height);
  if (port === Port.RAMP) state.inputs[inputLane(c, pe, color)].push({ word, ready: state.cycle + ramp, control, advance: false });
  else if (to >= 0) state.fifos[findChannel(c.channels, to, OPPOSITE[port], color)].push({ word, ready: state.cycle + hop, control, advance: false });
  else receive(c, sinkAt(c, pe, port, color), word);
}

function receive(c: Context, sink: number, word: number): void {
  const { state } = c;
  state.received[sink].push(word);
  state.sinkDue[sink] = lanePassed(c.program.sinks[sink].rate, state.sinkDue[sink], state.cycle);
  c.recorder?.sinkWord(sink, state.cycle);
}

/** Puts the next word of a source onto its link (rule 7). */
export function sendFromHost(c: Context, source: number): void {
  const { program, state } = c;
  const { words, controls, rate } = program.sources[source];
  const next = state.sent[source]++;
  const control = controls?.[next] === 1;
  state.fifos[sourceChannel(c, source)].push({ word: words[next], ready: state.cycle + program.machine.hop, control, advance: false });
  state.sourceDue[source] = lanePassed(rate, state.sourceDue[source], state.cycle);
  c.recorder?.sourceWord(source, state.cycle);
}

/** Whether, with everything in flight arrived, some wavelet could leave or collide or some source could send (rule 17). */
export function fabricCanMove(c: Context): boolean {
  if (decideSources(c, Number.POSITIVE_INFINITY).length > 0) return true;
  return c.state.pes.some((_, pe) =>
    c.program.routes[c.program.routeOf[pe]].some((_, route) => {
      const heads = readyHeads(c, pe, route, Number.POSITIVE_INFINITY);
      return heads.length > 1 || (heads.length === 1 && candidate(c, pe, route, Number.POSITIVE_INFINITY) !== undefined);
    }),
  );
}
