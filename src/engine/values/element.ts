/**
 * A compute element without time: its tasks, threads, memory and queues. It does what its ops do to them; in which order, those
 * say that extend it: by what depends on what (free.ts), or as the timing engine found (logged.ts).
 */
import { controlData, controlTask } from '../../machine/control.ts';
import { MAIN_THREAD, type MemoryFifo, type PeClass } from '../../machine/program.ts';
import type { MachineSpec } from '../../machine/spec.ts';
import { type ScalarContext, scalarStep } from '../alu.ts';
import { type CompiledClass, type CompiledInstruction, compileClass, IS } from '../compile.ts';
import { runScalarCode, type ScalarPlace } from '../scalar-code.ts';
import { executeRange } from '../vector.ts';
import type { Footprint } from './footprint.ts';
import { Actor, type Line, type Outlet } from './lines.ts';
import type { Loader } from './loads.ts';
import { Memories, type Slot } from './memory.ts';
import { type LaidOut, layOut, Operation, type Queues, type Ring, startOf } from './operation.ts';

/** What all PEs of a class share. */
export interface ValueClass {
  readonly cls: CompiledClass;
  readonly fifos: readonly MemoryFifo[];
  readonly memories: Memories;
  /** What ops touch whose place never changes, once known. */
  readonly footprints: Map<CompiledInstruction, Footprint>;
  /** Vector ops of each task by their place in its code; undefined elsewhere. */
  readonly ops: ReadonlyArray<ReadonlyArray<LaidOut | undefined>>;
}

export function valueClass(cls: PeClass, machine: MachineSpec): ValueClass {
  const compiled = compileClass(cls, machine);
  const words = compiled.tasks.reduce((most, code) => code.reduce((more, { length }) => Math.max(more, length), most), 1);
  return {
    cls: compiled,
    fifos: cls.fifos ?? [],
    footprints: new Map(),
    memories: new Memories(compiled.dataStart, compiled.dataEnd, words),
    ops: compiled.tasks.map((code) => code.map((ins) => (ins.is === IS.VECTOR ? layOut(ins) : undefined))),
  };
}

/** What an element is given. */
export interface Site {
  readonly pe: number;
  readonly shared: ValueClass;
  readonly inputs: readonly Line[];
  readonly outputs: readonly Outlet[];
  readonly turns: readonly boolean[];
  /** Puts what the PE has at tick 0 into its memory. */
  readonly load: Loader;
}

export abstract class Element extends Actor {
  protected readonly site: Site;
  protected readonly cls: CompiledClass;
  protected task = -1;
  protected pc = 0;
  /** Main's op, and those of microthreads. */
  protected op: Operation | undefined;
  protected readonly micros: Array<Operation | undefined> = new Array<Operation | undefined>(MAIN_THREAD);
  private held: Slot | undefined;
  private readonly queues: Queues;
  private place: ScalarPlace | undefined;
  private context: ScalarContext | undefined;

  constructor(site: Site) {
    super();
    this.site = site;
    this.cls = site.shared.cls;
    for (const line of site.inputs) line.taker = this;
    const rings = site.shared.fifos.map((fifo): Ring => ({ fifo, first: 0, count: 0 }));
    this.queues = { inputs: site.inputs, outputs: site.outputs, turns: site.turns, rings };
  }

  /** The host starts a task. */
  abstract launch(task: number): void;
  /** Nothing moves any more, and the host takes its next step. */
  abstract rest(): void;
  /** What the time-stamp counter shows the scalar code that runs. */
  protected abstract timestamp(): number;

  /** Its memory, from its first need on. */
  get slot(): Slot {
    if (!this.held) {
      const { pe, shared, load } = this.site;
      this.held = shared.memories.take();
      this.load(pe, load);
    }
    return this.held;
  }

  /** Copies what a load table has for it into its memory. */
  load(pe: number, load: Loader): void {
    const { bytes, memory } = this.slot;
    load(pe, (address, some) => bytes.set(some, memory + address));
  }

  /** Its memory is needed no longer. */
  protected release(): void {
    if (this.held) this.site.shared.memories.give(this.held);
    this.held = undefined;
    this.place = undefined;
  }

  protected get instruction(): CompiledInstruction | undefined {
    return this.task < 0 ? undefined : this.cls.tasks[this.task][this.pc];
  }

  protected begin(task: number): void {
    this.task = task;
    this.pc = 0;
  }

  /** Runs an op on memory alone, with nothing to wait for. */
  protected runWhole(ins: CompiledInstruction): void {
    const { slot } = this;
    const { views, registers } = slot;
    const scalar = ins.scalarRegister < 0 ? ins.scalarImm : views.registers[registers + ins.scalarRegister];
    const [d, a, b] = [startOf(ins.d, slot), startOf(ins.a, slot), startOf(ins.b, slot)];
    executeRange(ins, views, 0, ins.length, d, a, b, scalar, registers + ins.d.index);
  }

  /** The op that main has come to, set up. */
  protected operation(): Operation {
    return new Operation(this.site.shared.ops[this.task][this.pc] as LaidOut, this.slot, this.queues);
  }

  /** Takes the wavelet that starts a task with a trigger, if it is there. */
  protected takeTrigger(task: number, queue: number, register: number): boolean {
    const { inputs } = this.site;
    const starts = ({ head }: Line): boolean => head?.tags.control === true && controlTask(head.words[head.from]) === task;
    const line = queue >= 0 ? inputs[queue] : inputs.find(starts);
    return line !== undefined && this.takeFrom(line, queue < 0, register);
  }

  /** Takes the wavelet at the head of a queue into a register, if one of that sort is there. */
  protected takeFrom(line: Line, isControl: boolean, register: number): boolean {
    const { head } = line;
    if (!head || head.tags.control !== isControl) return false;
    const word = head.words[head.from];
    const { views, registers, words } = this.slot;
    if (isControl) line.shift();
    else line.take(views.i32, words[0] >> 2, 1);
    views.registers[registers + register] = isControl ? controlData(word) : word;
    return true;
  }

  /** Whether a loop or branch jumps now. */
  private jumps(ins: CompiledInstruction): boolean {
    const { views, registers } = this.slot;
    return jumps(ins, views.registers[registers + ins.register]);
  }

  /** Issue cycles of an instruction that is no vector op. */
  protected cost(ins: CompiledInstruction): number {
    return ins.is !== IS.LOOP && ins.is !== IS.BRANCH ? ins.cost : this.jumps(ins) ? ins.cost : ins.costElse;
  }

  /** Runs an instruction that is no vector op, flags apart, and goes on to the next one. */
  protected control(ins: CompiledInstruction): void {
    let to = this.pc + 1;
    if (ins.is === IS.SCALAR) this.scalars(ins);
    else if (ins.is === IS.LOOP || ins.is === IS.BRANCH) {
      if (this.jumps(ins)) to = ins.to;
      if (ins.is === IS.LOOP) this.slot.views.registers[this.slot.registers + ins.register]--;
    }
    this.pc = to;
  }

  /** Runs a scalar instruction. */
  protected scalars({ code, steps }: CompiledInstruction): void {
    const { slot, cls } = this;
    this.place ??= { views: slot.views, at: slot.registers, memory: slot.memory, from: cls.dataStart, to: cls.dataTo };
    this.context ??= this.scalarContext();
    runScalarCode(code, steps, this.place, this.context);
  }

  /** The same, with every access to memory told. */
  protected scalarSteps({ steps }: CompiledInstruction): void {
    this.context ??= this.scalarContext();
    for (const step of steps) scalarStep(step, this.context);
  }

  /** Scalar code reads or writes memory. */
  protected accessed(_address: number, _width: number, _writes: boolean): void {}

  /** For programs that the timing engine accepts: no address is outside. */
  private scalarContext(): ScalarContext {
    const at = (address: number, width: number, writes: boolean): number => {
      this.accessed(address, width, writes);
      return this.slot.memory + address;
    };
    return {
      get: (register) => this.slot.views.registers[this.slot.registers + register],
      set: (register, word) => {
        this.slot.views.registers[this.slot.registers + register] = word;
      },
      load: (address, width) => (width === 2 ? this.slot.views.u16[at(address, 2, false) >> 1] : this.slot.views.i32[at(address, 4, false) >> 2]),
      store: (address, word, width) => {
        if (width === 2) this.slot.views.u16[at(address, 2, true) >> 1] = word;
        else this.slot.views.i32[at(address, 4, true) >> 2] = word;
      },
      timestamp: () => this.timestamp(),
    };
  }

  /** A copy of its memory. */
  memory(address: number, bytes: number): Uint8Array {
    const { bytes: all, memory } = this.slot;
    return all.slice(memory + address, memory + address + bytes);
  }
}

/** Whether a loop or branch jumps whose register holds `value`. */
export function jumps({ is, when }: CompiledInstruction, value: number): boolean {
  if (is === IS.LOOP) return ((value - 1) | 0) > 0;
  if (when === 'zero') return value === 0;
  if (when === 'nonzero') return value !== 0;
  return when === 'negative' ? value < 0 : value > 0;
}
