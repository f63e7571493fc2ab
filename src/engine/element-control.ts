import { MAIN_THREAD } from '../machine/program.ts';
import { type CompiledInstruction, IS } from './compile.ts';
import { ElementSums, SUMMED } from './element-sums.ts';
import { endlessTask, FREE_LIMIT } from './faults.ts';
import { executeRange } from './vector.ts';

export class ElementControl extends ElementSums {
  /** The moment at which scalar code runs: what the time-stamp counter shows. */
  protected clock = 0;
  /** The span that main, running ahead, has not told yet: kind (-1 for none), mark, first tick. */
  private aheadKind = -1;
  private aheadMark = -1;
  private aheadFrom = 0;

  protected holdUntil(pe: number, th: number, ins: CompiledInstruction, t: number, end: number): void {
    this.ready[th] = end;
    this.slotFree[pe] = end;
    if (end > this.last[0]) this.last[0] = end;
    this.recorder?.span(pe, this.threadNumber(pe, th), ins.activity, this.mark[th], t, end);
  }

  protected completionFlags(pe: number, ins: CompiledInstruction, t: number, e: number): void {
    const visible = e + this.program.machine.completion;
    if (ins.activates >= 0) this.flag(pe, ins.activates, 'activate', visible, t);
    if (ins.unblocks >= 0) this.flag(pe, ins.unblocks, 'unblock', visible, t);
  }

  /** Rule 10: instructions that cost nothing, until one that does or the task's end. `issued` is the tick a fault is dated: the issue before them. */
  protected runFree(pe: number, main: number, t: number, visible: number, issued = t): void {
    const code = this.classOf(pe).tasks[this.task[main]];
    for (let count = 0; this.pc[main] < code.length; count++) {
      const ins = code[this.pc[main]];
      if (ins.is === IS.VECTOR || this.controlCycles(pe, ins) > 0) return;
      if (count === FREE_LIMIT) throw endlessTask(this.program, issued, pe, this.task[main]);
      this.control(pe, main, ins, t, visible, issued);
    }
    this.task[main] = -1;
    this.running[0]--;
  }

  protected controlCycles(pe: number, ins: CompiledInstruction): number {
    if (ins.is !== IS.LOOP && ins.is !== IS.BRANCH) return ins.cost;
    return this.jumps(pe, ins) ? ins.cost : ins.costElse;
  }

  /** Whether a loop or branch instruction will jump. */
  protected jumps(pe: number, ins: CompiledInstruction): boolean {
    const value = this.registers[pe * this.c.registers + ins.register];
    if (ins.is === IS.LOOP) return ((value - 1) | 0) > 0;
    if (ins.when === 'zero') return value === 0;
    if (ins.when === 'nonzero') return value !== 0;
    return ins.when === 'negative' ? value < 0 : value > 0;
  }

  protected control(pe: number, main: number, ins: CompiledInstruction, t: number, visible: number, issued = t): void {
    const at = pe * this.c.registers;
    let to = this.pc[main] + 1;
    if (ins.is === IS.SCALAR) {
      this.runScalars(pe, main, ins, issued, this.clock);
    } else if (ins.is === IS.LOOP || ins.is === IS.BRANCH) {
      if (this.jumps(pe, ins)) to = ins.to;
      if (ins.is === IS.LOOP) this.registers[at + ins.register]--;
    } else if (ins.is === IS.MARK) this.mark[main] = ins.register < 0 ? -1 : this.registers[at + ins.register];
    else this.flag(pe, ins.task, ins.flag, visible, t);
    this.goTo(main, to);
  }

  /**
   * Main of a PE without microthreads goes on with what cannot touch the fabric or be disturbed, without a turn for each
   * instruction, as long as nobody can look before it is over. An error is dated when it happens; the caller keeps it. A long sum may
   * be put off for others (element-sums.ts) if the caller says where they are to go on: it runs ahead again when the PE has its sum.
   */
  protected runAhead(pe: number, main: number, mayWait = false): void {
    if (this.task[main] < 0) return;
    const code = this.classOf(pe).tasks[this.task[main]];
    this.aheadKind = -1;
    try {
      for (let goesOn = true; goesOn && this.task[main] >= 0; ) {
        const t = this.ready[main];
        const ins = code[this.pc[main]];
        goesOn = ins.is === IS.VECTOR ? this.wholeOp(pe, main, ins, code, t, mayWait) : this.wholeControl(pe, main, ins, code, t);
      }
    } finally {
      this.holdAhead(pe, main);
    }
  }

  /** Main issues an instruction during [t, end) and goes on: issues of one activity and mark are one span. */
  private holdOn(pe: number, main: number, ins: CompiledInstruction, t: number, end: number): void {
    if (this.aheadKind !== ins.activity || this.aheadMark !== this.mark[main]) {
      this.holdAhead(pe, main);
      this.aheadKind = ins.activity;
      this.aheadMark = this.mark[main];
      this.aheadFrom = t;
    }
    this.ready[main] = end;
  }

  /** The slot was taken since `aheadFrom`. */
  private holdAhead(pe: number, main: number): void {
    if (this.aheadKind < 0) return;
    const end = this.ready[main];
    this.slotFree[pe] = end;
    if (end > this.last[0]) this.last[0] = end;
    this.recorder?.span(pe, MAIN_THREAD, this.aheadKind, this.aheadMark, this.aheadFrom, end);
    this.aheadKind = -1;
  }

  /** A whole memory-only op of main from t on, if it ends in time. What a running op notes in the thread's columns stays empty. */
  private wholeOp(pe: number, main: number, ins: CompiledInstruction, code: readonly CompiledInstruction[], t: number, mayWait: boolean): boolean {
    if (!ins.memoryOnly || ins.thread >= 0) return false;
    const { registers } = this;
    const at = pe * this.c.registers;
    const baseD = ins.d.base >= 0 ? registers[at + ins.d.base] : 0;
    const baseA = ins.a.base >= 0 ? registers[at + ins.a.base] : 0;
    const baseB = ins.b.base >= 0 ? registers[at + ins.b.base] : 0;
    if (!this.isSafe(pe, ins, baseD, baseA, baseB)) return false;
    const e = t + ins.setup + this.groupsCycles(ins, baseA, baseB);
    if (e > this.fabric.horizon) return false;
    const scalar = ins.scalarRegister >= 0 ? registers[at + ins.scalarRegister] : ins.scalarImm;
    const memory = this.memoryAt[pe];
    if (mayWait && this.streaming[pe] === 0 && this.isLongSum(ins)) {
      this.sumTogether(pe, ins, memory + ins.a.address + baseA, at + ins.d.index);
      return false;
    }
    if (this.streaming[pe] === SUMMED) this.streaming[pe] = 0;
    else
      executeRange(
        ins,
        this.views,
        0,
        ins.length,
        memory + ins.d.address + baseD,
        memory + ins.a.address + baseA,
        memory + ins.b.address + baseB,
        scalar,
        at + ins.d.index,
      );
    this.holdOn(pe, main, ins, t, e);
    this.completionFlags(pe, ins, e - 1, e);
    const pc = ++this.pc[main];
    this.clock = e;
    if (pc < code.length && code[pc].is === IS.VECTOR) return true;
    const last = Math.floor((ins.length - 1) / ins.width) * ins.width;
    this.runFree(pe, main, e - 1, e, e - ins.cycles - (ins.twoMemorySources ? this.conflictOf(ins, baseA, baseB, last) : 0));
    return true;
  }

  /** A whole control or scalar instruction of main at t. */
  private wholeControl(pe: number, main: number, ins: CompiledInstruction, code: readonly CompiledInstruction[], t: number): boolean {
    if (t >= this.fabric.horizon) return false;
    const e = t + this.controlCycles(pe, ins);
    this.holdOn(pe, main, ins, t, e);
    this.clock = t;
    this.control(pe, main, ins, t, e, t);
    this.clock = e;
    if (this.pc[main] < code.length && code[this.pc[main]].is === IS.VECTOR) return true;
    this.runFree(pe, main, t, e, t);
    return true;
  }
}
