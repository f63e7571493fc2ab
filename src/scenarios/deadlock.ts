/**
 * Four PEs in a ring. In the first round each sends to the next one and then adds what it gets; the second round is
 * written the other way round, so that each waits for a word before it would send one, and nobody ever sends.
 */
import { assemble, fabricIn, fabricOut, increase, mark, mem, registers, scalar, setTo, vector } from '../machine/builder.ts';
import { maskOf, Port } from '../machine/fabric.ts';
import { MemoryPlan } from '../machine/memory.ts';
import type { LoadTable, PeClass, Program, RouteClass } from '../machine/program.ts';
import type { MachineSpec } from '../machine/spec.ts';

const { N, E, S, W, RAMP } = Port;

/** The ring, clockwise in a 2 x 2 rectangle: the port to the next PE and the port from the one before. */
const RING = [
  { pe: 0, to: E, from: S },
  { pe: 1, to: S, from: W },
  { pe: 3, to: W, from: N },
  { pe: 2, to: N, from: E },
] as const;
/** Words of a round: few enough to lie in the queues on their way, so that the first round ends. */
const WORDS = 6;

export function deadlock(machine: MachineSpec): Program {
  const classes = RING.map((_, i) => peClass(machine, i));
  const place = new Map(RING.map(({ pe }, i) => [pe as number, i]));
  const order = Uint16Array.from({ length: RING.length }, (_, pe) => place.get(pe) ?? 0);
  return {
    machine,
    width: 2,
    height: 2,
    classes,
    classOf: order,
    routes: RING.map((_, i) => routesOf(i)),
    routeOf: order,
    loads: valuesFor(classes),
    sources: [],
    sinks: [],
    streams: RING.map((_, i) => ({
      color: i,
      letter: 'abcd'[i],
      meaning: `words from the ${['first', 'second', 'third', 'fourth'][i]} PE of the ring to the next`,
    })),
    marks: [{ name: 'round', size: 2 }],
  };
}

/** PE i of the ring sends color i and receives color i - 1. */
const before = (i: number): number => (i + RING.length - 1) % RING.length;

function routesOf(i: number): RouteClass {
  const { to, from } = RING[i];
  return [
    { color: i, positions: [{ rx: maskOf(RAMP), tx: maskOf(to) }], ring: false },
    { color: before(i), positions: [{ rx: maskOf(from), tx: maskOf(RAMP) }], ring: false },
  ];
}

function peClass(machine: MachineSpec, i: number): PeClass {
  const memory = new MemoryPlan(machine);
  const own = mem(memory.add('own numbers', 'activations', 4 * WORDS));
  const sum = mem(memory.add('sums', 'results', 4 * WORDS));
  const { round } = registers('round');
  const send = vector('send', 'mov32', WORDS, { to: fabricOut(0, { advance: false }), a: own });
  const add = vector('compute', 'f32_add', WORDS, { to: sum, a: own, b: fabricIn(0) });
  const code = assemble([scalar('compute', setTo(round, 0)), mark(round), send, add, scalar('compute', increase(round, 1)), mark(round), add, send]);
  return {
    name: `ring ${i}`,
    tasks: [{ name: 'rounds', code, active: true, blocked: false }],
    memory: memory.allocations,
    inputs: [{ queue: 0, color: before(i) }],
    outputs: [{ queue: 0, color: i }],
  };
}

/** PE i of the ring holds the numbers i, i + 1, ... */
function valuesFor(classes: readonly PeClass[]): LoadTable {
  return {
    data: RING.map((_, i) => new Uint8Array(Float32Array.from({ length: WORDS }, (__, word) => i + word).buffer)),
    source: Uint16Array.from(RING.keys()),
    pe: Uint32Array.from(RING, ({ pe }) => pe),
    address: Uint32Array.from(classes, ({ memory }) => memory.find((a) => a.name === 'own numbers')?.address ?? 0),
    offset: new Float64Array(RING.length),
    length: new Uint32Array(RING.length).fill(4 * WORDS),
  };
}
