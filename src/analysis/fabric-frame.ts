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
  /**
   * For PE p and port q < 4, at [4 p + q]: color + 1 of what moved on that link in the last cycles, or 0. Made and filled by
   * {@link seekLinks}, like the two below: of a whole wafer they are 19 MB, which its first frame need not touch.
   */
  links = new Uint8Array(0);
  /** Wavelets a cycle on that link in the same cycles, 0 to 1. */
  flow = new Float32Array(0);
  /** For every PE a mask of the links that are held up: a wavelet waits before them and the FIFO behind them is full. */
  held = new Uint8Array(0);
  cycle = -1;
  /** What the links are filled for, and by PE whether they are: a camera that moves asks for the same PEs in every frame. */
  private linksKey = '';
  private filling = 0;
  private filled = new Uint32Array(0);

  constructor(reader: TraceReader) {
    this.reader = reader;
    this.states = new Uint8Array(reader.pes).fill(IDLE);
  }

  /** Fills `states` and `counts` for a whole cycle. */
  seek(cycle: number): void {
    if (cycle === this.cycle) return;
    this.cycle = cycle;
    this.reader.statesAt(cycle, this.states);
    const tally = tallyOf(this.states);
    this.counts.set(tally.subarray(0, IDLE_COUNT));
    this.counts[IDLE_COUNT] = tally[IDLE];
  }

  /**
   * Fills `links`, `flow` and `held` for the PEs of a region, over the `window` cycles that end with the cycle of
   * {@link seek}. A window of one hop gives what is under way right now. Asks before every row whether it may go on, and goes on
   * where it was left when it is asked for the same again; returns whether all of the region is filled ({@link hasLinks}).
   */
  seekLinks(region: Region, window: number, mayGoOn = (): boolean => true): boolean {
    if (this.filled.length === 0) this.makeLinks();
    const key = `${this.cycle} ${window}`;
    if (key !== this.linksKey) this.filling++;
    this.linksKey = key;
    const { width } = this.reader.trace;
    for (let y = region.y0; y < region.y1; y++) {
      for (let pe = y * width + region.x0, isAsked = false; pe < y * width + region.x1; pe++) {
        if (this.hasLinks(pe)) continue;
        if (!isAsked && !mayGoOn()) return false;
        isAsked = true;
        this.filled[pe] = this.filling;
        this.linksOf(pe, window);
      }
    }
    return true;
  }

  /** Whether `links`, `flow` and `held` of a PE are those of the last {@link seekLinks}. */
  hasLinks(pe: number): boolean {
    return this.filled[pe] === this.filling;
  }

  private makeLinks(): void {
    const { pes } = this.reader;
    this.links = new Uint8Array(pes * 4);
    this.flow = new Float32Array(pes * 4);
    this.held = new Uint8Array(pes);
    this.filled = new Uint32Array(pes);
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

/** How many PEs show each state, by its byte. */
function tallyOf(states: Uint8Array): Uint32Array {
  const tally = new Uint32Array(256);
  for (let pe = 0; pe < states.length; pe++) tally[states[pe]]++;
  return tally;
}

/** A source that sends nothing for this many cycles is held, however slow its consumer. */
const HELD_CYCLES = 4;

/** Whether a host source has words left and could send none in the `window` cycles (at least 4) that end with `cycle`. */
export function sourceHeld(reader: TraceReader, source: number, cycle: number, window: number): boolean {
  const sent = reader.sourceCount(source, cycle + 1);
  const from = cycle + 1 - Math.max(HELD_CYCLES, window);
  return sent > 0 && sent < reader.program.sources[source].words.length && sent === reader.sourceCount(source, Math.max(0, from));
}
