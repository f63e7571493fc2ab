/**
 * Where wavelets are led, read back from a trace: the switch position of a router, and the place of a wavelet in its stream.
 * The trace has no column for positions: a departure needs its port in rx, so departures tell them.
 */
import { neighbour, OPPOSITE, Port } from '../machine/fabric.ts';
import type { Route, RoutePosition } from '../machine/program.ts';
import type { TraceReader } from '../trace/reader.ts';

/** A departure from one of a router's FIFOs of one color. */
interface Departure {
  readonly tick: number;
  readonly port: number;
}

/**
 * The switch position of a route in `cycle`. A position changes right after a departure (docs/tick.md, 6), so it is the one
 * the next departure needs; after the last departure it is that one's, moved on if the router's own last word moved it.
 */
export function routePosition(reader: TraceReader, pe: number, route: Route, cycle: number): RoutePosition {
  const { positions, ring } = route;
  if (positions.length === 1) return positions[0];
  const last = neighbourDeparture(reader, pe, route.color, cycle, -1);
  const next = neighbourDeparture(reader, pe, route.color, cycle, 0);
  const from = last === undefined ? 0 : receiving(positions, last.port, 0);
  if (next !== undefined) return positions[receiving(positions, next.port, from)];
  if (last?.port !== Port.RAMP || !advances(reader, pe, route.color)) return positions[from];
  return positions[from + 1 < positions.length ? from + 1 : ring ? 0 : from];
}

/** The last departure before `cycle` (offset -1) or the first one from it on (offset 0). */
function neighbourDeparture(reader: TraceReader, pe: number, color: number, cycle: number, offset: -1 | 0): Departure | undefined {
  const { first, color: colors, port } = reader.channels;
  let best: Departure | undefined;
  for (let c = first[pe]; c < first[pe + 1]; c++) {
    const ordinal = colors[c] === color ? reader.movesBefore(c, cycle) + offset : -1;
    const tick = ordinal < 0 ? -1 : reader.moveTick(c, ordinal);
    if (tick >= 0 && (best === undefined || (offset < 0 ? tick > best.tick : tick < best.tick))) best = { tick, port: port[c] };
  }
  return best;
}

/** The first position from `from` on, going round, that receives from `port`. */
export function receiving(positions: readonly RoutePosition[], port: number, from: number): number {
  for (let i = 0; i < positions.length; i++) {
    const at = (from + i) % positions.length;
    if ((positions[at].rx >> port) & 1) return at;
  }
  return from;
}

/** Whether the PE's code sends on `color` with the switch to advance after its last word. */
function advances({ program }: TraceReader, pe: number, color: number): boolean {
  const { outputs, tasks } = program.classes[program.classOf[pe]];
  const queue = outputs.findIndex((o) => o.color === color);
  return tasks.some((t) =>
    t.code.some((i) => i.kind === 'vector' && i.destination.kind === 'fabricOut' && i.destination.queue === queue && i.destination.advance),
  );
}

/**
 * Index of a wavelet in its stream, from 0: for a color with sinks, its place among the words of its sink; else (a stream
 * from one source) among the words that came by. `ordinal` counts the departures of its FIFO, `channel`. The place stays the
 * same at every router on the way, so that a label does not change while it travels.
 */
export function streamIndex(reader: TraceReader, channel: number, ordinal: number): number {
  const { channels, program, trace } = reader;
  const color = channels.color[channel];
  if (!program.sinks.some((s) => s.color === color)) return ordinal;
  let [fifo, n] = [channel, ordinal];
  for (let hops = 0; hops < reader.pes; hops++) {
    const pe = channels.pe[fifo];
    const tick = reader.moveTick(fifo, n);
    const tx = reader.departureAt(fifo, tick);
    const port = 31 - Math.clz32(tx & -tx);
    n = 0;
    for (let c = channels.first[pe]; c < channels.first[pe + 1]; c++) if (channels.color[c] === color) n += reader.movesThrough(c, tx, tick);
    const next = tx === 0 || port === Port.RAMP ? -1 : neighbour(pe, port, trace.width, trace.height);
    if (next < 0) return n;
    fifo = reader.channel(next, OPPOSITE[port], color);
  }
  return n;
}
