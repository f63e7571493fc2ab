/**
 * The places where wavelets wait, enumerated once from a program: every FIFO (PE, port, color) that something can feed,
 * and every input queue. Engines, recorder and readers number their lanes by these tables, so traces of different engines
 * can be compared lane by lane. Capacities: machine.md section 2, tick rules 1 and 2.
 */
import { each, toEnd } from '../base/pieces.ts';
import { maskOf, OPPOSITE, PORTS, Port } from './fabric.ts';
import type { Program, Route } from './program.ts';

export interface Channels {
  /** FIFOs, ordered by PE, then color, then port. */
  readonly count: number;
  readonly pe: Uint32Array;
  readonly port: Uint8Array;
  readonly color: Uint8Array;
  /** Wavelets it holds, those in flight included: the FIFO depth for links, output queue depth + T_R for the ramp. */
  readonly capacity: Uint16Array;
  /** FIFOs of PE p are first[p] .. first[p + 1] - 1. */
  readonly first: Uint32Array;
  /** Input queues, ordered by PE, then by their number in the PE class. */
  readonly inputCount: number;
  readonly inputFirst: Uint32Array;
  readonly inputColor: Uint8Array;
  /** Words an input queue holds, in flight included: depth + T_R (elastic ramp stages). */
  readonly inputCapacity: Uint16Array;
  /** Output queues, ordered by PE, then by their number in the PE class. */
  readonly outputCount: number;
  readonly outputFirst: Uint32Array;
}

/** Union of the transmit ports of a route over all positions. */
export const txUnion = (route: Route): number => route.positions.reduce((mask, p) => mask | p.tx, 0);

export const enumerateChannels = (program: Program): Channels => toEnd(enumerating(program));

/** The same in pieces. */
export function* enumerating(program: Program): Generator<void, Channels> {
  const pes = program.width * program.height;
  const { colors, masks, first } = yield* numbering(program);
  const count = first[pes];
  const fifos = { pe: new Uint32Array(count), port: new Uint8Array(count), color: new Uint8Array(count), capacity: new Uint16Array(count) };
  const ramps = rampCapacities(program, colors);
  let [at, c] = [0, 0];
  yield* each(pes, (pe) => {
    for (let i = 0; i < colors.length; i++) {
      const mask = masks[at++];
      for (let port = 0; port < PORTS; port++) {
        if (!((mask >> port) & 1)) continue;
        fifos.pe[c] = pe;
        fifos.port[c] = port;
        fifos.color[c] = colors[i];
        fifos.capacity[c++] = port === Port.RAMP ? ramps[program.classOf[pe]][i] : program.machine.fifoDepth;
      }
    }
  });
  return { count, ...fifos, first, ...(yield* enumerateQueues(program, pes)) };
}

/** The numbers of all FIFOs without their columns: enough to find one, in a few bytes a PE. */
export interface FifoNumbers {
  /** The colors in use, ascending. */
  readonly colors: readonly number[];
  /** By PE and place of the color, the mask of ports through which wavelets can come: from neighbours, the host and the own ramp. */
  readonly masks: Uint8Array;
  /** FIFOs of PE p are first[p] .. first[p + 1] - 1. */
  readonly first: Uint32Array;
}

export const numberFifos = (program: Program): FifoNumbers => toEnd(numbering(program));

/** The same in pieces. */
export function* numbering(program: Program): Generator<void, FifoNumbers> {
  const { colors, masks } = yield* fedPorts(program);
  const first = new Uint32Array(program.width * program.height + 1);
  const { length } = colors;
  let [at, count] = [0, 0];
  yield* each(length === 0 ? 0 : first.length - 1, (pe) => {
    for (let i = 0; i < length; i++) count += BITS[masks[at++]];
    first[pe + 1] = count;
  });
  return { colors, masks, first };
}

/** The FIFO (pe, port, color at this place), which something must feed. */
export function fifoNumber({ colors, masks, first }: FifoNumbers, pe: number, port: number, place: number): number {
  const at = pe * colors.length;
  let fifo = first[pe];
  for (let i = at; i < at + place; i++) fifo += BITS[masks[i]];
  return fifo + BITS[masks[at + place] & ((1 << port) - 1)];
}

/** Ports in each mask. */
const BITS = Uint8Array.from({ length: 1 << PORTS }, (_, mask) => [0, 1, 2, 3, 4].filter((port) => (mask >> port) & 1).length);

/** By class and color, what the FIFO of the ramp holds. */
function rampCapacities({ classes, machine }: Program, colors: readonly number[]): number[][] {
  return classes.map(({ outputs }) => colors.map((color) => machine.outputQueues[outputs.find((o) => o.color === color)?.queue ?? 0] + machine.ramp));
}

/** Index of the FIFO (pe, port, color), or -1 when nothing feeds it. */
export function findChannel(channels: Channels, pe: number, port: number, color: number): number {
  for (let c = channels.first[pe]; c < channels.first[pe + 1]; c++) {
    if (channels.port[c] === port && channels.color[c] === color) return c;
  }
  return -1;
}

/** Rows of the fabric from one yield to the next. */
const ROWS = 16;

/** Mask of the ports behind which the rectangle ends. */
const edgesAt = (x: number, y: number, width: number, height: number): number =>
  (y === 0 ? maskOf(Port.N) : 0) | (x === width - 1 ? maskOf(Port.E) : 0) | (y === height - 1 ? maskOf(Port.S) : 0) | (x === 0 ? maskOf(Port.W) : 0);

/** Whether row y of a row-major column equals the next one. */
function areLike(column: Uint16Array, y: number, width: number): boolean {
  for (let at = y * width, end = at + width; at < end; at++) if (column[at] !== column[at + width]) return false;
  return true;
}

function* fedPorts(program: Program): Generator<void, { readonly colors: readonly number[]; readonly masks: Uint8Array }> {
  const { width, height, classes, classOf, routes, routeOf, sources } = program;
  const used = [...routes.flat(), ...classes.flatMap(({ outputs }) => outputs), ...sources].map(({ color }) => color);
  const colors = [...new Set(used)].sort((a, b) => a - b);
  const place = (color: number): number => colors.indexOf(color);
  const masks = new Uint8Array(width * height * colors.length);
  const beyond = [-width, 1, width, -1];
  const outputs = classes.map((cls) => cls.outputs.reduce((bits, { color }) => bits | (1 << place(color)), 0));
  const sends = Uint8Array.from(
    routes.flatMap((cls) => colors.map((color) => cls.reduce((tx, route) => tx | (route.color === color ? txUnion(route) : 0), 0))),
  );
  const feed = (pe: number, edges: number): void => {
    const at = pe * colors.length;
    for (let port = 0; port < Port.RAMP; port++) {
      if ((edges >> port) & 1) continue;
      const from = routeOf[pe + beyond[port]] * colors.length;
      for (let i = 0; i < colors.length; i++) masks[at + i] |= ((sends[from + i] >> OPPOSITE[port]) & 1) << port;
    }
    for (let i = 0; i < colors.length; i++) masks[at + i] |= ((outputs[classOf[pe]] >> i) & 1) << Port.RAMP;
  };
  const isLikeNext = Array.from({ length: height }, (_, y) => y + 1 < height && areLike(routeOf, y, width) && areLike(classOf, y, width));
  yield;
  const row = width * colors.length;
  for (let y = 0; y < height; y++) {
    // A row between equal ones of which the former lies between equal ones, too, is like that.
    if (y > 1 && isLikeNext[y - 2] && isLikeNext[y - 1] && isLikeNext[y]) masks.copyWithin(y * row, (y - 1) * row, y * row);
    else for (let x = 0; x < width; x++) feed(y * width + x, edgesAt(x, y, width, height));
    if (y % ROWS === 0) yield;
  }
  for (const { pe, port, color } of sources) masks[pe * colors.length + place(color)] |= 1 << port;
  return { colors, masks };
}

/** Input and output queues of PE p: first[p] .. first[p + 1] - 1. In pieces. */
export function* numberingQueues({ classes, classOf }: Program): Generator<void, { readonly inputFirst: Uint32Array; readonly outputFirst: Uint32Array }> {
  const inputFirst = new Uint32Array(classOf.length + 1);
  const outputFirst = new Uint32Array(classOf.length + 1);
  yield* each(classOf.length, (pe) => {
    const { inputs, outputs } = classes[classOf[pe]];
    inputFirst[pe + 1] = inputFirst[pe] + inputs.length;
    outputFirst[pe + 1] = outputFirst[pe] + outputs.length;
  });
  return { inputFirst, outputFirst };
}

function* enumerateQueues(program: Program, pes: number) {
  const { classes, classOf, machine } = program;
  const { inputFirst, outputFirst } = yield* numberingQueues(program);
  const inputCount = inputFirst[pes];
  const inputColor = new Uint8Array(inputCount);
  const inputCapacity = new Uint16Array(inputCount);
  let lane = 0;
  yield* each(pes, (pe) => {
    for (const { color, queue } of classes[classOf[pe]].inputs) {
      inputColor[lane] = color;
      inputCapacity[lane++] = machine.inputQueues[queue] + machine.ramp;
    }
  });
  return { inputCount, inputFirst, inputColor, inputCapacity, outputCount: outputFirst[pes], outputFirst };
}
