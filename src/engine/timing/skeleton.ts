/**
 * What a PE does in time, without its data: its one task, unrolled into stretches that nothing can disturb, words taken from
 * the fabric and words sent. All PEs of a class share it. Costs: machine/price.ts by way of compile.ts; docs/tick.md 8-15.
 */
import { firstCommand, isFiltered } from '../../machine/control.ts';
import { banksConflict } from '../../machine/price.ts';
import type { PeClass } from '../../machine/program.ts';
import type { MachineSpec } from '../../machine/spec.ts';
import { AT, type CompiledClass, type CompiledInstruction, compileClass, IS } from '../compile.ts';
import { offsetOf } from '../vector.ts';
import { Declined } from './declined.ts';
import { Known } from './known.ts';

export const STEP = { COMPUTE: 0, TAKE: 1, SEND: 2 } as const;

/**
 * COMPUTE: `cycles` of main's own, as `spans` of (kind, mark, begin, end) from its begin. TAKE, SEND: `count` words of the
 * queue, one an issue of `cycles`.
 */
export interface Step {
  readonly is: number;
  readonly cycles: number;
  readonly spans: readonly number[];
  readonly count: number;
  readonly queue: number;
  readonly activity: number;
  readonly mark: number;
  /** Of a send: its last word turns the own switch; it is a control wavelet that turns every switch and no element sees. */
  readonly advance: boolean;
  readonly turnsBack: boolean;
}

export interface Skeleton {
  readonly steps: readonly Step[];
  /** Words taken and sent, all queues together. */
  readonly takes: number;
  readonly sends: number;
  readonly name: string;
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
  return yield* new Unroller(compileClass(cls, machine), cls.name).run();
}

class Unroller {
  private readonly code: readonly CompiledInstruction[];
  private readonly known: Known;
  private readonly name: string;
  private readonly steps: Step[] = [];
  private spans: number[] = [];
  private cycles = 0;
  private mark = -1;
  private pc = 0;

  constructor(cls: CompiledClass, name: string) {
    this.code = cls.tasks[0];
    this.known = new Known(cls.dataStart, cls.dataTo, name);
    this.name = name;
  }

  *run(): Generator<void, Skeleton> {
    for (let count = 0; this.pc < this.code.length; count++) {
      if (count > MOST_INSTRUCTIONS) throw new Declined('error', `${this.name} runs more than ${MOST_INSTRUCTIONS} instructions`);
      this.one(this.code[this.pc]);
      if (count % BREATH === BREATH - 1) yield;
    }
    this.flush();
    const count = (is: number): number => this.steps.reduce((sum, step) => (step.is === is ? sum + step.count : sum), 0);
    return { steps: this.steps, takes: count(STEP.TAKE), sends: count(STEP.SEND), name: this.name };
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

  /** Main issues for `cycles`. */
  private hold(kind: number, cycles: number): void {
    if (cycles === 0) return;
    const { spans } = this;
    const last = spans.length - 4;
    if (last >= 0 && spans[last] === kind && spans[last + 1] === this.mark) spans[last + 3] += cycles;
    else spans.push(kind, this.mark, this.cycles, this.cycles + cycles);
    this.cycles += cycles;
  }

  private flush(): void {
    if (this.cycles > 0) this.steps.push({ ...NOTHING, is: STEP.COMPUTE, cycles: this.cycles, spans: this.spans });
    this.cycles = 0;
    this.spans = [];
  }

  private vector(ins: CompiledInstruction): void {
    if (ins.thread >= 0 || ins.activates >= 0 || ins.unblocks >= 0) throw new Declined('threads', `${this.name} runs microthreads or starts tasks`);
    if (ins.aFifo + ins.bFifo > 0 || ins.d.at === AT.FIFO) throw new Declined('threads', `${this.name} uses FIFOs in memory`);
    this.known.vector(ins);
    // The set-up of a send belongs to its span.
    if (ins.d.at === AT.FABRIC) this.flush();
    this.hold(ins.activity, ins.setup);
    if (ins.memoryOnly) this.hold(ins.activity, this.issues(ins));
    else this.words(ins);
  }

  /** Issue cycles of a memory op, with its bank conflicts. */
  private issues(ins: CompiledInstruction): number {
    if (!ins.twoMemorySources) return ins.issues;
    const a = ins.a.address + this.known.base(ins.a);
    const b = ins.b.address + this.known.base(ins.b);
    let cycles = ins.issues;
    for (let i = 0; i < ins.length; i += ins.width) if (banksConflict(a + offsetOf(ins.a, i), b + offsetOf(ins.b, i))) cycles++;
    return cycles;
  }

  private words(ins: CompiledInstruction): void {
    const takes = ins.aWords + ins.bWords;
    const sends = ins.d.at === AT.FABRIC;
    if (takes > 0 && sends) throw new Declined('relay', `${this.name} sends what it takes`);
    if (takes > 1) throw new Declined('relay', `${this.name} takes two words at a time`);
    if (sends && ins.twoMemorySources && this.issues(ins) !== ins.issues) throw new Declined('relay', `${this.name} sends at a varying pace`);
    this.flush();
    const { activity, cycles } = ins;
    const count = Math.ceil(ins.length / ins.width);
    const step = { ...NOTHING, cycles, count, activity, mark: this.mark };
    if (!sends) this.steps.push({ ...step, is: STEP.TAKE, queue: ins.aWords > 0 ? ins.a.index : ins.b.index });
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

const NOTHING: Step = { is: STEP.COMPUTE, cycles: 0, spans: [], count: 0, queue: -1, activity: 0, mark: -1, advance: false, turnsBack: false };
