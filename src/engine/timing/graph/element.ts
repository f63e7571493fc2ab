/**
 * A compute element of the graph as an agent: the ticks at which something can change for it, which task starts, which thread
 * issues. Main alone waits until all it lacks is known; beside microthreads every tick at which one of them may change is looked
 * at. Rules: docs/tick.md 9, 12 and 14.
 */

import { controlData, controlTask } from '../../../machine/control.ts';
import { afterPick, pickTask } from '../../../machine/picker.ts';
import { KIND } from '../../../trace/schema.ts';
import type { CompiledInstruction } from '../../compile.ts';
import { Declined } from '../declined.ts';
import { ElementIssue } from './element-issue.ts';
import { READY, type Thread } from './element-state.ts';
import { MOST, type Queue, TAG, UNKNOWN } from './queues.ts';

/** Where the ticks of plain words are written. */
const TICKS = new Int32Array(MOST);

export class ElementAgent extends ElementIssue {
  private soonest = UNKNOWN;

  /** The host starts a task, visible at `tick`. */
  launch(task: number, tick: number): void {
    this.flag(task, 'activate', tick);
  }

  /** The host writes into the memory. */
  forgetMemory(): void {
    this.place.course.known.forgetMemory();
  }

  next(): number {
    const { main } = this;
    this.isCertain = true;
    // It may have started its task at this very tick.
    if (main.task >= 0 && this.isAlone) return this.issueAt(main);
    this.soonest = UNKNOWN;
    if (this.recheck) this.consider(this.now + 1);
    if (main.task < 0) this.considerTasks();
    else this.considerThread(main);
    for (const thread of this.micros) if (thread.task >= 0) this.considerThread(thread);
    return this.soonest;
  }

  override advance(): number {
    for (;;) {
      if (this.follow()) return UNKNOWN;
      const tick = this.next();
      if (tick === UNKNOWN || !this.isCertain) return tick;
      this.act(tick);
    }
  }

  /** Main alone goes on until it waits for words or room. */
  override follow(): boolean {
    while (this.main.task >= 0 && this.isAlone && this.main.stall < 0 && this.slotFree <= this.main.ready) if (!this.goOn()) return true;
    return false;
  }

  /** Main alone goes on with an issue, or as many takes as there are words; false if words or room are not known. */
  private goOn(): boolean {
    const { main } = this;
    const ins = this.instruction(main);
    if (this.usesQueues(main, ins)) {
      if (ins.isTake && main.started && this.takeWords(ins)) return true;
      const words = this.wordsAt(main);
      const room = this.roomAt(main);
      if (words === UNKNOWN || room === UNKNOWN) return false;
      const there = Math.max(main.ready, words);
      const tick = Math.max(there, room);
      this.span(main, KIND.wait, main.ready, there);
      this.span(main, KIND.blocked, there, tick);
      this.issueAlone(tick);
    } else this.issueAlone(main.ready);
    return true;
  }

  private issueAlone(tick: number): void {
    this.now = tick;
    if (this.pending.length > 0) this.showFlags(tick);
    this.issueMain(tick);
    this.recheck = this.micros.length > 0;
  }

  /** Main alone takes the words that are there or come straight to it, one an issue, all but the op's last; whether there are any. */
  private takeWords(ins: CompiledInstruction): boolean {
    const { main, place } = this;
    const input = place.inputs[ins.aWords > 0 ? ins.a.index : ins.b.index];
    const { cycles, width, length } = ins;
    if (this.pending.length > 0 || place.order) return false;
    const most = Math.min(MOST, Math.ceil((length - main.done) / width) - 1);
    let count = input.readyTimes(TICKS, main.ready, cycles, most);
    if (count > 0) {
      input.popAll(TICKS, count);
      input.wakeFeeder(place.clock);
    } else if (most > 0 && input.isEmpty) count = input.feeder?.passTo(input, TICKS, main.ready, cycles, most) ?? 0;
    if (count > 0) this.takeAll(ins, input.lane, count);
    return count > 0;
  }

  /** Words are taken at TICKS. */
  private takeAll({ cycles, width, activity }: CompiledInstruction, lane: number, count: number): void {
    const { main, place } = this;
    let { ready } = main;
    for (let i = 0; i < count; ) {
      const tick = TICKS[i];
      this.span(main, KIND.wait, ready, tick);
      for (ready = tick; i < count && TICKS[i] === ready; i++) ready += cycles;
      this.span(main, activity, tick, ready);
    }
    place.recorder.useAll(lane, TICKS, count);
    main.done += count * width;
    main.ready = ready;
    this.slotFree = ready;
    this.now = ready - cycles;
    place.clock.over(ready);
  }

  private consider(tick: number): void {
    if (tick === UNKNOWN) this.isCertain = false;
    else this.soonest = Math.min(this.soonest, Math.max(tick, this.now + 1));
  }

  private considerTasks(): void {
    const { main, place } = this;
    if ((this.active & ~this.blocked) !== 0) this.consider(main.ready);
    for (const { tick } of this.pending) this.consider(Math.max(tick, main.ready));
    const mayStart = (this.active & ~this.blocked) !== 0 || this.pending.length > 0 || place.cls.triggers.length > 0;
    // What a task that starts beside microthreads finds in its queues must be known.
    if (mayStart && !this.isAlone && (place.inputs.some((queue) => queue.isEmpty) || !place.outputs.every((targets) => targets.isKnown)))
      this.consider(UNKNOWN);
    if (place.cls.triggers.length === 0) return;
    for (const queue of place.inputs) if (queue.isEmpty) this.consider(UNKNOWN);
    for (const { task, queue } of place.cls.triggers) {
      if ((this.blocked >> task) & 1) continue;
      for (const head of this.headsFor(task, queue)) this.consider(Math.max(head.ready(0), main.ready));
    }
  }

  private considerThread(thread: Thread): void {
    const ins = this.instruction(thread);
    const words = this.wordsAt(thread);
    const room = this.roomAt(thread);
    if (words === UNKNOWN || room === UNKNOWN) this.consider(UNKNOWN);
    if (thread.ready > this.now) this.consider(thread.ready);
    else if (words > this.now) this.consider(words);
    else if (room > this.now) this.consider(room);
    // A microthread that is wanted ends with an issue, after which everybody looks again.
    else if (thread !== this.main || ins.thread < 0 || this.micro(ins.thread).task < 0) this.consider(this.slotFree);
  }

  act(tick: number): void {
    this.now = tick;
    this.recheck = false;
    this.showFlags(tick);
    if (this.main.task < 0 && this.main.ready <= tick) this.pick(tick);
    this.grant(tick);
  }

  private showFlags(tick: number): void {
    if (this.pending.length === 0) return;
    for (const { tick: at, task, kind } of this.pending) {
      if (at > tick) continue;
      if (kind === 'activate') this.active |= 1 << task;
      else if (kind === 'block') this.blocked |= 1 << task;
      else this.blocked &= ~(1 << task);
    }
    this.pending = this.pending.filter(({ tick: at }) => at > tick);
  }

  private pick(tick: number): void {
    const { place, main } = this;
    let runnable = this.active & ~this.blocked;
    for (const { task, queue } of place.cls.triggers) {
      if (((this.blocked >> task) & 1) === 0 && this.triggerOf(task, queue, tick)) runnable |= 1 << task;
    }
    if (runnable === 0) return;
    const task = pickTask(place.picker, runnable, place.pe, this.pickerState);
    this.pickerState = afterPick(place.picker, task, this.pickerState);
    this.active &= ~(1 << task);
    const queue = this.takeTrigger(task, tick);
    place.order?.picked(place.pe, task, queue, tick);
    main.task = task;
    main.ready = tick;
    main.goTo(0);
    place.clock.over(tick + 1);
    this.runFree(tick + 1);
    if (main.task < 0) this.recheck = true;
  }

  /** The queue whose head starts a task by `tick`. */
  private triggerOf(task: number, queue: number, tick: number): Queue | undefined {
    return this.headsFor(task, queue).find((input) => input.ready(0) <= tick);
  }

  /** The queues whose head starts a task, now or later: any with its control wavelet, or with a word where the task is of a queue. */
  private headsFor(task: number, queue: number): readonly Queue[] {
    const { inputs } = this.place;
    const isKnown = (input: Queue, control: boolean): boolean => input.ready(0) !== UNKNOWN && ((input.tag(0) & TAG.CONTROL) !== 0) === control;
    if (queue >= 0) return isKnown(inputs[queue], false) ? [inputs[queue]] : [];
    return inputs.filter((input) => isKnown(input, true) && controlTask(this.wordOf(input)) === task);
  }

  private wordOf(input: Queue): number {
    const { word } = input;
    if (word === undefined) throw new Declined('data-dependent control', `a control wavelet at ${this.place.name}`);
    return word;
  }

  /** Takes the wavelet that starts a task; the input queue it was in, or -1 for a task that needs none. */
  private takeTrigger(task: number, tick: number): number {
    const trigger = this.place.cls.triggers.find((each) => each.task === task);
    const input = trigger && this.triggerOf(task, trigger.queue, tick);
    if (!trigger || !input) return -1;
    if (trigger.queue >= 0) this.place.course.known.forget(trigger.register);
    else this.place.course.known.set(trigger.register, controlData(this.wordOf(input)));
    this.take(input, tick);
    return this.place.inputs.indexOf(input);
  }

  private grant(tick: number): void {
    const { micros, main } = this;
    if (this.isAlone) {
      this.grantMain(tick);
      return;
    }
    this.seen = tick;
    const isFree = this.slotFree <= tick;
    const start = Math.max(
      0,
      micros.findIndex((thread) => thread.number > this.lastMicro),
    );
    let winner: Thread | undefined;
    for (let k = 0; k <= micros.length; k++) {
      const thread = k === micros.length ? main : micros[(start + k) % micros.length];
      if (thread.task < 0 || thread.ready > tick) continue;
      const status = this.status(thread, tick);
      if (status === READY && isFree && !winner) winner = thread;
      else this.stall(thread, status === READY ? KIND.slot : status, tick);
    }
    if (!winner) return;
    this.endStall(winner, tick);
    if (winner === main) this.issueMain(tick);
    else this.issueMicro(winner, tick);
    if (micros.length > 0) this.recheck = true;
  }

  /** Main alone: what it lacked in the ticks since it last looked is known when it issues. */
  private grantMain(tick: number): void {
    const { main, seen } = this;
    if (main.task < 0 || this.issueAt(main) > tick) return;
    this.tellLacks(main, main.stall < 0 ? main.ready : Math.max(main.ready, seen + 1));
    this.endStall(main, tick);
    this.issueMain(tick);
    if (this.micros.length > 0) this.recheck = true;
  }
}
