/**
 * Whether anything can ever happen again in the machine, host steps apart (docs/tick.md rules 16 and 17), read from the state
 * as a whole: with everything in flight arrived. Takes time linear in the machine.
 */
import { type Channels, findChannel } from '../machine/channels.ts';
import { CLOSED, controlTask, isFiltered } from '../machine/control.ts';
import { neighbour, OPPOSITE, Port } from '../machine/fabric.ts';
import { setupCycles } from '../machine/price.ts';
import { MAIN_THREAD, type Program, type Task, type VectorInstruction } from '../machine/program.ts';
import type { HashedThread, StateView } from './state-hash.ts';

interface Machine {
  readonly program: Program;
  readonly channels: Channels;
  readonly view: StateView;
}

export function canMove(program: Program, channels: Channels, view: StateView, cycle: number): boolean {
  const m = { program, channels, view };
  for (let c = 0; c < channels.count; c++) if (canLeave(m, c)) return true;
  if (program.sources.some((s, i) => view.sourceNext(i) < s.words.length && hasRoom(m, findChannel(channels, s.pe, s.port, s.color)))) return true;
  for (let pe = 0; pe < program.width * program.height; pe++) if (elementCanMove(m, pe, cycle)) return true;
  return false;
}

const hasRoom = ({ channels, view }: Machine, channel: number): boolean => view.fifo(channel).length < channels.capacity[channel];

/** Whether the head of a FIFO could leave, or collides with another one. */
function canLeave(m: Machine, channel: number): boolean {
  const { program, channels, view } = m;
  const [head] = view.fifo(channel);
  if (!head) return false;
  const [pe, port, color] = [channels.pe[channel], channels.port[channel], channels.color[channel]];
  const routes = program.routes[program.routeOf[pe]];
  const route = routes.findIndex((r) => r.color === color);
  const position = view.position(pe, route);
  if (position === CLOSED) return false;
  const { rx, tx } = routes[route].positions[position];
  if (!((rx >> port) & 1)) return false;
  for (let c = channels.first[pe]; c < channels.first[pe + 1]; c++) {
    if (c !== channel && channels.color[c] === color && (rx >> channels.port[c]) & 1 && view.fifo(c).length > 0) return true;
  }
  const kept = head.control && isFiltered(head.word) ? 1 << Port.RAMP : 0;
  return [0, 1, 2, 3, 4].every((to) => !(((tx & ~kept) >> to) & 1) || portHasRoom(m, pe, to, color));
}

/** A sink always has room in the end. */
function portHasRoom(m: Machine, pe: number, port: number, color: number): boolean {
  const { program, channels, view } = m;
  if (port === Port.RAMP) {
    const lane = channels.inputFirst[pe] + program.classes[program.classOf[pe]].inputs.findIndex((input) => input.color === color);
    return view.input(lane).length < channels.inputCapacity[lane];
  }
  const to = neighbour(pe, port, program.width, program.height);
  return to < 0 || hasRoom(m, findChannel(channels, to, OPPOSITE[port], color));
}

function elementCanMove(m: Machine, pe: number, cycle: number): boolean {
  const { program, view } = m;
  if (view.slotFree(pe) > cycle || view.pending(pe).length > 0) return true;
  const threads = view.threads(pe);
  const { tasks } = program.classes[program.classOf[pe]];
  if (!threads.some((t) => t.thread === MAIN_THREAD) && tasks.some((task, i) => canStart(m, pe, task, i))) return true;
  return threads.some((t) => canIssue(m, pe, t, threads));
}

function canStart({ program, channels, view }: Machine, pe: number, { trigger }: Task, task: number): boolean {
  if ((view.blockedTasks(pe) >> task) & 1) return false;
  if (!trigger) return ((view.activeTasks(pe) >> task) & 1) === 1;
  const heads = program.classes[program.classOf[pe]].inputs.map((_, queue) => view.input(channels.inputFirst[pe] + queue)[0]);
  if (trigger.kind === 'data') return heads[trigger.queue]?.control === false;
  return heads.some((head) => head?.control && controlTask(head.word) === task);
}

function canIssue(m: Machine, pe: number, thread: HashedThread, threads: readonly HashedThread[]): boolean {
  const { program } = m;
  const instruction = program.classes[program.classOf[pe]].tasks[thread.task].code[thread.instruction];
  if (instruction.kind !== 'vector') return true;
  if (thread.thread === MAIN_THREAD && instruction.thread !== undefined) return !threads.some((t) => t.thread === instruction.thread);
  if (!thread.started && setupCycles(instruction, program.machine) > 0) return true;
  return hasWords(m, pe, instruction) && hasSpace(m, pe, instruction);
}

/** Whether queues and FIFOs hold the words of the next group: two if both sources are the same one. */
function hasWords({ channels, view }: Machine, pe: number, { a, b }: VectorInstruction): boolean {
  return [a, b].every((o, i) => {
    const other = i === 0 ? b : a;
    if (o?.kind === 'fifo') return view.memoryFifo(pe, o.fifo).count >= (other?.kind === 'fifo' && other.fifo === o.fifo ? 2 : 1);
    if (o?.kind !== 'fabricIn') return true;
    const wanted = other?.kind === 'fabricIn' && other.queue === o.queue ? 2 : 1;
    const heads = view.input(channels.inputFirst[pe] + o.queue).slice(0, wanted);
    return heads.length === wanted && heads.every((head) => !head.control);
  });
}

function hasSpace(m: Machine, pe: number, { destination }: VectorInstruction): boolean {
  const cls = m.program.classes[m.program.classOf[pe]];
  if (destination.kind === 'fabricOut') return hasRoom(m, findChannel(m.channels, pe, Port.RAMP, cls.outputs[destination.queue].color));
  return destination.kind !== 'fifo' || m.view.memoryFifo(pe, destination.fifo).count < (cls.fifos?.[destination.fifo].capacity ?? 0);
}
