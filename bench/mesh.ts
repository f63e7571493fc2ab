/**
 * Programs without computing. A mesh in which every router is at work in every cycle: PEs of even columns send a word a cycle
 * to their eastern neighbours, which receive into memory. And two streams that share every link they take: routers arbitrate.
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

/**
 * Two colors over side x side PEs, `words` each: color 0 enters every row at the west edge and leaves it at the east edge; color 1
 * enters at the first PE from the north, goes down the first column and along all rows to their last PEs. Links between columns
 * carry a word a cycle, of either color in turn.
 */
export function twoColors(machine: MachineSpec, side: number, words: number): Program {
  const { N, E, S, W, RAMP } = Port;
  const pes = side * side;
  const ports = (pe: number, color: number) => {
    const [x, y] = [pe % side, Math.floor(pe / side)];
    const down = color === 1 && x === 0;
    const tx = [color === 1 && x === side - 1 ? RAMP : E, ...(down && y < side - 1 ? [S] : [])];
    return { color, positions: [{ rx: maskOf(down ? N : W), tx: maskOf(...tx) }], ring: false };
  };
  const nowhere = { source: new Uint16Array(0), pe: new Uint32Array(0), address: new Uint32Array(0), offset: new Float64Array(0), length: new Uint32Array(0) };
  const data = Uint32Array.from({ length: words }, (_, i) => i);
  const rows = Array.from({ length: side }, (_, y) => y * side);
  const receiver = peClass(machine, words, false);
  return {
    machine,
    width: side,
    height: side,
    classes: [
      { ...receiver, inputs: [{ queue: 0, color: 1 }] },
      { ...receiver, name: 'router', tasks: [], inputs: [] },
    ],
    classOf: Uint16Array.from({ length: pes }, (_, pe) => (pe % side === side - 1 ? 0 : 1)),
    routes: Array.from({ length: pes }, (_, pe) => [ports(pe, 0), ports(pe, 1)]),
    routeOf: Uint16Array.from({ length: pes }, (_, pe) => pe),
    loads: { data: [], ...nowhere },
    sources: [...rows.map((pe, y) => ({ name: `x ${y}`, pe, port: W, color: 0, words: data })), { name: 'y', pe: 0, port: N, color: 1, words: data }],
    sinks: rows.map((pe, y) => ({ name: `x ${y}`, pe: pe + side - 1, port: E, color: 0, expect: words })),
    streams: [0, 1].map((color) => ({ color, letter: color === 0 ? 'x' : 'y', meaning: 'words along the rows' })),
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
