/**
 * Sums side by side. A sum of f32 in the order of its elements is a chain of additions, of which each waits for the one before; the
 * chains of four PEs take little longer than one. So main of a PE that comes to a long sum while it runs ahead waits for others that come to
 * one as long in this tick, and takes another turn in it when the sum is known. The order of turns within a tick means nothing
 * (docs/tick.md), so nothing but the speed differs.
 */
import { VECTOR_OP_NAMES } from '../machine/ops.ts';
import { AT, type CompiledInstruction } from './compile.ts';
import { ElementRelays } from './element-relays.ts';
import { sum, sumFour } from './vector.ts';

const F32_SUM = VECTOR_OP_NAMES.indexOf('f32_sum');
/** PEs of a group, and elements from which on waiting for one pays. */
const GROUP = 4;
const LONG = 32;

/** What `streaming` says of a PE that waits for its sum, and of one that has it. */
export const SUMMING = 2;
export const SUMMED = 3;

export class ElementSums extends ElementRelays {
  /** Elements of each sum that the group waits for, and the words from one to the next. */
  private length = 0;
  private step = 0;
  /** Its PEs; where each one's line begins in the memories, in words; its register in the file. */
  private members = 0;
  private readonly memberPe = new Int32Array(GROUP);
  private readonly memberAt = new Int32Array(GROUP);
  private readonly memberRegister = new Int32Array(GROUP);

  protected isLongSum(ins: CompiledInstruction): boolean {
    return ins.op === F32_SUM && ins.length >= LONG && ins.a.at === AT.MEMORY && ins.a.inner === 0;
  }

  /** The PE waits for the sum of the line that begins at byte address `a` of the memories. */
  protected sumTogether(pe: number, ins: CompiledInstruction, a: number, register: number): void {
    const step = ins.a.step >> 2;
    if (this.length !== ins.length || this.step !== step) this.sumAll();
    this.length = ins.length;
    this.step = step;
    this.streaming[pe] = SUMMING;
    this.memberPe[this.members] = pe;
    this.memberAt[this.members] = a >> 2;
    this.memberRegister[this.members++] = register;
    if (this.members === GROUP) this.sumAll();
  }

  /** The sums of all PEs that wait for one. Returns whether there were any; they take another turn now. */
  sumAll(): boolean {
    const { members, memberPe, memberAt, memberRegister } = this;
    if (members === 0) return false;
    const { f32, floatRegisters } = this.views;
    if (members === GROUP) sumFour(f32, floatRegisters, memberRegister, memberAt, this.length, this.step);
    else for (let i = 0; i < members; i++) sum(f32, floatRegisters, memberRegister[i], this.length, memberAt[i], this.step);
    for (let i = 0; i < members; i++) {
      this.streaming[memberPe[i]] = SUMMED;
      this.wheel.schedule(memberPe[i], this.fabric.now);
    }
    this.members = 0;
    return true;
  }

  /** Nobody waits for a sum any more: a snapshot was restored. */
  forgetSums(): void {
    this.members = 0;
  }
}
