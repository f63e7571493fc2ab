/**
 * The compute element's part of the reference tick: which task starts, which thread issues, and why the others do not.
 * What an issue does to words is reference-issue.ts. Models: docs/tick.md rules 8 to 14.
 */

import { findChannel } from '../machine/channels.ts';
import { Port } from '../machine/fabric.ts';
import { setupCycles } from '../machine/price.ts';
import { MAIN_THREAD, MICROTHREADS, type VectorInstruction } from '../machine/program.ts';
import { KIND } from '../trace/schema.ts';
import { hasRoom } from './reference-fabric.ts';
import { issueMain, issueMicrothread, runFree } from './reference-issue.ts';
import { type Context, instructionOf, type Thread } from './reference-state.ts';

/** One tick of one compute element. It reads its queues as of the start of the tick: the fabric moves afterwards. */
export function stepElement(c: Context, pe: number): void {
  pickTask(c, pe);
  const chosen = grant(c, pe);
  recordStalls(c, pe, chosen);
  if (chosen === MAIN_THREAD) issueMain(c, pe);
  else if (chosen >= 0) issueMicrothread(c, pe, chosen);
}

/** The lowest-numbered task that could start, or -1. */
const pickable = (c: Context, pe: number): number => c.state.pes[pe].active.findIndex((active, task) => active && !c.state.pes[pe].blocked[task]);

/** Rules 9 and 10: an idle main takes a task and runs it up to its first instruction that costs something. */
function pickTask(c: Context, pe: number): void {
  const { cycle, pes } = c.state;
  const element = pes[pe];
  if (element.threads[MAIN_THREAD] || element.mainFree > cycle) return;
  const task = pickable(c, pe);
  if (task < 0) return;
  element.active[task] = false;
  element.threads[MAIN_THREAD] = { task, instruction: 0, started: false, position: 0, scalar: 0, bases: [0, 0, 0], mark: element.mark, ready: cycle };
  runFree(c, pe, cycle + 1);
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

/** What keeps a vector op's next group from issuing at `tick`; undefined if nothing does. */
function fabricStall(c: Context, pe: number, op: VectorInstruction, tick: number): 'wait' | 'blocked' | undefined {
  const { channels, program, state } = c;
  const queues = [op.a, op.b].flatMap((o) => (o?.kind === 'fabricIn' ? [o.queue] : []));
  for (const queue of queues) {
    const needed = queues.filter((q) => q === queue).length;
    const ready = state.inputs[channels.inputFirst[pe] + queue].filter((entry) => entry.ready <= tick).length;
    if (ready < needed) return 'wait';
  }
  if (op.destination.kind !== 'fabricOut') return undefined;
  const { color } = program.classes[program.classOf[pe]].outputs[op.destination.queue];
  return hasRoom(c, findChannel(channels, pe, Port.RAMP, color)) ? undefined : 'blocked';
}

/** What keeps a thread from issuing at `tick` apart from the slot (rules 11 and 14); undefined if it is ready. */
function stallOf(c: Context, pe: number, thread: Thread, number: number, tick: number): 'wait' | 'blocked' | 'slot' | undefined {
  const instruction = instructionOf(c.program, pe, thread);
  if (instruction.kind !== 'vector') return undefined;
  if (number === MAIN_THREAD && instruction.thread !== undefined) return c.state.pes[pe].threads[instruction.thread] ? 'slot' : undefined;
  if (!thread.started && setupCycles(instruction, c.program.machine) > 0) return undefined;
  return fabricStall(c, pe, instruction, tick);
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

/** Whether, with everything in flight arrived, this element can still do something, or is doing it (rule 16). */
export function elementCanMove(c: Context, pe: number): boolean {
  const { cycle, pes } = c.state;
  const element = pes[pe];
  if (element.slotFree > cycle || element.pending.length > 0) return true;
  if (!element.threads[MAIN_THREAD] && pickable(c, pe) >= 0) return true;
  return element.threads.some((_, number) => isReady(c, pe, number, Number.POSITIVE_INFINITY));
}
