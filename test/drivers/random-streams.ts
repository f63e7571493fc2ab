/**
 * Streams of random programs: a color or two, routes through the rectangle, and the jobs they give to PEs. Kinds: trees from
 * the host or from a PE, chains that add as they pass, drains by switch, scatters by a ring of switch positions, and merges
 * (which may collide).
 */
import { maskOf, OPPOSITE, Port } from '../../src/machine/fabric.ts';
import type { Dice } from './random-program.ts';
import type { Sketch } from './sketch.ts';

/** What a stream asks of a PE. `advance` flips the own switch after the last word. */
export type Job =
  | { readonly kind: 'receive'; readonly color: number; readonly words: number }
  | { readonly kind: 'send'; readonly color: number; readonly words: number; readonly advance: boolean }
  | { readonly kind: 'relay'; readonly color: number; readonly to: number; readonly words: number; readonly advance: boolean };

type Colors = () => number;

const LINKS = [Port.N, Port.E, Port.S, Port.W] as const;

/** Adds one stream: routes and ends into the sketch, jobs to PEs. */
export function addStream(d: Dice, sketch: Sketch, jobs: Job[][], color: Colors): void {
  const kinds = [addTree, addTree, addTree, addChain, addChain, addDrain, addDrain, addScatter];
  const add = d.chance(0.04) ? addMerge : d.pick(kinds);
  add(d, sketch, jobs, color);
}

const edgesOf = (sketch: Sketch, pe: number): Port[] => LINKS.filter((port) => sketch.neighbour(pe, port) < 0);
const freeEdges = (sketch: Sketch, pe: number): Port[] => edgesOf(sketch, pe).filter((port) => !sketch.hasSource(pe, port));
const linksOf = (sketch: Sketch, pe: number): Port[] => LINKS.filter((port) => sketch.neighbour(pe, port) >= 0);
const pesOf = (sketch: Sketch): number[] => Array.from({ length: sketch.width * sketch.height }, (_, pe) => pe);

/** f32 words of small magnitude: sums and products stay finite for a whole program. */
const randomWords = (d: Dice, count: number): Uint32Array => new Uint32Array(Float32Array.from({ length: count }, () => d.between(-8, 8) / 8).buffer);

/** A path without repeats of up to `length` PEs, starting anywhere, as PEs and the ports between them. */
function randomPath(d: Dice, sketch: Sketch, length: number): { readonly pes: number[]; readonly ports: Port[] } {
  const pes = [d.pick(pesOf(sketch))];
  const ports: Port[] = [];
  while (pes.length < length) {
    const here = pes[pes.length - 1];
    const onward = linksOf(sketch, here).filter((port) => !pes.includes(sketch.neighbour(here, port)));
    if (onward.length === 0) break;
    const port = d.pick(onward);
    ports.push(port);
    pes.push(sketch.neighbour(here, port));
  }
  return { pes, ports };
}

/** Multicast along a random tree, from the host or from a PE's ramp, to ramps and sometimes to sinks. */
function addTree(d: Dice, sketch: Sketch, jobs: Job[][], newColor: Colors): void {
  const [color, words] = [newColor(), d.between(1, 16)];
  const entries = pesOf(sketch).filter((pe) => freeEdges(sketch, pe).length > 0);
  const fromHost = entries.length > 0 && d.chance(0.6);
  const root = d.pick(fromHost ? entries : pesOf(sketch));
  const entry = fromHost ? d.pick(freeEdges(sketch, root)) : Port.RAMP;
  const nodes = new Map<number, { rx: Port; tx: Port[] }>([[root, { rx: entry, tx: [] }]]);
  for (let tries = d.between(0, 2 * pesOf(sketch).length); tries > 0; tries--) {
    const parent = d.pick([...nodes.keys()]);
    const port = d.pick(LINKS);
    const child = sketch.neighbour(parent, port);
    if (child < 0 || nodes.has(child)) continue;
    nodes.get(parent)?.tx.push(port);
    nodes.set(child, { rx: OPPOSITE[port], tx: [] });
  }
  if (fromHost) sketch.source(root, entry, color, randomWords(d, words));
  else jobs[root].push({ kind: 'send', color, words, advance: false });
  for (const [pe, { rx, tx }] of nodes) {
    const exits = edgesOf(sketch, pe).filter((port) => port !== rx);
    if (exits.length > 0 && d.chance(0.1)) {
      const exit = d.pick(exits);
      sketch.sink(pe, exit, color, words);
      tx.push(exit);
    }
    if (rx !== Port.RAMP && (tx.length === 0 || d.chance(0.7))) {
      tx.push(Port.RAMP);
      jobs[pe].push({ kind: 'receive', color, words });
    }
    if (tx.length === 0) {
      tx.push(Port.RAMP);
      jobs[pe].push({ kind: 'receive', color, words });
    }
    sketch.route(pe, color, [[maskOf(rx), maskOf(...tx)]]);
  }
}

/** A chain of PEs that each take a word, work on it and pass it on, in a new color every time; the last keeps or drains it. */
function addChain(d: Dice, sketch: Sketch, jobs: Job[][], newColor: Colors): void {
  const words = d.between(1, 12);
  const { pes, ports } = randomPath(d, sketch, d.between(2, 6));
  const alternate = [newColor(), newColor()];
  for (const [i, port] of ports.entries()) {
    const [into, out] = [alternate[(i + 1) % 2], alternate[i % 2]];
    sketch.route(pes[i], out, [[maskOf(Port.RAMP), maskOf(port)]]);
    sketch.route(pes[i + 1], out, [[maskOf(OPPOSITE[port]), maskOf(Port.RAMP)]]);
    jobs[pes[i]].push(i === 0 ? { kind: 'send', color: out, words, advance: false } : { kind: 'relay', color: into, to: out, words, advance: false });
  }
  const last = pes[pes.length - 1];
  const into = alternate[(ports.length + 1) % 2];
  if (ports.length > 0) jobs[last].push({ kind: 'receive', color: into, words });
}

/** PEs in a path send their own words and then let those from behind pass; the first sends into a sink. Perhaps the host sends behind the last. */
function addDrain(d: Dice, sketch: Sketch, jobs: Job[][], newColor: Colors): void {
  const color = newColor();
  const { pes, ports } = randomPath(d, sketch, d.between(1, 5));
  const exits = edgesOf(sketch, pes[0]);
  if (exits.length === 0) {
    addChain(d, sketch, jobs, newColor);
    return;
  }
  const exit = d.pick(exits);
  let total = 0;
  for (const [i, pe] of pes.entries()) {
    const words = d.between(1, 6);
    total += words;
    const tx = maskOf(i === 0 ? exit : OPPOSITE[ports[i - 1]]);
    const behind = i < ports.length ? ports[i] : d.pick([Port.RAMP, ...freeEdges(sketch, pe).filter((port) => i > 0 || port !== exit)]);
    sketch.route(pe, color, [
      [maskOf(Port.RAMP), tx],
      [maskOf(behind), tx],
    ]);
    jobs[pe].push({ kind: 'send', color, words, advance: true });
    if (i === ports.length && behind !== Port.RAMP && d.chance(0.5)) {
      const more = d.between(1, 8);
      sketch.source(pe, behind, color, randomWords(d, more));
      total += more;
    }
  }
  sketch.sink(pes[0], exit, color, total);
}

/** One PE sends to its neighbours in turn by a ring of switch positions, once or twice around. */
function addScatter(d: Dice, sketch: Sketch, jobs: Job[][], newColor: Colors): void {
  const color = newColor();
  const pe = d.pick(pesOf(sketch));
  const ports = d.shuffle(linksOf(sketch, pe));
  if (ports.length === 0) {
    addTree(d, sketch, jobs, newColor);
    return;
  }
  const rounds = d.between(1, 2);
  sketch.route(
    pe,
    color,
    ports.map((port) => [maskOf(Port.RAMP), maskOf(port)]),
    true,
  );
  const counts = ports.map(() => d.between(1, 4));
  for (let i = 0; i < rounds * ports.length; i++) jobs[pe].push({ kind: 'send', color, words: counts[i % ports.length], advance: true });
  for (const [i, port] of ports.entries()) {
    const to = sketch.neighbour(pe, port);
    sketch.route(to, color, [[maskOf(OPPOSITE[port]), maskOf(Port.RAMP)]]);
    jobs[to].push({ kind: 'receive', color, words: rounds * counts[i] });
  }
}

/** Two neighbours send into one PE through two ports of one receive set: right or a collision, as timing has it. */
function addMerge(d: Dice, sketch: Sketch, jobs: Job[][], newColor: Colors): void {
  const color = newColor();
  const pe = d.pick(pesOf(sketch));
  const ports = d.shuffle(linksOf(sketch, pe)).slice(0, 2);
  if (ports.length < 2) {
    addTree(d, sketch, jobs, newColor);
    return;
  }
  const words = d.between(1, 2);
  sketch.route(pe, color, [[maskOf(...ports), maskOf(Port.RAMP)]]);
  for (const port of ports) {
    const from = sketch.neighbour(pe, port);
    sketch.route(from, color, [[maskOf(Port.RAMP), maskOf(OPPOSITE[port])]]);
    jobs[from].push({ kind: 'send', color, words, advance: false });
  }
  jobs[pe].push({ kind: 'receive', color, words: words * ports.length });
}
