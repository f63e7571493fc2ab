/** A path of waits in words, one short sentence for each that waits and one for what never comes. Part of stuck.ts. */
import { CLOSED, controlTask } from '../machine/control.ts';
import { maskName, PORT_NAMES, Port, peName } from '../machine/fabric.ts';
import { MAIN_THREAD } from '../machine/program.ts';
import type { Wait } from './engine.ts';
import type { WaitGraph, WaitNode } from './wait-graph.ts';
import type { WaitPath } from './wait-path.ts';

export const plural = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;

/** The waits of a path in order; empty FIFOs and queues on the way have no sentence of their own. */
export function describePath(graph: WaitGraph, { nodes, circle }: WaitPath): Wait[] {
  const at = (i: number): WaitNode | undefined => (i < nodes.length || circle ? graph.at(nodes[i % nodes.length]) : undefined);
  return nodes.flatMap((node, i): Wait[] => {
    const here = graph.at(node);
    if (!circle && i === nodes.length - 1 && endsChain(graph, here)) {
      return [{ pe: here.pe, ...placeOf(graph, here), text: cause(graph, here, i > 0 ? at(i - 1) : undefined) }];
    }
    const [next, later] = [at(i + 1), at(i + 2)];
    const text = sentence(graph, here, next, later);
    return text === undefined ? [] : [{ pe: here.pe, ...placeOf(graph, here, next?.kind === 'wanted' ? later : next), text }];
  });
}

/** Port and color of a wait, where it has them; those of a thread and a task are its FIFO's, which is empty or full. */
function placeOf(graph: WaitGraph, { kind, pe, index }: WaitNode, fifo?: WaitNode): Pick<Wait, 'port' | 'color'> {
  const { channels, program } = graph;
  if (kind === 'channel') return { port: channels.port[index], color: channels.color[index] };
  if (kind === 'held' || kind === 'wanted') return { port: Port.RAMP, color: graph.classOf(pe).inputs[index].color };
  if (kind === 'source') return { port: program.sources[index].port, color: program.sources[index].color };
  if (kind === 'sink') return { port: program.sinks[index].port, color: program.sinks[index].color };
  return fifo?.kind === 'channel' || fifo?.kind === 'held' ? placeOf(graph, fifo) : {};
}

/** What `here` waits for, as `next` and `later` of its path say; undefined for what only lies between. */
function sentence(graph: WaitGraph, here: WaitNode, next: WaitNode | undefined, later: WaitNode | undefined): string | undefined {
  switch (here.kind) {
    case 'thread':
      return `${threadName(graph, here)} waits for ${wanted(graph, next, later)}`;
    case 'task':
      return `${taskName(graph, here)} ${taskWait(graph, here, next, later)}`;
    case 'channel':
      return graph.waits(here.index) ? `${headName(graph, here)} ${headWait(graph, here, next)}` : undefined;
    case 'held':
      return heldWait(graph, here);
    case 'source': {
      const { name, words } = graph.program.sources[here.index];
      return `source ${name} waits for room in ${nameOf(graph, here)} with ${words.length - graph.view.sourceNext(here.index)} of ${plural(words.length, 'word')} left`;
    }
    case 'sink':
      return sinkCount(graph, here.index);
    default:
      return undefined;
  }
}

/** "sink y has received 1 word instead of 2". */
export function sinkCount({ program, view }: WaitGraph, sink: number): string {
  const { name, expect } = program.sinks[sink];
  return `sink ${name} has received ${plural(view.sinkCount(sink), 'word')} instead of ${expect}`;
}

const nameOf = ({ program }: WaitGraph, { pe }: WaitNode): string => peName(pe, program.width);
const taskName = (graph: WaitGraph, node: WaitNode): string => `task ${graph.classOf(node.pe).tasks[node.index].name} of ${nameOf(graph, node)}`;
const fifoName = (graph: WaitGraph, { pe, index }: WaitNode): string => `FIFO ${graph.classOf(pe).fifos?.[index].name}`;

const threadName = (graph: WaitGraph, node: WaitNode): string =>
  node.index === MAIN_THREAD ? nameOf(graph, node) : `microthread ${node.index} of ${nameOf(graph, node)}`;

/** What a thread or task wants, by the node it waits for. */
function wanted(graph: WaitGraph, next: WaitNode | undefined, later: WaitNode | undefined): string {
  switch (next?.kind) {
    case 'wanted':
      return `color ${graph.classOf(next.pe).inputs[next.index].color}${from(graph, later)}`;
    case 'held':
      return `data of color ${graph.classOf(next.pe).inputs[next.index].color} behind a control wavelet`;
    case 'channel':
      return `room in its output queue of color ${graph.channels.color[next.index]}`;
    case 'word':
      return `a word in its ${fifoName(graph, next)}`;
    case 'room':
      return `room in its ${fifoName(graph, next)}`;
    case 'thread':
      return `microthread ${next.index} to end`;
    default:
      return 'its turn';
  }
}

/** " from the east", when the path goes on to the FIFO at that port. */
function from(graph: WaitGraph, supply: WaitNode | undefined): string {
  if (supply?.kind !== 'channel') return '';
  const port = graph.channels.port[supply.index];
  return port === Port.RAMP ? ' from its own ramp' : ` from the ${PORT_NAMES[port]}`;
}

function taskWait(graph: WaitGraph, here: WaitNode, next: WaitNode | undefined, later: WaitNode | undefined): string {
  if (graph.taskIsBlocked(here.pe, here.index)) return 'is blocked';
  const { trigger } = graph.classOf(here.pe).tasks[here.index];
  if (next?.kind === 'wanted') return `waits for ${trigger?.kind === 'control' ? 'a control wavelet of ' : ''}${wanted(graph, next, later)}`;
  if (next?.kind === 'held') return `waits for its turn in the queue of color ${graph.classOf(next.pe).inputs[next.index].color}`;
  return graph.isWanted(here.pe, here.index) ? 'waits for the main thread' : 'waits to be activated';
}

/** "color 3 from the west in PE 5,4". */
function headName(graph: WaitGraph, here: WaitNode): string {
  const port = graph.channels.port[here.index];
  const color = `color ${graph.channels.color[here.index]}`;
  return port === Port.RAMP ? `${color} in the output queue of ${nameOf(graph, here)}` : `${color} from the ${PORT_NAMES[port]} in ${nameOf(graph, here)}`;
}

/** Why the head of a FIFO stays (tick rule 3). */
function headWait(graph: WaitGraph, here: WaitNode, next: WaitNode | undefined): string {
  const { channels } = graph;
  const { route, position } = graph.routeOf(here.pe, channels.color[here.index]);
  if (!route) return 'has no route';
  if (position === CLOSED) return 'waits at a route that was torn down';
  const { rx } = route.positions[position];
  if (!((rx >> channels.port[here.index]) & 1)) return `waits for a switch, which takes from the ${maskName(rx)} until it turns`;
  if (next?.kind === 'held') return 'waits for room in the input queue there';
  if (next?.kind !== 'channel') return 'waits for its turn';
  return `waits for room in ${nameOf(graph, next)}`;
}

function heldWait(graph: WaitGraph, here: WaitNode): string {
  const entries = graph.entries(here.pe, here.index);
  const color = `color ${graph.classOf(here.pe).inputs[here.index].color}`;
  if (entries[0]?.control) return `a control wavelet of ${color} waits in the input queue of ${nameOf(graph, here)}`;
  return `${nameOf(graph, here)} leaves ${plural(entries.length, 'word')} of ${color} in its input queue`;
}

/** Whether the end of a chain says by itself why nothing more can come, rather than what it waits for. */
function endsChain(graph: WaitGraph, { kind, index }: WaitNode): boolean {
  return kind !== 'thread' && kind !== 'source' && kind !== 'sink' && !(kind === 'channel' && graph.waits(index));
}

/** What is missing at the end of a chain, by what waits for it. */
const MISSING: Readonly<Partial<Record<WaitNode['kind'], string>>> = {
  channel: 'nothing sends it',
  word: 'nothing fills it',
  room: 'nothing empties it',
};

/** Why nothing more can come: the end of a chain, which `before` waits for. */
function cause(graph: WaitGraph, here: WaitNode, before: WaitNode | undefined): string {
  const place = nameOf(graph, here);
  if (here.kind === 'task') return taskCause(graph, here, before);
  if (here.kind === 'held') return heldCause(graph, here);
  if (here.kind === 'word' || here.kind === 'room') return `${MISSING[here.kind]}: no task of ${place} does`;
  if (here.kind === 'wanted') return `nothing sends it: nothing leads to the ramp of ${place}`;
  const port = graph.channels.port[here.index];
  if (port === Port.RAMP) return `nothing sends it: no task of ${place} does`;
  const { sources } = graph.program;
  const source = sources.find((s) => s.pe === here.pe && s.port === port && s.color === graph.channels.color[here.index]);
  if (source) return `nothing sends it: source ${source.name} has sent all its words`;
  return `nothing sends it: no route leads it to the ${PORT_NAMES[port]} of ${place}`;
}

function heldCause(graph: WaitGraph, here: WaitNode): string {
  const [head] = graph.entries(here.pe, here.index);
  const words = heldWait(graph, here);
  if (!head.control) return `${words}: none of its tasks takes them`;
  const task = graph.classOf(here.pe).tasks[controlTask(head.word)];
  return `${words}: it ${task ? `names task ${task.name}, which is no control task` : 'starts no task there'}`;
}

function taskCause(graph: WaitGraph, here: WaitNode, before: WaitNode | undefined): string {
  const task = graph.classOf(here.pe).tasks[here.index];
  const name = taskName(graph, here);
  if (graph.taskIsBlocked(here.pe, here.index)) return `${name} is blocked, and nothing unblocks it`;
  return `${missing(graph, before)}: ${name} ${task.active ? 'has ended' : 'is not active'}`;
}

function missing(graph: WaitGraph, before: WaitNode | undefined): string | undefined {
  if (before?.kind === 'task') return graph.taskIsBlocked(before.pe, before.index) ? 'nothing unblocks it' : 'nothing activates it';
  if (before?.kind === 'held') return graph.entries(before.pe, before.index).length > 1 ? 'nothing takes them' : 'nothing takes it';
  return before && MISSING[before.kind];
}
