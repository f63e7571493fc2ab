/**
 * Streams: the inner loop of every row dot, main's f32 multiply of a memory vector with words from an input queue, on a PE
 * without microthreads. Nothing but the queue can hold it up, so element i is used at max(ready(i), use(i - 1) + 1): known
 * as soon as the word is delivered. The element therefore needs no turn per word; the uses are caught up with when a router
 * asks for room, when the last word has come, or when somebody looks. docs/tick.md is kept to the tick.
 */
import { VECTOR_OP_NAMES } from '../machine/ops.ts';
import { MAIN_THREAD, REGISTERS } from '../machine/program.ts';
import { KIND } from '../trace/schema.ts';
import { AT, type CompiledInstruction, type CompiledOperand } from './compile.ts';
import { ElementOps } from './element-ops.ts';
import { STREAM } from './element-state.ts';
import type { Drain } from './fabric.ts';

const { MODE, LANE, FROM, RUN, COUNT, LIMIT, FINAL, A, A_STEP, D, D_STEP, FIELDS } = STREAM;
const F32_MUL = VECTOR_OP_NAMES.indexOf('f32_mul');
const F32_DOT = VECTOR_OP_NAMES.indexOf('f32_dot');
const TO_MEMORY = 1;
const TO_REGISTER = 2;

export class ElementStreams extends ElementOps implements Drain {
  protected isStreaming(pe: number): boolean {
    return this.stream[pe * FIELDS + MODE] !== 0;
  }

  /** Whether the rest of main's op is a plain run of f32 multiplies of memory with queue words, one a cycle. */
  protected canStream(pe: number, main: number, ins: CompiledInstruction): boolean {
    const line = (o: CompiledOperand): boolean => o.at === AT.REGISTER || (o.at === AT.MEMORY && o.inner === 0);
    const multiplies = (ins.op === F32_MUL || ins.op === F32_DOT) && ins.a.at === AT.MEMORY && ins.b.at === AT.FABRIC;
    return multiplies && ins.cycles === 1 && line(ins.a) && line(ins.d) && this.safe[main] === 1 && main === this.first[pe];
  }

  /** Main's op goes on as a stream whose first word is used at t. */
  protected openStream(pe: number, main: number, ins: CompiledInstruction, t: number): void {
    const at = pe * FIELDS;
    const s = this.stream;
    const done = this.done[main];
    const lane = this.c.channels.inputFirst[pe] + ins.b.index;
    const toRegister = ins.op === F32_DOT;
    s[at + MODE] = toRegister ? TO_REGISTER : TO_MEMORY;
    s[at + LANE] = lane;
    s[at + FROM] = t;
    s[at + RUN] = 0;
    s[at + COUNT] = 0;
    s[at + LIMIT] = ins.length - done;
    s[at + FINAL] = -1;
    s[at + A] = (this.memoryAt[pe] + ins.a.address + this.baseA[main] + done * ins.a.step) >> 2;
    s[at + A_STEP] = ins.a.step >> 2;
    s[at + D] = toRegister ? pe * REGISTERS + ins.d.index : (this.memoryAt[pe] + ins.d.address + this.baseD[main] + done * ins.d.step) >> 2;
    s[at + D_STEP] = ins.d.step >> 2;
    this.streams[0]++;
    this.fabric.startDraining(lane, t);
    this.delivered(pe);
  }

  /** A word has come: if it is the last one wanted, the end of the stream is known. */
  delivered(pe: number): void {
    const at = pe * FIELDS;
    const s = this.stream;
    const left = s[at + LIMIT] - s[at + COUNT];
    if (s[at + FINAL] >= 0 || this.fabric.inputs.length(s[at + LANE]) < left) return;
    let use = s[at + FROM] + s[at + RUN] - 1;
    for (let n = 0; n < left; n++) use = Math.max(use + 1, this.fabric.inputReady(s[at + LANE], n + 1));
    s[at + FINAL] = use;
    if (use > s[at + FROM]) this.wheel.schedule(this.actor + pe, use);
  }

  /** Tick of a stream's last element, or -1 while words of it are still to come. */
  protected finalTick(pe: number): number {
    return this.stream[pe * FIELDS + FINAL];
  }

  /** Does all uses before tick t. Returns the tick at which the next waiting word will be used, or -1 if the stream will use none of them. */
  catchUp(pe: number, t: number): number {
    const at = pe * FIELDS;
    const s = this.stream;
    const { inputs } = this.fabric;
    const lane = s[at + LANE];
    for (let waiting = inputs.length(lane); waiting > 0 && s[at + COUNT] < s[at + LIMIT]; waiting--) {
      const word = inputs.head(lane);
      const next = s[at + FROM] + s[at + RUN];
      const use = Math.max(next, inputs.ring[word + 1]);
      if (use >= t) return use;
      if (use > next) {
        this.flushRun(pe);
        this.recorder?.span(pe, MAIN_THREAD, KIND.wait, this.mark[this.first[pe + 1] - 1], next, use);
        s[at + FROM] = use;
        s[at + RUN] = 0;
      }
      this.multiply(at, inputs.floats[word]);
      inputs.remove(lane);
      inputs.free(lane);
      s[at + COUNT]++;
      s[at + RUN]++;
    }
    return -1;
  }

  private multiply(at: number, x: number): void {
    const s = this.stream;
    const { f32, floatRegisters } = this.views;
    const n = s[at + COUNT];
    const product = f32[s[at + A] + n * s[at + A_STEP]] * x;
    if (s[at + MODE] === TO_MEMORY) f32[s[at + D] + n * s[at + D_STEP]] = product;
    else floatRegisters[s[at + D]] = floatRegisters[s[at + D]] + Math.fround(product);
  }

  /** Tells the recorder of the uses in consecutive ticks since FROM. */
  private flushRun(pe: number): void {
    const at = pe * FIELDS;
    const s = this.stream;
    if (s[at + RUN] === 0 || !this.recorder) return;
    const main = this.first[pe + 1] - 1;
    this.recorder.useBurst(s[at + LANE], s[at + FROM], s[at + RUN]);
    this.recorder.span(pe, MAIN_THREAD, this.instruction(pe, main).activity, this.mark[main], s[at + FROM], s[at + FROM] + s[at + RUN]);
  }

  /** Ends a stream after the uses before tick t and brings the thread's columns up to date. */
  protected closeStream(pe: number, t: number): void {
    this.catchUp(pe, t);
    this.flushRun(pe);
    const at = pe * FIELDS;
    const s = this.stream;
    const main = this.first[pe + 1] - 1;
    const end = s[at + FROM] + s[at + RUN];
    this.done[main] += s[at + COUNT];
    if (s[at + COUNT] > 0) {
      this.ready[main] = end;
      this.slotFree[pe] = end;
      if (end > this.last[0]) this.last[0] = end;
    }
    s[at + MODE] = 0;
    this.streams[0]--;
    this.fabric.stopDraining(s[at + LANE]);
  }
}
