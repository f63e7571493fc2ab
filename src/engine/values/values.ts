/**
 * The values of a run whose wavelets are not simulated one by one: the code of every PE from its first instruction to its last,
 * one PE after the other in one memory. In a program of one thread a PE and static routes the words that meet do not depend on
 * time, and every operation is the engine's own (vector.ts, alu.ts), so results equal the wavelet engine's in every bit.
 */
import { assert } from '../../base/error.ts';
import type { LoadTable, Program } from '../../machine/program.ts';
import type { ScalarContext } from '../alu.ts';
import { AT, type CompiledClass, CompiledInstruction, type CompiledOperand, compileClass, IS } from '../compile.ts';
import type { Views } from '../memory-views.ts';
import { runScalarCode, type ScalarPlace } from '../scalar-code.ts';
import { Declined } from '../timing/declined.ts';
import type { Wiring } from '../timing/wiring.ts';
import { executeRange } from '../vector.ts';

const REGISTER_COUNT = 16;

/**
 * Words that every sink receives, in order, as the wavelet engine's sinkWords. For programs that the timing engine accepts as
 * `shared` or `sweep` (timing.ts). Yields after every PE. @throws Declined where values depend on time
 */
export function* computeSinks(program: Program, { sourceOf, chains }: Wiring): Generator<void, Uint32Array[]> {
  const pe = new PeValues(program);
  const sinks = program.sinks.map(() => new Uint32Array());
  for (const { sink, line, shift, order } of chains) {
    const sent: Int32Array[] = [];
    for (const at of line.pes) {
      sent.push(pe.run(at + shift, sourceOf?.[at + shift] ?? 0));
      yield;
    }
    const next = new Uint32Array(sent.length);
    sinks[sink] = Uint32Array.from(order, (place) => sent[place][next[place]++]);
  }
  return sinks;
}

/** One PE's memory and registers, used for all of them in turn; behind the memory the words of its stream and those it sends. */
class PeValues {
  private readonly program: Program;
  private readonly classes: readonly CompiledClass[];
  private readonly views: Views;
  private readonly bytes: Uint8Array;
  private readonly streamAt: number;
  private readonly sentAt: number;
  /** Source whose words are in place. */
  private source = -1;
  private taken = 0;
  private sent = 0;
  /** Segments of the load table that belong to PE p: order[first[p]] .. order[first[p + 1] - 1]. */
  private readonly first: Uint32Array;
  private readonly order: Uint32Array;
  /** Vector ops with their queues as memory. */
  private readonly asMemory = new Map<CompiledInstruction, CompiledInstruction>();
  private readonly place: ScalarPlace;
  private readonly context: ScalarContext;

  constructor(program: Program) {
    this.program = program;
    this.classes = program.classes.map((cls) => compileClass(cls, program.machine));
    for (const { tasks } of program.classes) {
      if (tasks.some(({ code }) => code.some((i) => i.kind === 'scalar' && i.steps.some(({ op }) => op === 'tsc')))) {
        throw new Declined('data-dependent control', 'a program that reads the time');
      }
    }
    const words = Math.max(0, ...program.sources.map((source) => source.words.length));
    this.streamAt = Math.max(0, ...this.classes.map((cls) => cls.dataEnd));
    this.sentAt = this.streamAt + 4 * words;
    const buffer = new ArrayBuffer((this.sentAt + 4 * Math.max(0, ...program.sinks.map((sink) => sink.expect)) + 7) & ~7);
    const registers = new Int32Array(REGISTER_COUNT);
    this.bytes = new Uint8Array(buffer);
    this.views = {
      f32: new Float32Array(buffer),
      i32: new Int32Array(buffer),
      u16: new Uint16Array(buffer),
      registers,
      floatRegisters: new Float32Array(registers.buffer),
    };
    [this.first, this.order] = byPe(program.loads, program.classOf.length);
    this.place = { views: this.views, at: 0, memory: 0, from: 0, to: this.streamAt };
    this.context = contextOf(this.views);
  }

  /** The words that a PE sends, in order. */
  run(pe: number, source: number): Int32Array {
    const cls = this.classes[this.program.classOf[pe]];
    if (cls.tasks.length === 0) return new Int32Array();
    this.load(pe, source);
    const [code] = cls.tasks;
    for (let pc = 0; pc < code.length; ) pc = this.one(code[pc], pc);
    return this.views.i32.slice(this.sentAt >> 2, (this.sentAt >> 2) + this.sent);
  }

  private load(pe: number, source: number): void {
    const { bytes, views, program, order, first } = this;
    const { data, source: from, address, offset, length } = program.loads;
    bytes.fill(0, 0, this.streamAt);
    bytes.fill(0, this.sentAt);
    views.registers.fill(0);
    for (let k = first[pe]; k < first[pe + 1]; k++) {
      const i = order[k];
      bytes.set(data[from[i]].subarray(offset[i], offset[i] + length[i]), address[i]);
    }
    if (source !== this.source && source < program.sources.length) new Uint32Array(bytes.buffer, this.streamAt).set(program.sources[source].words);
    this.source = source;
    this.taken = 0;
    this.sent = 0;
  }

  /** Runs an instruction; the next one's place. */
  private one(ins: CompiledInstruction, pc: number): number {
    const { registers } = this.views;
    if (ins.is === IS.VECTOR) this.vector(ins);
    else if (ins.is === IS.SCALAR) runScalarCode(ins.code, ins.steps, this.place, this.context);
    else if (ins.is === IS.LOOP) return --registers[ins.register] > 0 ? ins.to : pc + 1;
    else if (ins.is === IS.BRANCH) return this.jumps(ins) ? ins.to : pc + 1;
    return pc + 1;
  }

  private jumps({ when, register }: CompiledInstruction): boolean {
    const value = this.views.registers[register];
    if (when === 'zero') return value === 0;
    if (when === 'nonzero') return value !== 0;
    return when === 'negative' ? value < 0 : value > 0;
  }

  private vector(ins: CompiledInstruction): void {
    const made = this.asMemory.get(ins) ?? withMemory(ins);
    this.asMemory.set(ins, made);
    const { registers } = this.views;
    const words = Math.ceil(ins.length / ins.width);
    const takes = ins.aWords + ins.bWords > 0;
    const stream = this.streamAt + 4 * this.taken;
    const at = (o: CompiledOperand, queue: number): number => (o.at === AT.FABRIC ? queue : o.address + (o.base >= 0 ? registers[o.base] : 0));
    const scalar = ins.scalarRegister >= 0 ? registers[ins.scalarRegister] : ins.scalarImm;
    executeRange(made, this.views, 0, ins.length, at(ins.d, this.sentAt + 4 * this.sent), at(ins.a, stream), at(ins.b, stream), scalar, ins.d.index);
    if (takes) this.taken += words;
    if (ins.d.at === AT.FABRIC) this.sent += words;
  }
}

/** The same op with a line of words in place of every queue. */
function withMemory(ins: CompiledInstruction): CompiledInstruction {
  const line = (o: CompiledOperand): CompiledOperand => (o.at === AT.FABRIC ? { ...o, at: AT.MEMORY, step: o.packed ? 2 : 4, inner: 0, outerStep: 0 } : o);
  const made = Object.assign(new CompiledInstruction(), ins);
  [made.a, made.b, made.d] = [line(ins.a), line(ins.b), line(ins.d)];
  made.straight = [made.a, made.b, made.d].every((o) => o.inner === 0);
  return made;
}

function contextOf({ registers, u16, i32 }: Views): ScalarContext {
  return {
    get: (register) => registers[register],
    set: (register, word) => {
      registers[register] = word;
    },
    load: (address, width) => (width === 2 ? u16[address >> 1] : i32[address >> 2]),
    store: (address, word, width) => {
      if (width === 2) u16[address >> 1] = word;
      else i32[address >> 2] = word;
    },
    timestamp: () => {
      assert(false, 'programs that read the time are declined');
      return 0;
    },
  };
}

/** The segments of a load table in the order of their PEs. */
function byPe({ pe }: LoadTable, pes: number): readonly [Uint32Array, Uint32Array] {
  const first = new Uint32Array(pes + 1);
  for (const p of pe) first[p + 1]++;
  for (let p = 0; p < pes; p++) first[p + 1] += first[p];
  const next = first.slice();
  const order = new Uint32Array(pe.length);
  for (let i = 0; i < pe.length; i++) order[next[pe[i]]++] = i;
  return [first, order];
}
