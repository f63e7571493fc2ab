/**
 * What is known of a PE without its data: registers and words of memory that constants alone decide. Everything loaded,
 * received or timed is unknown; an instruction whose cost or place hangs on that is declined.
 */
import type { ScalarOp } from '../../machine/ops.ts';
import type { ScalarStep } from '../../machine/program.ts';
import { scalarStep } from '../alu.ts';
import { AT, type CompiledInstruction, type CompiledOperand, IS, isInside } from '../compile.ts';
import { Declined } from './declined.ts';

const REGISTER_COUNT = 16;
const STORES: readonly ScalarOp[] = ['st16', 'st32'];

export class Known {
  private readonly registers = new Int32Array(REGISTER_COUNT);
  private readonly isKnown = new Uint8Array(REGISTER_COUNT).fill(1);
  /** Words that were stored and not overwritten since, by address. */
  private readonly memory = new Map<number, number>();
  /** Where data may lie, as from and to; kept only where `initial` is asked. */
  private readonly dirty = new Map<string, readonly [number, number]>();
  /** Ops of microthreads that run: what they write changes under the main thread's hands. */
  private readonly lent: CompiledInstruction[] = [];
  private readonly from: number;
  private readonly to: number;
  private readonly where: string;

  private readonly initial: ((address: number) => number | undefined) | undefined;

  /** Data memory is [from, to); `initial` gives a word that is loaded before tick 0. */
  constructor(from: number, to: number, where: string, initial?: (address: number) => number | undefined) {
    this.from = from;
    this.to = to;
    this.where = where;
    this.initial = initial;
  }

  /** The value of a register that decides about time or place. */
  value(register: number): number {
    if (this.isKnown[register] === 0) throw new Declined('data-dependent control', `${this.where}, register ${register}`);
    return this.registers[register];
  }

  set(register: number, word: number): void {
    this.registers[register] = word;
    this.isKnown[register] = this.lent.some(({ d }) => d.at === AT.REGISTER && d.index === register) ? 0 : 1;
  }

  forget(register: number): void {
    this.isKnown[register] = 0;
  }

  /** The word at an address, undefined if data decides. */
  word(address: number): number | undefined {
    const stored = this.memory.get(address);
    if (stored !== undefined || !this.initial) return stored;
    for (const [from, to] of this.dirty.values()) if (address + 4 > from && address < to) return undefined;
    return this.initial(address);
  }

  /** Whether the bytes [from, to) are as they were loaded; kept only where `initial` is asked. */
  isLoaded(from: number, to: number): boolean {
    return [...this.dirty.values()].every(([first, past]) => to <= first || from >= past);
  }

  /** Whether a loop or branch jumps. */
  jumps(ins: CompiledInstruction): boolean {
    const value = this.value(ins.register);
    if (ins.is === IS.LOOP) return ((value - 1) | 0) > 0;
    if (ins.when === 'zero') return value === 0;
    if (ins.when === 'nonzero') return value !== 0;
    return ins.when === 'negative' ? value < 0 : value > 0;
  }

  /** Whether a microthread may be at an op. */
  get lends(): boolean {
    return this.lent.length > 0;
  }

  /** A microthread begins with an op, and ends it. */
  lend(ins: CompiledInstruction): void {
    this.lent.push(ins);
  }

  giveBack(ins: CompiledInstruction): void {
    this.lent.splice(this.lent.indexOf(ins), 1);
  }

  forgetMemory(): void {
    this.soil(this.from, this.to);
  }

  /** Data may lie in [from, to). */
  soil(from: number, to: number): void {
    for (const address of this.memory.keys()) if (address + 4 > from && address < to) this.memory.delete(address);
    if (this.initial) this.dirty.set(`${from} ${to}`, [from, to]);
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
    if (STORES.includes(op)) {
      this.soil(address, address + width);
      if (op === 'st32' && this.isKnown[b] === 1 && this.lent.length === 0) this.memory.set(address, this.registers[b]);
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
    this.soil(start + ins.d.lo, start + ins.d.hi + ins.d.width);
  }
}
