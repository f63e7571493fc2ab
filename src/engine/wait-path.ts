/**
 * The waits to show of a stuck machine: a circle in which each waits for the next, as short as can be found, or else the
 * chain from the first that waits to what will never come. Linear in what the machine holds, and deterministic.
 */
import type { WaitGraph } from './wait-graph.ts';

/** A circle is looked for through so many of its waits, those of the lowest PEs, in so many steps each. */
const STARTS = 32;
const STEPS = 100_000;

export interface WaitPath {
  /** Nodes of the graph, each waiting for the next. */
  readonly nodes: readonly number[];
  /** Whether the last waits for the first. */
  readonly circle: boolean;
}

/** The path that explains why `roots`, all that wait, cannot go on. */
export function waitPath(graph: WaitGraph, roots: readonly number[]): WaitPath {
  const knot = findKnot(graph, roots);
  return knot ? { nodes: shortestCircle(graph, knot), circle: true } : { nodes: chain(graph, roots[0]), circle: false };
}

/**
 * Nodes that all lead to one another and among which something waits; the first such set met from the roots in order.
 * Strongly connected components by paths (Gabow 2000), without recursion. Tasks that ended and routes that lie empty may
 * form circles too; they mean nothing.
 */
function findKnot(graph: WaitGraph, roots: readonly number[]): Set<number> | undefined {
  const order = new Int32Array(graph.size);
  const path: { node: number; next: readonly number[]; edge: number }[] = [];
  const open: number[] = [];
  const bounds: number[] = [];
  let count = 0;
  const enter = (node: number): void => {
    order[node] = ++count;
    path.push({ node, next: graph.next(node), edge: 0 });
    open.push(node);
    bounds.push(node);
  };
  /** Closes the node at the end of the path; its component if it is the first of one. */
  const leave = (node: number): number[] => {
    path.pop();
    if (bounds.at(-1) !== node) return [];
    bounds.pop();
    const members = open.splice(open.lastIndexOf(node));
    for (const member of members) order[member] = CLOSED;
    return members;
  };
  for (const root of roots) {
    if (order[root] === 0) enter(root);
    for (let top = path.at(-1); top; top = path.at(-1)) {
      const to = top.next[top.edge++];
      if (to === undefined) {
        const members = leave(top.node);
        const round = members.length > 1 || (members.length === 1 && top.next.includes(top.node));
        if (round && members.some((node) => graph.waits(node))) return new Set(members);
      } else if (order[to] === 0) enter(to);
      else if (order[to] !== CLOSED) while (order[bounds.at(-1)!] > order[to]) bounds.pop();
    }
  }
  return undefined;
}

/** In place of a node's number in the search: its component is complete. */
const CLOSED = -1;

/** The shortest circle through a wait of the knot, of equally short ones that of the lowest PE, from that PE's thread on. */
function shortestCircle(graph: WaitGraph, knot: ReadonlySet<number>): number[] {
  const rank = (node: number): number => 2 * graph.at(node).pe + (graph.at(node).kind === 'thread' ? 0 : 1);
  const starts = [...knot].filter((node) => graph.waits(node)).sort((a, b) => rank(a) - rank(b) || a - b);
  let best: number[] = [];
  for (const start of starts.slice(0, STARTS)) {
    const circle = circleThrough(graph, knot, start, best.length === 0 ? Number.POSITIVE_INFINITY : STEPS);
    if (best.length === 0 || (circle.length > 0 && circle.length < best.length)) best = circle;
  }
  return best;
}

/** The shortest way from a node back to itself inside the knot, breadth first; empty if it takes more steps. */
function circleThrough(graph: WaitGraph, knot: ReadonlySet<number>, start: number, steps: number): number[] {
  const before = new Map<number, number>();
  const queue = [start];
  for (let i = 0; i < queue.length && i < steps; i++) {
    for (const to of graph.next(queue[i])) {
      if (to === start) return wayTo(before, queue[i]);
      if (!knot.has(to) || before.has(to)) continue;
      before.set(to, queue[i]);
      queue.push(to);
    }
  }
  return [];
}

function wayTo(before: ReadonlyMap<number, number>, end: number): number[] {
  const way: number[] = [];
  for (let node: number | undefined = end; node !== undefined; node = before.get(node)) way.push(node);
  return way.reverse();
}

/** From a wait on to where nothing more can come: through something that waits itself, where there is a choice. */
function chain(graph: WaitGraph, start: number): number[] {
  const seen = new Set([start]);
  const nodes = [start];
  for (;;) {
    const next = graph.next(nodes.at(-1)!).filter((node) => !seen.has(node));
    if (next.length === 0) return nodes;
    const node = next.find((n) => graph.waits(n)) ?? next.find((n) => graph.next(n).length > 0) ?? next[0];
    seen.add(node);
    nodes.push(node);
  }
}
