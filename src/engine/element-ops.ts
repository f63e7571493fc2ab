/**
 * What an issue does to registers, memory and queues: operands captured, elements computed, scalars run. Values only;
 * when it happens is decided in elements.ts. Models: docs/tick.md rules 13 and 15; the ops themselves: alu.ts, vector.ts.
 */
import { VECTOR_OP_NAMES } from '../machine/ops.ts';
import { banksConflict } from '../machine/price.ts';
import { carryOut, element, type ScalarContext } from './alu.ts';
import { AT, type CompiledInstruction, type CompiledOperand, isInside } from './compile.ts';
import { ElementState } from './element-state.ts';
import { memoryFault } from './faults.ts';
import { runScalarCode, type ScalarPlace } from './scalar-code.ts';
import { executeRange, offsetOf } from './vector.ts';

const MOV32 = VECTOR_OP_NAMES.indexOf('mov32');
const ADDC16 = VECTOR_OP_NAMES.indexOf('addc16');

export class ElementOps extends ElementState {
  private readonly context: ScalarContext = this.scalarContext();
  private readonly place: ScalarPlace = { views: this.views, at: 0, memory: 0, from: 0, to: 0 };
  private pe = 0;
  /** The tick a fault of the running scalar code is dated, and what the time-stamp counter shows it. */
  private now = 0;
  private shown = 0;
  private currentTask = 0;
  /** The other halves of packed words that the running group has taken as a and as b; the half of the one it puts together. */
  private rest = 0;
  private restA = 0;
  private restB = 0;
  private half = 0;

  /** Reads scalar and base registers for the op of thread `th`, and checks its operands against the memory. */
  protected capture(pe: number, th: number, ins: CompiledInstruction): void {
    const at = pe * this.c.registers;
    this.baseD[th] = ins.d.base >= 0 ? this.registers[at + ins.d.base] : 0;
    this.baseA[th] = ins.a.base >= 0 ? this.registers[at + ins.a.base] : 0;
    this.baseB[th] = ins.b.base >= 0 ? this.registers[at + ins.b.base] : 0;
    this.scalar[th] = ins.scalarRegister >= 0 ? this.registers[at + ins.scalarRegister] : ins.scalarImm;
    this.safe[th] = this.isSafe(pe, ins, this.baseD[th], this.baseA[th], this.baseB[th]) ? 1 : 0;
  }

  /** Whether every element of an op's operands lies in the data memory, with these bases. */
  protected isSafe(pe: number, ins: CompiledInstruction, baseD: number, baseA: number, baseB: number): boolean {
    if (ins.fixed) return true;
    const { dataStart, dataTo } = this.classOf(pe);
    return isInside(ins.d, baseD, dataStart, dataTo) && isInside(ins.a, baseA, dataStart, dataTo) && isInside(ins.b, baseB, dataStart, dataTo);
  }

  protected scalarContext(): ScalarContext {
    const index = (address: number, width: 2 | 4): number => {
      this.checkAccess(this.pe, this.currentTask, address, width, this.now);
      return this.memoryAt[this.pe] + address;
    };
    return {
      get: (register) => this.registers[this.pe * this.c.registers + register],
      set: (register, word) => {
        this.registers[this.pe * this.c.registers + register] = word;
      },
      load: (address, width) => {
        const at = index(address, width);
        return width === 2 ? this.views.u16[at >> 1] : this.views.i32[at >> 2];
      },
      store: (address, word, width) => {
        const at = index(address, width);
        if (width === 2) this.views.u16[at >> 1] = word;
        else this.views.i32[at >> 2] = word;
      },
      timestamp: () => this.shown | 0,
    };
  }

  protected checkAccess(pe: number, task: number, address: number, width: number, t: number): void {
    const { dataStart, dataTo } = this.classOf(pe);
    if (address < dataStart || address + width > dataTo || address % width !== 0) throw memoryFault(this.program, t, pe, task, address, width);
  }

  /** 1 when the sources of the group that begins at element i conflict. */
  protected conflict(ins: CompiledInstruction, th: number, i: number): 0 | 1 {
    return ins.twoMemorySources ? this.conflictOf(ins, this.baseA[th], this.baseB[th], i) : 0;
  }

  protected conflictOf(ins: CompiledInstruction, baseA: number, baseB: number, i: number): 0 | 1 {
    const a = ins.a.address + baseA + offsetOf(ins.a, i);
    return banksConflict(a, ins.b.address + baseB + offsetOf(ins.b, i)) ? 1 : 0;
  }

  protected execute(pe: number, th: number, ins: CompiledInstruction, from: number, to: number): void {
    const at = this.memoryAt[pe];
    const d = at + ins.d.address + this.baseD[th];
    const a = at + ins.a.address + this.baseA[th];
    const b = at + ins.b.address + this.baseB[th];
    this.scalar[th] = executeRange(ins, this.views, from, to, d, a, b, this.scalar[th], pe * this.c.registers + ins.d.index);
  }

  /** Element i, with fabric or FIFO operands, of the group that begins at `from`. */
  protected oneElement(pe: number, th: number, ins: CompiledInstruction, i: number, from: number, t: number): void {
    const x = this.readSource(pe, th, ins.a, this.baseA[th], i, i === from, t);
    if (i === from) this.restA = this.rest;
    else this.rest = this.restB;
    const y = ins.b.at === AT.NONE ? 0 : this.readSource(pe, th, ins.b, this.baseB[th], i, i === from, t);
    if (i === from) this.restB = this.rest;
    this.rest = this.restA;
    if (ins.aFifo > 0) this.fifoFlag(pe, this.memoryFifoOf(pe, ins.a.index).activatesOnPop, th, t);
    if (ins.bFifo > 0) this.fifoFlag(pe, this.memoryFifoOf(pe, ins.b.index).activatesOnPop, th, t);
    const register = pe * this.c.registers + ins.d.index;
    const acc = ins.d.at === AT.REGISTER ? this.registers[register] : 0;
    const word = ins.op === MOV32 ? x : element(VECTOR_OP_NAMES[ins.op], x, y, this.scalar[th], acc);
    if (ins.op === ADDC16) this.scalar[th] = carryOut('addc16', x, y, this.scalar[th]);
    if (ins.d.at === AT.REGISTER) this.registers[register] = word;
    else if (ins.d.at === AT.FABRIC) this.sendElement(pe, th, ins, word, i, i === from, t);
    else if (ins.d.at === AT.FIFO) {
      this.addToFifo(pe, ins.d.index, word);
      this.fifoFlag(pe, this.memoryFifoOf(pe, ins.d.index).activatesOnPush, th, t);
    } else {
      const address = ins.d.address + this.baseD[th] + offsetOf(ins.d, i);
      if (!this.safe[th]) this.checkAccess(pe, this.task[th], address, ins.d.width, t);
      const at = this.memoryAt[pe] + address;
      if (ins.d.width === 2) this.views.u16[at >> 1] = word;
      else this.views.i32[at >> 2] = word;
    }
  }

  /** Element i of a source. The first element of a packed pair takes the word and leaves its other half in `rest` for the second. */
  private readSource(pe: number, th: number, o: CompiledOperand, base: number, i: number, first: boolean, t: number): number {
    if (o.at === AT.FIFO) {
      const word = this.takeFromFifo(pe, o.index);
      return o.width === 2 ? word & 0xffff : word;
    }
    if (o.at === AT.FABRIC) {
      if (!first) return this.rest;
      const lane = this.c.channels.inputFirst[pe] + o.index;
      this.recorder?.use(lane, t);
      const word = this.fabric.pop(lane, t);
      this.rest = word >>> 16;
      return o.width === 2 ? word & 0xffff : word;
    }
    const address = o.address + base + offsetOf(o, i);
    if (!this.safe[th]) this.checkAccess(pe, this.task[th], address, o.width, t);
    const at = this.memoryAt[pe] + address;
    return o.width === 2 ? this.views.u16[at >> 1] : this.views.i32[at >> 2];
  }

  /** Element i of a fabric destination; packed, the first of a pair waits in `half` for the second, if there is one. */
  private sendElement(pe: number, th: number, ins: CompiledInstruction, word: number, i: number, first: boolean, t: number): void {
    if (ins.d.packed && first) {
      this.half = word & 0xffff;
      if (i + 1 < ins.length) return;
    }
    const lane = this.c.channels.outputFirst[pe] + ins.d.index;
    const advance = ins.d.advance && i === ins.length - 1 ? 1 : 0;
    const whole = ins.d.packed ? this.half | (first ? 0 : word << 16) : word;
    this.fabric.push(this.c.outputFifo[lane], whole, this.ready[th] + this.program.machine.ramp, ins.d.control | advance);
    this.recorder?.send(lane, t);
  }

  /** Words in a FIFO in memory. */
  protected memoryFifoCount(pe: number, index: number): number {
    return this.memoryFifo[(this.memoryFifoFirst[pe] + index) * 2 + 1];
  }

  private takeFromFifo(pe: number, index: number): number {
    const at = (this.memoryFifoFirst[pe] + index) * 2;
    const { address, capacity } = this.memoryFifoOf(pe, index);
    const word = this.views.i32[(this.memoryAt[pe] + address) / 4 + this.memoryFifo[at]];
    this.memoryFifo[at] = (this.memoryFifo[at] + 1) % capacity;
    this.memoryFifo[at + 1]--;
    return word;
  }

  private addToFifo(pe: number, index: number, word: number): void {
    const at = (this.memoryFifoFirst[pe] + index) * 2;
    const { address, capacity } = this.memoryFifoOf(pe, index);
    this.views.i32[(this.memoryAt[pe] + address) / 4 + ((this.memoryFifo[at] + this.memoryFifo[at + 1]++) % capacity)] = word;
  }

  private fifoFlag(pe: number, task: number | undefined, th: number, t: number): void {
    if (task !== undefined) this.flag(pe, task, 'activate', this.ready[th] + this.program.machine.completion, t);
  }

  /** Issue cycles of the groups of an op with these bases, from the one that begins at element `from` on. */
  protected groupsCycles(ins: CompiledInstruction, baseA: number, baseB: number, from = 0): number {
    const issues = from === 0 ? ins.issues : Math.ceil((ins.length - from) / ins.width) * ins.cycles;
    if (!ins.twoMemorySources) return issues;
    const key = (baseA & 7) * 8 + (baseB & 7);
    if (from === 0 && ins.batchCycles[key] > 0) return ins.batchCycles[key];
    let cycles = issues;
    for (let i = from; i < ins.length; i += ins.width) cycles += this.conflictOf(ins, baseA, baseB, i);
    if (from === 0) ins.batchCycles[key] = cycles;
    return cycles;
  }

  /** Runs the steps of a scalar instruction of main, whose faults are dated `t`, at the moment `clock`. */
  protected runScalars(pe: number, main: number, ins: CompiledInstruction, t: number, clock: number): void {
    const cls = this.classOf(pe);
    this.pe = pe;
    this.now = t;
    this.shown = clock;
    this.currentTask = this.task[main];
    const { place } = this;
    place.at = pe * this.c.registers;
    place.memory = this.memoryAt[pe];
    place.from = cls.dataStart;
    place.to = cls.dataTo;
    runScalarCode(ins.code, ins.steps, place, this.context);
  }
}
