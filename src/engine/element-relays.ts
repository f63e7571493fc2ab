/**
 * Elements on the way of trains (fabric-trains.ts): a thread that takes a word of a queue for each element, one a cycle, and keeps or
 * sends on what comes of it; and one that sends words out of memory. A PE whose only thread with an instruction does that is
 * disturbed by nobody; the tick of each use is known if the words come in consecutive ticks. The last element always goes the
 * general way, because flags, an advance bit and the next instruction come with it.
 */
import { VECTOR_OP_NAMES } from '../machine/ops.ts';
import { KIND } from '../trace/schema.ts';
import { element } from './alu.ts';
import { AT, type CompiledInstruction, type CompiledOperand, IS } from './compile.ts';
import { ElementStreams } from './element-streams.ts';
import type { Streams } from './fabric-flow.ts';

const MOV32 = VECTOR_OP_NAMES.indexOf('mov32');
const F32_ADD = VECTOR_OP_NAMES.indexOf('f32_add');

/** A word of 32 bits for every element: nothing, a register, a line of memory, or a queue without packing and control. */
const isPlain = (o: CompiledOperand): boolean => o.at === AT.NONE || (o.width === 4 && o.at !== AT.FIFO && o.inner === 0 && !o.packed && o.control === 0);

export class ElementRelays extends ElementStreams implements Streams {
  relayBegins(pe: number, into: number): number {
    const th = this.onlyThread(pe);
    if (th < 0) return -1;
    const ins = this.instruction(pe, th);
    if (!this.isRelay(pe, th, ins) || this.laneOf(pe, ins) !== into || this.mayBeControlled(pe, ins)) return -1;
    return Math.max(this.ready[th], this.slotFree[pe]);
  }

  relayLeft(pe: number): number {
    const th = this.onlyThread(pe);
    return this.instruction(pe, th).length - 1 - this.done[th];
  }

  relayOutput(pe: number): number {
    const { d } = this.instruction(pe, this.onlyThread(pe));
    return d.at === AT.FABRIC ? this.c.outputFifo[this.c.channels.outputFirst[pe] + d.index] : -1;
  }

  relay(pe: number, into: number, words: Int32Array, floats: Float32Array, from: number, count: number, use: number, to: number): void {
    const th = this.onlyThread(pe);
    const ins = this.instruction(pe, th);
    const free = Math.max(this.ready[th], this.slotFree[pe]);
    if (this.stallKind[th] >= 0) this.endStall(pe, th, use);
    else if (use > free) this.recorder?.span(pe, this.threadNumber(pe, th), KIND.wait, this.mark[th], free, use);
    this.useAll(pe, th, ins, words, floats, from, count, to);
    this.recorder?.useBurst(into, use, count);
    if (ins.d.at === AT.FABRIC) this.recorder?.sendBurst(this.c.channels.outputFirst[pe] + ins.d.index, use, count);
    this.goneOn(pe, th, ins, use, count);
  }

  /** Whether thread `th` sends words out of memory and nothing else goes on in its PE, so that its next words may go as a train. */
  protected isSender(pe: number, th: number, ins: CompiledInstruction): boolean {
    return ins.is === IS.VECTOR && ins.op === MOV32 && ins.a.at === AT.MEMORY && ins.d.at === AT.FABRIC && this.isSteady(th, ins) && this.onlyThread(pe) === th;
  }

  /** The sender of a PE, which has issued at t, sends its next words as a train, if they can go. */
  sendTrain(pe: number, t: number): void {
    const th = this.onlyThread(pe);
    if (th < 0 || this.ready[th] !== t + 1) return;
    const ins = this.instruction(pe, th);
    if (!this.isSender(pe, th, ins)) return;
    const lane = this.c.channels.outputFirst[pe] + ins.d.index;
    const place = (this.memoryAt[pe] + ins.a.address + this.baseA[th] + this.done[th] * ins.a.step) >> 2;
    const { fabric } = this;
    const left = ins.length - 1 - this.done[th];
    const count = fabric.train(pe, this.c.outputFifo[lane], t + 1, 1 + this.program.machine.ramp, left, this.views.i32, place, ins.a.step >> 2);
    if (count === 0) return;
    this.recorder?.sendBurst(lane, t + 1, count);
    this.goneOn(pe, th, ins, t + 1, count);
  }

  /** Elements of a thread were issued in `count` ticks from `begin` on. */
  private goneOn(pe: number, th: number, ins: CompiledInstruction, begin: number, count: number): void {
    const end = begin + count;
    this.done[th] += count;
    this.ready[th] = end;
    this.slotFree[pe] = end;
    if (th !== this.first[pe + 1] - 1) this.lastMicro[pe] = this.threadNumber(pe, th);
    if (end > this.last[0]) this.last[0] = end;
    this.recorder?.span(pe, this.threadNumber(pe, th), ins.activity, this.mark[th], begin, end);
    this.wheel.schedule(pe, end);
  }

  /** The one thread of a PE that has an instruction, if no other can get one before it is done; else -1. */
  private onlyThread(pe: number): number {
    const main = this.first[pe + 1] - 1;
    if (this.task[main] >= 0) return this.streaming[pe] === 0 && this.batch[main] < 0 && this.alone(pe, main) ? main : -1;
    let only = -1;
    for (let th = this.first[pe]; th < main; th++) {
      if (this.task[th] < 0) continue;
      if (only >= 0) return -1;
      only = th;
    }
    const mayWake = (this.active[pe] & ~this.blocked[pe]) !== 0 || this.pending.has(pe) || this.classOf(pe).triggers.length > 0;
    return mayWake ? -1 : only;
  }

  /** An op that is set up, of which each element takes a cycle, and none counts as the last yet. */
  private isSteady(th: number, ins: CompiledInstruction): boolean {
    if (ins.width !== 1 || ins.cycles !== 1 || this.started[th] === 0 || this.safe[th] === 0 || this.done[th] >= ins.length - 1) return false;
    return isPlain(ins.a) && isPlain(ins.b) && isPlain(ins.d);
  }

  /** Whether a thread's op takes one word a cycle from one queue, and either stands waiting for a word or goes on. */
  private isRelay(pe: number, th: number, ins: CompiledInstruction): boolean {
    if (ins.is !== IS.VECTOR || ins.aWords + ins.bWords !== 1 || !this.isSteady(th, ins)) return false;
    const launches = ins.thread >= 0 && th === this.first[pe + 1] - 1;
    return !launches && (this.stallKind[th] < 0 || this.stallKind[th] === KIND.wait);
  }

  /** What comes of `count` words of the train from `from` on goes to where the op says, or to the words from `to` on. */
  private useAll(pe: number, th: number, ins: CompiledInstruction, words: Int32Array, floats: Float32Array, from: number, count: number, to: number): void {
    const { a, b, d } = ins;
    const memory = this.memoryAt[pe];
    const other = a.at === AT.MEMORY ? a : b;
    const base = a.at === AT.MEMORY ? this.baseA[th] : this.baseB[th];
    const x = (memory + other.address + base + this.done[th] * other.step) >> 2;
    const sends = d.at === AT.FABRIC;
    const out = sends ? words : this.views.i32;
    const z = sends ? to : (memory + d.address + this.baseD[th] + this.done[th] * d.step) >> 2;
    const step = sends ? 1 : d.step >> 2;
    if (ins.op === MOV32 && d.at !== AT.REGISTER) for (let i = 0; i < count; i++) out[z + i * step] = words[from + i];
    else if (ins.op === F32_ADD && a.at === AT.MEMORY && d.at !== AT.REGISTER)
      addWords(sends ? floats : this.views.f32, z, step, this.views.f32, x, other.step >> 2, floats, from, count);
    else this.useAny(pe, th, ins, words, from, count, x, z);
  }

  /** The same, element by element (alu.ts). */
  private useAny(pe: number, th: number, ins: CompiledInstruction, words: Int32Array, from: number, count: number, x: number, z: number): void {
    const { a, b, d, op } = ins;
    const { i32 } = this.views;
    const register = pe * this.c.registers + d.index;
    const step = (a.at === AT.MEMORY ? a.step : b.step) >> 2;
    for (let i = 0; i < count; i++) {
      const left = a.at === AT.FABRIC ? words[from + i] : i32[x + i * step];
      const right = b.at === AT.FABRIC ? words[from + i] : b.at === AT.NONE ? 0 : i32[x + i * step];
      const acc = d.at === AT.REGISTER ? this.registers[register] : 0;
      const word = op === MOV32 ? left : element(VECTOR_OP_NAMES[op], left, right, this.scalar[th], acc);
      if (d.at === AT.REGISTER) this.registers[register] = word;
      else if (d.at === AT.FABRIC) words[z + i] = word;
      else i32[z + i * (d.step >> 2)] = word;
    }
  }
}

/** Sums of a line of memory and words, in their order. */
function addWords(
  out: Float32Array,
  z: number,
  stepZ: number,
  memory: Float32Array,
  x: number,
  stepX: number,
  floats: Float32Array,
  from: number,
  count: number,
): void {
  for (let i = 0; i < count; i++) out[z + i * stepZ] = memory[x + i * stepX] + floats[from + i];
}
