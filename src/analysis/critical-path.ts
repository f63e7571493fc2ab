/**
 * Why a run took as long as it did: from its last event backwards, at every moment the one thing that everything after it
 * waited for. A PE that works is its own reason; a PE that waits for a wavelet was waiting for whoever sent it; one that is
 * blocked, for whoever made room. The pieces lie one before the other without gaps, so their cycles sum up to the run's.
 *
 * Each step follows a rule of docs/tick.md whose times meet exactly (a wavelet ready in the tick it left, a slot free in the
 * tick after an entry left). Where several meet, any of them is a reason; the first found is taken. Computed from the trace
 * alone, so it works the same on a trace opened from disk.
 */
import { each, toEnd } from '../base/pieces.ts';
import type { Cycle, PeId } from '../base/units.ts';
import { neighbour, OPPOSITE, Port } from '../machine/fabric.ts';
import { MAIN_THREAD } from '../machine/program.ts';
import type { TraceReader } from '../trace/reader.ts';
import { isStall, KIND, KINDS } from '../trace/schema.ts';

/**
 * What a piece was: a PE's work by its kind, or what lies between works. `ramp`, `hop`: a wavelet on its way. `link`: it waited
 * for the one before it, or for a port another color used. `room`: one cycle until a slot that became free is seen. `start`: a
 * task that begins after what activated it. `host`: the host's rate, or a step of it. `other`: no rule says (a switch that stood still).
 */
export type Reason = (typeof KINDS)[number] | 'ramp' | 'hop' | 'link' | 'room' | 'start' | 'host' | 'other';

export interface PathPiece {
  readonly reason: Reason;
  /** Where; -1 for the host's side. */
  readonly pe: PeId;
  readonly begin: Cycle;
  readonly end: Cycle;
}

/** Where the walk stands: what happened at `tick` is to be explained. */
type Node =
  /** The PE did something from `tick` on, or until then. */
  | { readonly at: 'pe'; readonly pe: PeId; readonly tick: Cycle }
  /** An entry left a FIFO at `tick`. */
  | { readonly at: 'fifo'; readonly channel: number; readonly tick: Cycle }
  /** A source's word entered the fabric at `tick`. */
  | { readonly at: 'source'; readonly source: number; readonly tick: Cycle };

interface Step {
  readonly piece: PathPiece;
  readonly next: Node | null;
}

/** Steps of the walk from one yield to the next. */
const STEPS = 1 << 10;

/** The critical path of the whole run, first cycle first. */
export const criticalPath = (reader: TraceReader): PathPiece[] => toEnd(findingPath(reader));

/** The same in pieces. */
export function* findingPath(reader: TraceReader): Generator<void, PathPiece[]> {
  const { cycles } = reader.trace;
  return cycles === 0 ? [] : yield* walk(reader, yield* lastEvent(reader), cycles, 0);
}

/** Cycles in which a PE waits for one thing. */
export interface Wait {
  readonly begin: Cycle;
  readonly end: Cycle;
}

/** The stall of a PE's main thread that covers `cycle`; null if it does not stall then. */
export function waitAt(reader: TraceReader, pe: PeId, cycle: Cycle): Wait | null {
  const span = reader.spanAt(pe, MAIN_THREAD, cycle);
  return span !== null && isStall(span.kind) ? span : null;
}

/** The same as the critical path for one wait of a PE: pieces that fill it. */
export const whyWaits = (reader: TraceReader, pe: PeId, { begin, end }: Wait): PathPiece[] => toEnd(walk(reader, { at: 'pe', pe, tick: end }, end, begin));

/** The work that a wait comes from: the first that its chain meets, followed back beyond the wait. Null where the chain ends at the host. */
export function workBehind(reader: TraceReader, pe: PeId, { end }: Wait): PathPiece | null {
  let node: Node | null = { at: 'pe', pe, tick: end };
  while (node !== null && node.tick > 0) {
    const { piece, next }: Step = explain(reader, node);
    if (WORK.has(piece.reason)) return piece;
    node = next;
  }
  return null;
}

const WORK: ReadonlySet<string> = new Set(KINDS.filter((_, kind) => !isStall(kind)));

/** Pieces from `from` back to `until`, in time order; neighbours of one reason and place are one. */
function* walk(reader: TraceReader, from: Node, tick: Cycle, until: Cycle): Generator<void, PathPiece[]> {
  const pieces: PathPiece[] = [];
  let node: Node | null = from;
  let steps = 0;
  // What ends before the last cycle: a word leaves in a tick, and the run is over one later.
  if (from.tick < tick) add(pieces, { reason: 'host', pe: -1, begin: from.tick, end: tick });
  while (node !== null && node.tick > until) {
    const step: Step = explain(reader, node);
    add(pieces, step.piece);
    node = step.next;
    if (++steps % STEPS === 0) yield;
  }
  const first = pieces[pieces.length - 1];
  if (first && first.begin > until) add(pieces, { reason: 'start', pe: first.pe, begin: until, end: first.begin });
  if (first && first.begin < until) pieces[pieces.length - 1] = { ...first, begin: until };
  return pieces.reverse();
}

function add(pieces: PathPiece[], piece: PathPiece): void {
  const last = pieces[pieces.length - 1];
  if (last && last.reason === piece.reason && last.pe === piece.pe) pieces[pieces.length - 1] = { ...last, begin: piece.begin };
  else if (piece.end > piece.begin) pieces.push(piece);
}

/** The event at which the run ended: a PE's last span, else the last departure. */
function* lastEvent(reader: TraceReader): Generator<void, Node> {
  const { spans, moves, trace } = reader;
  let last = -1;
  yield* each(reader.pes, (pe) => {
    if (spans.lastEnd(pe) === trace.cycles) last = pe;
  });
  if (last >= 0) return { at: 'pe', pe: last, tick: trace.cycles };
  let [latest, channel] = [-1, 0];
  yield* each(moves.lanes, (lane) => {
    const tick = moves.lastTick(lane);
    if (tick > latest) [latest, channel] = [tick, lane];
  });
  return { at: 'fifo', channel, tick: latest };
}

function explain(reader: TraceReader, node: Node): Step {
  if (node.at === 'pe') return explainPe(reader, node.pe, node.tick);
  return node.at === 'fifo' ? explainDeparture(reader, node.channel, node.tick) : explainSource(reader, node.source, node.tick);
}

function explainPe(reader: TraceReader, pe: PeId, tick: Cycle): Step {
  const span = reader.spanAt(pe, MAIN_THREAD, tick - 1);
  if (span === null) return explainIdle(reader, pe, tick);
  const { kind, begin } = span;
  if (!isStall(kind)) return working(pe, KINDS[kind], begin, tick);
  if (kind === KIND.wait) return arrival(reader, pe, tick) ?? working(pe, 'wait', begin, tick);
  if (kind === KIND.blocked) return madeRoom(reader, pe, tick) ?? working(pe, 'blocked', begin, tick);
  return slotHolder(reader, pe, tick) ?? working(pe, 'slot', begin, tick);
}

const working = (pe: PeId, reason: Reason, begin: Cycle, end: Cycle): Step => ({
  piece: { reason, pe, begin, end },
  next: { at: 'pe', pe, tick: begin },
});

/** The wavelet used at `tick` that became ready in that very tick. */
function arrival(reader: TraceReader, pe: PeId, tick: Cycle): Step | null {
  const { inputFirst, inputColor, channels } = lanesOf(reader);
  const departed = tick - reader.program.machine.ramp;
  for (let lane = inputFirst[pe]; lane < inputFirst[pe + 1]; lane++) {
    if (reader.useOrdinalAt(lane, tick) < 0) continue;
    for (let c = channels.first[pe]; c < channels.first[pe + 1]; c++) {
      if (channels.color[c] === inputColor[lane] && reader.departureAt(c, departed) & (1 << Port.RAMP))
        return { piece: { reason: 'ramp', pe, begin: departed, end: tick }, next: { at: 'fifo', channel: c, tick: departed } };
    }
  }
  return null;
}

const lanesOf = ({ channels }: TraceReader) => ({ inputFirst: channels.inputFirst, inputColor: channels.inputColor, channels });

/** The departure from an output queue in the tick before, which made room for what the PE sent at `tick`. */
function madeRoom(reader: TraceReader, pe: PeId, tick: Cycle): Step | null {
  const { channels } = reader;
  for (let c = channels.first[pe]; c < channels.first[pe + 1]; c++)
    if (channels.port[c] === Port.RAMP && reader.departsAt(c, tick - 1)) return roomAt(reader, c, tick);
  return null;
}

const roomAt = ({ channels }: TraceReader, channel: number, tick: Cycle): Step => ({
  piece: { reason: 'room', pe: channels.pe[channel], begin: tick - 1, end: tick },
  next: { at: 'fifo', channel, tick: tick - 1 },
});

/** The thread that had the issue slot. */
function slotHolder(reader: TraceReader, pe: PeId, tick: Cycle): Step | null {
  const holder = reader.spansAt(pe, tick - 1).find(({ kind }) => !isStall(kind));
  return holder ? working(pe, KINDS[holder.kind], holder.begin, tick) : null;
}

/** Main had nothing: a data task began with its wavelet, or another issue of the PE activated the task, or the host did. */
function explainIdle(reader: TraceReader, pe: PeId, tick: Cycle): Step {
  const came = arrival(reader, pe, tick);
  if (came) return came;
  const before = lastEndBefore(reader, pe, tick);
  const next: Node | null = before > 0 ? { at: 'pe', pe, tick: before } : null;
  return { piece: { reason: before > 0 ? 'start' : 'host', pe: before > 0 ? pe : -1, begin: before, end: tick }, next };
}

/** The latest end at or before `tick` of a span of any thread of a PE; 0 without one. */
function lastEndBefore(reader: TraceReader, pe: PeId, tick: Cycle): Cycle {
  let latest = 0;
  for (let thread = 0; thread <= MAIN_THREAD; thread++) latest = Math.max(latest, Math.min(tick, reader.spans.lastBefore(pe, thread, tick)?.end ?? 0));
  return latest === tick ? tick - 1 : latest;
}

/** Why an entry left its FIFO at `tick` and not before. */
function explainDeparture(reader: TraceReader, channel: number, tick: Cycle): Step {
  const { channels } = reader;
  if (reader.departsAt(channel, tick - 1)) return followed(reader, channel, tick, 'link');
  return (
    entered(reader, channel, tick) ??
    downstream(reader, channel, tick) ??
    shared(reader, channel, tick) ??
    sentBy(reader, channel, tick) ??
    lost(channels.pe[channel], tick)
  );
}

/** After another departure in the tick before. */
const followed = ({ channels }: TraceReader, other: number, tick: Cycle, reason: Reason): Step => ({
  piece: { reason, pe: channels.pe[other], begin: tick - 1, end: tick },
  next: { at: 'fifo', channel: other, tick: tick - 1 },
});

/** It had only just become ready: it came over a link, or from the host, in time to leave at once. */
function entered(reader: TraceReader, channel: number, tick: Cycle): Step | null {
  const { channels, program, trace } = reader;
  const [pe, port, color] = [channels.pe[channel], channels.port[channel], channels.color[channel]];
  if (port === Port.RAMP) return null;
  const left = tick - program.machine.hop;
  const piece: PathPiece = { reason: 'hop', pe, begin: left, end: tick };
  const from = neighbour(pe, port, trace.width, trace.height);
  if (from < 0) {
    const source = program.sources.findIndex((s) => s.pe === pe && s.port === port && s.color === color);
    return source >= 0 && reader.sourceCount(source, left + 1) > reader.sourceCount(source, left)
      ? { piece, next: { at: 'source', source, tick: left } }
      : null;
  }
  for (let c = channels.first[from]; c < channels.first[from + 1]; c++)
    if (channels.color[c] === color && reader.departureAt(c, left) & (1 << OPPOSITE[port])) return { piece, next: { at: 'fifo', channel: c, tick: left } };
  return null;
}

/** A place it goes to had become free: the next FIFO's head left, or the PE took a word. */
function downstream(reader: TraceReader, channel: number, tick: Cycle): Step | null {
  const { channels, trace } = reader;
  const [pe, color] = [channels.pe[channel], channels.color[channel]];
  const tx = reader.departureAt(channel, tick);
  for (let port = 0; port < Port.RAMP; port++) {
    const to = (tx >> port) & 1 ? neighbour(pe, port, trace.width, trace.height) : -1;
    const next = to < 0 ? -1 : reader.channel(to, OPPOSITE[port], color);
    if (next >= 0 && reader.fifoCount(next, tick - 1) >= channels.capacity[next] && reader.departsAt(next, tick - 1)) return roomAt(reader, next, tick);
  }
  return (tx >> Port.RAMP) & 1 ? consumed(reader, pe, color, tick) : null;
}

/** The PE took a word of a full input queue in the tick before: its own course decided. */
function consumed(reader: TraceReader, pe: PeId, color: number, tick: Cycle): Step | null {
  const { inputFirst, inputColor, inputCapacity } = reader.channels;
  for (let lane = inputFirst[pe]; lane < inputFirst[pe + 1]; lane++) {
    if (inputColor[lane] !== color || reader.useOrdinalAt(lane, tick - 1) < 0) continue;
    if (reader.inputCount(lane, pe, tick - 1) < inputCapacity[lane]) continue;
    return { piece: { reason: 'room', pe, begin: tick - 1, end: tick }, next: { at: 'pe', pe, tick: tick - 1 } };
  }
  return null;
}

/** Another departure of the router: a port it needed, or the switch position that it waited for. */
function shared(reader: TraceReader, channel: number, tick: Cycle): Step | null {
  const { channels } = reader;
  const pe = channels.pe[channel];
  const tx = reader.departureAt(channel, tick);
  for (let c = channels.first[pe]; c < channels.first[pe + 1]; c++) {
    const isSameColor = channels.color[c] === channels.color[channel];
    if (reader.departureAt(c, tick - 1) & tx || (isSameColor && reader.departsAt(c, tick - 1))) return followed(reader, c, tick, 'link');
  }
  return null;
}

/** From the PE's own ramp: the issue that made it ended T_R before. */
function sentBy({ channels, program }: TraceReader, channel: number, tick: Cycle): Step | null {
  if (channels.port[channel] !== Port.RAMP) return null;
  const pe = channels.pe[channel];
  const ended = tick - program.machine.ramp;
  return { piece: { reason: 'ramp', pe, begin: ended, end: tick }, next: { at: 'pe', pe, tick: ended } };
}

const lost = (pe: PeId, tick: Cycle): Step => ({ piece: { reason: 'other', pe, begin: 0, end: tick }, next: null });

/** Why the host's word entered then: the FIFO had room, or the one before it had entered. */
function explainSource(reader: TraceReader, source: number, tick: Cycle): Step {
  const { pe, port, color } = reader.program.sources[source];
  const fifo = reader.channel(pe, port, color);
  if (reader.departsAt(fifo, tick - 1) && reader.fifoCount(fifo, tick - 1) >= reader.channels.capacity[fifo]) return roomAt(reader, fifo, tick);
  const before = reader.sourceCount(source, tick);
  const last = before > 0 ? reader.sourceTick(source, before - 1) : 0;
  return { piece: { reason: 'host', pe: -1, begin: last, end: tick }, next: before > 0 ? { at: 'source', source, tick: last } : null };
}
