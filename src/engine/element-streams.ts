/**
 * Streams: the inner loop of every row dot and receive, main's op that takes words from an input queue into memory or an
 * accumulator, on a PE without microthreads. Nothing but the queue can hold it up, so element i is used at
 * max(ready(i), use(i - 1) + 1): known as soon as the word is delivered. The element therefore needs no turn per word; the
 * uses are caught up with when a router asks for room, when the last word has come, or when somebody looks. docs/tick.md is
 * kept to the tick. While a stream runs, `done` of the thread counts its elements.
 */
import { VECTOR_OP_NAMES } from '../machine/ops.ts';
import { MAIN_THREAD } from '../machine/program.ts';
import { KIND } from '../trace/schema.ts';
import { AT, type CompiledInstruction, type CompiledOperand } from './compile.ts';
import { ElementOps } from './element-ops.ts';
import type { Drain } from './fabric.ts';
import { LANE } from './fabric-state.ts';

const F32_MUL = VECTOR_OP_NAMES.indexOf('f32_mul');
const F32_DOT = VECTOR_OP_NAMES.indexOf('f32_dot');
const MOV32 = VECTOR_OP_NAMES.indexOf('mov32');

export class ElementStreams extends ElementOps implements Drain {
  /** Whether the rest of main's op is a plain run over queue words, one a cycle. */
  protected canStream(pe: number, main: number, ins: CompiledInstruction): boolean {
    const line = (o: CompiledOperand): boolean => o.at === AT.REGISTER || (o.at === AT.MEMORY && o.inner === 0);
    const multiplies = (ins.op === F32_MUL || ins.op === F32_DOT) && ins.a.at === AT.MEMORY && ins.b.at === AT.FABRIC && line(ins.a);
    const receives = ins.op === MOV32 && ins.a.at === AT.FABRIC;
    return (multiplies || receives) && ins.cycles === 1 && line(ins.d) && this.safe[main] === 1 && main === this.first[pe] && !this.mayBeControlled(pe, ins);
  }

  /** Control wavelets end a stream's certainty about its words. */
  private mayBeControlled(pe: number, ins: CompiledInstruction): boolean {
    return this.c.controlColors !== 0 && ((this.c.controlColors >> this.c.channels.inputColor[this.laneOf(pe, ins)]) & 1) !== 0;
  }

  private laneOf(pe: number, ins: CompiledInstruction): number {
    return this.c.channels.inputFirst[pe] + (ins.b.at === AT.FABRIC ? ins.b.index : ins.a.index);
  }

  /** Main's op goes on as a stream whose first word is used at t. */
  protected openStream(pe: number, main: number, ins: CompiledInstruction, t: number): void {
    this.streaming[pe] = 1;
    this.streamFrom[pe] = t;
    this.streamRun[pe] = 0;
    this.streamEnd[pe] = -1;
    this.streams[0]++;
    const left = ins.length - this.done[main];
    const lane = this.laneOf(pe, ins);
    this.fabric.startDraining(lane, left, t);
    if (this.fabric.inputLength(lane) >= left) this.complete(pe);
  }

  /** The last word the stream wants has come: its end is known. */
  complete(pe: number): void {
    const main = this.first[pe + 1] - 1;
    const ins = this.instruction(pe, main);
    const lane = this.laneOf(pe, ins);
    const left = ins.length - this.done[main];
    const from = this.streamFrom[pe];
    let use = from + this.streamRun[pe] - 1;
    for (let n = 1; n <= left; n++) use = Math.max(use + 1, this.fabric.inputReady(lane, n));
    this.streamEnd[pe] = use;
    if (use > from) this.wheel.schedule(pe, use);
  }

  /** Does all uses before tick t. Returns the tick at which the next waiting word will be used, or -1 if the stream will use none of them. */
  catchUp(pe: number, t: number): number {
    const main = this.first[pe + 1] - 1;
    const ins = this.instruction(pe, main);
    const laneId = this.laneOf(pe, ins);
    const { lane, laneRing, laneFloats } = this.fabric;
    const l = laneId * LANE.FIELDS;
    const queue = lane[l];
    const capacity = queue >> 16;
    const first = lane[l + LANE.RING];
    const done = this.done[main];
    const count = Math.min((queue >> 8) & 255, ins.length - done);
    let head = queue & 255;
    let free = this.streamFrom[pe] + this.streamRun[pe];
    const { f32 } = this.views;
    const stepA = ins.a.step >> 2;
    const stepD = ins.d.step >> 2;
    const a = ((this.memoryAt[pe] + ins.a.address + this.baseA[main]) >> 2) + done * stepA;
    const d = ((this.memoryAt[pe] + ins.d.address + this.baseD[main]) >> 2) + done * stepD;
    let next = -1;
    let n = 0;
    for (; n < count; n++) {
      const at = (first + head) * 2;
      const ready = laneRing[at + 1] >> 2;
      if (ready >= t || free >= t) {
        next = ready > free ? ready : free;
        break;
      }
      if (ready > free) {
        this.gap(pe, main, ins, free, ready);
        free = ready;
      }
      if (ins.op === F32_MUL) f32[d + n * stepD] = f32[a + n * stepA] * laneFloats[at];
      else this.useWord(pe, main, ins, done + n, at);
      head = head + 1 === capacity ? 0 : head + 1;
      free++;
    }
    if (n > 0) {
      lane[l] = (queue & ~0xffff) | (((queue >> 8) & 255) - n) << 8 | head;
      this.done[main] = done + n;
      this.streamRun[pe] = free - this.streamFrom[pe];
      if (this.streamEnd[pe] < 0) this.fabric.stillNeeds(laneId, ins.length - done - n);
    }
    return next;
  }

  /** The stream stood still during [free, ready): the uses before are told, and the waiting. */
  private gap(pe: number, main: number, ins: CompiledInstruction, free: number, ready: number): void {
    this.streamRun[pe] = free - this.streamFrom[pe];
    this.flushRun(pe, main, ins);
    this.recorder?.span(pe, MAIN_THREAD, KIND.wait, this.mark[main], free, ready);
    this.streamFrom[pe] = ready;
  }

  /** Element i of a receive or a fused dot takes the word at laneRing[at]. */
  private useWord(pe: number, main: number, ins: CompiledInstruction, i: number, at: number): void {
    const { f32, i32, floatRegisters } = this.views;
    const memory = this.memoryAt[pe];
    if (ins.op === MOV32) {
      i32[(memory + ins.d.address + this.baseD[main] + i * ins.d.step) >> 2] = this.fabric.laneRing[at];
      return;
    }
    const product = f32[(memory + ins.a.address + this.baseA[main] + i * ins.a.step) >> 2] * this.fabric.laneFloats[at];
    const register = pe * this.c.registers + ins.d.index;
    floatRegisters[register] = floatRegisters[register] + Math.fround(product);
  }

  /** Tells the recorder of the uses in consecutive ticks since streamFrom. */
  private flushRun(pe: number, main: number, ins: CompiledInstruction): void {
    const run = this.streamRun[pe];
    if (run === 0 || !this.recorder) return;
    const from = this.streamFrom[pe];
    this.recorder.useBurst(this.laneOf(pe, ins), from, run);
    this.recorder.span(pe, MAIN_THREAD, ins.activity, this.mark[main], from, from + run);
  }

  /** Ends a stream after the uses before tick t and brings the thread's columns up to date. */
  protected closeStream(pe: number, t: number): void {
    this.catchUp(pe, t);
    const main = this.first[pe + 1] - 1;
    const ins = this.instruction(pe, main);
    this.flushRun(pe, main, ins);
    if (this.streamRun[pe] > 0) {
      const end = this.streamFrom[pe] + this.streamRun[pe];
      this.ready[main] = end;
      this.slotFree[pe] = end;
      if (end > this.last[0]) this.last[0] = end;
    }
    this.streaming[pe] = 0;
    this.streams[0]--;
    this.fabric.stopDraining(this.laneOf(pe, ins));
  }
}
