/**
 * What an issue does to registers, memory and queues: operands captured, elements computed, scalars run. Values only;
 * when it happens is decided in elements.ts. Models: docs/tick.md rules 13 and 15; the ops themselves: alu.ts, vector.ts.
 */
import { VECTOR_OP_NAMES } from '../machine/ops.ts';
import { banksConflict } from '../machine/price.ts';
import { REGISTERS } from '../machine/program.ts';
import { element, type ScalarContext, scalarStep } from './alu.ts';
import { AT, type CompiledInstruction, type CompiledOperand } from './compile.ts';
import { ElementState } from './element-state.ts';
import { dataRange, memoryFault } from './faults.ts';
import { executeRange, offsetOf } from './vector.ts';

const MOV32 = VECTOR_OP_NAMES.indexOf('mov32');

export class ElementOps extends ElementState {
  private readonly context: ScalarContext = this.scalarContext();
  private pe = 0;
  private now = 0;
  private currentTask = 0;

  /** Reads scalar and base registers for the op of thread `th`, and checks its operands against the memory. */
  protected capture(pe: number, th: number, ins: CompiledInstruction): void {
    const at = pe * REGISTERS;
    const base = (o: CompiledOperand): number => (o.base >= 0 ? this.registers[at + o.base] : 0);
    this.baseD[th] = base(ins.d);
    this.baseA[th] = base(ins.a);
    this.baseB[th] = base(ins.b);
    this.scalar[th] = ins.scalarRegister >= 0 ? this.registers[at + ins.scalarRegister] : ins.scalarImm;
    const { from, to } = dataRange(this.program.classes[this.program.classOf[pe]], this.program.machine);
    const inside = (o: CompiledOperand, b: number): boolean => {
      if (o.at !== AT.MEMORY) return true;
      const start = o.address + b;
      return start + o.lo >= from && start + o.hi + o.width <= to && start % o.width === 0;
    };
    this.safe[th] = inside(ins.d, this.baseD[th]) && inside(ins.a, this.baseA[th]) && inside(ins.b, this.baseB[th]) ? 1 : 0;
  }

  protected scalarContext(): ScalarContext {
    const index = (address: number, width: 2 | 4): number => {
      this.checkAccess(this.pe, this.currentTask, address, width, this.now);
      return this.memoryAt[this.pe] + address;
    };
    return {
      get: (register) => this.registers[this.pe * REGISTERS + register],
      set: (register, word) => {
        this.registers[this.pe * REGISTERS + register] = word;
      },
      load: (address, width) => {
        const at = index(address, width);
        return width === 2 ? this.views.u16[at >> 1] : this.views.i32[at >> 2];
      },
      store: (address, word) => {
        this.views.i32[index(address, 4) >> 2] = word;
      },
    };
  }

  protected checkAccess(pe: number, task: number, address: number, width: number, t: number): void {
    const { from, to } = dataRange(this.program.classes[this.program.classOf[pe]], this.program.machine);
    if (address < from || address + width > to || address % width !== 0) throw memoryFault(this.program, t, pe, task, address, width);
  }

  /** 1 when the sources of the group that begins at element i conflict. */
  protected conflict(ins: CompiledInstruction, th: number, i: number): 0 | 1 {
    if (!ins.twoMemorySources) return 0;
    const a = ins.a.address + this.baseA[th] + offsetOf(ins.a, i);
    return banksConflict(a, ins.b.address + this.baseB[th] + offsetOf(ins.b, i)) ? 1 : 0;
  }

  protected execute(pe: number, th: number, ins: CompiledInstruction, from: number, to: number): void {
    const at = this.memoryAt[pe];
    const d = at + ins.d.address + this.baseD[th];
    const a = at + ins.a.address + this.baseA[th];
    const b = at + ins.b.address + this.baseB[th];
    executeRange(ins, this.views, from, to, d, a, b, this.scalar[th], pe * REGISTERS + ins.d.index);
  }

  /** One element with fabric operands. */
  protected oneElement(pe: number, th: number, ins: CompiledInstruction, i: number, t: number): void {
    const x = this.readSource(pe, th, ins.a, this.baseA[th], i, t);
    const y = ins.b.at === AT.NONE ? 0 : this.readSource(pe, th, ins.b, this.baseB[th], i, t);
    const register = pe * REGISTERS + ins.d.index;
    const acc = ins.d.at === AT.REGISTER ? this.registers[register] : 0;
    const word = ins.op === MOV32 ? x : element(VECTOR_OP_NAMES[ins.op], x, y, this.scalar[th], acc);
    if (ins.d.at === AT.REGISTER) this.registers[register] = word;
    else if (ins.d.at === AT.FABRIC) this.send(pe, th, ins, word, i, t);
    else {
      const address = ins.d.address + this.baseD[th] + offsetOf(ins.d, i);
      if (!this.safe[th]) this.checkAccess(pe, this.task[th], address, ins.d.width, t);
      const at = this.memoryAt[pe] + address;
      if (ins.d.width === 2) this.views.u16[at >> 1] = word;
      else this.views.i32[at >> 2] = word;
    }
  }

  protected readSource(pe: number, th: number, o: CompiledOperand, base: number, i: number, t: number): number {
    if (o.at === AT.FABRIC) {
      const lane = this.c.channels.inputFirst[pe] + o.index;
      this.recorder?.use(lane, t);
      const word = this.fabric.pop(lane);
      return o.width === 2 ? word & 0xffff : word;
    }
    const address = o.address + base + offsetOf(o, i);
    if (!this.safe[th]) this.checkAccess(pe, this.task[th], address, o.width, t);
    const at = this.memoryAt[pe] + address;
    return o.width === 2 ? this.views.u16[at >> 1] : this.views.i32[at >> 2];
  }

  protected send(pe: number, th: number, ins: CompiledInstruction, word: number, i: number, t: number): void {
    const lane = this.c.channels.outputFirst[pe] + ins.d.index;
    const advance = ins.d.advance && i === ins.length - 1 ? 1 : 0;
    this.fabric.push(this.c.outputChannel[lane], word, this.ready[th] + this.program.machine.ramp, advance);
    this.recorder?.send(lane, t);
  }

  /** Issue cycles of the groups from element `from` on. */
  protected batchCycles(ins: CompiledInstruction, th: number, from: number): number {
    let cycles = Math.ceil((ins.length - from) / ins.width) * ins.cycles;
    if (ins.twoMemorySources) for (let i = from; i < ins.length; i += ins.width) cycles += this.conflict(ins, th, i);
    return cycles;
  }

  /** Runs the steps of a scalar instruction of main, at tick t. */
  protected runScalars(pe: number, main: number, ins: CompiledInstruction, t: number): void {
    this.pe = pe;
    this.now = t;
    this.currentTask = this.task[main];
    for (const step of ins.steps) scalarStep(step, this.context);
  }
}
