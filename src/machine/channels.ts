/**
 * The places where wavelets wait, enumerated once from a program: every FIFO (PE, port, color) that something can feed,
 * and every input queue. Engines, recorder and readers number their lanes by these tables, so traces of different engines
 * can be compared lane by lane. Capacities: machine.md section 2, tick rules 1 and 2.
 */
import { neighbour, OPPOSITE, PORTS, Port } from './fabric.ts';
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

export function enumerateChannels(program: Program): Channels {
  const { width, height, machine } = program;
  const pes = width * height;
  const fed = fedPorts(program);
  const columns = { pe: [] as number[], port: [] as number[], color: [] as number[], capacity: [] as number[] };
  const first = new Uint32Array(pes + 1);
  for (let pe = 0; pe < pes; pe++) {
    first[pe] = columns.pe.length;
    const outputs = program.classes[program.classOf[pe]].outputs;
    for (const [color, mask] of fed[pe]) {
      for (let port = 0; port < PORTS; port++) {
        if (!((mask >> port) & 1)) continue;
        const queue = outputs.find((o) => o.color === color)?.queue ?? 0;
        columns.pe.push(pe);
        columns.port.push(port);
        columns.color.push(color);
        columns.capacity.push(port === Port.RAMP ? machine.outputQueues[queue] + machine.ramp : machine.fifoDepth);
      }
    }
  }
  first[pes] = columns.pe.length;
  return {
    count: columns.pe.length,
    pe: Uint32Array.from(columns.pe),
    port: Uint8Array.from(columns.port),
    color: Uint8Array.from(columns.color),
    capacity: Uint16Array.from(columns.capacity),
    first,
    ...enumerateQueues(program, width * height),
  };
}

/** Index of the FIFO (pe, port, color), or -1 when nothing feeds it. */
export function findChannel(channels: Channels, pe: number, port: number, color: number): number {
  for (let c = channels.first[pe]; c < channels.first[pe + 1]; c++) {
    if (channels.port[c] === port && channels.color[c] === color) return c;
  }
  return -1;
}

/** For each PE the colors, ascending, with the ports through which wavelets can come: from neighbours, the host and its own ramp. */
function fedPorts(program: Program): ReadonlyArray<ReadonlyArray<readonly [number, number]>> {
  const pes = program.width * program.height;
  const masks: Map<number, number>[] = Array.from({ length: pes }, () => new Map());
  const feed = (pe: number, port: number, color: number): void => {
    masks[pe].set(color, (masks[pe].get(color) ?? 0) | (1 << port));
  };
  for (let pe = 0; pe < pes; pe++) {
    for (const route of program.routes[program.routeOf[pe]]) {
      const tx = txUnion(route);
      for (let port = 0; port < Port.RAMP; port++) {
        const to = (tx >> port) & 1 ? neighbour(pe, port, program.width, program.height) : -1;
        if (to >= 0) feed(to, OPPOSITE[port], route.color);
      }
    }
    for (const output of program.classes[program.classOf[pe]].outputs) feed(pe, Port.RAMP, output.color);
  }
  for (const source of program.sources) feed(source.pe, source.port, source.color);
  return masks.map((m) => [...m].sort((a, b) => a[0] - b[0]));
}

function enumerateQueues(program: Program, pes: number) {
  const inputFirst = new Uint32Array(pes + 1);
  const outputFirst = new Uint32Array(pes + 1);
  const colors: number[] = [];
  const capacities: number[] = [];
  for (let pe = 0; pe < pes; pe++) {
    const cls = program.classes[program.classOf[pe]];
    for (const input of cls.inputs) {
      colors.push(input.color);
      capacities.push(program.machine.inputQueues[input.queue] + program.machine.ramp);
    }
    inputFirst[pe + 1] = colors.length;
    outputFirst[pe + 1] = outputFirst[pe] + cls.outputs.length;
  }
  return {
    inputCount: colors.length,
    inputFirst,
    inputColor: Uint8Array.from(colors),
    inputCapacity: Uint16Array.from(capacities),
    outputCount: outputFirst[pes],
    outputFirst,
  };
}
