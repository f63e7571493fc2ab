/**
 * What a main thread does without its data, instruction by instruction: how long each holds it, where it goes on, where its
 * operands lie. A class of one task that nothing starts anew goes one way, whatever the times: then its elements share the
 * course, which is found out by the first that comes to each instruction.
 */
import { banksConflict } from '../../../machine/price.ts';
import { AT, type CompiledClass, type CompiledInstruction, IS } from '../../compile.ts';
import { offsetOf } from '../../vector.ts';
import { Known } from '../known.ts';

/** An instruction of the course. */
export interface Step {
  /** Issue cycles; of a vector op set-up and elements together, which is right if nothing makes it wait. */
  readonly cycles: number;
  /** Where main goes on. */
  readonly next: number;
  /** Of a mark. */
  readonly mark: number;
  /** What base registers add to the sources' addresses. */
  readonly baseA: number;
  readonly baseB: number;
}

export class Course {
  readonly known: Known;
  /** Of a shared course, what is known of it. */
  private readonly steps: Step[] | undefined;

  private constructor(known: Known, isShared: boolean) {
    this.known = known;
    this.steps = isShared ? [] : undefined;
  }

  /** The one course of all elements of a class, undefined if they may go different ways. */
  static ofClass(cls: CompiledClass, name: string): Course | undefined {
    return isOneWay(cls) ? new Course(new Known(cls.dataStart, cls.dataTo, name), true) : undefined;
  }

  /** The course of one element; `initial` gives a word that is loaded before tick 0. */
  static ofOne(cls: CompiledClass, name: string, initial: ((address: number) => number | undefined) | undefined): Course {
    return new Course(new Known(cls.dataStart, cls.dataTo, name, initial), false);
  }

  /** The instruction at `pc`, which main comes to as its `count`-th. @throws Declined */
  step(count: number, pc: number, ins: CompiledInstruction): Step {
    const { steps } = this;
    if (!steps) return this.find(pc, ins);
    if (count === steps.length) steps.push(this.find(pc, ins));
    return steps[count];
  }

  private find(pc: number, ins: CompiledInstruction): Step {
    const step = { cycles: ins.cost, next: pc + 1, mark: -1, baseA: 0, baseB: 0 };
    const { known } = this;
    if (ins.is === IS.VECTOR) return this.vector(step, ins);
    if (ins.is === IS.SCALAR) known.run(ins.steps);
    else if (ins.is === IS.LOOP || ins.is === IS.BRANCH) {
      const jumps = known.jumps(ins);
      if (ins.is === IS.LOOP) known.set(ins.register, (known.value(ins.register) - 1) | 0);
      return { ...step, cycles: jumps ? ins.cost : ins.costElse, next: jumps ? ins.to : pc + 1 };
    } else if (ins.is === IS.MARK) return { ...step, mark: ins.register < 0 ? -1 : known.value(ins.register) };
    return step;
  }

  private vector(step: Step, ins: CompiledInstruction): Step {
    const { known } = this;
    known.vector(ins);
    const [baseA, baseB] = [known.base(ins.a), known.base(ins.b)];
    if (ins.thread >= 0) known.lend(ins);
    return { ...step, cycles: ins.setup + ins.issues + conflicts(ins, baseA, baseB), baseA, baseB };
  }

  /** A microthread has ended an op. Elements that share a course end it at different times: to them it stays lent. */
  giveBack(ins: CompiledInstruction): void {
    if (!this.steps) this.known.giveBack(ins);
  }
}

/** Whether group `i` of a vector op with two memory sources takes a cycle more. */
export function conflict(ins: CompiledInstruction, baseA: number, baseB: number, i: number): number {
  if (!ins.twoMemorySources) return 0;
  return banksConflict(ins.a.address + baseA + offsetOf(ins.a, i), ins.b.address + baseB + offsetOf(ins.b, i)) ? 1 : 0;
}

function conflicts(ins: CompiledInstruction, baseA: number, baseB: number): number {
  let cycles = 0;
  if (ins.twoMemorySources) for (let i = 0; i < ins.length; i += ins.width) cycles += conflict(ins, baseA, baseB, i);
  return cycles;
}

/** Whether nothing but the code decides what main does next: one task, started once, whose registers no microthread writes. */
function isOneWay({ tasks, triggers, active, blocked }: CompiledClass): boolean {
  if (tasks.length !== 1 || triggers.length > 0 || active !== 1 || blocked !== 0) return false;
  return tasks[0].every((ins) => {
    if (ins.is !== IS.VECTOR) return ins.is !== IS.FLAG;
    return ins.activates < 0 && ins.unblocks < 0 && ins.d.control === 0 && !(ins.thread >= 0 && ins.d.at === AT.REGISTER);
  });
}
