/** What an issue of a graph's element does in time: how long it holds the slot, which words come and go, which flags it sets. Rules: docs/tick.md 10 and 13. */
import { AT, type CompiledInstruction, IS } from '../../compile.ts';
import { FREE_LIMIT } from '../../faults.ts';
import { offsetOf } from '../../vector.ts';
import { Declined } from '../declined.ts';
import { conflict } from './course.ts';
import { ElementState, type Pending, type Thread } from './element-state.ts';
import { type Queue, TAG } from './queues.ts';

export abstract class ElementIssue extends ElementState {
  protected take(input: Queue, tick: number): void {
    input.pop(tick);
    this.place.recorder.use(input.lane, tick);
    input.wakeFeeder(this.place.clock);
  }

  protected hold(thread: Thread, kind: number, tick: number, cycles: number): void {
    thread.ready = tick + cycles;
    this.slotFree = tick + cycles;
    this.place.clock.over(tick + cycles);
    this.place.order?.issued(this.place.pe, thread.number, tick, tick + cycles);
    this.span(thread, kind, tick, tick + cycles);
  }

  protected issueMain(tick: number): void {
    const { main } = this;
    const ins = this.instruction(main);
    if (ins.is !== IS.VECTOR) {
      this.hold(main, ins.activity, tick, this.controlCycles(ins));
      this.control(ins, main.ready);
      this.runFree(main.ready);
    } else if (ins.thread >= 0) this.handOver(ins, tick);
    else {
      if (!main.started) {
        main.started = true;
        this.capture(main, ins);
        if (ins.memoryOnly && this.isAlone) {
          this.wholeOp(ins, tick);
          return;
        }
        if (ins.setup > 0) {
          this.hold(main, ins.activity, tick, ins.setup);
          return;
        }
      }
      if (!this.issueGroup(main, ins, tick)) return;
      this.endFlags(ins, main.ready);
      main.goTo(main.pc + 1);
      this.runFree(main.ready);
    }
  }

  /** A memory op that nothing can disturb. */
  protected wholeOp(ins: CompiledInstruction, tick: number): void {
    const { main } = this;
    this.hold(main, ins.activity, tick, this.step(ins).cycles);
    this.endFlags(ins, main.ready);
    main.goTo(main.pc + 1);
    this.runFree(main.ready);
  }

  protected handOver(ins: CompiledInstruction, tick: number): void {
    const { main } = this;
    const thread = this.micro(ins.thread);
    this.hold(main, ins.activity, tick, Math.max(1, ins.setup));
    thread.task = main.task;
    thread.goTo(main.pc);
    thread.started = true;
    thread.mark = main.mark;
    thread.ready = main.ready;
    this.capture(thread, ins);
    this.running++;
    main.goTo(main.pc + 1);
    this.runFree(main.ready);
  }

  protected issueMicro(thread: Thread, tick: number): void {
    const ins = this.instruction(thread);
    this.lastMicro = thread.number;
    if (!this.issueGroup(thread, ins, tick)) return;
    this.endFlags(ins, thread.ready);
    thread.task = -1;
    this.running--;
    this.place.course.giveBack(ins);
  }

  protected capture(thread: Thread, ins: CompiledInstruction): void {
    const { baseA, baseB } = this.step(ins);
    thread.baseA = baseA;
    thread.baseB = baseB;
  }

  /** The next group of a thread's op; true if it was the last. */
  protected issueGroup(thread: Thread, ins: CompiledInstruction, tick: number): boolean {
    const { place, counts } = this;
    const first = thread.done;
    thread.done = Math.min(ins.length, first + ins.width);
    const isLast = thread.done === ins.length;
    this.hold(thread, ins.activity, tick, ins.cycles + conflict(ins, thread.baseA, thread.baseB, first));
    for (let i = 0; i < ins.aWords; i++) this.take(place.inputs[ins.a.index], tick);
    for (let i = 0; i < ins.bWords; i++) this.take(place.inputs[ins.b.index], tick);
    for (const [o, words] of [[ins.a, ins.aFifo] as const, [ins.b, ins.bFifo] as const]) {
      if (words === 0) continue;
      counts[o.index] -= words;
      this.fifoFlag(place.fifos[o.index].activatesOnPop, thread.ready);
    }
    if (ins.d.at === AT.FIFO) {
      const { address, capacity } = place.fifos[ins.d.index];
      place.course.known.soil(address, address + 4 * capacity);
      counts[ins.d.index]++;
      this.fifoFlag(place.fifos[ins.d.index].activatesOnPush, thread.ready);
    } else if (ins.d.at === AT.FABRIC) this.put(thread, ins, first, tick, isLast);
    return isLast;
  }

  protected put(thread: Thread, ins: CompiledInstruction, element: number, tick: number, isLast: boolean): void {
    const { outputs, outputLane, course, ramp, recorder, clock } = this.place;
    const isControl = ins.d.control !== 0;
    const word = isControl && ins.a.at === AT.MEMORY ? course.known.word(ins.a.address + thread.baseA + offsetOf(ins.a, element)) : undefined;
    outputs[ins.d.index].push(thread.ready + ramp, (isControl ? TAG.CONTROL : 0) | (ins.d.advance && isLast ? TAG.ADVANCE : 0), word, clock);
    recorder.send(outputLane + ins.d.index, tick);
  }

  protected fifoFlag(task: number | undefined, end: number): void {
    if (task !== undefined) this.flag(task, 'activate', end + this.place.completion);
  }

  protected endFlags(ins: CompiledInstruction, end: number): void {
    if (ins.activates >= 0) this.flag(ins.activates, 'activate', end + this.place.completion);
    if (ins.unblocks >= 0) this.flag(ins.unblocks, 'unblock', end + this.place.completion);
  }

  protected flag(task: number, kind: Pending['kind'], tick: number): void {
    this.pending.push({ tick, task, kind });
    this.place.clock.over(tick);
  }

  protected runFree(visible: number): void {
    const { main, place } = this;
    const code = place.cls.tasks[main.task];
    for (let count = 0; main.pc < code.length; count++) {
      const ins = code[main.pc];
      if (ins.is === IS.VECTOR || this.controlCycles(ins) > 0) return;
      if (count === FREE_LIMIT) throw new Declined('error', `${place.name} loops for ever in no time`);
      this.control(ins, visible);
    }
    main.task = -1;
  }

  protected controlCycles(ins: CompiledInstruction): number {
    return ins.is === IS.LOOP || ins.is === IS.BRANCH ? this.step(ins).cycles : ins.cost;
  }

  protected control(ins: CompiledInstruction, visible: number): void {
    const { main } = this;
    const { next, mark } = this.step(ins);
    if (ins.is === IS.MARK) main.mark = mark;
    else if (ins.is === IS.FLAG) this.flag(ins.task, ins.flag, visible);
    main.goTo(next);
  }
}
