/**
 * The whole fabric at one cycle, in columns that are filled anew and never allocated anew: what every PE does, what is on
 * its links, where a link is held up, and how many wavelets of each stream are under way.
 */
import { txUnion } from '../machine/channels.ts';
import { neighbour, OPPOSITE, Port } from '../machine/fabric.ts';
import { IDLE, type TraceReader } from '../trace/reader.ts';
import { KINDS } from '../trace/schema.ts';

/** Place of the idle PEs in {@link FabricFrame.counts}. */
export const IDLE_COUNT = KINDS.length;

/** A rectangle of PEs: columns [x0, x1), rows [y0, y1). */
export interface Region {
  readonly x0: number;
  readonly y0: number;
  readonly x1: number;
  readonly y1: number;
}

export class FabricFrame {
  readonly reader: TraceReader;
  /** Kind of every PE (reader.ts, stateOf) at `cycle`. */
  readonly states: Uint8Array;
  /** PEs by kind; the last entry counts the idle ones. */
  readonly counts = new Uint32Array(KINDS.length + 1);
  /** For PE p and port q < 4, at [4 p + q]: color + 1 of what moved on that link in the last cycles, or 0. Filled by {@link seekLinks}. */
  readonly links: Uint8Array;
  /** Wavelets a cycle on that link in the same cycles, 0 to 1. */
  readonly flow: Float32Array;
  /** For every PE a mask of the links that are held up: a wavelet waits before them and the FIFO behind them is full. */
  readonly held: Uint8Array;
  cycle = -1;
  /** What the links are filled for, and by PE whether they are: a camera that moves asks for the same PEs in every frame. */
  private linksKey = '';
  private filling = 0;
  private readonly filled: Uint32Array;

  constructor(reader: TraceReader) {
    this.reader = reader;
    this.states = new Uint8Array(reader.pes).fill(IDLE);
    this.links = new Uint8Array(reader.pes * 4);
    this.flow = new Float32Array(reader.pes * 4);
    this.held = new Uint8Array(reader.pes);
    this.filled = new Uint32Array(reader.pes);
  }

  /** Fills `states` and `counts` for a whole cycle. */
  seek(cycle: number): void {
    if (cycle === this.cycle) return;
    this.cycle = cycle;
    this.reader.statesAt(cycle, this.states);
    this.counts.fill(0);
    for (let pe = 0; pe < this.states.length; pe++) this.counts[this.states[pe] === IDLE ? IDLE_COUNT : this.states[pe]]++;
  }

  /**
   * Fills `links`, `flow` and `held` for the PEs of a region, over the `window` cycles that end with the cycle of
   * {@link seek}. A window of one hop gives what is under way right now.
   */
  seekLinks(region: Region, window: number): void {
    const key = `${this.cycle} ${window}`;
    if (key !== this.linksKey) this.filling++;
    this.linksKey = key;
    const { width } = this.reader.trace;
    for (let y = region.y0; y < region.y1; y++) {
      for (let pe = y * width + region.x0; pe < y * width + region.x1; pe++) {
        if (this.filled[pe] === this.filling) continue;
        this.filled[pe] = this.filling;
        this.linksOf(pe, window);
      }
    }
  }

  private linksOf(pe: number, window: number): void {
    const { reader, cycle } = this;
    const { first, color } = reader.channels;
    const from = Math.max(0, cycle + 1 - window);
    this.links.fill(0, pe * 4, pe * 4 + 4);
    this.flow.fill(0, pe * 4, pe * 4 + 4);
    let held = 0;
    for (let c = first[pe]; c < first[pe + 1]; c++) {
      const mask = reader.moves.mask(c);
      const all = mask === 0 ? 0 : reader.moves.countIn(c, from, cycle + 1);
      for (let port = 0; all > 0 && port < Port.RAMP; port++) {
        if (!((mask >> port) & 1)) continue;
        const moved = mask > 0 ? all : reader.movesThrough(c, 1 << port, cycle + 1) - reader.movesThrough(c, 1 << port, from);
        if (moved === 0) continue;
        this.links[pe * 4 + port] = color[c] + 1;
        this.flow[pe * 4 + port] += moved / window;
      }
      if (reader.departureAt(c, cycle) === 0 && reader.fifoCount(c, cycle) > 0) held |= this.heldPorts(pe, color[c]);
    }
    this.held[pe] = held;
  }

  /** Ports of a PE's route of `color` behind which the neighbour's FIFO is full. */
  private heldPorts(pe: number, color: number): number {
    const { channels, program, trace } = this.reader;
    let mask = 0;
    for (const route of program.routes[program.routeOf[pe]]) {
      const tx = route.color === color ? txUnion(route) : 0;
      for (let port = 0; port < Port.RAMP; port++) {
        const to = (tx >> port) & 1 ? neighbour(pe, port, trace.width, trace.height) : -1;
        const fifo = to < 0 ? -1 : this.reader.channel(to, OPPOSITE[port], color);
        if (fifo >= 0 && this.reader.fifoCount(fifo, this.cycle) >= channels.capacity[fifo]) mask |= 1 << port;
      }
    }
    return mask;
  }
}

/** Wavelets between two routers in `cycle`, by color (24 entries); those that leave the fabric are gone at once (docs/tick.md, 6). */
export function waveletsOnLinks(reader: TraceReader, cycle: number): Uint32Array {
  const { channels, program, moves } = reader;
  const counts = new Uint32Array(COLORS);
  const since = Math.max(0, cycle - program.machine.hop + 1);
  if (moves.isShared) {
    sharedLinks(reader).count(since, cycle + 1, counts);
    return counts;
  }
  const inside = portsInside(reader);
  for (let c = 0; c < channels.count; c++) {
    const moved = moves.countIn(c, since, cycle + 1);
    if (moved === 0) continue;
    const [mask, within] = [moves.mask(c), inside[channels.pe[c]]];
    if (mask >= 0) counts[channels.color[c]] += moved * LINKS[mask & within];
    else for (let t = since; t <= cycle; t++) counts[channels.color[c]] += LINKS[reader.departureAt(c, t) & within];
  }
  return counts;
}

const COLORS = 24;

/** FIFOs of consecutive PEs whose rows float from one offset, and between which cycles they have any. */
interface Floating {
  readonly first: number;
  past: number;
  readonly offset: number;
  begin: number;
  end: number;
}

/** Links behind the FIFOs of a run whose lanes share shapes: counted once for each shape, and where FIFOs float, only while they move. */
class SharedLinks {
  private readonly reader: TraceReader;
  private readonly inside: Uint8Array;
  /** A FIFO of each shape that does not float, and by color how many links all FIFOs of the shape lead to. */
  private readonly fixed: { readonly fifo: number; readonly color: number; links: number }[] = [];
  private readonly floating: Floating[] = [];

  constructor(reader: TraceReader) {
    this.reader = reader;
    this.inside = portsInside(reader);
    const { moves, channels } = reader;
    const known = new Map<number, { links: number }>();
    for (let fifo = 0; fifo < channels.count; fifo++) {
      const links = moves.from(fifo) === moves.to(fifo) ? 0 : this.linksOf(fifo);
      if (links === 0) continue;
      if (moves.floats(fifo)) this.addFloating(fifo);
      else {
        const key = moves.shapeOf(fifo) * COLORS + channels.color[fifo];
        const group = known.get(key) ?? { fifo, color: channels.color[fifo], links: 0 };
        if (!known.has(key)) this.fixed.push(group as (typeof this.fixed)[number]);
        known.set(key, group);
        group.links += links;
      }
    }
  }

  private linksOf(fifo: number): number {
    const { moves, channels } = this.reader;
    return LINKS[moves.mask(fifo) & this.inside[channels.pe[fifo]]];
  }

  private addFloating(fifo: number): void {
    const { moves } = this.reader;
    const offset = moves.offset(fifo);
    let last = this.floating[this.floating.length - 1];
    if (last === undefined || last.offset !== offset) {
      last = { first: fifo, past: fifo, offset, begin: Number.POSITIVE_INFINITY, end: -1 };
      this.floating.push(last);
    }
    last.past = fifo + 1;
    last.begin = Math.min(last.begin, moves.firstTick(fifo));
    last.end = Math.max(last.end, moves.lastTick(fifo) + 1);
  }

  /** Adds the wavelets that departed in [from, to) to their colors. */
  count(from: number, to: number, counts: Uint32Array): void {
    const { moves, channels } = this.reader;
    for (const { fifo, color, links } of this.fixed) counts[color] += links * moves.countIn(fifo, from, to);
    for (const { first, past, begin, end } of this.floating) {
      if (begin >= to || end <= from) continue;
      for (let fifo = first; fifo < past; fifo++) {
        const moved = moves.floats(fifo) ? moves.countIn(fifo, from, to) : 0;
        if (moved > 0) counts[channels.color[fifo]] += moved * this.linksOf(fifo);
      }
    }
  }
}

const linksOfReaders = new WeakMap<TraceReader, SharedLinks>();

function sharedLinks(reader: TraceReader): SharedLinks {
  const known = linksOfReaders.get(reader) ?? new SharedLinks(reader);
  linksOfReaders.set(reader, known);
  return known;
}

/** Links in a mask of ports. */
const LINKS = Uint8Array.from({ length: 32 }, (_, mask) => [0, 1, 2, 3].filter((port) => (mask >> port) & 1).length);

const insides = new WeakMap<TraceReader, Uint8Array>();

/** By PE, the ports behind which there is another PE. */
function portsInside(reader: TraceReader): Uint8Array {
  const { width, height } = reader.trace;
  const known = insides.get(reader);
  if (known) return known;
  const masks = new Uint8Array(reader.pes).fill((1 << Port.RAMP) - 1);
  const close = (pe: number, port: number): void => {
    masks[pe] &= ~(1 << port);
  };
  for (let x = 0; x < width; x++) {
    close(x, Port.N);
    close((height - 1) * width + x, Port.S);
  }
  for (let y = 0; y < height; y++) {
    close(y * width, Port.W);
    close((y + 1) * width - 1, Port.E);
  }
  insides.set(reader, masks);
  return masks;
}

/** A source that sends nothing for this many cycles is held, however slow its consumer. */
const HELD_CYCLES = 4;

/** Whether a host source has words left and could send none in the `window` cycles (at least 4) that end with `cycle`. */
export function sourceHeld(reader: TraceReader, source: number, cycle: number, window: number): boolean {
  const sent = reader.sourceCount(source, cycle + 1);
  const from = cycle + 1 - Math.max(HELD_CYCLES, window);
  return sent > 0 && sent < reader.program.sources[source].words.length && sent === reader.sourceCount(source, Math.max(0, from));
}
