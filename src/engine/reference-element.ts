/**
 * The compute element's part of the reference tick: which task starts, which thread issues, and why the others do not.
 * What an issue does to words is reference-issue.ts. Models: docs/tick.md rules 8 to 14.
 */

import { findChannel } from '../machine/channels.ts';
import { controlData, controlTask } from '../machine/control.ts';
import { Port } from '../machine/fabric.ts';
import { afterPick, pickTask, type TaskPicker } from '../machine/picker.ts';
import { setupCycles } from '../machine/price.ts';
import { MAIN_THREAD, MICROTHREADS, type Source, type Task, type VectorInstruction } from '../machine/program.ts';
import { KIND } from '../trace/schema.ts';
import { hasRoom } from './reference-fabric.ts';
import { issueMain, issueMicrothread, runFree } from './reference-issue.ts';
import { type Context, instructionOf, type Thread } from './reference-state.ts';
import { fifoOf, take } from './reference-words.ts';
import type { Entry } from './state-hash.ts';

/** One tick of one compute element. It reads its queues as of the start of the tick: the fabric moves afterwards. */
export function stepElement(c: Context, pe: number): void {
  startTask(c, pe);
  const chosen = grant(c, pe);
  recordStalls(c, pe, chosen);
  if (chosen === MAIN_THREAD) issueMain(c, pe);
  else if (chosen >= 0) issueMicrothread(c, pe, chosen);
}

const LOWEST: TaskPicker = { kind: 'lowest' };

const tasksOf = (c: Context, pe: number): readonly Task[] => c.program.classes[c.program.classOf[pe]].tasks;

/** The head of an input queue if it is ready at `tick`. */
function readyHead(c: Context, pe: number, queue: number, tick: number): Entry | undefined {
  const head: Entry | undefined = c.state.inputs[c.channels.inputFirst[pe] + queue][0];
  return head && head.ready <= tick ? head : undefined;
}

/** The lowest-numbered input queue with a ready control wavelet at its head that names `task`, or -1. */
function controlQueue(c: Context, pe: number, task: number, tick: number): number {
  return c.program.classes[c.program.classOf[pe]].inputs.findIndex((_, queue) => {
    const head = readyHead(c, pe, queue, tick);
    return head?.control === true && controlTask(head.word) === task;
  });
}

/** Whether what starts a task is there, blocked or not (rule 9). */
function isWanted(c: Context, pe: number, task: number, tick: number): boolean {
  const { trigger } = tasksOf(c, pe)[task];
  if (!trigger) return c.state.pes[pe].active[task];
  if (trigger.kind === 'control') return controlQueue(c, pe, task, tick) >= 0;
  return readyHead(c, pe, trigger.queue, tick)?.control === false;
}

/** The tasks that could start at `tick`, as a bit mask. */
function runnable(c: Context, pe: number, tick: number): number {
  const { blocked } = c.state.pes[pe];
  return tasksOf(c, pe).reduce((mask, _, task) => (!blocked[task] && isWanted(c, pe, task, tick) ? mask | (1 << task) : mask), 0);
}

/** Rules 9 and 10: an idle main takes a task and runs it up to its first instruction that costs something. */
function startTask(c: Context, pe: number): void {
  const { cycle, pes } = c.state;
  const element = pes[pe];
  if (element.threads[MAIN_THREAD] || element.mainFree > cycle) return;
  const candidates = runnable(c, pe, cycle);
  if (candidates === 0) return;
  const picker = c.program.picker ?? LOWEST;
  const task = pickTask(picker, candidates, pe, element.picker);
  element.picker = afterPick(picker, task, element.picker);
  takeTrigger(c, pe, task);
  element.threads[MAIN_THREAD] = { task, instruction: 0, started: false, position: 0, scalar: 0, bases: [0, 0, 0], mark: element.mark, ready: cycle };
  runFree(c, pe, cycle, cycle + 1);
}

/** What starting a task takes: its active flag, or its wavelet, which goes to the register. */
function takeTrigger(c: Context, pe: number, task: number): void {
  const { active, registers } = c.state.pes[pe];
  const { trigger } = tasksOf(c, pe)[task];
  if (!trigger) active[task] = false;
  else if (trigger.kind === 'data') registers[trigger.register] = take(c, pe, trigger.queue);
  else registers[trigger.register] = controlData(take(c, pe, controlQueue(c, pe, task, c.state.cycle)));
}

/** Rule 12: the thread that issues at this tick, or -1. */
function grant(c: Context, pe: number): number {
  const { cycle, pes } = c.state;
  const element = pes[pe];
  if (element.slotFree > cycle) return -1;
  for (let i = 1; i <= MICROTHREADS; i++) {
    const thread = (element.lastMicrothread + i) % MICROTHREADS;
    if (isReady(c, pe, thread, cycle)) return thread;
  }
  return isReady(c, pe, MAIN_THREAD, cycle) ? MAIN_THREAD : -1;
}

/** What keeps a vector op's next group from issuing at `tick` (rule 11); undefined if nothing does. */
function operandStall(c: Context, pe: number, op: VectorInstruction, tick: number): 'wait' | 'blocked' | undefined {
  if (!hasWords(c, pe, op, tick)) return 'wait';
  return hasSpace(c, pe, op) ? undefined : 'blocked';
}

/** Whether every queue and FIFO that the op reads has its words: one, or two if both sources are the same one. */
function hasWords(c: Context, pe: number, { a, b }: VectorInstruction, tick: number): boolean {
  return sourceHasWords(c, pe, a, b, tick) && (b === undefined || sourceHasWords(c, pe, b, a, tick));
}

function sourceHasWords(c: Context, pe: number, source: Source, other: Source | undefined, tick: number): boolean {
  if (source.kind === 'memory') return true;
  if (source.kind === 'fifo') return c.state.pes[pe].rings[source.fifo].count >= (other?.kind === 'fifo' && other.fifo === source.fifo ? 2 : 1);
  const entries = c.state.inputs[c.channels.inputFirst[pe] + source.queue];
  const isReady = (entry: Entry | undefined): boolean => entry !== undefined && entry.ready <= tick && !entry.control;
  return isReady(entries[0]) && (other?.kind !== 'fabricIn' || other.queue !== source.queue || isReady(entries[1]));
}

/** Whether the queue or FIFO that the op writes takes one more word. */
function hasSpace(c: Context, pe: number, { destination }: VectorInstruction): boolean {
  const cls = c.program.classes[c.program.classOf[pe]];
  if (destination.kind === 'fabricOut') return hasRoom(c, findChannel(c.channels, pe, Port.RAMP, cls.outputs[destination.queue].color));
  if (destination.kind !== 'fifo') return true;
  return c.state.pes[pe].rings[destination.fifo].count < fifoOf(c, pe, destination.fifo).capacity;
}

/** What keeps a thread from issuing at `tick` apart from the slot (rules 11 and 14); undefined if it is ready. */
function stallOf(c: Context, pe: number, thread: Thread, number: number, tick: number): 'wait' | 'blocked' | 'slot' | undefined {
  const instruction = instructionOf(c.program, pe, thread);
  if (instruction.kind !== 'vector') return undefined;
  if (number === MAIN_THREAD && instruction.thread !== undefined) return c.state.pes[pe].threads[instruction.thread] ? 'slot' : undefined;
  if (!thread.started && setupCycles(instruction, c.program.machine) > 0) return undefined;
  return operandStall(c, pe, instruction, tick);
}

/** Rule 11. */
function isReady(c: Context, pe: number, number: number, tick: number): boolean {
  const thread = c.state.pes[pe].threads[number];
  return thread !== undefined && thread.ready <= tick && stallOf(c, pe, thread, number, tick) === undefined;
}

/** Rule 14: one cycle of stall for every thread that has an instruction, is outside its own issue and does not issue. */
function recordStalls(c: Context, pe: number, chosen: number): void {
  const { cycle, pes } = c.state;
  pes[pe].threads.forEach((thread, number) => {
    if (!thread || number === chosen || thread.ready > cycle) return;
    c.recorder?.span(pe, number, KIND[stallOf(c, pe, thread, number, cycle) ?? 'slot'], thread.mark, cycle, cycle + 1);
  });
}

/** Flag changes that are visible in the next tick are made now, in order of issue (rule 13). */
export function showFlags(c: Context, pe: number): void {
  const element = c.state.pes[pe];
  const next = c.state.cycle + 1;
  for (const { tick, task, kind } of element.pending) {
    if (tick > next) continue;
    if (kind === 'activate') element.active[task] = true;
    else element.blocked[task] = kind === 'block';
  }
  element.pending = element.pending.filter((flag) => flag.tick > next);
}

/** Whether, with everything in flight arrived, this element can still do something, or is doing it (rule 17). */
export function elementCanMove(c: Context, pe: number): boolean {
  const { cycle, pes } = c.state;
  const element = pes[pe];
  if (element.slotFree > cycle || element.pending.length > 0) return true;
  if (!element.threads[MAIN_THREAD] && runnable(c, pe, Number.POSITIVE_INFINITY) !== 0) return true;
  return element.threads.some((_, number) => isReady(c, pe, number, Number.POSITIVE_INFINITY));
}
