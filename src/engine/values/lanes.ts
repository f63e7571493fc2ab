/**
 * Sixteen PEs of one class at once, a PE a lane (lane-code.ts), for code of one task that takes a stream from the host: what decides
 * about branches and places is the same in every lane, for the timing engine accepts no other. Twin: FreeElement, a PE at a time.
 */
import { VECTOR_OP_NAMES } from '../../machine/ops.ts';
import type { PeClass } from '../../machine/program.ts';
import type { MachineSpec } from '../../machine/spec.ts';
import { exportsOf, moduleOf } from '../../quant/simd/instance.ts';
import { AT, type CompiledClass, type CompiledInstruction, compileClass, IS } from '../compile.ts';
import { jumps } from './element.ts';
import { LANES, lanesModule, ROW, SCALAR_NAMES, VECTOR_NAMES } from './lane-code.ts';
import { type Kernels, LaneOps, REGISTER_ROWS, Unsuited, WORDS } from './lane-ops.ts';
import type { Put } from './loads.ts';

let module: object | null | undefined;

/** The lanes' module, assembled at first use; null where there is no SIMD. */
function assembled(): object | null {
  if (module === undefined) module = moduleOf(lanesModule());
  return module;
}

/** The lanes of a class for streams of up to `words`, undefined if its code has what they have no kernel for. */
export function lanesOf(cls: PeClass, machine: MachineSpec, words: number): Lanes | undefined {
  const compiled = compileClass(cls, machine);
  const made = suits(compiled) ? assembled() : null;
  return made ? new Lanes(compiled, exportsOf(made) as Kernels, words) : undefined;
}

function suits({ tasks, triggers }: CompiledClass): boolean {
  if (tasks.length !== 1 || triggers.length > 0) return false;
  return tasks[0].every((ins) => {
    if (ins.is === IS.SCALAR) return ins.steps.every(({ op }) => SCALAR_NAMES.has(op));
    if (ins.is !== IS.VECTOR) return ins.is !== IS.FLAG;
    const isPlain = ins.thread < 0 && ins.activates < 0 && ins.unblocks < 0 && ins.aFifo + ins.bFifo === 0 && ins.aWords < 2;
    const operands = [ins.d, ins.a, ins.b];
    return (
      isPlain && VECTOR_NAMES.has(VECTOR_OP_NAMES[ins.op]) && operands.every((o) => o.at !== AT.FIFO && !o.packed && (o.at !== AT.FABRIC || o.width === 4))
    );
  });
}

/** Instructions from one yield to the next: an op of a block takes some microseconds. */
const BREATH = 1 << 10;

/** Words of a stream that are put in place from one yield to the next. */
const PART = 1 << 18;

export class Lanes {
  private readonly cls: CompiledClass;
  private readonly ops: LaneOps;
  private readonly i32: Int32Array;
  /** What each vector op and scalar run does; undefined for other instructions. */
  private readonly code: ReadonlyArray<(() => void) | undefined>;
  /** Bytes: the memory, and its address 0. */
  private readonly first: number;
  private readonly memory: number;
  /** Whether no op has turned out to lie in memory as the lanes cannot take it. */
  isSuited = true;
  /** The stream that is in place. */
  private held: Int32Array | undefined;

  constructor(cls: CompiledClass, kernels: Kernels, words: number) {
    const [code] = cls.tasks;
    const room = ROW * code.reduce((most, { length }) => Math.max(most, length), 1);
    const stream = WORDS + 3 * room;
    this.cls = cls;
    this.first = stream + ((4 * words + ROW - 1) & -ROW);
    this.memory = this.first - LANES * cls.dataStart;
    const missing = this.end - kernels.memory.buffer.byteLength;
    if (missing > 0) kernels.memory.grow(Math.ceil(missing / 65536));
    this.i32 = new Int32Array(kernels.memory.buffer);
    this.ops = new LaneOps(kernels, this.i32, { room, stream, memory: this.memory });
    this.code = code.map((ins) => this.ops.compile(ins));
  }

  private get end(): number {
    return this.memory + LANES * this.cls.dataEnd;
  }

  /**
   * What up to 16 PEs that take `stream` send, in order; `load(lane, put)` puts bytes at addresses of a lane's memory. Undefined
   * where the twin has to run them: an op lies in memory as the lanes cannot take it, or a result is no number. In pieces, between
   * which no other lanes may run.
   */
  *running(stream: Int32Array, lanes: number, load: (lane: number, put: Put) => void): Generator<void, Uint32Array[] | undefined> {
    const { i32, ops } = this;
    i32.fill(0, 0, REGISTER_ROWS >> 2);
    i32.fill(0, this.first >> 2, this.end >> 2);
    if (this.held !== stream) yield* this.holding(stream);
    ops.begin();
    try {
      for (let lane = 0; lane < lanes; lane++) load(lane, (address, bytes) => this.put(lane, address, bytes));
      yield* this.executing();
    } catch (error) {
      if (!(error instanceof Unsuited)) throw error;
      this.isSuited = false;
      return undefined;
    }
    return this.results(lanes);
  }

  /** Puts a stream in place. */
  private *holding(stream: Int32Array): Generator<void, void> {
    this.held = undefined;
    for (let from = 0; from < stream.length; from += PART) {
      this.i32.set(stream.subarray(from, from + PART), (this.ops.place.stream >> 2) + from);
      yield;
    }
    this.held = stream;
  }

  private results(lanes: number): Uint32Array[] | undefined {
    const { sent } = this.ops;
    for (const rows of sent) for (const word of rows) if ((word & 0x7f800000) === 0x7f800000 && (word & 0x7fffff) !== 0) return undefined;
    return Array.from({ length: lanes }, (_, lane) => Uint32Array.from(sent.flatMap((rows) => column(rows, lane))));
  }

  private put(lane: number, address: number, bytes: Uint8Array): void {
    if (address % 4 !== 0 || bytes.length % 4 !== 0) throw new Unsuited();
    const { i32 } = this;
    const words = bytes.byteOffset % 4 === 0 ? bytes : bytes.slice();
    const from = new Int32Array(words.buffer, words.byteOffset, words.length >> 2);
    for (let i = 0, at = ((this.memory + LANES * address) >> 2) + lane; i < from.length; i++, at += LANES) i32[at] = from[i];
  }

  private *executing(): Generator<void, void> {
    const { code, ops, cls } = this;
    const [task] = cls.tasks;
    for (let pc = 0, done = 1; pc < task.length; done++) {
      if (done % BREATH === 0) yield;
      const ins = task[pc];
      code[pc]?.();
      pc = ins.is === IS.LOOP || ins.is === IS.BRANCH ? this.control(ins, pc, ops) : pc + 1;
    }
  }

  private control(ins: CompiledInstruction, pc: number, ops: LaneOps): number {
    const goes = jumps(ins, ops.register(ins.register));
    if (ins.is === IS.LOOP) ops.countDown(ins.register);
    return goes ? ins.to : pc + 1;
  }
}

/** A lane of rows. */
function column(rows: Int32Array, lane: number): number[] {
  const words: number[] = [];
  for (let i = lane; i < rows.length; i += LANES) words.push(rows[i]);
  return words;
}
