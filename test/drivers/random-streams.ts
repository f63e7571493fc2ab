/**
 * Streams of random programs: a color or two, routes through the rectangle, and the jobs they give to PEs. Kinds: trees from
 * the host or from a PE, chains that add as they pass, drains by switch, scatters by a ring of switch positions, merges
 * (which may collide). Streams steered by control wavelets are random-controls.ts.
 */

import { encodeControl, isFiltered } from '../../src/machine/control.ts';
import { maskOf, OPPOSITE, Port } from '../../src/machine/fabric.ts';
import type { HostSource } from '../../src/machine/program.ts';
import type { Dice } from './random-program.ts';
import type { Sketch } from './sketch.ts';

/**
 * What a stream asks of a PE. `advance` flips the own switch after the last word; `control` sends this control wavelet behind
 * them; `controlled`: control wavelets come up the ramp, behind all data of their color.
 */
export type Job =
  | { readonly kind: 'receive'; readonly color: number; readonly words: number }
  | { readonly kind: 'send'; readonly color: number; readonly words: number; readonly advance: boolean; readonly control?: number }
  | { readonly kind: 'controlled' }
  | { readonly kind: 'relay'; readonly color: number; readonly to: number; readonly words: number; readonly advance: boolean };

/** The control task of every PE that has one. */
export const CONTROL_TASK = 0;

type Colors = () => number;

const LINKS = [Port.N, Port.E, Port.S, Port.W] as const;

/** Adds one stream: routes and ends into the sketch, jobs to PEs. */
export function addStream(d: Dice, sketch: Sketch, jobs: Job[][], color: Colors): void {
  const kinds = [addTree, addTree, addTree, addChain, addChain, addDrain, addDrain, addScatter];
  const add = d.chance(0.04) ? addMerge : d.pick(kinds);
  add(d, sketch, jobs, color);
}

const edgesOf = (sketch: Sketch, pe: number): Port[] => LINKS.filter((port) => sketch.neighbour(pe, port) < 0);
export const freeEdges = (sketch: Sketch, pe: number): Port[] => edgesOf(sketch, pe).filter((port) => !sketch.hasSource(pe, port));
const linksOf = (sketch: Sketch, pe: number): Port[] => LINKS.filter((port) => sketch.neighbour(pe, port) >= 0);
export const pesOf = (sketch: Sketch): number[] => Array.from({ length: sketch.width * sketch.height }, (_, pe) => pe);

/** f32 words of small magnitude: sums and products stay finite for a whole program. */
export const randomWords = (d: Dice, count: number): Uint32Array => new Uint32Array(Float32Array.from({ length: count }, () => d.between(-8, 8) / 8).buffer);

/** When and how fast the host sends, mostly at once and one a cycle. */
export function paceOf(d: Dice): Pick<HostSource, 'from' | 'rate'> {
  if (!d.whole) return {};
  return { ...(d.chance(0.2) && { from: d.below(60) }), ...(d.chance(0.2) && { rate: { words: d.between(1, 3), cycles: d.between(1, 7) } }) };
}

const sinkPaceOf = (d: Dice): Pick<HostSource, 'rate'> => (d.whole && d.chance(0.2) ? { rate: { words: d.between(1, 3), cycles: d.between(1, 5) } } : {});

/** A path without repeats of up to `length` PEs, starting anywhere, as PEs and the ports between them. */
export function randomPath(d: Dice, sketch: Sketch, length: number, from = d.pick(pesOf(sketch))): { readonly pes: number[]; readonly ports: Port[] } {
  const pes = [from];
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
  const notices = noticesOf(d, fromHost);
  if (fromHost) {
    const all = [...randomWords(d, words), ...notices];
    const controls = notices.length > 0 ? { controls: Uint8Array.from(all, (_, i) => (i < words ? 0 : 1)) } : {};
    sketch.source(root, entry, color, all, { ...paceOf(d), ...controls });
  } else jobs[root].push({ kind: 'send', color, words, advance: false, ...(notices.length > 0 && { control: notices[0] }) });
  const receive = (pe: number): void => {
    jobs[pe].push({ kind: 'receive', color, words });
    if (notices.some((word) => !isFiltered(word))) jobs[pe].push({ kind: 'controlled' });
  };
  for (const [pe, { rx, tx }] of nodes) {
    const exits = edgesOf(sketch, pe).filter((port) => port !== rx);
    if (exits.length > 0 && d.chance(0.1)) {
      const exit = d.pick(exits);
      sketch.sink(pe, exit, color, words + notices.length, sinkPaceOf(d));
      tx.push(exit);
    }
    if (rx !== Port.RAMP && (tx.length === 0 || d.chance(0.7))) {
      tx.push(Port.RAMP);
      receive(pe);
    }
    if (tx.length === 0) {
      tx.push(Port.RAMP);
      receive(pe);
    }
    sketch.route(pe, color, [[maskOf(rx), maskOf(...tx)]]);
  }
}

/** Control wavelets behind the words of a tree: none in most. */
function noticesOf(d: Dice, fromHost: boolean): number[] {
  if (!d.whole || !d.chance(0.25)) return [];
  return Array.from({ length: fromHost ? d.between(1, 2) : 1 }, () => notice(d));
}

/** A control wavelet that asks nothing of switches: it starts the control task, or is kept from the elements. */
function notice(d: Dice): number {
  const filtered = d.chance(0.4);
  return encodeControl(['nop'], { filtered, data: d.below(65536), ...(!filtered && { task: CONTROL_TASK }) });
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
  const controlled = d.whole && d.chance(0.3);
  let total = controlled ? pes.length : 0;
  for (const [i, pe] of pes.entries()) {
    const words = d.between(1, 6);
    total += words;
    const tx = maskOf(i === 0 ? exit : OPPOSITE[ports[i - 1]]);
    const behind = i < ports.length ? ports[i] : d.pick([Port.RAMP, ...freeEdges(sketch, pe).filter((port) => i > 0 || port !== exit)]);
    sketch.route(pe, color, [
      [maskOf(Port.RAMP), tx],
      [maskOf(behind), tx],
    ]);
    jobs[pe].push({
      kind: 'send',
      color,
      words,
      advance: !controlled,
      ...(controlled && { control: encodeControl(['advance'], { filtered: d.chance(0.5) }) }),
    });
    if (i === ports.length && behind !== Port.RAMP && d.chance(0.5)) {
      const more = d.between(1, 8);
      sketch.source(pe, behind, color, randomWords(d, more), paceOf(d));
      total += more;
    }
  }
  sketch.sink(pes[0], exit, color, total, sinkPaceOf(d));
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
