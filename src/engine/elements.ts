/**
 * The compute elements of the wavelet engine: tasks, threads, the issue slot, vector ops. One event = one turn of a
 * PE's element; it sleeps while its threads wait for wavelets or room. A vector op without fabric operands on a PE
 * without microthreads cannot be disturbed, so it runs as one batch and is cut only when somebody looks (materialise).
 * Rules: docs/tick.md 8-15. Values: alu.ts, vector.ts.
 */

import { controlData, controlTask } from '../machine/control.ts';
import { afterPick, pickTask, type TaskPicker } from '../machine/picker.ts';
import { MAIN_THREAD } from '../machine/program.ts';
import { KIND } from '../trace/schema.ts';
import { AT, type CompiledInstruction, IS } from './compile.ts';
import { ElementControl } from './element-control.ts';
import type { Pending } from './element-state.ts';
import { SUMMED, SUMMING } from './element-sums.ts';
import { LANE } from './fabric-fields.ts';

const READY = -1;
const LOWEST: TaskPicker = { kind: 'lowest' };

export class Elements extends ElementControl {
  /** A compute element's turn at tick t. */
  event(pe: number, t: number): void {
    if (this.streaming[pe] === 1) {
      this.streamEvent(pe);
      return;
    }
    if (this.streaming[pe] === SUMMED) {
      this.applyPending(pe, t);
      this.goAhead(pe);
      return;
    }
    const main = this.first[pe + 1] - 1;
    if (this.batch[main] >= 0) {
      if (this.ready[main] <= t) this.finishBatch(pe, main, t);
      else if (!this.alone(pe, main)) this.cutBatch(pe, main, t);
    }
    this.applyPending(pe, t);
    if (this.task[main] < 0 && this.ready[main] <= t) this.pick(pe, main, t);
    this.grant(pe, main, t);
    if (this.streaming[pe] === 0 && this.slotFree[pe] > t && this.busy(pe)) this.wheel.schedule(pe, this.slotFree[pe]);
  }

  private applyPending(pe: number, t: number): void {
    const list = this.pending.size > 0 ? this.pending.get(pe) : undefined;
    if (!list) return;
    const later: Pending[] = [];
    for (const p of list) {
      if (p.tick > t) later.push(p);
      else if (p.kind === 'activate') this.active[pe] |= 1 << p.task;
      else if (p.kind === 'block') this.blocked[pe] |= 1 << p.task;
      else this.blocked[pe] &= ~(1 << p.task);
    }
    if (later.length > 0) this.pending.set(pe, later);
    else this.pending.delete(pe);
    for (const p of later) this.wheel.schedule(pe, p.tick);
  }

  /** Rule 9: the picker's choice among the tasks that could start. */
  private pick(pe: number, main: number, t: number): void {
    const { triggers } = this.classOf(pe);
    let runnable = this.active[pe] & ~this.blocked[pe];
    if (triggers.length > 0) runnable |= this.triggered(pe, t);
    if (runnable === 0) return;
    const picker = this.program.picker ?? LOWEST;
    const task = pickTask(picker, runnable, pe, this.picker[pe] ?? 0);
    if (this.picker.length > 0) this.picker[pe] = afterPick(picker, task, this.picker[pe]);
    this.active[pe] &= ~(1 << task);
    if (triggers.length > 0) this.takeTrigger(pe, task, t);
    this.task[main] = task;
    this.running[0]++;
    this.goTo(main, 0);
    this.last[0] = Math.max(this.last[0], t + 1);
    this.clock = t;
    this.runFree(pe, main, t, t + 1);
    if (this.task[main] < 0) this.wheel.schedule(pe, t + 1);
  }

  /** Data and control tasks whose wavelet is ready at t and that are not blocked; the element's turn comes with the next word. */
  private triggered(pe: number, t: number): number {
    let mask = 0;
    for (const { task, queue } of this.classOf(pe).triggers) {
      const lane = queue >= 0 ? this.dataHead(pe, queue, t) : this.controlHead(pe, task, t);
      if (lane >= 0 && ((this.blocked[pe] >> task) & 1) === 0) mask |= 1 << task;
    }
    return mask;
  }

  /** The lane of an input queue whose head is a data wavelet that is ready at t, else -1. */
  private dataHead(pe: number, queue: number, t: number): number {
    const lane = this.c.channels.inputFirst[pe] + queue;
    return this.inputArrived(pe, lane, 1, t) && !this.fabric.inputControl(lane, 1) ? lane : -1;
  }

  /** The first lane whose head is a control wavelet for `task` that is ready at t, else -1. */
  private controlHead(pe: number, task: number, t: number): number {
    const { inputFirst } = this.c.channels;
    let found = -1;
    for (let lane = inputFirst[pe]; lane < inputFirst[pe + 1]; lane++) {
      if (!this.inputArrived(pe, lane, 1, t) || !this.fabric.inputControl(lane, 1) || found >= 0) continue;
      if (controlTask(this.fabric.laneRing[this.fabric.inputAt(lane, 0)]) === task) found = lane;
    }
    return found;
  }

  /** A data or control task starts at t: its wavelet is taken. */
  private takeTrigger(pe: number, task: number, t: number): void {
    const trigger = this.classOf(pe).triggers.find((each) => each.task === task);
    if (!trigger) return;
    const lane = trigger.queue >= 0 ? this.dataHead(pe, trigger.queue, t) : this.controlHead(pe, task, t);
    const word = this.fabric.pop(lane, t);
    this.recorder?.use(lane, t);
    this.registers[pe * this.c.registers + trigger.register] = trigger.queue >= 0 ? word : controlData(word);
  }

  /** Rules 11 and 12: who issues; the others' reasons for standing still are noted. */
  private grant(pe: number, main: number, t: number): void {
    const free = this.slotFree[pe] <= t;
    let winner = -1;
    const micros = main - this.first[pe];
    if (micros === 0) {
      if (this.task[main] < 0 || this.ready[main] > t) return;
      const status = this.status(pe, main, t);
      if (status === READY && free) winner = main;
      else this.stall(pe, main, status === READY ? KIND.slot : status, t);
    } else winner = this.grantAmong(pe, main, micros, free, t);
    if (winner < 0) return;
    this.endStall(pe, winner, t);
    if (winner === main) this.issueMain(pe, main, t);
    else this.issueMicrothread(pe, winner, t);
    // A longer issue may have taken the word or the room another thread was ready for: its reason to wait changes at t + 1.
    if (micros > 0 && this.slotFree[pe] > t + 1 && (winner !== main || this.othersWait(pe, main))) this.wheel.schedule(pe, t + 1);
  }

  /** Whether what main issues may change why a microthread waits: a batch touches neither queues nor FIFOs. */
  private othersWait(pe: number, main: number): boolean {
    return this.batch[main] < 0 && !this.alone(pe, main);
  }

  private grantAmong(pe: number, main: number, micros: number, free: boolean, t: number): number {
    const numbers = this.classOf(pe).threads;
    let start = 0;
    while (start < micros && numbers[start] <= this.lastMicro[pe]) start++;
    let winner = -1;
    for (let k = 0; k <= micros; k++) {
      const th = k === micros ? main : this.first[pe] + ((start + k) % micros);
      if (this.task[th] < 0 || this.ready[th] > t) continue;
      const status = this.status(pe, th, t);
      if (status === READY && free && winner < 0) winner = th;
      else this.stall(pe, th, status === READY ? KIND.slot : status, t);
    }
    return winner;
  }

  /** READY, or the kind of stall; what it waits for will wake the element. */
  private status(pe: number, th: number, t: number): number {
    const ins = this.instruction(pe, th);
    if (ins.is !== IS.VECTOR) return READY;
    const main = th === this.first[pe + 1] - 1;
    if (main && ins.thread >= 0) return this.task[this.microSlot(pe, ins.thread)] < 0 ? READY : KIND.slot;
    if (ins.memoryOnly || (main && !this.started[th] && ins.setup > 0)) return READY;
    if (ins.aFifo > 0 && this.memoryFifoCount(pe, ins.a.index) < ins.aFifo) return KIND.wait;
    if (ins.bFifo > 0 && this.memoryFifoCount(pe, ins.b.index) < ins.bFifo) return KIND.wait;
    const lanes = this.c.channels.inputFirst[pe];
    if (ins.aWords > 0 && !this.inputReady(pe, lanes + ins.a.index, ins.aWords, t)) return KIND.wait;
    if (ins.bWords > 0 && !this.inputReady(pe, lanes + ins.b.index, ins.bWords, t)) return KIND.wait;
    if (ins.d.at === AT.FABRIC) {
      const channel = this.c.outputFifo[this.c.channels.outputFirst[pe] + ins.d.index];
      if (!this.fabric.hasRoom(channel, t)) {
        this.fabric.wakeElementOnRoom(channel, t);
        return KIND.blocked;
      }
    }
    if (ins.d.at === AT.FIFO && this.memoryFifoCount(pe, ins.d.index) >= this.memoryFifoOf(pe, ins.d.index).capacity) return KIND.blocked;
    return READY;
  }

  /** Whether the first `words` words of an input queue are ready and data; if not, the element's turn comes when that may change. */
  private inputReady(pe: number, lane: number, words: number, t: number): boolean {
    if (!this.inputArrived(pe, lane, words, t)) return false;
    if (this.c.controlColors === 0) return true;
    if (!this.fabric.inputControl(lane, 1) && (words === 1 || !this.fabric.inputControl(lane, 2))) return true;
    return false;
  }

  private inputArrived(pe: number, lane: number, words: number, t: number): boolean {
    const ready = this.fabric.inputReady(lane, words);
    if (ready >= 0 && ready <= t) return true;
    if (ready < 0) this.fabric.wakeElementOnWord(lane);
    else this.wheel.schedule(pe, ready);
    return false;
  }

  private stall(pe: number, th: number, kind: number, t: number): void {
    if (this.stallKind[th] === kind) return;
    this.endStall(pe, th, t);
    this.stallKind[th] = kind;
    this.stallFrom[th] = t;
  }

  /** Records the stalls that last at cycle `t`, at which the run ends with an error. */
  tellStalls(t: number): void {
    for (let pe = 0; pe + 1 < this.first.length; pe++) for (let th = this.first[pe]; th < this.first[pe + 1]; th++) this.endStall(pe, th, t);
  }

  /** Records the stalls that last at cycle `t` up to there; they go on. */
  tellLasting(t: number): void {
    for (let pe = 0; pe + 1 < this.first.length; pe++) {
      for (let th = this.first[pe]; th < this.first[pe + 1]; th++) {
        if (this.stallKind[th] < 0 || this.stallFrom[th] >= t) continue;
        this.recorder?.span(pe, this.threadNumber(pe, th), this.stallKind[th], this.mark[th], this.stallFrom[th], t);
        this.stallFrom[th] = t;
      }
    }
  }

  /** Takes the issue slot during [t, t + cycles) and records it. */
  private hold(pe: number, th: number, ins: CompiledInstruction, t: number, cycles: number): void {
    this.holdUntil(pe, th, ins, t, t + cycles);
  }

  private issueMain(pe: number, main: number, t: number): void {
    if (this.started[main] === 0 && this.alone(pe, main)) {
      this.ready[main] = t;
      this.runAhead(pe, main);
      if (this.openAhead(pe, main) || this.ready[main] > t) return;
    }
    const ins = this.instruction(pe, main);
    if (ins.is !== IS.VECTOR) {
      const cost = this.controlCycles(pe, ins);
      this.hold(pe, main, ins, t, cost);
      this.clock = t;
      this.control(pe, main, ins, t, t + cost);
      this.clock = t + cost;
      this.runFree(pe, main, t, t + cost);
      return;
    }
    if (ins.thread >= 0) {
      this.launch(pe, main, ins, t);
      return;
    }
    if (!this.started[main]) {
      this.started[main] = 1;
      this.capture(pe, main, ins);
      if (ins.setup > 0) this.hold(pe, main, ins, t, ins.setup);
      if (ins.memoryOnly && this.safe[main]) {
        this.startBatch(pe, main, ins, t + ins.setup);
        return;
      }
      if (ins.setup > 0) return;
    } else if (ins.memoryOnly && this.safe[main]) {
      this.startBatch(pe, main, ins, t);
      return;
    }
    if (this.canStream(pe, main, ins)) {
      this.openStream(pe, main, ins, t);
      this.absorb(pe, this.laneOf(pe, ins));
    } else if (this.issueGroup(pe, main, ins, t)) this.endOp(pe, main, ins, t, this.ready[main]);
  }

  /**
   * Main of a PE without microthreads has run ahead to an op that reads a queue: if that can be a stream, it is opened before its
   * time, so that words are used as they are delivered from the first one on. Returns whether it was.
   */
  private openAhead(pe: number, main: number): boolean {
    if (this.task[main] < 0) return false;
    const ins = this.instruction(pe, main);
    const begin = this.ready[main] + ins.setup;
    if (ins.is !== IS.VECTOR || ins.thread >= 0 || ins.memoryOnly || begin >= this.fabric.horizon) return false;
    this.capture(pe, main, ins);
    if (this.canStream(pe, main, ins)) {
      this.started[main] = 1;
      if (ins.setup > 0) this.hold(pe, main, ins, this.ready[main], ins.setup);
      this.openStream(pe, main, ins, begin);
      this.absorb(pe, this.laneOf(pe, ins));
      return true;
    }
    this.goTo(main, this.pc[main]);
    return false;
  }

  /** A streaming element's turn: all its words have come, or something else woke it, which can wait. */
  private streamEvent(pe: number): void {
    const into = this.streamLane(pe);
    const l = into * LANE.FIELDS;
    if (this.fabric.lane[l + LANE.LEFT] === 0) this.finishStream(pe, this.fabric.lane[l + LANE.USED]);
    else this.absorb(pe, into);
  }

  /** The stream's last element is used at t, which may be still to come: nobody can look before. Main goes on ahead. */
  private finishStream(pe: number, t: number): void {
    const earlier = this.fabric.usesBefore(this.streamLane(pe), this.fabric.now);
    if (earlier >= 0) {
      this.wheel.schedule(pe, earlier);
      return;
    }
    const main = this.first[pe + 1] - 1;
    const ins = this.instruction(pe, main);
    this.closeStream(pe);
    this.endOp(pe, main, ins, t, t + 1);
    this.goAhead(pe);
  }

  /** Main, which has nothing to wait for before the tick at which it is ready, goes on ahead. */
  private goAhead(pe: number): void {
    const main = this.first[pe + 1] - 1;
    if (this.task[main] >= 0 && this.ready[main] < this.fabric.horizon) {
      this.runAhead(pe, main, true);
      if (this.streaming[pe] >= SUMMING) return;
      this.openAhead(pe, main);
      if (this.streaming[pe] === 1) return;
      if (this.task[main] >= 0) {
        this.wheel.schedule(pe, this.ready[main]);
        return;
      }
    }
    // A flag that came up while the stream ran has had no turn yet: it may make a task runnable.
    if (this.busy(pe) || this.pending.has(pe)) this.wheel.schedule(pe, this.ready[main]);
  }

  /**
   * Ends all streams after their uses so far, so that what they wait for is noted the general way. Returns whether there
   * were any. `now` is the next tick to be executed.
   */
  closeStreams(now: number): boolean {
    if (this.streams[0] === 0) return false;
    for (let pe = 0; pe < this.slotFree.length; pe++) if (this.streaming[pe] === 1) this.suspendStream(pe, now);
    return true;
  }

  private suspendStream(pe: number, now: number): void {
    this.closeStream(pe);
    const main = this.first[pe + 1] - 1;
    const next = this.ready[main];
    if (next < now) this.stall(pe, main, KIND.wait, next);
    this.wheel.schedule(pe, Math.max(now, next));
  }

  /** A vector op of main is over at tick e: flags, next instruction, free ones behind it. */
  private endOp(pe: number, main: number, ins: CompiledInstruction, t: number, e: number, issued = t): void {
    this.completionFlags(pe, ins, t, e);
    this.goTo(main, this.pc[main] + 1);
    this.clock = e;
    this.runFree(pe, main, t, e, issued);
  }

  private issueMicrothread(pe: number, th: number, t: number): void {
    const ins = this.instruction(pe, th);
    this.lastMicro[pe] = this.threadNumber(pe, th);
    if (!this.issueGroup(pe, th, ins, t)) return;
    this.completionFlags(pe, ins, t, this.ready[th]);
    this.task[th] = -1;
    this.running[0]--;
  }

  /** Rule 13: main starts a microthread op. */
  private launch(pe: number, main: number, ins: CompiledInstruction, t: number): void {
    const th = this.microSlot(pe, ins.thread);
    this.hold(pe, main, ins, t, Math.max(1, ins.setup));
    this.task[th] = this.task[main];
    this.goTo(th, this.pc[main]);
    this.started[th] = 1;
    this.mark[th] = this.mark[main];
    this.ready[th] = this.ready[main];
    this.running[0]++;
    this.capture(pe, th, ins);
    this.goTo(main, this.pc[main] + 1);
    this.clock = this.ready[main];
    this.runFree(pe, main, t, this.ready[main]);
  }

  /** Issues the next group of a thread's op; true if it was the last. */
  private issueGroup(pe: number, th: number, ins: CompiledInstruction, t: number): boolean {
    const from = this.done[th];
    const to = Math.min(ins.length, from + ins.width);
    this.hold(pe, th, ins, t, ins.cycles + this.conflict(ins, th, from));
    if (ins.memoryOnly && this.safe[th]) this.execute(pe, th, ins, from, to);
    else for (let i = from; i < to; i++) this.oneElement(pe, th, ins, i, from, t);
    this.done[th] = to;
    if (ins.d.at === AT.FABRIC && this.isSender(pe, th, ins)) this.fabric.hope(pe, ins.length - 1 - to, t);
    return to === ins.length;
  }

  /**
   * The rest of a memory-only op of main, while the microthreads wait or are off: its end is known, so only that is scheduled.
   * What a microthread waits for wakes the element, which cuts the batch.
   */
  private startBatch(pe: number, main: number, ins: CompiledInstruction, begin: number): void {
    const end = begin + this.groupsCycles(ins, this.baseA[main], this.baseB[main], this.done[main]);
    this.batch[main] = begin;
    this.ready[main] = end;
    this.slotFree[pe] = end;
    if (end > this.last[0]) this.last[0] = end;
    this.wheel.schedule(pe, end);
  }

  /** `now` is the tick whose turn this is; a batch cut by materialise ends before its turn. */
  private finishBatch(pe: number, main: number, now: number): void {
    const ins = this.instruction(pe, main);
    this.execute(pe, main, ins, this.done[main], ins.length);
    const e = this.ready[main];
    this.recorder?.span(pe, MAIN_THREAD, ins.activity, this.mark[main], this.batch[main], e);
    this.batch[main] = -1;
    const lastGroup = Math.floor((ins.length - 1) / ins.width) * ins.width;
    this.endOp(pe, main, ins, now, e, e - ins.cycles - this.conflict(ins, main, lastGroup));
  }

  /** A microthread may want the issue slot at t: the groups of the batch that are not issued before t are issued one by one, or as a batch anew. */
  private cutBatch(pe: number, main: number, t: number): void {
    this.materialise(pe, t);
    if (this.batch[main] < 0) return;
    this.ready[main] = this.batch[main];
    this.slotFree[pe] = this.batch[main];
    this.batch[main] = -1;
  }

  /** Cuts a running batch at tick k: the groups issued before k have happened, the others not (so that state(k) is exact). */
  materialise(pe: number, k: number): void {
    if (this.streaming[pe] === 1) this.suspendStream(pe, k);
    const main = this.first[pe + 1] - 1;
    if (this.batch[main] < 0 || this.batch[main] >= k) return;
    const ins = this.instruction(pe, main);
    let tick = this.batch[main];
    let i = this.done[main];
    for (; i < ins.length && tick < k; i += ins.width) tick += ins.cycles + this.conflict(ins, main, i);
    if (i >= ins.length) {
      this.finishBatch(pe, main, k - 1);
      if (!this.busy(pe) && !this.pending.has(pe)) this.wheel.cancel(pe);
      return;
    }
    this.execute(pe, main, ins, this.done[main], i);
    this.recorder?.span(pe, MAIN_THREAD, ins.activity, this.mark[main], this.batch[main], tick);
    this.done[main] = i;
    this.batch[main] = tick;
  }
}
