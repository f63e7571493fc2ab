/**
 * Streams: the inner loop of every row dot and receive, main's op that takes words from an input queue into memory or an
 * accumulator, on a PE without microthreads. Nothing but the queue can hold it up, so element i is used at
 * max(ready(i), use(i - 1) + 1): known as soon as the word is delivered. The word is used then and there, if its tick comes
 * before anybody can look (the horizon); its room in the queue stays taken until the tick of its use (LANE.USED and FROM).
 * The element needs no turn per word. docs/tick.md is kept to the tick.
 */
import { VECTOR_OP_NAMES } from '../machine/ops.ts';
import { MAIN_THREAD } from '../machine/program.ts';
import { KIND } from '../trace/schema.ts';
import { AT, type CompiledInstruction, type CompiledOperand } from './compile.ts';
import { ElementOps } from './element-ops.ts';
import { LANE, MULTIPLYING, QUIET, STREAMING } from './fabric-fields.ts';
import { dotPair, multiplyPair } from './half-lines.ts';

const { STATE, LEFT, USED, FROM, A, D, FIELDS } = LANE;
const F32_MUL = VECTOR_OP_NAMES.indexOf('f32_mul');
const F32_DOT = VECTOR_OP_NAMES.indexOf('f32_dot');
const F16_MUL = VECTOR_OP_NAMES.indexOf('f16_mul');
const F16_DOT_F32 = VECTOR_OP_NAMES.indexOf('f16_dot_f32');
const MOV32 = VECTOR_OP_NAMES.indexOf('mov32');
const wordBits = new Int32Array(1);
const wordFloat = new Float32Array(wordBits.buffer);

/** A register, or memory without rows. */
const isLine = (o: CompiledOperand): boolean => o.at === AT.REGISTER || (o.at === AT.MEMORY && o.inner === 0);

/** Whether an op multiplies a line of memory with queue words, one f32 each or two f16. */
function multipliesWords(ins: CompiledInstruction): boolean {
  if (ins.a.at !== AT.MEMORY || ins.b.at !== AT.FABRIC || !isLine(ins.a)) return false;
  return ins.b.packed ? isHalf(ins) && ins.length % 2 === 0 : ins.op === F32_MUL || ins.op === F32_DOT;
}

const isHalf = (ins: CompiledInstruction): boolean => ins.op === F16_MUL || ins.op === F16_DOT_F32;

/**
 * Products with words, in their order. Side by side, four are read before the first is written where none of them reads what another writes: the memory,
 * which is another one for each PE, then answers several at once.
 */
function multiplyWords(f32: Float32Array, d: number, stepD: number, a: number, stepA: number, floats: Float32Array, from: number, count: number): void {
  let i = 0;
  if (stepD === 1 && stepA === 1 && (d <= a || d >= a + 4)) {
    for (let x = a, y = from, z = d; i + 4 <= count; i += 4, x += 4, y += 4, z += 4) {
      const p = f32[x] * floats[y];
      const q = f32[x + 1] * floats[y + 1];
      const r = f32[x + 2] * floats[y + 2];
      const s = f32[x + 3] * floats[y + 3];
      f32[z] = p;
      f32[z + 1] = q;
      f32[z + 2] = r;
      f32[z + 3] = s;
    }
  }
  for (; i < count; i++) f32[d + i * stepD] = f32[a + i * stepA] * floats[from + i];
}

/** A sum of products with words, in their order. */
function dotWords(
  f32: Float32Array,
  registers: Float32Array,
  register: number,
  a: number,
  step: number,
  floats: Float32Array,
  from: number,
  count: number,
): void {
  let sum = registers[register];
  for (let i = 0, x = a; i < count; i++, x += step) sum = Math.fround(sum + Math.fround(f32[x] * floats[from + i]));
  registers[register] = sum;
}

export class ElementStreams extends ElementOps {
  get f32(): Float32Array {
    return this.views.f32;
  }

  /** Whether the rest of main's op is a plain run over queue words, one a cycle. */
  protected canStream(pe: number, main: number, ins: CompiledInstruction): boolean {
    const receives = ins.op === MOV32 && ins.a.at === AT.FABRIC && ins.width === 1;
    return (
      (receives || multipliesWords(ins)) && ins.cycles === 1 && isLine(ins.d) && this.safe[main] === 1 && this.alone(pe, main) && !this.mayBeControlled(pe, ins)
    );
  }

  /** Control wavelets end a stream's certainty about its words. */
  protected mayBeControlled(pe: number, ins: CompiledInstruction): boolean {
    return this.c.controlColors !== 0 && ((this.c.controlColors >> this.c.channels.inputColor[this.laneOf(pe, ins)]) & 1) !== 0;
  }

  protected laneOf(pe: number, ins: CompiledInstruction): number {
    return this.c.channels.inputFirst[pe] + (ins.b.at === AT.FABRIC ? ins.b.index : ins.a.index);
  }

  /** The lane of main's stream. */
  protected streamLane(pe: number): number {
    return this.laneOf(pe, this.instruction(pe, this.first[pe + 1] - 1));
  }

  /** Main's op goes on as a stream whose first word is used at t. */
  protected openStream(pe: number, main: number, ins: CompiledInstruction, t: number): void {
    const { lane } = this.fabric;
    const into = this.laneOf(pe, ins);
    const l = into * FIELDS;
    const done = this.done[main];
    const memory = this.memoryAt[pe];
    this.streaming[pe] = 1;
    this.streams[0]++;
    lane[l + STATE] = ins.op === F32_MUL && ins.a.step === 4 && ins.d.step === 4 ? MULTIPLYING : STREAMING;
    lane[l + LEFT] = (ins.length - done) / ins.width;
    this.fabric.turnOver(into, t);
    const half = isHalf(ins) ? 1 : 2;
    lane[l + A] = (memory + ins.a.address + this.baseA[main] + done * ins.a.step) >> half;
    lane[l + D] = ins.d.at === AT.REGISTER ? pe * this.c.registers + ins.d.index : (memory + ins.d.address + this.baseD[main] + done * ins.d.step) >> half;
  }

  /** Uses the words that wait in the ring, as far as the horizon. */
  protected absorb(pe: number, into: number): void {
    const { lane, laneRing } = this.fabric;
    const l = into * FIELDS;
    const first = lane[l + USED];
    while (this.fabric.inputLength(into) > 0 && lane[l + LEFT] > 0) {
      const at = this.fabric.inputAt(into, 0);
      if (!this.take(pe, into, laneRing[at], laneRing[at + 1] >> 2)) break;
      this.fabric.drop(into);
      if (lane[l + USED] > first) this.fabric.wakeFeeder(into, lane[l + USED] + 1);
    }
    if (lane[l + LEFT] > 0 && this.fabric.inputLength(into) > 0) {
      this.wheel.schedule(pe, Math.max(laneRing[this.fabric.inputAt(into, 0) + 1] >> 2, lane[l + USED] + 1));
    }
  }

  take(pe: number, into: number, word: number, ready: number): boolean {
    const { lane } = this.fabric;
    const l = into * FIELDS;
    const use = Math.max(ready, lane[l + USED] + 1);
    if (use >= this.fabric.horizon) return false;
    if (use !== lane[l + USED] + 1) this.gap(pe, into, use);
    this.useWord(l, this.instruction(pe, this.first[pe + 1] - 1), word);
    lane[l + USED] = use;
    if (--lane[l + LEFT] === 0) this.complete(pe, into);
    return true;
  }

  takeRun(pe: number, into: number, words: Int32Array, floats: Float32Array, from: number, count: number, use: number): void {
    const { lane } = this.fabric;
    const l = into * FIELDS;
    if (use !== lane[l + USED] + 1) this.gap(pe, into, use);
    const ins = this.instruction(pe, this.first[pe + 1] - 1);
    if (isHalf(ins)) for (let i = from; i < from + count; i++) this.usePair(l, ins, words[i]);
    else this.useWords(l, ins, words, floats, from, count);
    lane[l + USED] = use + count - 1;
    lane[l + LEFT] -= count;
    if (lane[l + LEFT] === 0) this.complete(pe, into);
  }

  /** The next elements take a word each. */
  private useWords(l: number, ins: CompiledInstruction, words: Int32Array, floats: Float32Array, from: number, count: number): void {
    const { lane } = this.fabric;
    const { f32, i32, floatRegisters } = this.views;
    const a = lane[l + A];
    const d = lane[l + D];
    const stepA = ins.a.step >> 2;
    const stepD = ins.d.step >> 2;
    lane[l + A] = a + count * stepA;
    lane[l + D] = d + count * stepD;
    if (ins.op === MOV32) for (let i = 0, to = d; i < count; i++, to += stepD) i32[to] = words[from + i];
    else if (ins.op === F32_MUL) multiplyWords(f32, d, stepD, a, stepA, floats, from, count);
    else dotWords(f32, floatRegisters, d, a, stepA, floats, from, count);
  }

  /** The next element takes a word. */
  private useWord(l: number, ins: CompiledInstruction, word: number): void {
    const { lane } = this.fabric;
    const { f32, i32, floatRegisters } = this.views;
    const a = lane[l + A];
    const d = lane[l + D];
    if (isHalf(ins)) {
      this.usePair(l, ins, word);
      return;
    }
    lane[l + A] = a + (ins.a.step >> 2);
    lane[l + D] = d + (ins.d.step >> 2);
    if (ins.op === MOV32) {
      i32[d] = word;
      return;
    }
    wordBits[0] = word;
    if (ins.op === F32_MUL) f32[d] = f32[a] * wordFloat[0];
    else floatRegisters[d] = floatRegisters[d] + Math.fround(f32[a] * wordFloat[0]);
  }

  /** The next two elements take the halves of a word; places are in half-words, of a sum the register. */
  private usePair(l: number, ins: CompiledInstruction, word: number): void {
    const { lane } = this.fabric;
    const { u16, floatRegisters } = this.views;
    const [a, d] = [lane[l + A], lane[l + D]];
    const [stepA, stepD] = [ins.a.step >> 1, ins.d.step >> 1];
    lane[l + A] = a + 2 * stepA;
    lane[l + D] = d + 2 * stepD;
    if (ins.op === F16_MUL) multiplyPair(u16, d, a, stepD, stepA, word);
    else dotPair(u16, floatRegisters, d, a, stepA, word);
  }

  gap(pe: number, into: number, use: number): void {
    const { lane } = this.fabric;
    const l = into * FIELDS;
    const main = this.first[pe + 1] - 1;
    const free = lane[l + USED] + 1;
    this.flushRun(pe, into);
    this.recorder?.span(pe, MAIN_THREAD, KIND.wait, this.mark[main], free, use);
    lane[l + FROM] = use;
  }

  complete(pe: number, into: number): void {
    const l = into * FIELDS;
    this.fabric.lane[l + STATE] = QUIET;
    this.wheel.schedule(pe, this.fabric.now);
  }

  /** Tells the recorder of the last uses in consecutive ticks. */
  private flushRun(pe: number, into: number): void {
    const { lane } = this.fabric;
    const l = into * FIELDS;
    const [from, end] = [lane[l + FROM], lane[l + USED] + 1];
    if (end <= from || !this.recorder) return;
    const main = this.first[pe + 1] - 1;
    this.recorder.useBurst(into, from, end - from);
    this.recorder.span(pe, MAIN_THREAD, this.instruction(pe, main).activity, this.mark[main], from, end);
  }

  /** Ends a stream after its last use so far and brings the thread's columns up to date. */
  protected closeStream(pe: number): void {
    const main = this.first[pe + 1] - 1;
    const ins = this.instruction(pe, main);
    const into = this.laneOf(pe, ins);
    const l = into * FIELDS;
    const { lane } = this.fabric;
    this.flushRun(pe, into);
    const done = ins.length - lane[l + LEFT] * ins.width;
    // An op whose set-up is free begins with its first element.
    if (done === 0 && ins.setup === 0) this.goTo(main, this.pc[main]);
    if (done > this.done[main]) {
      const end = lane[l + USED] + 1;
      this.ready[main] = end;
      this.slotFree[pe] = end;
      if (end > this.last[0]) this.last[0] = end;
    }
    this.done[main] = done;
    this.streaming[pe] = 0;
    this.streams[0]--;
    lane[l + STATE] = QUIET;
    lane[l + LEFT] = 0;
  }
}
