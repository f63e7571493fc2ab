/**
 * A compute element of the graph: what it holds, and when the words and the room that a thread waits for are there. What is not
 * known yet is not there (queues.ts). Rules: docs/tick.md 8, 11 and 14.
 */

import type { TaskPicker } from '../../../machine/picker.ts';
import { MAIN_THREAD, type MemoryFifo } from '../../../machine/program.ts';
import type { Recorder } from '../../../trace/recorder.ts';
import { KIND } from '../../../trace/schema.ts';
import { AT, type CompiledClass, type CompiledInstruction, IS } from '../../compile.ts';
import type { Course, Step } from './course.ts';
import { Agent, type Clock, type Queue, TAG, UNKNOWN } from './queues.ts';
import type { Targets } from './targets.ts';

/** A thread that can issue, apart from the slot. */
export const READY = -1;

/** Who is told in which order threads issue and tasks start, PE by PE, and when the host steps in. */
export interface IssueOrder {
  issued(pe: number, thread: number, tick: number, end: number): void;
  /** `queue` is the input queue whose wavelet started the task, or -1. */
  picked(pe: number, task: number, queue: number, tick: number): void;
  rested(): void;
}

/** What an element is given. */
export interface ElementPlace {
  readonly pe: number;
  /** Number of the element in the trace. */
  readonly lane: number;
  readonly name: string;
  readonly cls: CompiledClass;
  readonly course: Course;
  readonly inputs: readonly Queue[];
  readonly outputs: readonly Targets[];
  /** First lane of its output queues in the trace. */
  readonly outputLane: number;
  readonly fifos: readonly MemoryFifo[];
  readonly ramp: number;
  readonly completion: number;
  readonly picker: TaskPicker;
  readonly clock: Clock;
  readonly recorder: Recorder;
  /** Where the order of issues and starts is noted, if somebody asks for it. */
  readonly order: IssueOrder | undefined;
  /** It does nothing before this tick. */
  readonly begin: number;
}

/** A flag change that is visible from `tick` on. */
export interface Pending {
  readonly tick: number;
  readonly task: number;
  readonly kind: 'activate' | 'block' | 'unblock';
}

export class Thread {
  readonly number: number;
  task = -1;
  pc = 0;
  started = false;
  done = 0;
  ready = 0;
  mark = -1;
  baseA = 0;
  baseB = 0;
  /** Instructions that it has come to, and what the one at pc is, once that was looked up; both of main only. */
  count = -1;
  step: Step | undefined;
  stall = -1;
  stallFrom = 0;

  constructor(number: number) {
    this.number = number;
  }

  goTo(pc: number): void {
    this.pc = pc;
    this.started = false;
    this.done = 0;
    this.count++;
    this.step = undefined;
  }
}

export abstract class ElementState extends Agent {
  protected now = -1;
  /** The last tick at which every thread's stall was noted. */
  protected seen = -1;
  /** Somebody's reason to wait may change at the next tick. */
  protected recheck = false;
  protected slotFree = 0;
  protected lastMicro = -1;
  protected pickerState = 0;
  protected active: number;
  protected blocked: number;
  protected pending: Pending[] = [];
  protected readonly micros: readonly Thread[];
  protected readonly main = new Thread(MAIN_THREAD);
  protected readonly counts: Int32Array;
  readonly place: ElementPlace;
  /** Microthreads that run an op. */
  protected running = 0;

  constructor(place: ElementPlace) {
    super();
    this.place = place;
    this.active = place.cls.active;
    this.slotFree = place.begin;
    this.main.ready = place.begin;
    this.blocked = place.cls.blocked;
    this.micros = place.cls.threads.map((number) => new Thread(number));
    this.counts = new Int32Array(place.fifos.length);
    for (const queue of place.inputs) queue.taker = this;
  }

  /** Whether a thread has an instruction. */
  get isBusy(): boolean {
    return this.main.task >= 0 || this.running > 0;
  }

  /** Whether no microthread runs: then main alone decides when it goes on. */
  protected get isAlone(): boolean {
    return this.running === 0;
  }

  protected issueAt(thread: Thread): number {
    return Math.max(thread.ready, this.slotFree, this.wordsAt(thread), this.roomAt(thread));
  }

  /** When the words of a thread's next group are there; UNKNOWN also where another thread must add or take first. */
  protected wordsAt(thread: Thread): number {
    const ins = this.instruction(thread);
    if (!this.usesQueues(thread, ins)) return 0;
    if (ins.aFifo > 0 && this.counts[ins.a.index] < ins.aFifo) return UNKNOWN;
    if (ins.bFifo > 0 && this.counts[ins.b.index] < ins.bFifo) return UNKNOWN;
    const a = ins.aWords > 0 ? this.dataAt(ins.a.index, ins.aWords) : 0;
    return ins.bWords > 0 ? Math.max(a, this.dataAt(ins.b.index, ins.bWords)) : a;
  }

  protected dataAt(queue: number, words: number): number {
    const input = this.place.inputs[queue];
    let tick = 0;
    for (let i = 0; i < words; i++) {
      const ready = input.ready(i);
      if (ready === UNKNOWN || input.tag(i) & TAG.CONTROL) return UNKNOWN;
      tick = Math.max(tick, ready);
    }
    return tick;
  }

  protected roomAt(thread: Thread): number {
    const ins = this.instruction(thread);
    if (!this.usesQueues(thread, ins)) return 0;
    if (ins.d.at === AT.FABRIC) return this.place.outputs[ins.d.index].roomSince(thread.ready);
    return ins.d.at === AT.FIFO && this.counts[ins.d.index] >= this.place.fifos[ins.d.index].capacity ? UNKNOWN : 0;
  }

  /** Whether a thread is at elements with queues: not at a set-up, nor at handing an op over. */
  protected usesQueues(thread: Thread, ins: CompiledInstruction): boolean {
    if (ins.is !== IS.VECTOR || ins.memoryOnly) return false;
    return thread !== this.main || (ins.thread < 0 && (thread.started || ins.setup === 0));
  }

  protected status(thread: Thread, tick: number): number {
    const ins = this.instruction(thread);
    if (ins.is !== IS.VECTOR) return READY;
    if (thread === this.main && ins.thread >= 0) return this.micro(ins.thread).task < 0 ? READY : KIND.slot;
    if (this.wordsAt(thread) > tick) return KIND.wait;
    return this.roomAt(thread) > tick ? KIND.blocked : READY;
  }

  protected stall(thread: Thread, kind: number, tick: number): void {
    if (thread.stall === kind) return;
    this.endStall(thread, tick);
    thread.stall = kind;
    thread.stallFrom = tick;
  }

  protected span(thread: Thread, kind: number, begin: number, end: number): void {
    this.place.recorder.span(this.place.lane, thread.number, kind, thread.mark, begin, end);
  }

  protected endStall(thread: Thread, tick: number): void {
    if (thread.stall < 0) return;
    this.span(thread, thread.stall, thread.stallFrom, tick);
    thread.stall = -1;
  }

  /** Stalls of a lone thread from `from` on. */
  protected tellLacks(thread: Thread, from: number): void {
    const words = this.wordsAt(thread);
    const room = this.roomAt(thread);
    if (words > from) this.stall(thread, KIND.wait, from);
    const then = Math.max(from, words);
    if (room > then) this.stall(thread, KIND.blocked, then);
    const last = Math.max(then, room);
    if (this.slotFree > last) this.stall(thread, KIND.slot, last);
  }

  protected instruction(thread: Thread): CompiledInstruction {
    return this.place.cls.tasks[thread.task][thread.pc];
  }

  /** What main's instruction is without its data. */
  protected step(ins: CompiledInstruction): Step {
    const { main } = this;
    main.step ??= this.place.course.step(main.count, main.pc, ins);
    return main.step;
  }

  protected micro(number: number): Thread {
    return this.micros[this.place.cls.threads.indexOf(number)];
  }

  /** Tells the stalls that last at `tick`, where nothing can move any more. */
  tellStalls(tick: number): void {
    const { main } = this;
    if (main.task >= 0 && this.isAlone) this.tellLacks(main, main.stall < 0 ? main.ready : Math.max(main.ready, this.seen + 1));
    for (const thread of [...this.micros, main]) if (thread.task >= 0) this.endStall(thread, tick);
  }

  /** Tells once more what each thread lacks at `tick` (rule 17): words on their way to it then are no lack. */
  tellLacking(tick: number): void {
    const { main } = this;
    for (const thread of [...this.micros, main]) {
      if (thread.task >= 0) this.span(thread, this.status(thread, UNKNOWN - 1), tick, tick + 1);
    }
  }
}
