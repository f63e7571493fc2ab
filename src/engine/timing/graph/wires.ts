/**
 * What feeds what in a program, as numbers. Nodes are the colors of routers (slots, numbered PE by PE in the order of the PE's
 * route class) and, after them, the elements by PE. Queues are numbered as in machine/channels.ts.
 */
import { each } from '../../../base/pieces.ts';
import { type Channels, enumerating, findChannel } from '../../../machine/channels.ts';
import { neighbour, OPPOSITE, PORTS, Port } from '../../../machine/fabric.ts';
import type { Program, Route } from '../../../machine/program.ts';

/** Feeder of a FIFO that nobody feeds but the host; of an input queue that no route leads to. */
export const NOBODY = -1;

/** PEs from one yield to the next. */
const BREATH = 1 << 11;

export class Wires {
  readonly program: Program;
  readonly channels: Channels;
  /** Slots of PE p: slotFirst[p] .. slotFirst[p + 1] - 1. */
  readonly slotFirst: Uint32Array;
  readonly peOf: Uint32Array;
  readonly slots: number;
  /** By slot. */
  private readonly routes: Route[] = [];
  /** FIFOs of a slot: fifoFirst[slot] .. fifoTo[slot] - 1, in the order of their ports. */
  readonly fifoFirst: Int32Array;
  readonly fifoTo: Int32Array;
  /** The node that feeds a FIFO, an input queue. */
  readonly fifoFeeder: Int32Array;
  readonly inputFeeder: Int32Array;

  /** In pieces. */
  static *of(program: Program): Generator<void, Wires> {
    const wires = new Wires(program, yield* enumerating(program));
    yield* each(program.classOf.length, (pe) => wires.connect(pe), BREATH);
    return wires;
  }

  private constructor(program: Program, channels: Channels) {
    const pes = program.classOf.length;
    const { routes, routeOf } = program;
    this.program = program;
    this.channels = channels;
    this.slotFirst = new Uint32Array(pes + 1);
    for (let pe = 0; pe < pes; pe++) this.slotFirst[pe + 1] = this.slotFirst[pe] + routes[routeOf[pe]].length;
    this.slots = this.slotFirst[pes];
    this.peOf = new Uint32Array(this.slots);
    this.fifoFirst = new Int32Array(this.slots);
    this.fifoTo = new Int32Array(this.slots);
    this.fifoFeeder = new Int32Array(this.channels.count).fill(NOBODY);
    this.inputFeeder = new Int32Array(this.channels.inputCount).fill(NOBODY);
  }

  private connect(pe: number): void {
    const { program, channels, fifoFeeder, inputFeeder } = this;
    this.routes.push(...program.routes[program.routeOf[pe]]);
    for (let slot = this.slotFirst[pe]; slot < this.slotFirst[pe + 1]; slot++) {
      this.peOf[slot] = pe;
      const { color, positions } = this.route(slot);
      [this.fifoFirst[slot], this.fifoTo[slot]] = this.fifosOf(pe, color);
      const tx = positions.reduce((mask, position) => mask | position.tx, 0);
      for (let port = 0; port < PORTS; port++) {
        if (!((tx >> port) & 1)) continue;
        const to = port === Port.RAMP ? this.inputAt(pe, color) : this.fifoBehind(pe, port, color);
        if (to >= 0) (port === Port.RAMP ? inputFeeder : fifoFeeder)[to] = slot;
      }
    }
    for (const { color } of program.classes[program.classOf[pe]].outputs) fifoFeeder[findChannel(channels, pe, Port.RAMP, color)] = this.slots + pe;
  }

  private fifosOf(pe: number, color: number): readonly [number, number] {
    const { channels } = this;
    const past = channels.first[pe + 1];
    let from = channels.first[pe];
    while (from < past && channels.color[from] !== color) from++;
    let to = from;
    while (to < past && channels.color[to] === color) to++;
    return [from, to];
  }

  route(slot: number): Route {
    return this.routes[slot];
  }

  /** The slot that takes from a FIFO. */
  takerOf(fifo: number): number {
    const pe = this.channels.pe[fifo];
    for (let slot = this.slotFirst[pe]; slot < this.slotFirst[pe + 1]; slot++) if (fifo >= this.fifoFirst[slot] && fifo < this.fifoTo[slot]) return slot;
    return NOBODY;
  }

  /** The class of the PE whose element takes what a router passes on; NOBODY if that is turned, or leads up no ramp. */
  streamOf(slot: number): number {
    const { positions } = this.route(slot);
    return positions.length === 1 && (positions[0].tx >> Port.RAMP) & 1 ? this.program.classOf[this.peOf[slot]] : NOBODY;
  }

  /** The FIFO of a PE's ramp. */
  rampFifo(pe: number, color: number): number {
    return this.fifoAt(pe, Port.RAMP, color);
  }

  fifoAt(pe: number, port: number, color: number): number {
    return findChannel(this.channels, pe, port, color);
  }

  /** The FIFO behind a port of a PE, -1 at the edge. */
  fifoBehind(pe: number, port: number, color: number): number {
    const to = neighbour(pe, port, this.program.width, this.program.height);
    return to < 0 ? -1 : findChannel(this.channels, to, OPPOSITE[port], color);
  }

  /** The input queue of a color, -1 if the PE has none. */
  inputAt(pe: number, color: number): number {
    const { inputFirst, inputColor } = this.channels;
    for (let lane = inputFirst[pe]; lane < inputFirst[pe + 1]; lane++) if (inputColor[lane] === color) return lane;
    return -1;
  }
}
