/**
 * What is known of a PE without its data: registers and words of memory that constants alone decide. Everything loaded,
 * received or timed is unknown; an instruction whose cost or place hangs on that is declined.
 */
import type { ScalarOp } from '../../machine/ops.ts';
import type { ScalarStep } from '../../machine/program.ts';
import { scalarStep } from '../alu.ts';
import { AT, type CompiledInstruction, type CompiledOperand, isInside } from '../compile.ts';
import { Declined } from './declined.ts';

const REGISTER_COUNT = 16;
const STORES: readonly ScalarOp[] = ['st16', 'st32'];

export class Known {
  private readonly registers = new Int32Array(REGISTER_COUNT);
  private readonly isKnown = new Uint8Array(REGISTER_COUNT).fill(1);
  /** Words that were stored and not overwritten since, by address. */
  private readonly memory = new Map<number, number>();
  private readonly from: number;
  private readonly to: number;
  private readonly where: string;

  /** Data memory is [from, to). */
  constructor(from: number, to: number, where: string) {
    this.from = from;
    this.to = to;
    this.where = where;
  }

  /** The value of a register that decides about time or place. */
  value(register: number): number {
    if (this.isKnown[register] === 0) throw new Declined('data-dependent control', `${this.where}, register ${register}`);
    return this.registers[register];
  }

  set(register: number, word: number): void {
    this.registers[register] = word;
    this.isKnown[register] = 1;
  }

  forget(register: number): void {
    this.isKnown[register] = 0;
  }

  /** The word at an address, undefined if data decides. */
  word(address: number): number | undefined {
    return this.memory.get(address);
  }

  run(steps: readonly ScalarStep[]): void {
    for (const step of steps) this.step(step);
  }

  private step(step: ScalarStep): void {
    const { op, d = 0, a, b, imm = 0 } = step;
    const uses = [a, b].filter((register) => register !== undefined);
    if (op === 'ld16' || op === 'ld32' || STORES.includes(op)) this.access(step, (a === undefined ? 0 : this.value(a)) + imm);
    else if (op === 'tsc' || uses.some((register) => this.isKnown[register] === 0)) this.forget(d);
    else {
      scalarStep(step, {
        get: (register) => this.registers[register],
        set: (register, word) => this.set(register, word),
        load: () => 0,
        store: () => undefined,
        timestamp: () => 0,
      });
    }
  }

  private access({ op, d = 0, b = 0 }: ScalarStep, address: number): void {
    const width = op === 'ld16' || op === 'st16' ? 2 : 4;
    if (address < this.from || address + width > this.to || address % width !== 0) throw new Declined('error', `${this.where}, address ${address}`);
    if (op === 'st16') this.memory.delete(address & ~3);
    else if (op === 'st32') {
      if (this.isKnown[b] === 1) this.memory.set(address, this.registers[b]);
      else this.memory.delete(address);
    } else {
      const word = op === 'ld32' ? this.memory.get(address) : undefined;
      if (word === undefined) this.forget(d);
      else this.set(d, word);
    }
  }

  /** Byte offset that a memory operand's base register adds. */
  base(o: CompiledOperand): number {
    return o.base >= 0 ? this.value(o.base) : 0;
  }

  /** Checks the operands of a vector op, which leaves data in its destination. */
  vector(ins: CompiledInstruction): void {
    for (const o of [ins.d, ins.a, ins.b]) {
      if (!isInside(o, this.base(o), this.from, this.to)) throw new Declined('error', `${this.where}, operand at ${o.address + this.base(o)}`);
    }
    if (ins.d.at === AT.REGISTER) this.forget(ins.d.index);
    if (ins.d.at !== AT.MEMORY) return;
    const start = ins.d.address + this.base(ins.d);
    for (const address of this.memory.keys()) if (address + 4 > start + ins.d.lo && address < start + ins.d.hi + ins.d.width) this.memory.delete(address);
  }
}
