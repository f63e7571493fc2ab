/**
 * What a PE does in time, without its data: its one task, unrolled into stretches of main's own, words taken from the fabric,
 * words sent and ops handed to a microthread. All PEs of a class share it. Costs: machine/price.ts by way of compile.ts;
 * docs/tick.md 8-15.
 */
import { firstCommand, isFiltered } from '../../machine/control.ts';
import { banksConflict } from '../../machine/price.ts';
import type { PeClass } from '../../machine/program.ts';
import type { MachineSpec } from '../../machine/spec.ts';
import { AT, type CompiledClass, type CompiledInstruction, compileClass, IS } from '../compile.ts';
import { offsetOf } from '../vector.ts';
import { Declined } from './declined.ts';
import { Known } from './known.ts';
import { isTaking, NOTHING, STEP, type Step } from './step.ts';
import { type StepCycle, stepCycle } from './step-cycle.ts';

export interface Skeleton {
  readonly steps: readonly Step[];
  /** Words taken and sent, all queues together. */
  readonly takes: number;
  readonly sends: number;
  /** The microthread that receives, -1 without one. */
  readonly thread: number;
  readonly name: string;
  /** What its PEs do with the words of others once they have taken their stream (reduce.ts); the steps end before it. */
  readonly rest: PeClass | undefined;
  /** What its code does again and again, of code for a microthread. */
  readonly cycle: StepCycle | undefined;
}

/** Instructions of an unrolled task at most. */
const MOST_INSTRUCTIONS = 1 << 24;

/** Instructions from one yield to the next. */
const BREATH = 1 << 12;

/** The skeleton of a class; null where it has no code. Yields now and then. @throws Declined */
export function* skeletonOf(cls: PeClass, machine: MachineSpec): Generator<void, Skeleton | null> {
  if (cls.tasks.length === 0) return null;
  const [task] = cls.tasks;
  if (cls.tasks.length > 1 || task.trigger || !task.active || task.blocked) throw new Declined('threads', `${cls.name} has several tasks`);
  const { skeleton } = yield* new Unroller(compileClass(cls, machine), cls.name, 0, undefined).run();
  return skeleton;
}

/**
 * The same of a class that takes words of other PEs, up to where it first sends or takes such words: those of its stream come by input
 * queue `stream`, -1 without one. Tasks that only take control wavelets may start after that. Yields now and then. @throws Declined
 */
export function* skeletonBefore(cls: PeClass, machine: MachineSpec, stream: number): Generator<void, Skeleton | null> {
  if (cls.tasks.length === 0) return null;
  const task = cls.tasks.findIndex(({ trigger }) => !trigger);
  const isOne = cls.tasks.every(({ trigger, active, blocked, code }, i) =>
    i === task ? active && !blocked : trigger?.kind === 'control' && !active && !blocked && code.length === 0,
  );
  if (task < 0 || !isOne) throw new Declined('threads', `${cls.name} has several tasks`);
  const { skeleton, pc } = yield* new Unroller(compileClass(cls, machine), cls.name, task, stream).run();
  const { code } = cls.tasks[task];
  if (pc === code.length && cls.tasks.length === 1) return skeleton;
  return { ...skeleton, rest: { ...cls, tasks: cls.tasks.map((each, i) => (i === task ? { ...each, code: code.slice(pc) } : each)) } };
}

class Unroller {
  private readonly code: readonly CompiledInstruction[];
  /** The input queue of the stream where words of others come by others; undefined where all are taken alike. */
  private readonly stream: number | undefined;
  private readonly known: Known;
  private readonly name: string;
  private readonly thread: number;
  private readonly steps: Step[] = [];
  private spans: number[] = [];
  private issues: number[] = [];
  private cycles = 0;
  private mark = -1;
  private pc = 0;

  constructor(cls: CompiledClass, name: string, task: number, stream: number | undefined) {
    if (cls.threads.length > 1) throw new Declined('threads', `${name} runs several microthreads`);
    this.code = cls.tasks[task];
    this.stream = stream;
    // Words that control wavelets are made of are loaded: nothing may have been written over them.
    const sendsControl = stream !== undefined && this.code.some((ins) => ins.d.control !== 0);
    this.known = new Known(cls.dataStart, cls.dataTo, name, sendsControl ? () => undefined : undefined);
    this.name = name;
    this.thread = cls.threads[0] ?? -1;
  }

  /** The skeleton, and the instruction before which it ends. */
  *run(): Generator<void, { readonly skeleton: Skeleton; readonly pc: number }> {
    for (let count = 0; this.pc < this.code.length && !this.isOfOthers(this.code[this.pc]); count++) {
      if (count > MOST_INSTRUCTIONS) throw new Declined('error', `${this.name} runs more than ${MOST_INSTRUCTIONS} instructions`);
      this.one(this.code[this.pc]);
      if (count % BREATH === BREATH - 1) yield;
    }
    this.flush();
    const { steps, thread, name, pc } = this;
    for (const ins of this.code.slice(pc)) this.checkRest(ins);
    const count = (isOne: (step: Step) => boolean): number => steps.reduce((sum, step) => (isOne(step) ? sum + step.count : sum), 0);
    const cycle = thread < 0 ? undefined : stepCycle(steps);
    return { skeleton: { steps, takes: count(isTaking), sends: count(({ is }) => is === STEP.SEND), thread, name, rest: undefined, cycle }, pc };
  }

  /** Whether an instruction sends words to other PEs that reduce them, or takes theirs. */
  private isOfOthers({ is, a, b, d, aWords, bWords }: CompiledInstruction): boolean {
    if (this.stream === undefined || is !== IS.VECTOR) return false;
    return d.at === AT.FABRIC || (aWords > 0 && a.index !== this.stream) || (bWords > 0 && b.index !== this.stream);
  }

  /** What a PE does after its stream must hang on nothing that it has done before. @throws Declined */
  private checkRest({ is, thread, activates, unblocks, a, b, d, aWords, bWords, aFifo, bFifo }: CompiledInstruction): void {
    const { name, stream, known } = this;
    const isPlain = is === IS.VECTOR && thread < 0 && activates < 0 && unblocks < 0 && aFifo + bFifo === 0 && d.at !== AT.FIFO;
    if (!isPlain || this.mark >= 0) throw new Declined('threads', `${name} does more than adding what others send`);
    if ([a, b, d].some(({ base }) => base >= 0)) throw new Declined('data-dependent control', `addresses of ${name} after its stream`);
    if ((aWords > 0 && a.index === stream) || (bWords > 0 && b.index === stream)) throw new Declined('relay', `${name} passes on what it takes`);
    if (d.control !== 0 && !known.isLoaded(a.address + a.lo, a.address + a.hi + a.width))
      throw new Declined('data-dependent control', `${name} sends control wavelets`);
  }

  private one(ins: CompiledInstruction): void {
    let to = this.pc + 1;
    if (ins.is === IS.VECTOR) this.vector(ins);
    else if (ins.is === IS.SCALAR) {
      this.hold(ins.activity, ins.cost);
      this.known.run(ins.steps);
    } else if (ins.is === IS.LOOP || ins.is === IS.BRANCH) {
      const jumps = this.known.jumps(ins);
      if (ins.is === IS.LOOP) this.known.set(ins.register, (this.known.value(ins.register) - 1) | 0);
      this.hold(ins.activity, jumps ? ins.cost : ins.costElse);
      if (jumps) to = ins.to;
    } else if (ins.is === IS.MARK) this.mark = ins.register < 0 ? -1 : this.known.value(ins.register);
    else throw new Declined('threads', `${this.name} sets flags of tasks`);
    this.pc = to;
  }

  /** Main issues `count` times, each for `cycles`. */
  private hold(kind: number, each: number, count = 1): void {
    const cycles = each * count;
    if (cycles === 0) return;
    const { spans } = this;
    if (this.thread >= 0) this.issues.push(count, each);
    const last = spans.length - 4;
    if (last >= 0 && spans[last] === kind && spans[last + 1] === this.mark) spans[last + 3] += cycles;
    else spans.push(kind, this.mark, this.cycles, this.cycles + cycles);
    this.cycles += cycles;
  }

  private flush(): void {
    const { cycles, spans, issues } = this;
    if (cycles > 0) this.steps.push({ ...NOTHING, is: STEP.COMPUTE, cycles, spans, issues });
    this.cycles = 0;
    this.spans = [];
    this.issues = [];
  }

  private vector(ins: CompiledInstruction): void {
    if (ins.activates >= 0 || ins.unblocks >= 0) throw new Declined('threads', `${this.name} starts tasks`);
    if (ins.aFifo + ins.bFifo > 0 || ins.d.at === AT.FIFO) throw new Declined('threads', `${this.name} uses FIFOs in memory`);
    this.known.vector(ins);
    if (ins.thread >= 0) {
      this.hand(ins);
      return;
    }
    // The set-up of a send belongs to its span.
    if (ins.d.at === AT.FABRIC) this.flush();
    this.hold(ins.activity, ins.setup);
    if (ins.memoryOnly) for (const [count, cycles] of this.groups(ins)) this.hold(ins.activity, cycles, count);
    else this.words(ins);
  }

  /** Runs of an op's groups, as their number and the cycles of each, which a bank conflict makes one more. */
  private groups(ins: CompiledInstruction): Array<readonly [count: number, cycles: number]> {
    const count = Math.ceil(ins.length / ins.width);
    if (!ins.twoMemorySources) return [[count, ins.cycles]];
    const a = ins.a.address + this.known.base(ins.a);
    const b = ins.b.address + this.known.base(ins.b);
    const isLong = (group: number): boolean => banksConflict(a + offsetOf(ins.a, group * ins.width), b + offsetOf(ins.b, group * ins.width));
    const runs: Array<readonly [number, number]> = [];
    for (let from = 0, to = 1; from < count; from = to++) {
      const cycles = ins.cycles + (isLong(from) ? 1 : 0);
      while (to < count && isLong(to) === cycles > ins.cycles) to++;
      runs.push([to - from, cycles]);
    }
    return runs;
  }

  /** Whether all groups of an op take as long. */
  private isEven(ins: CompiledInstruction): boolean {
    return this.groups(ins).every(([, cycles]) => cycles === ins.cycles);
  }

  /** An op for the microthread. What it leaves in memory is data, and no one knows when it does. */
  private hand(ins: CompiledInstruction): void {
    const { name, known } = this;
    if ((!ins.isTake && !ins.memoryOnly) || ins.d.at === AT.REGISTER || !this.isEven(ins))
      throw new Declined('threads', `a microthread of ${name} does more than receiving`);
    if (!known.lends) known.lend(ins);
    this.flush();
    const { activity, cycles } = ins;
    const count = Math.ceil(ins.length / ins.width);
    const queue = ins.isTake ? queueOf(ins) : -1;
    this.steps.push({ ...NOTHING, is: STEP.HAND, cycles, count, queue, activity, mark: this.mark, setup: Math.max(1, ins.setup) });
  }

  private words(ins: CompiledInstruction): void {
    const takes = ins.aWords + ins.bWords;
    const sends = ins.d.at === AT.FABRIC;
    if (takes > 0 && sends) throw new Declined('relay', `${this.name} sends what it takes`);
    if (takes > 1) throw new Declined('relay', `${this.name} takes two words at a time`);
    if (takes > 0 && this.thread >= 0) throw new Declined('threads', `${this.name} takes words beside a microthread`);
    if (sends && !this.isEven(ins)) throw new Declined('relay', `${this.name} sends at a varying pace`);
    this.flush();
    const { activity, cycles } = ins;
    const count = Math.ceil(ins.length / ins.width);
    const step = { ...NOTHING, cycles, count, activity, mark: this.mark };
    if (!sends) this.steps.push({ ...step, is: STEP.TAKE, queue: queueOf(ins) });
    else this.steps.push({ ...step, is: STEP.SEND, queue: ins.d.index, advance: ins.d.advance, turnsBack: this.turnsBack(ins) });
  }

  /** Whether an op sends the control wavelet that turns switches; any other control wavelet is declined. */
  private turnsBack(ins: CompiledInstruction): boolean {
    if (ins.d.control === 0) return false;
    const word = ins.a.at === AT.MEMORY && ins.length === 1 ? this.known.word(ins.a.address + this.known.base(ins.a)) : undefined;
    if (word === undefined || firstCommand(word) !== 1 || !isFiltered(word))
      throw new Declined('data-dependent control', `${this.name} sends control wavelets`);
    return true;
  }
}

/** The queue of an op that takes words. */
const queueOf = ({ aWords, a, b }: CompiledInstruction): number => (aWords > 0 ? a.index : b.index);
