/**
 * Who waits for whom in a machine in which nothing moves: a graph over everything that can wait (threads, router FIFOs,
 * input queues, tasks, host ends) and over what stands between them (empty FIFOs and queues, tasks that have not started).
 * An edge leads from what waits to what could end the wait. Edges are computed when asked for, from the engine's view, so
 * a whole wafer costs a number a node. Models: docs/tick.md rules 3, 7, 9 and 11.
 */
import { type Channels, findChannel } from '../machine/channels.ts';
import { CLOSED, controlTask } from '../machine/control.ts';
import { neighbour, OPPOSITE, PORTS, Port } from '../machine/fabric.ts';
import { MAIN_THREAD, type PeClass, type Program, type Route } from '../machine/program.ts';
import type { Entry, HashedThread, StateView } from './state-hash.ts';
import { numberOf, reaches, type Site, type Sites, sitesOf, sourcesOf } from './wait-sites.ts';

/**
 * Kinds of nodes. `channel`: a router FIFO, whose head waits, or which is empty and something is wanted from it. `wanted`: a word
 * for an input queue; `held`: the words in one. `word` and `room`: what a FIFO in memory lacks.
 */
const PE_KINDS = ['thread', 'task', 'wanted', 'held', 'word', 'room'] as const;
type PeKind = (typeof PE_KINDS)[number];
export type NodeKind = 'channel' | PeKind | 'source' | 'sink';

export interface WaitNode {
  readonly kind: NodeKind;
  readonly pe: number;
  /** The thread's or task's number, or that of the queue or FIFO in the class; of the channel, source or sink. */
  readonly index: number;
}

export class WaitGraph {
  readonly program: Program;
  readonly channels: Channels;
  readonly view: StateView;
  /** Nodes are numbered from 0: channels, the nodes of each PE, sources, sinks. */
  readonly size: number;
  /** Nodes of one PE, and where each kind's begin among them. */
  private readonly stride: number;
  private readonly begin: Readonly<Record<PeKind, number>>;
  private readonly hosts: number;
  /** By class, once asked for: a run that ends well asks for none. */
  private readonly sites: Sites[] = [];

  constructor(program: Program, channels: Channels, view: StateView) {
    this.program = program;
    this.channels = channels;
    this.view = view;
    const most = (count: (cls: PeClass) => number): number => Math.max(0, ...program.classes.map(count));
    const [tasks, inputs, fifos] = [most((c) => c.tasks.length), most((c) => c.inputs.length), most((c) => c.fifos?.length ?? 0)];
    const thread = 0;
    const task = MAIN_THREAD + 1;
    const wanted = task + tasks;
    const held = wanted + inputs;
    const word = held + inputs;
    const room = word + fifos;
    this.begin = { thread, task, wanted, held, word, room };
    this.stride = room + fifos;
    this.hosts = channels.count + program.width * program.height * this.stride;
    this.size = this.hosts + program.sources.length + program.sinks.length;
  }

  at(node: number): WaitNode {
    const { channels, program } = this;
    if (node < channels.count) return { kind: 'channel', pe: channels.pe[node], index: node };
    if (node < this.hosts) {
      const pe = Math.floor((node - channels.count) / this.stride);
      const slot = (node - channels.count) % this.stride;
      let k = PE_KINDS.length - 1;
      while (this.begin[PE_KINDS[k]] > slot) k--;
      return { kind: PE_KINDS[k], pe, index: slot - this.begin[PE_KINDS[k]] };
    }
    const source = node - this.hosts;
    if (source < program.sources.length) return { kind: 'source', pe: program.sources[source].pe, index: source };
    const sink = source - program.sources.length;
    return { kind: 'sink', pe: program.sinks[sink].pe, index: sink };
  }

  of(kind: PeKind, pe: number, index: number): number {
    return this.channels.count + pe * this.stride + this.begin[kind] + index;
  }

  readonly source = (index: number): number => this.hosts + index;
  readonly sink = (index: number): number => this.hosts + this.program.sources.length + index;

  classOf(pe: number): PeClass {
    return this.program.classes[this.program.classOf[pe]];
  }

  private sitesAt(pe: number): Sites {
    const cls = this.program.classOf[pe];
    this.sites[cls] ??= sitesOf(this.program.classes[cls]);
    return this.sites[cls];
  }

  routeOf(pe: number, color: number): { readonly route: Route | undefined; readonly position: number } {
    const routes = this.program.routes[this.program.routeOf[pe]];
    const index = routes.findIndex((r) => r.color === color);
    return { route: routes[index], position: index < 0 ? 0 : this.view.position(pe, index) };
  }

  /** The words in an input queue, by its number in the class. */
  entries(pe: number, queue: number): readonly Entry[] {
    return this.view.input(this.channels.inputFirst[pe] + queue);
  }

  thread(pe: number, number: number): HashedThread | undefined {
    return this.view.threads(pe).find((t) => t.thread === number);
  }

  /** Whether something waits here, rather than only standing between others. */
  waits(node: number): boolean {
    const { kind, pe, index } = this.at(node);
    if (kind === 'channel') return this.view.fifo(index).length > 0;
    if (kind === 'task') return this.taskIsBlocked(pe, index);
    return kind === 'thread' || kind === 'held' || kind === 'source' || kind === 'sink';
  }

  /** What could end the wait at a node; the likeliest first. */
  next(node: number): number[] {
    const { kind, pe, index } = this.at(node);
    switch (kind) {
      case 'channel':
        return this.view.fifo(index).length > 0 ? this.obstacles(index) : this.suppliers(index);
      case 'thread':
        return this.needs(pe, index);
      case 'task':
        return this.starters(pe, index);
      case 'wanted':
        return this.feeders(pe, this.classOf(pe).inputs[index].color, Port.RAMP);
      case 'held':
        return this.takers(pe, index);
      case 'word':
        return this.runners(pe, this.sitesAt(pe).fillers[index]);
      case 'room':
        return this.runners(pe, this.sitesAt(pe).drainers[index]);
      case 'source': {
        const { port, color } = this.program.sources[index];
        return [findChannel(this.channels, pe, port, color)];
      }
      case 'sink': {
        const { port, color } = this.program.sinks[index];
        return this.feeders(pe, color, port);
      }
    }
  }

  /** What a thread lacks (rule 11), in the order of its operands. Only vector ops can wait for ever. */
  private needs(pe: number, number: number): number[] {
    const thread = this.thread(pe, number);
    const op = thread && this.classOf(pe).tasks[thread.task].code[thread.instruction];
    if (op?.kind !== 'vector') return [];
    if (number === MAIN_THREAD && op.thread !== undefined) return [this.of('thread', pe, op.thread)];
    const needs: number[] = [];
    const queues = sourcesOf(op, 'fabricIn');
    for (const queue of new Set(queues)) {
      const count = times(queues, queue);
      const heads = this.entries(pe, queue).slice(0, count);
      if (heads.some((head) => head.control)) needs.push(this.of('held', pe, queue));
      else if (heads.length < count) needs.push(this.of('wanted', pe, queue));
    }
    const fifos = sourcesOf(op, 'fifo');
    for (const fifo of new Set(fifos)) {
      if (this.view.memoryFifo(pe, fifo).count < times(fifos, fifo)) needs.push(this.of('word', pe, fifo));
    }
    const to = numberOf(op.destination);
    if (op.destination.kind === 'fifo' && this.view.memoryFifo(pe, to).count >= this.classOf(pe).fifos![to].capacity) needs.push(this.of('room', pe, to));
    if (op.destination.kind === 'fabricOut') {
      const ramp = findChannel(this.channels, pe, Port.RAMP, this.classOf(pe).outputs[to].color);
      if (this.isFull(ramp)) needs.push(ramp);
    }
    return needs;
  }

  private isFull(channel: number): boolean {
    return this.view.fifo(channel).length >= this.channels.capacity[channel];
  }

  /** What keeps the head of a FIFO from leaving: a full target, or what its switch receives from in its place (rule 3). */
  private obstacles(channel: number): number[] {
    const [pe, port, color] = [this.channels.pe[channel], this.channels.port[channel], this.channels.color[channel]];
    const { route, position } = this.routeOf(pe, color);
    if (!route || position === CLOSED) return [];
    const { rx, tx } = route.positions[position];
    return (rx >> port) & 1 ? this.fullTargets(pe, color, tx) : this.ofColor(pe, color, position, rx);
  }

  private fullTargets(pe: number, color: number, tx: number): number[] {
    const targets: number[] = [];
    for (let port = 0; port < PORTS; port++) {
      if (!((tx >> port) & 1)) continue;
      if (port === Port.RAMP) {
        const queue = this.classOf(pe).inputs.findIndex((input) => input.color === color);
        if (this.entries(pe, queue).length >= this.channels.inputCapacity[this.channels.inputFirst[pe] + queue]) targets.push(this.of('held', pe, queue));
        continue;
      }
      const to = neighbour(pe, port, this.program.width, this.program.height);
      const channel = to < 0 ? -1 : findChannel(this.channels, to, OPPOSITE[port], color);
      if (channel >= 0 && this.isFull(channel)) targets.push(channel);
    }
    return targets;
  }

  /** The FIFOs of a router from which some position of its switch sends a color to `port`. */
  private feeders(pe: number, color: number, port: number): number[] {
    const { route, position } = this.routeOf(pe, color);
    const masks = route?.positions.filter(({ tx }) => (tx >> port) & 1) ?? [];
    return this.ofColor(
      pe,
      color,
      position,
      masks.reduce((mask, { rx }) => mask | rx, 0),
    );
  }

  /** The FIFOs of a color whose port is in `mask`: those with a waiting head first, then those the switch receives from now. */
  private ofColor(pe: number, color: number, position: number, mask: number): number[] {
    const { channels, view } = this;
    const now = this.routeOf(pe, color).route?.positions[position]?.rx ?? 0;
    const list: number[] = [];
    for (let c = channels.first[pe]; c < channels.first[pe + 1]; c++) if (channels.color[c] === color && (mask >> channels.port[c]) & 1) list.push(c);
    const rank = (c: number): number => (view.fifo(c).length > 0 ? 0 : 2) + ((now >> channels.port[c]) & 1 ? 0 : 1);
    return list.sort((a, b) => rank(a) - rank(b) || a - b);
  }

  /** Who could put a word into an empty FIFO: its PE's senders, the neighbour's router, or the host. */
  private suppliers(channel: number): number[] {
    const [pe, port, color] = [this.channels.pe[channel], this.channels.port[channel], this.channels.color[channel]];
    const { program } = this;
    if (port === Port.RAMP) {
      const queue = this.classOf(pe).outputs.findIndex((output) => output.color === color);
      return this.runners(pe, this.sitesAt(pe).senders[queue] ?? []);
    }
    const from = neighbour(pe, port, program.width, program.height);
    if (from >= 0) return this.feeders(from, color, OPPOSITE[port]);
    const source = program.sources.findIndex((s) => s.pe === pe && s.port === port && s.color === color);
    return source >= 0 && this.view.sourceNext(source) < program.sources[source].words.length ? [this.source(source)] : [];
  }

  /** Who could take the head of an input queue: for a control wavelet only the task it names. */
  private takers(pe: number, queue: number): number[] {
    const [head] = this.entries(pe, queue);
    const { tasks } = this.classOf(pe);
    if (!head?.control) return this.runners(pe, this.sitesAt(pe).takers[queue]);
    const task = controlTask(head.word);
    return tasks[task]?.trigger?.kind === 'control' ? [this.of('task', pe, task)] : [];
  }

  /** The threads of a PE that are about to come to one of these instructions, else the tasks they are in. */
  private runners(pe: number, sites: readonly Site[]): number[] {
    const { tasks } = this.classOf(pe);
    const [threads, idle] = [new Set<number>(), new Set<number>()];
    for (const { task, instruction } of sites) {
      const near = this.view.threads(pe).filter((t) => {
        if (t.task !== task || instruction < 0) return false;
        return t.thread === MAIN_THREAD ? reaches(tasks[task].code, t.instruction, instruction) : t.instruction === instruction;
      });
      for (const { thread } of near) threads.add(this.of('thread', pe, thread));
      if (near.length === 0) idle.add(this.of('task', pe, task));
    }
    return [...threads, ...idle];
  }

  /** What a task is waiting for: to be unblocked, the main thread, its wavelet, or whoever activates it. */
  private starters(pe: number, index: number): number[] {
    const task = this.classOf(pe).tasks[index];
    const sites = this.sitesAt(pe);
    if (!this.isWanted(pe, index)) {
      if (!task.trigger) return this.runners(pe, sites.activators[index]);
      const { inputs } = this.classOf(pe);
      const queues = task.trigger.kind === 'data' ? [task.trigger.queue] : inputs.map((_, i) => i);
      return queues.map((queue) => this.of(this.entries(pe, queue).length > 0 ? 'held' : 'wanted', pe, queue));
    }
    if ((this.view.blockedTasks(pe) >> index) & 1) return this.runners(pe, sites.unblockers[index]);
    return this.thread(pe, MAIN_THREAD) ? [this.of('thread', pe, MAIN_THREAD)] : [];
  }

  /** Whether what starts a task is there (rule 9). */
  isWanted(pe: number, index: number): boolean {
    const { trigger } = this.classOf(pe).tasks[index];
    if (!trigger) return ((this.view.activeTasks(pe) >> index) & 1) === 1;
    if (trigger.kind === 'data') return this.entries(pe, trigger.queue)[0]?.control === false;
    return this.classOf(pe).inputs.some((_, queue) => {
      const [head] = this.entries(pe, queue);
      return head?.control === true && controlTask(head.word) === index;
    });
  }

  /** Whether a task would run if it were not blocked. */
  taskIsBlocked(pe: number, index: number): boolean {
    return ((this.view.blockedTasks(pe) >> index) & 1) === 1 && this.isWanted(pe, index);
  }
}

const times = (list: readonly number[], number: number): number => list.filter((n) => n === number).length;
