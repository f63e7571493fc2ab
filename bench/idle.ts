/**
 * A program that leaves nearly every PE of a whole wafer alone: a stream crosses the first row and goes down the last column.
 * Whatever it takes longer than the same stream on a fabric of just those PEs is what idle PEs cost.
 */
import { maskOf, Port } from '../src/machine/fabric.ts';
import type { Program } from '../src/machine/program.ts';
import type { MachineSpec } from '../src/machine/spec.ts';

/** `words` wavelets from the north-west PE, east along the first row, south along the last column, out at the south-east. */
export function crossing(machine: MachineSpec, width: number, height: number, words: number): Program {
  const { N, E, S, W } = Port;
  const routeOf = Uint16Array.from({ length: width * height }, (_, pe) => routeClass(pe, width));
  const nowhere = { source: new Uint16Array(0), pe: new Uint32Array(0), address: new Uint32Array(0), offset: new Float64Array(0), length: new Uint32Array(0) };
  const straight = (rx: Port, tx: Port) => [{ color: 0, positions: [{ rx: maskOf(rx), tx: maskOf(tx) }], ring: false }];
  const last = width * height - 1;
  return {
    machine,
    width,
    height,
    classes: [{ name: 'idle', tasks: [], memory: [{ name: 'code', kind: 'code', address: 0, bytes: machine.codeReserve }], inputs: [], outputs: [] }],
    classOf: new Uint16Array(width * height),
    routes: [[], straight(W, E), straight(W, S), straight(N, S)],
    routeOf,
    loads: { data: [], ...nowhere },
    sources: [{ name: 'x', pe: 0, port: W, color: 0, words: Uint32Array.from({ length: words }, (_, i) => i) }],
    sinks: [{ name: 'y', pe: last, port: S, color: 0, expect: words }],
    streams: [{ color: 0, letter: 'x', meaning: 'a stream across the wafer' }],
    marks: [],
  };
}

function routeClass(pe: number, width: number): number {
  if (pe === width - 1) return 2;
  if (pe < width) return 1;
  return pe % width === width - 1 ? 3 : 0;
}
