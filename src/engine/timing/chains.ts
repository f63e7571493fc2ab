/** The chains of routers through which results leave (chain.ts): found in the program, and evaluated once for those that are alike. */
import { COLORS, neighbour, OPPOSITE, PORTS, Port, peName } from '../../machine/fabric.ts';
import type { HostSink, Program } from '../../machine/program.ts';
import { type Drained, drain, type Link, STANDS } from './chain.ts';
import { Declined } from './declined.ts';
import { STEP } from './skeleton.ts';
import type { Trees } from './tree.ts';

/** A chain from its sink on. `begin` is the tick from which `drained` counts. */
export interface Chain {
  readonly sink: number;
  readonly color: number;
  readonly pes: Int32Array;
  /** Port by which words come from further away, and by which all leave. */
  readonly from: Uint8Array;
  readonly to: Uint8Array;
  readonly drained: Drained;
  readonly begin: number;
}

/** A chain as found. */
interface Found extends Omit<Chain, 'drained' | 'begin'> {
  readonly stands: Uint8Array;
}

/** @throws Declined */
export function evaluateChains(program: Program, trees: Trees): Chain[] {
  const finder = new Finder(program, trees);
  const found = program.sinks.map((sink, i) => finder.find(sink, i));
  const sends = trees.skeletons.map((skeleton) => (skeleton?.sends ?? 0) > 0);
  program.classOf.forEach((cls, pe) => {
    if (sends[cls] && !finder.has(pe)) throw new Declined('routes', `results of ${peName(pe, program.width)}`);
  });
  const scratch = new Scratch();
  const known = new Map<number, Array<{ readonly signature: Int32Array; readonly drained: Drained }>>();
  return found.map((chain) => {
    const { signature, begin } = signatureOf(chain, program, trees, scratch);
    const key = keyOf(signature);
    const alike = known.get(key) ?? [];
    let entry = alike.find((other) => areEqual(other.signature, signature));
    if (!entry) {
      entry = { signature: signature.slice(), drained: drain(program.machine, linksOf(chain, program, trees, begin)) };
      known.set(key, [...alike, entry]);
    }
    const { expect, name } = program.sinks[chain.sink];
    if (entry.drained.received !== expect) throw new Declined('error', `sink ${name} expects ${expect} words`);
    const { sink, color, pes, from, to } = chain;
    return { sink, color, pes, from, to, drained: entry.drained, begin };
  });
}

/** An array that is used again and again. */
class Scratch {
  private data = new Int32Array();

  of(length: number): Int32Array {
    if (this.data.length < length) this.data = new Int32Array(2 * length);
    return this.data;
  }
}

function keyOf(values: Int32Array): number {
  let key = values.length;
  for (let i = 0; i < values.length; i++) key = Math.imul(key ^ values[i], 0x01000193);
  return key;
}

function areEqual(a: Int32Array, b: Int32Array): boolean {
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return a.length === b.length;
}

/** Finds chains; what it learns about a router's class and a PE's class it keeps. */
class Finder {
  private readonly program: Program;
  private readonly trees: Trees;
  private readonly inChain: Uint8Array;
  /** Chains lie one behind the other in the columns. */
  private length = 0;
  private readonly pes: Int32Array;
  private readonly from: Uint8Array;
  private readonly to: Uint8Array;
  private readonly stands: Uint8Array;
  /** By (route class, color, port): stand * 8 + port of the next one. By that and the PE's class: whether it was checked. */
  private readonly known = new Map<number, number>();
  private readonly checked = new Set<number>();

  constructor(program: Program, trees: Trees) {
    const count = program.classOf.length;
    this.program = program;
    this.trees = trees;
    this.inChain = new Uint8Array(count);
    this.pes = new Int32Array(count);
    this.from = new Uint8Array(count);
    this.to = new Uint8Array(count);
    this.stands = new Uint8Array(count);
  }

  has(pe: number): boolean {
    return this.inChain[pe] === 1;
  }

  find(sink: HostSink, index: number): Found {
    const { program, pes, from, to, stands, length: begin } = this;
    const { color } = sink;
    if (sink.rate) throw new Declined('host', `sink ${sink.name}`);
    if (color === this.trees.color) throw new Declined('routes', `sink ${sink.name}`);
    for (let pe = sink.pe, port: number = sink.port; pe >= 0; this.length++) {
      const count = this.length;
      if (this.inChain[pe] === 1) throw new Declined('routes', `color ${color} at ${peName(pe, program.width)}`);
      const stand = this.stand(pe, color, port);
      this.inChain[pe] = 1;
      pes[count] = pe;
      from[count] = stand & 7;
      to[count] = port;
      stands[count] = stand >> 3;
      port = OPPOSITE[stand & 7];
      pe = neighbour(pe, stand & 7, program.width, program.height);
    }
    const end = this.length;
    const [own, behind, before, stand] = [pes.subarray(begin, end), from.subarray(begin, end), to.subarray(begin, end), stands.subarray(begin, end)];
    return { sink: index, color, pes: own, from: behind, to: before, stands: stand };
  }

  private stand(pe: number, color: number, to: number): number {
    const { program, known, checked } = this;
    const router = (program.routeOf[pe] * COLORS + color) * PORTS + to;
    const stand = known.get(router) ?? standOf(program, pe, color, to);
    known.set(router, stand);
    const both = router * program.classes.length + program.classOf[pe];
    if (!checked.has(both)) checkSends(program, this.trees, pe, to, color, stand >> 3);
    checked.add(both);
    return stand;
  }
}

/** How a router stands, * 8, and the port behind which the chain goes on; RAMP at its end. */
function standOf(program: Program, pe: number, color: number, to: number): number {
  const where = peName(pe, program.width);
  const route = program.routes[program.routeOf[pe]].find((r) => r.color === color);
  if (!route) throw new Declined('routes', `color ${color} at ${where}`);
  const { positions, ring, pop } = route;
  const ramp = 1 << Port.RAMP;
  const [first, second] = positions;
  const isOneWay = positions.every(({ rx, tx }) => tx === 1 << to && (rx & (rx - 1)) === 0 && rx !== 0);
  if (!isOneWay || positions.length > 2 || (pop !== undefined && pop !== 'never')) throw new Declined('routes', `switches at ${where}`);
  const port = (rx: number): number => 31 - Math.clz32(rx);
  if (!second) return (first.rx === ramp ? STANDS.OWN : STANDS.PASSES) * 8 + port(first.rx);
  if (first.rx !== ramp || second.rx === ramp) throw new Declined('routes', `switches at ${where}`);
  return (ring ? STANDS.RING : STANDS.TURNS) * 8 + port(second.rx);
}

/** All that a PE sends goes into the chain, and never through a port at the same time as the stream it takes. */
function checkSends(program: Program, trees: Trees, pe: number, to: number, color: number, stands: number): void {
  const where = peName(pe, program.width);
  const skeleton = trees.skeletons[program.classOf[pe]];
  const { outputs } = program.classes[program.classOf[pe]];
  const isOwn = stands !== STANDS.PASSES;
  if (skeleton?.steps.some((step) => step.is === STEP.SEND && outputs[step.queue].color !== color)) throw new Declined('routes', `results of ${where}`);
  if (isOwn !== (skeleton?.sends ?? 0) > 0) throw new Declined('routes', `the chain and the code of ${where}`);
  const stream = program.routes[program.routeOf[pe]].find((r) => r.color === trees.color);
  const shares = stream?.positions.some(({ tx }) => (tx >> to) & 1) === true;
  if (shares && (!isOwn || trees.passages[trees.passageOf[pe]].sent.length > 0)) throw new Declined('arbitration', `the stream and results at ${where}`);
}

/** What a chain's timing depends on, counted from its begin. */
function signatureOf({ pes, stands }: Found, program: Program, trees: Trees, scratch: Scratch): { readonly signature: Int32Array; readonly begin: number } {
  let begin = Number.POSITIVE_INFINITY;
  let sent = 0;
  for (const pe of pes) {
    const passage = trees.passages[trees.passageOf[pe]];
    if (!passage) continue;
    begin = Math.min(begin, passage.sent.length > 0 ? passage.sent[0] : passage.end);
    sent += passage.sent.length;
  }
  if (begin === Number.POSITIVE_INFINITY) begin = 0;
  const signature = scratch.of(pes.length * 3 + sent);
  let at = 0;
  for (let p = 0; p < pes.length; p++) {
    signature[at++] = stands[p];
    signature[at++] = program.classOf[pes[p]];
    const passage = trees.passages[trees.passageOf[pes[p]]];
    if (!passage) continue;
    signature[at++] = passage.end - begin;
    for (const tick of passage.sent) signature[at++] = tick - begin;
  }
  return { signature: signature.subarray(0, at), begin };
}

function linksOf({ pes, stands, color }: Found, program: Program, trees: Trees, begin: number): Link[] {
  const { machine, classes, classOf } = program;
  return Array.from(pes, (pe, p) => {
    const passage = trees.passages[trees.passageOf[pe]];
    const queue = classes[classOf[pe]].outputs.find((output) => output.color === color)?.queue;
    return {
      stands: stands[p],
      skeleton: passage ? trees.skeletons[classOf[pe]] : null,
      capacity: queue === undefined ? 1 : machine.outputQueues[queue] + machine.ramp,
      sent: (passage?.sent ?? []).map((tick) => tick - begin),
      tail: passage?.tail ?? 0,
      end: (passage?.end ?? begin) - begin,
    };
  });
}
