/**
 * The state of all compute elements in flat arrays: per thread, per PE, registers, memories. What is in the arrays is the
 * whole truth; a snapshot is a copy of them. Behaviour: element-ops.ts (values), elements.ts (time).
 */
import { WeftError } from '../base/error.ts';
import { each, filling } from '../base/pieces.ts';
import { type LoadTable, MAIN_THREAD, type MemoryFifo, type Program } from '../machine/program.ts';
import type { Recorder } from '../trace/recorder.ts';
import type { CompiledClass, CompiledInstruction, CompiledProgram } from './compile.ts';
import type { Fabric } from './fabric.ts';
import type { Views } from './memory-views.ts';
import type { EventWheel } from './wheel.ts';

/** Simulated memory above this is refused before it is allocated. */
const MEMORY_LIMIT = 1.5 * 2 ** 30;

/** A flag change that becomes visible at a later tick. */
export interface Pending {
  readonly tick: number;
  readonly task: number;
  readonly kind: 'activate' | 'block' | 'unblock';
}

type Masks = Int32Array | Uint8Array;

/** Bytes that are loaded from one yield to the next; a load writes to a page of fresh memory, whatever its length. */
const LOADED = 1 << 22;
const PAGE = 1 << 12;

export class ElementState {
  /** Threads of PE p: first[p] .. first[p + 1] - 1; main is the last. */
  readonly first: Uint32Array;
  readonly task: Int8Array;
  readonly pc: Uint16Array;
  readonly started: Uint8Array;
  /** 1 when the running op's operands were checked to lie inside the memory. */
  protected readonly safe: Uint8Array;
  readonly done: Int32Array;
  readonly scalar: Int32Array;
  readonly baseD: Int32Array;
  readonly baseA: Int32Array;
  readonly baseB: Int32Array;
  readonly mark: Int32Array;
  readonly ready: Int32Array;
  protected readonly stallKind: Int8Array;
  protected readonly stallFrom: Int32Array;
  /** Issue tick of the batch's next group, or -1 when the thread runs no batch. */
  readonly batch: Int32Array;
  // per PE
  /** 1 while main's op runs as a stream (element-streams.ts); more within a tick, while it waits for a sum (element-sums.ts). */
  readonly streaming: Uint8Array;
  /** Streams that are open. */
  readonly streams = new Int32Array(1);
  readonly slotFree: Int32Array;
  readonly lastMicro: Int8Array;
  /** Flags of the tasks, a bit each. */
  readonly active: Masks;
  readonly blocked: Masks;
  readonly pending = new Map<number, Pending[]>();
  /** What each PE's picker remembers (machine/picker.ts); empty where it remembers nothing. */
  readonly picker: Int32Array;
  /** Place of the oldest word and number of words of every FIFO in memory, from memoryFifoFirst[pe] on. */
  readonly memoryFifoFirst: Uint32Array;
  readonly memoryFifo: Int32Array;
  /** c.registers of each PE. */
  readonly registers: Int32Array;
  /** Data memory of PE p: bytes from memoryAt[p] + dataStart of its address space. */
  readonly memoryAt: Int32Array;
  readonly bytes: Uint8Array;
  readonly views: Views;
  /** End of the last issue or pick. */
  readonly last = new Int32Array(1);
  /** Threads that have an instruction. */
  readonly running = new Int32Array(1);
  /** Turns of the elements by PE, then of the host sources: the tick of each, or NEVER. */
  readonly due: Int32Array;

  protected readonly program: Program;
  protected readonly c: CompiledProgram;
  protected readonly wheel: EventWheel;
  protected readonly fabric: Fabric;
  protected readonly recorder: Recorder | undefined;

  /** `wheel` turns on `due`. */
  constructor(program: Program, c: CompiledProgram, due: Int32Array, wheel: EventWheel, fabric: Fabric, recorder: Recorder | undefined) {
    this.program = program;
    this.c = c;
    this.due = due;
    this.wheel = wheel;
    this.fabric = fabric;
    this.recorder = recorder;
    const pes = program.width * program.height;
    const { threads, bytes, fifos } = this.sums();
    if (bytes > MEMORY_LIMIT) {
      throw new WeftError('memory', `the PEs' memories need ${bytes} B here, more than the ${MEMORY_LIMIT} B this engine holds`, [
        'simulate a smaller rectangle or tensor',
      ]);
    }
    this.first = new Uint32Array(pes + 1);
    this.memoryAt = new Int32Array(pes);
    this.memoryFifoFirst = new Uint32Array(pes + 1);
    this.memoryFifo = new Int32Array(fifos * 2);
    const buffer = new ArrayBuffer((bytes + 7) & ~7);
    this.bytes = new Uint8Array(buffer);
    this.registers = new Int32Array(pes * c.registers);
    this.views = {
      f32: new Float32Array(buffer),
      i32: new Int32Array(buffer),
      u16: new Uint16Array(buffer),
      registers: this.registers,
      floatRegisters: new Float32Array(this.registers.buffer),
    };
    const column = (): Int32Array => new Int32Array(threads);
    [this.done, this.scalar, this.baseD, this.baseA, this.baseB] = [column(), column(), column(), column(), column()];
    [this.ready, this.stallFrom, this.mark, this.batch] = [column(), column(), column(), column()];
    this.task = new Int8Array(threads);
    this.pc = new Uint16Array(threads);
    this.started = new Uint8Array(threads);
    this.safe = new Uint8Array(threads);
    this.stallKind = new Int8Array(threads);
    this.streaming = new Uint8Array(pes);
    this.picker = new Int32Array(program.picker === undefined || program.picker.kind === 'lowest' ? 0 : pes);
    this.slotFree = new Int32Array(pes);
    this.lastMicro = new Int8Array(pes);
    const masks = (): Masks => (program.classes.every((cls) => cls.tasks.length <= 8) ? new Uint8Array(pes) : new Int32Array(pes));
    [this.active, this.blocked] = [masks(), masks()];
  }

  /** Threads, bytes of memory and FIFOs in memory of all PEs. */
  private sums(): { threads: number; bytes: number; fifos: number } {
    const { classOf, classes } = this.program;
    const pes = new Float64Array(classes.length);
    for (let pe = 0; pe < classOf.length; pe++) pes[classOf[pe]]++;
    const sum = (of: (cls: number) => number): number => pes.reduce((all, count, cls) => all + count * of(cls), 0);
    return {
      threads: sum((cls) => this.c.classes[cls].threads.length + 1),
      bytes: sum((cls) => this.c.classes[cls].dataEnd - this.c.classes[cls].dataStart),
      fifos: sum((cls) => classes[cls].fifos?.length ?? 0),
    };
  }

  /** Gives every PE its place in the arrays, no instruction and its first turn, in pieces: to be done before anything else. */
  *placing(): Generator<void, void> {
    for (const column of [this.task, this.mark, this.batch, this.stallKind, this.lastMicro]) yield* filling(column, -1);
    let bytes = 0;
    const place = (pe: number): void => {
      const cls = this.classOf(pe);
      this.first[pe + 1] = this.first[pe] + cls.threads.length + 1;
      this.memoryAt[pe] = bytes - cls.dataStart;
      bytes += cls.dataEnd - cls.dataStart;
      this.memoryFifoFirst[pe + 1] = this.memoryFifoFirst[pe] + (this.program.classes[this.program.classOf[pe]].fifos?.length ?? 0);
      this.active[pe] = cls.active;
      this.blocked[pe] = cls.blocked;
      if ((cls.active & ~cls.blocked) !== 0 || cls.triggers.length > 0) this.wheel.schedule(pe, 0);
    };
    yield* each(this.memoryAt.length, place);
  }

  /** The arrays that make up the elements' state, in a fixed order; pending flags apart. */
  stateArrays() {
    return [
      this.task, this.pc, this.started, this.safe, this.done, this.scalar, this.baseD, this.baseA, this.baseB, this.mark, this.ready,
      this.stallKind, this.stallFrom, this.batch, this.streaming, this.streams, this.slotFree, this.lastMicro,
      this.active, this.blocked, this.picker, this.memoryFifo, this.registers, this.bytes, this.last, this.running, this.due,
    ]; // biome-ignore format: a list of fields reads better in rows
  }

  classOf(pe: number): CompiledClass {
    return this.c.classes[this.program.classOf[pe]];
  }

  /** Copies a load table into the memories, in pieces. */
  *loading(table: LoadTable): Generator<void, void> {
    const { data, source, pe, address, offset, length } = table;
    for (let i = 0, bytes = 0; i < pe.length; i++) {
      if (bytes > LOADED) {
        yield;
        bytes = 0;
      }
      bytes += PAGE + length[i];
      this.bytes.set(data[source[i]].subarray(offset[i], offset[i] + length[i]), this.memoryAt[pe[i]] + address[i]);
    }
  }

  /** Whether a thread has an instruction or a task could be picked (or might, when a wavelet is there). */
  protected busy(pe: number): boolean {
    if ((this.active[pe] & ~this.blocked[pe]) !== 0 || this.classOf(pe).triggers.length > 0) return true;
    for (let th = this.first[pe]; th < this.first[pe + 1]; th++) if (this.task[th] >= 0) return true;
    return false;
  }

  /** Whether no microthread of a PE has an op: until main starts one, nothing can hold main up but its own operands. */
  protected alone(pe: number, main: number): boolean {
    for (let th = this.first[pe]; th < main; th++) if (this.task[th] >= 0) return false;
    return true;
  }

  protected memoryFifoOf(pe: number, index: number): MemoryFifo {
    const fifos = this.program.classes[this.program.classOf[pe]].fifos ?? [];
    return fifos[index];
  }

  /** Notes a flag change; one that is visible at once is applied by the caller's own turn. */
  protected flag(pe: number, task: number, kind: Pending['kind'], tick: number, now: number): void {
    const list = this.pending.get(pe);
    if (list) list.push({ tick, task, kind });
    else this.pending.set(pe, [{ tick, task, kind }]);
    if (tick > this.last[0]) this.last[0] = tick;
    if (tick > now) this.wheel.schedule(pe, tick);
  }

  /** The host activates a task, visible at `tick`, which is not executed yet. */
  launchTask(pe: number, task: number, tick: number): void {
    this.flag(pe, task, 'activate', tick, tick - 1);
  }

  /** The thread comes to an instruction of which nothing is done. */
  protected goTo(th: number, pc: number): void {
    this.pc[th] = pc;
    this.started[th] = 0;
    this.done[th] = 0;
    this.scalar[th] = 0;
    this.baseD[th] = 0;
    this.baseA[th] = 0;
    this.baseB[th] = 0;
  }

  /** A thread that stood still goes on at t. */
  protected endStall(pe: number, th: number, t: number): void {
    if (this.stallKind[th] < 0) return;
    this.recorder?.span(pe, this.threadNumber(pe, th), this.stallKind[th], this.mark[th], this.stallFrom[th], t);
    this.stallKind[th] = -1;
  }

  protected instruction(pe: number, th: number): CompiledInstruction {
    return this.classOf(pe).tasks[this.task[th]][this.pc[th]];
  }

  protected microSlot(pe: number, thread: number): number {
    return this.first[pe] + this.classOf(pe).threads.indexOf(thread);
  }

  /** Thread number of a thread slot: a microthread's, or main's. */
  threadNumber(pe: number, th: number): number {
    return th === this.first[pe + 1] - 1 ? MAIN_THREAD : this.classOf(pe).threads[th - this.first[pe]];
  }
}
