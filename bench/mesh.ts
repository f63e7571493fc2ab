/**
 * A mesh in which every router is at work in every cycle: PEs of even columns send a word a cycle to their eastern neighbours,
 * which receive into memory. One color, two classes, no edges crossed.
 */
import { assemble, fabricIn, fabricOut, mem, vector } from '../src/machine/builder.ts';
import { maskOf, Port } from '../src/machine/fabric.ts';
import { MemoryPlan } from '../src/machine/memory.ts';
import type { PeClass, Program } from '../src/machine/program.ts';
import type { MachineSpec } from '../src/machine/spec.ts';

/** `words` wavelets from every PE of an even column to its neighbour; `side` is even. */
export function neighbourMesh(machine: MachineSpec, side: number, words: number): Program {
  const pes = side * side;
  const column = (pe: number): number => (pe % side) % 2;
  const { E, W, RAMP } = Port;
  const route = (rx: Port, tx: Port) => [{ color: 0, positions: [{ rx: maskOf(rx), tx: maskOf(tx) }], ring: false }];
  const nowhere = { source: new Uint16Array(0), pe: new Uint32Array(0), address: new Uint32Array(0), offset: new Float64Array(0), length: new Uint32Array(0) };
  return {
    machine,
    width: side,
    height: side,
    classes: [peClass(machine, words, true), peClass(machine, words, false)],
    classOf: Uint16Array.from({ length: pes }, (_, pe) => column(pe)),
    routes: [route(RAMP, E), route(W, RAMP)],
    routeOf: Uint16Array.from({ length: pes }, (_, pe) => column(pe)),
    loads: { data: [], ...nowhere },
    sources: [],
    sinks: [],
    streams: [{ color: 0, letter: 'x', meaning: 'words to the eastern neighbour' }],
    marks: [],
  };
}

function peClass(machine: MachineSpec, words: number, sends: boolean): PeClass {
  const memory = new MemoryPlan(machine);
  const at = memory.add('words', 'activations', 4 * words);
  const op = sends
    ? vector('send', 'mov32', words, { to: fabricOut(0, { advance: false }), a: mem(at) })
    : vector('receive', 'mov32', words, { to: mem(at), a: fabricIn(0) });
  return {
    name: sends ? 'sender' : 'receiver',
    tasks: [{ name: 'main', code: assemble([op]), active: true, blocked: false }],
    memory: memory.allocations,
    inputs: sends ? [] : [{ queue: 0, color: 0 }],
    outputs: sends ? [{ queue: 0, color: 0 }] : [],
  };
}
