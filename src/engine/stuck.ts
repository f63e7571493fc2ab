/**
 * Why a machine in which nothing can move any more has not finished: who waits for what, in words. All engines take their
 * sentence from here, reading their state through StateView, so they agree on it. Models: docs/tick.md rule 16.
 */
import { type Channels, findChannel } from '../machine/channels.ts';
import { maskName, neighbour, OPPOSITE, PORT_NAMES, PORTS, Port, peName } from '../machine/fabric.ts';
import { type Instruction, MAIN_THREAD, type Program } from '../machine/program.ts';
import type { HashedThread, StateView } from './state-hash.ts';

/** So many of each kind of waiting are spelled out; the rest is counted. */
const LISTED = 3;

interface Scene {
  readonly program: Program;
  readonly channels: Channels;
  readonly view: StateView;
}

/**
 * What is wrong with a state in which nothing can ever happen again, or undefined if the run ended as it should: nothing
 * left in the machine and every sink served exactly.
 */
export function endProblem(program: Program, channels: Channels, view: StateView): string | undefined {
  const scene = { program, channels, view };
  const left = [...waitingThreads(scene), ...waitingFifos(scene), ...waitingQueues(scene), ...waitingSources(scene)];
  if (left.length > 0) return describeStuck(program, channels, view);
  const counts = wrongSinks(scene);
  return counts.length > 0 ? `the run is over, but ${listed(counts)}` : undefined;
}

/** "nothing can move any more: PE 3,4 main waits for color 5 in task main; FIFO west of color 5 at PE 4,4 waits for room in PE 5,4". */
export function describeStuck(program: Program, channels: Channels, view: StateView): string {
  const scene = { program, channels, view };
  const kinds = [waitingThreads(scene), blockedTasks(scene), waitingFifos(scene), waitingQueues(scene), waitingSources(scene), wrongSinks(scene)];
  const parts = kinds.filter((sentences) => sentences.length > 0).map(listed);
  return `nothing can move any more: ${parts.join('; ')}`;
}

function listed(sentences: readonly string[]): string {
  const rest = sentences.length - LISTED;
  return [...sentences.slice(0, LISTED), ...(rest > 0 ? [`and ${rest} more like these`] : [])].join('; ');
}

const pesOf = (program: Program): number[] => Array.from({ length: program.width * program.height }, (_, pe) => pe);

function waitingThreads(scene: Scene): string[] {
  const { program, view } = scene;
  return pesOf(program).flatMap((pe) =>
    view.threads(pe).map((thread) => {
      const task = program.classes[program.classOf[pe]].tasks[thread.task];
      const name = thread.thread === MAIN_THREAD ? 'main' : `microthread ${thread.thread}`;
      return `${peName(pe, program.width)} ${name} waits for ${wanted(scene, pe, thread, task.code[thread.instruction])} in task ${task.name}`;
    }),
  );
}

/** What a thread at `instruction` is missing. Only vector ops can wait for ever. */
function wanted({ program, channels, view }: Scene, pe: number, thread: HashedThread, instruction: Instruction): string {
  if (instruction.kind !== 'vector') return 'its turn';
  if (thread.thread === MAIN_THREAD && instruction.thread !== undefined) return `microthread ${instruction.thread}`;
  const cls = program.classes[program.classOf[pe]];
  const queues = [instruction.a, instruction.b].flatMap((o) => (o?.kind === 'fabricIn' ? [o.queue] : []));
  for (const queue of queues) {
    const needed = queues.filter((q) => q === queue).length;
    if (view.input(channels.inputFirst[pe] + queue).length < needed) return `color ${cls.inputs[queue].color}`;
  }
  if (instruction.destination.kind !== 'fabricOut') return 'its turn';
  return `room in the output queue of color ${cls.outputs[instruction.destination.queue].color}`;
}

function blockedTasks({ program, view }: Scene): string[] {
  return pesOf(program).flatMap((pe) => {
    const both = view.activeTasks(pe) & view.blockedTasks(pe);
    const { tasks } = program.classes[program.classOf[pe]];
    return tasks.flatMap((task, i) => ((both >> i) & 1 ? [`task ${task.name} of ${peName(pe, program.width)} is active but blocked`] : []));
  });
}

function waitingFifos(scene: Scene): string[] {
  const { program, channels, view } = scene;
  return Array.from({ length: channels.count }, (_, channel) => channel).flatMap((channel) => {
    if (view.fifo(channel).length === 0) return [];
    const [pe, port, color] = [channels.pe[channel], channels.port[channel], channels.color[channel]];
    return [`FIFO ${PORT_NAMES[port]} of color ${color} at ${peName(pe, program.width)} waits ${obstacle(scene, pe, port, color)}`];
  });
}

/** What keeps the head of FIFO (pe, port, color) from leaving. */
function obstacle({ program, channels, view }: Scene, pe: number, port: number, color: number): string {
  const routes = program.routes[program.routeOf[pe]];
  const route = routes.findIndex((r) => r.color === color);
  if (route < 0) return 'without a route';
  const { rx, tx } = routes[route].positions[view.position(pe, route)];
  if (!((rx >> port) & 1)) return `for a switch: position ${view.position(pe, route)} receives from ${maskName(rx)}`;
  const full: string[] = [];
  for (let out = 0; out < PORTS; out++) {
    if (!((tx >> out) & 1)) continue;
    if (out === Port.RAMP) {
      const lane = channels.inputFirst[pe] + program.classes[program.classOf[pe]].inputs.findIndex((input) => input.color === color);
      if (view.input(lane).length >= channels.inputCapacity[lane]) full.push(`the input queue of ${peName(pe, program.width)}`);
      continue;
    }
    const to = neighbour(pe, out, program.width, program.height);
    if (to < 0) continue;
    const next = findChannel(channels, to, OPPOSITE[out], color);
    if (view.fifo(next).length >= channels.capacity[next]) full.push(peName(to, program.width));
  }
  return full.length > 0 ? `for room in ${full.join(' and ')}` : 'for its turn';
}

function waitingQueues({ program, channels, view }: Scene): string[] {
  return pesOf(program).flatMap((pe) =>
    program.classes[program.classOf[pe]].inputs.flatMap((input, i) => {
      const words = view.input(channels.inputFirst[pe] + i).length;
      return words > 0 ? [`input queue of color ${input.color} at ${peName(pe, program.width)} holds ${words} words that nothing takes`] : [];
    }),
  );
}

function waitingSources({ program, view }: Scene): string[] {
  return program.sources.flatMap((source, i) => {
    const left = source.words.length - view.sourceNext(i);
    if (left === 0) return [];
    return [`source ${source.name} has ${left} of ${source.words.length} words left and waits for room in ${peName(source.pe, program.width)}`];
  });
}

function wrongSinks({ program, view }: Scene): string[] {
  return program.sinks.flatMap((sink, i) => {
    const count = view.sinkCount(i);
    return count === sink.expect ? [] : [`sink ${sink.name} has received ${count} words instead of ${sink.expect}`];
  });
}
