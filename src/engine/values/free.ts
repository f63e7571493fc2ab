/**
 * An element in an order of its own: whatever its words allow, where no other order could give other values. That is so as long
 * as nothing that a microthread may do meanwhile touches what main or another microthread touches, and no task's start hangs on
 * which of two things comes first. Anything else is {@link Unordered}: then time decides.
 */
import { afterPick, pickTask, type TaskPicker } from '../../machine/picker.ts';
import { AT, type CompiledInstruction, type CompiledOperand, IS } from '../compile.ts';
import { Element, type Site } from './element.ts';
import { conflicts, type Footprint, footprintOf, isTangled, registersOf, touches } from './footprint.ts';
import type { Operation } from './operation.ts';

/** Thrown where values hang on the order in time. */
export class Unordered extends Error {}

/** A microthread's op from its start to where main knows that it has ended, whether it has run here or not. */
interface Shadow {
  readonly thread: number;
  readonly op: Operation;
  readonly footprint: Footprint;
  /** Tasks whose flags it sets, as bits. */
  readonly tasks: number;
}

/** How the host's program is run. */
export interface Rules {
  readonly picker: TaskPicker;
  /** Cycles from an op's end to its flags. */
  readonly completion: number;
  /** Whether nobody asks for memory when a PE is done. */
  readonly forgets: boolean;
}

export class FreeElement extends Element {
  private readonly rules: Rules;
  private active: number;
  private blocked: number;
  private pickerState = 0;
  private shadows: Shadow[] = [];
  /** Tasks with a flag that was set at a moment that main does not know, and the ops that set them. */
  private uncertain = 0;
  private readonly setters = new Map<number, Shadow>();

  constructor(site: Site, rules: Rules) {
    super(site);
    this.rules = rules;
    this.active = this.cls.active;
    this.blocked = this.cls.blocked;
  }

  launch(task: number): void {
    this.active |= 1 << task;
  }

  /** All that is over is known to be over. */
  rest(): void {
    this.uncertain = 0;
    this.setters.clear();
    this.shadows = this.shadows.filter(({ op }) => !op.isDone);
  }

  protected timestamp(): number {
    throw new Unordered('it reads the time');
  }

  advance(): void {
    do this.advanceMain();
    while (this.advanceMicros());
  }

  /** Microthreads go on with the words they have; true if an op has ended, for which main may wait. */
  private advanceMicros(): boolean {
    let ended = false;
    for (const shadow of this.shadows) {
      const { op, thread, tasks } = shadow;
      if (this.micros[thread] !== op) continue;
      for (let groups = this.ready(op, shadow.footprint); groups > 0 && !op.isDone; groups = this.ready(op, shadow.footprint)) {
        op.run(groups);
        ended = true;
      }
      if (!op.isDone) continue;
      this.micros[thread] = undefined;
      if (tasks !== 0) this.setFlags(op.ins, shadow);
    }
    return ended;
  }

  private ready(op: Operation, footprint: Footprint): number {
    return op.groups(isTangled(footprint) ? 1 : Number.POSITIVE_INFINITY);
  }

  /** Main goes on until it waits. */
  private advanceMain(): void {
    while (this.task >= 0 || this.pick()) {
      const ins = this.instruction;
      if (!ins) this.task = -1;
      else if (ins.is === IS.VECTOR) {
        if (!(ins.thread < 0 ? this.vector(ins) : this.handOver(ins))) return;
      } else {
        this.checkControl(ins);
        this.control(ins);
      }
    }
  }

  /** Main's op goes on; false if it waits. */
  private vector(ins: CompiledInstruction): boolean {
    if (ins.memoryOnly) {
      if (this.shadows.length > 0) this.check(this.footprint(ins));
      this.runWhole(ins);
    } else if (!this.words(ins)) return false;
    this.pc++;
    this.setFlags(ins, undefined);
    return true;
  }

  /** Main's op with queues goes on; false if it waits. */
  private words(ins: CompiledInstruction): boolean {
    if (!this.op) {
      this.checkFifos(ins);
      if (this.shadows.length > 0) this.check(this.footprint(ins));
      this.op = this.operation();
    }
    const most = ins.aFifo + ins.bFifo > 0 && isTangled(this.footprint(ins)) ? 1 : Number.POSITIVE_INFINITY;
    while (!this.op.isDone) {
      const groups = this.op.groups(most);
      if (groups === 0) return false;
      this.op.run(groups);
    }
    this.op = undefined;
    return true;
  }

  /** Gives an op to a microthread; false if that has one. */
  private handOver(ins: CompiledInstruction): boolean {
    if (this.micros[ins.thread]) return false;
    this.shadows = this.shadows.filter(({ thread }) => thread !== ins.thread);
    this.checkFifos(ins);
    const footprint = this.footprint(ins);
    this.check(footprint);
    const op = this.operation();
    this.micros[ins.thread] = op;
    this.shadows.push({ thread: ins.thread, op, footprint, tasks: this.tasksOf(ins) });
    this.pc++;
    return true;
  }

  /** What an op touches that begins now; of ops without base registers it is kept. */
  private footprint(ins: CompiledInstruction): Footprint {
    const { fifos, footprints } = this.site.shared;
    const known = footprints.get(ins);
    if (known) return known;
    const { views, registers } = this.slot;
    const made = footprintOf(ins, fifos, (register) => views.registers[registers + register]);
    if (ins.d.base < 0 && ins.a.base < 0 && ins.b.base < 0) footprints.set(ins, made);
    return made;
  }

  private check(footprint: Footprint): void {
    if (this.shadows.some((shadow) => conflicts(shadow.footprint, footprint))) throw new Unordered('two threads meet');
  }

  /** FIFOs that start tasks do so with every word. */
  private checkFifos({ a, b, d }: CompiledInstruction): void {
    const { fifos } = this.site.shared;
    const starts = ({ at, index }: CompiledOperand, which: 'activatesOnPop' | 'activatesOnPush'): boolean =>
      at === AT.FIFO && fifos[index][which] !== undefined;
    if (starts(a, 'activatesOnPop') || starts(b, 'activatesOnPop') || starts(d, 'activatesOnPush')) throw new Unordered('a FIFO starts tasks');
  }

  /** Looks at an instruction of main that is no vector op. */
  private checkControl(ins: CompiledInstruction): void {
    if (ins.is === IS.FLAG) this.flag(ins.task, ins.flag, false, undefined);
    const used = this.shadows.length > 0 ? registersOf(ins) : 0;
    if (this.shadows.some(({ footprint }) => (footprint.writes & used) !== 0)) throw new Unordered('main uses what a microthread adds up');
  }

  protected override scalars(ins: CompiledInstruction): void {
    if (this.shadows.length > 0) this.scalarSteps(ins);
    else super.scalars(ins);
  }

  protected override accessed(address: number, width: number, writes: boolean): void {
    if (this.shadows.some(({ footprint }) => touches(address, address + width, writes, footprint))) throw new Unordered('main and a microthread meet');
  }

  /** Tasks whose flags an op sets, as bits. */
  private tasksOf({ activates, unblocks }: CompiledInstruction): number {
    return (activates < 0 ? 0 : 1 << activates) | (unblocks < 0 ? 0 : 1 << unblocks);
  }

  /** The flags of an op that has ended, of main or of a microthread. */
  private setFlags({ activates, unblocks }: CompiledInstruction, shadow: Shadow | undefined): void {
    const isLate = shadow !== undefined || this.rules.completion > 0;
    if (activates >= 0) this.flag(activates, 'activate', isLate, shadow);
    if (unblocks >= 0) this.flag(unblocks, 'unblock', isLate, shadow);
  }

  /** Tasks whose flags ops that run may still set. */
  private get expected(): number {
    return this.shadows.reduce((bits, { thread, op, tasks }) => (this.micros[thread] === op ? bits | tasks : bits), 0);
  }

  private flag(task: number, kind: CompiledInstruction['flag'], isLate: boolean, shadow: Shadow | undefined): void {
    const bit = 1 << task;
    const isAgain = isLate && kind === 'activate' && (this.active & bit) !== 0;
    if (isAgain || ((this.uncertain | this.expected) & bit) !== 0) throw new Unordered('a task may start once or twice');
    if (kind === 'activate') this.active |= bit;
    else if (kind === 'block') this.blocked |= bit;
    else this.blocked &= ~bit;
    if (isLate) this.uncertain |= bit;
    if (shadow) this.setters.set(task, shadow);
  }

  /** Starts the task that must be the next one, if there is one. */
  private pick(): boolean {
    const { cls, expected, uncertain, blocked, rules } = this;
    const triggers = cls.triggers.filter(({ task }) => ((blocked >> task) & 1) === 0);
    const runnable = this.active & ~blocked;
    if (triggers.length > 0) {
      if (runnable !== 0 || expected !== 0 || triggers.length > 1) throw new Unordered('a wavelet may start a task sooner or later');
      return this.startByWavelet(triggers[0]);
    }
    if (runnable === 0) {
      if (rules.forgets && cls.triggers.length === 0 && expected === 0 && this.micros.every((op) => op === undefined)) this.release();
      return false;
    }
    const isOne = (runnable & (runnable - 1)) === 0;
    if (expected !== 0 || (!isOne && (runnable & uncertain) !== 0)) throw new Unordered('one task or the other may start first');
    this.start(pickTask(rules.picker, runnable, this.site.pe, this.pickerState));
    return true;
  }

  private startByWavelet({ task, queue, register }: (typeof this.cls.triggers)[number]): boolean {
    const meets = ({ footprint }: Shadow): boolean => ((footprint.writes >> register) & 1) === 1 || (queue >= 0 && ((footprint.queues >> queue) & 1) === 1);
    const isOpen = (queue < 0 && this.site.inputs.length > 1) || this.shadows.some(meets);
    if (isOpen) throw new Unordered('one wavelet or the other may start a task first');
    if (!this.takeTrigger(task, queue, register)) return false;
    this.start(task);
    return true;
  }

  private start(task: number): void {
    this.pickerState = afterPick(this.rules.picker, task, this.pickerState);
    this.active &= ~(1 << task);
    this.uncertain &= ~(1 << task);
    const setter = this.setters.get(task);
    this.setters.delete(task);
    // The op that set its flag has ended before.
    if (setter) this.shadows = this.shadows.filter((shadow) => shadow !== setter);
    this.begin(task);
  }
}
