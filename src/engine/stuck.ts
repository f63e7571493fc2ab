/**
 * Why a machine in which nothing can move any more has not finished: who waits for whom, in words. All engines take their
 * sentences from here, reading their state through StateView, so they agree on them. Models: docs/tick.md rule 17.
 */
import { each } from '../base/pieces.ts';
import type { Channels } from '../machine/channels.ts';
import type { Program } from '../machine/program.ts';
import type { Recorder } from '../trace/recorder.ts';
import { KIND } from '../trace/schema.ts';
import type { Wait } from './engine.ts';
import type { StateView } from './state-hash.ts';
import { type NodeKind, WaitGraph } from './wait-graph.ts';
import { type WaitPath, waitPath } from './wait-path.ts';
import { describePath, plural, sinkCount } from './wait-words.ts';

/** So many waits at each end of a long list are spelled out in the message; so many are kept in all. */
const SPELLED = 4;
const KEPT = 1024;

/** What a thread is in that lacks such a node; of several the first in the trace's order counts. */
const STALLS: Readonly<Record<NodeKind, number>> = {
  wanted: KIND.wait,
  held: KIND.wait,
  word: KIND.wait,
  channel: KIND.blocked,
  room: KIND.blocked,
  thread: KIND.slot,
  task: KIND.slot,
  source: KIND.slot,
  sink: KIND.slot,
};

export interface EndProblem {
  readonly message: string;
  /** What would mend it. */
  readonly fixes: readonly string[];
  readonly waits: readonly Wait[];
}

/**
 * What is wrong with a state in which nothing can ever happen again, or undefined if the run ended as it should: nothing
 * left in the machine and every sink served exactly. Deterministic; takes time and space linear in the machine, in pieces.
 */
export function* findingEndProblem(program: Program, channels: Channels, view: StateView): Generator<void, EndProblem | undefined> {
  const graph = new WaitGraph(program, channels, view);
  const left = yield* findingLeft(graph);
  const wrong = program.sinks.flatMap(({ expect }, i) => (view.sinkCount(i) === expect ? [] : [i]));
  if (left.length === 0 && wrong.length === 0) return undefined;
  const short = wrong.filter((i) => view.sinkCount(i) < program.sinks[i].expect).map(graph.sink);
  const roots = [...left, ...short];
  const path: WaitPath = roots.length > 0 ? waitPath(graph, roots) : { nodes: [], circle: false };
  const waits = linked(keepEnds(describePath(graph, path), KEPT), path.circle);
  const counts = wrong.map((i) => sinkCount(graph, i));
  if (left.length > 0) return { message: stuckMessage(graph, path, waits, left, counts), fixes: fixesFor(graph, path), waits };
  // A sink that lacks words comes first in its own chain; the rest of that says why.
  const reasons = waits.slice(1).map((wait) => wait.text);
  return { message: `the run is over, but ${[...spelled(counts), ...spelled(reasons)].join('; ')}`, fixes: [], waits };
}

/**
 * Tells the trace what the threads of a stuck machine wait for at `cycle`, its end: spans of one cycle, of the kinds of
 * docs/tick.md rule 14, so that the last picture of the run shows who waits.
 */
export function recordStalls(program: Program, channels: Channels, view: StateView, recorder: Recorder, cycle: number): void {
  const graph = new WaitGraph(program, channels, view);
  for (let pe = 0; pe < program.width * program.height; pe++) {
    for (const { thread, mark } of view.threads(pe)) {
      const needs = graph.next(graph.of('thread', pe, thread)).map((node) => STALLS[graph.at(node).kind]);
      recorder.span(pe, thread, Math.min(...needs, KIND.slot), mark, cycle, cycle + 1);
    }
  }
}

/** Everything that waits: threads (main before microthreads), then heads of FIFOs, words in input queues, host sources; each from the lowest PE on. */
function* findingLeft(graph: WaitGraph): Generator<void, number[]> {
  const { program, channels, view } = graph;
  const left: number[] = [];
  const pes = program.width * program.height;
  const threads = (pe: number): void => {
    for (const { thread } of view.threads(pe).toReversed()) left.push(graph.of('thread', pe, thread));
  };
  const channel = (c: number): void => {
    if (view.fifo(c).length > 0) left.push(c);
  };
  const inputs = (pe: number): void => {
    for (let q = 0; q < channels.inputFirst[pe + 1] - channels.inputFirst[pe]; q++) if (graph.entries(pe, q).length > 0) left.push(graph.of('held', pe, q));
  };
  yield* each(pes, threads);
  yield* each(channels.count, channel);
  yield* each(pes, inputs);
  program.sources.forEach(({ words }, i) => {
    if (view.sourceNext(i) < words.length) left.push(graph.source(i));
  });
  return left;
}

function stuckMessage(graph: WaitGraph, path: WaitPath, waits: readonly Wait[], left: readonly number[], counts: readonly string[]): string {
  const circle = path.circle ? `, ${plural(waits.length, 'wait')} in a circle` : '';
  const told = new Set(path.nodes);
  const rest = others(
    graph,
    left.filter((node) => !told.has(node)),
  );
  const more = [...(rest === '' ? [] : [`also waiting: ${rest}`]), ...spelled(counts.filter((text) => !waits.some((wait) => wait.text === text)))];
  return `nothing can move any more${circle}: ${[...spelled(waits.map((wait) => wait.text)), ...more].join('; ')}`;
}

/** "3 threads, 12 router FIFOs, 1 input queue and 1 source", or nothing. */
function others(graph: WaitGraph, nodes: readonly number[]): string {
  const names = { thread: 'thread', channel: 'router FIFO', held: 'input queue', source: 'source' } as const;
  const counts = new Map(Object.keys(names).map((kind) => [kind, 0]));
  for (const node of nodes) {
    const { kind } = graph.at(node);
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  const parts = Object.entries(names).flatMap(([kind, name]) => (counts.get(kind) ? [plural(counts.get(kind) ?? 0, name)] : []));
  return parts.length > 1 ? `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}` : (parts[0] ?? '');
}

/** The ends of a list, with the number of what is left out between them. */
function spelled(sentences: readonly string[]): readonly string[] {
  const between = sentences.length - 2 * SPELLED;
  return between > 0 ? [...sentences.slice(0, SPELLED), `and so on, ${between} more`, ...sentences.slice(-SPELLED)] : sentences;
}

const keepEnds = <T>(list: readonly T[], count: number): readonly T[] =>
  list.length > count ? [...list.slice(0, count / 2), ...list.slice(-count / 2)] : list;

/** Each wait with the place of the next one. */
const linked = (waits: readonly Wait[], circle: boolean): Wait[] =>
  waits.map((wait, i) => (i + 1 < waits.length || circle ? { ...wait, next: (i + 1) % waits.length } : wait));

/** What would mend it, by what the path is made of. */
function fixesFor(graph: WaitGraph, { nodes, circle }: WaitPath): string[] {
  const kinds = nodes.map((node) => graph.at(node).kind);
  const full = nodes.some((node) => graph.at(node).kind === 'channel' && graph.waits(node));
  if (circle && full) return ['let one of them take its words before it sends more', 'let the streams of the circle use different colors'];
  if (circle) return ['let one of them send before it waits'];
  const last = graph.at(nodes[nodes.length - 1]);
  if (last.kind === 'task' && graph.taskIsBlocked(last.pe, last.index)) return ['unblock the task'];
  if (kinds.includes('held')) return ['take every word that is sent', 'send fewer words'];
  if (full) return ['turn the switch with the last word of a send (`advance`) or a control wavelet'];
  return ['send the words that are missing', 'wait for fewer words'];
}
