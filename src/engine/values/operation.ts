/**
 * A vector op under way: as many of its elements as there are words for, in one go, by the wavelet engine's own operations
 * (vector.ts). Words of queues and FIFOs in memory are laid in a line first, and the op sees them as memory.
 */
import type { MemoryFifo } from '../../machine/program.ts';
import { AT, CompiledInstruction, CompiledOperand } from '../compile.ts';
import { executeRange } from '../vector.ts';
import { controlTags, DATA, FEW, LAST, type Line, type Outlet } from './lines.ts';
import type { Slot } from './memory.ts';

/** A FIFO in memory with its words: `count` from the ring's place `first` on. */
export interface Ring {
  readonly fifo: MemoryFifo;
  first: number;
  count: number;
}

/** The queues of a PE. */
export interface Queues {
  readonly inputs: readonly Line[];
  readonly outputs: readonly Outlet[];
  /** Of each output queue: whether its words meet the own router's switch. */
  readonly turns: readonly boolean[];
  readonly rings: readonly Ring[];
}

/** An op with its queues as lines of words. */
export interface LaidOut {
  readonly ins: CompiledInstruction;
  readonly asMemory: CompiledInstruction;
}

const isQueue = ({ at }: CompiledOperand): boolean => at === AT.FABRIC || at === AT.FIFO;

/** The byte at which an operand in memory begins. */
export const startOf = ({ address, base }: CompiledOperand, { views, memory, registers }: Slot): number =>
  memory + address + (base < 0 ? 0 : views.registers[registers + base]);

export class Operation {
  readonly ins: CompiledInstruction;
  done = 0;
  private readonly asMemory: CompiledInstruction;
  private readonly slot: Slot;
  private readonly queues: Queues;
  /** Bytes of element 0 of operands in memory; where words are laid, of other operands. */
  private readonly d: number;
  private readonly a: number;
  private readonly b: number;
  private scalar: number;

  /** Reads its scalar and base registers. */
  constructor({ ins, asMemory }: LaidOut, slot: Slot, queues: Queues) {
    this.ins = ins;
    this.asMemory = asMemory;
    this.slot = slot;
    this.queues = queues;
    this.d = isQueue(ins.d) ? slot.words[0] : startOf(ins.d, slot);
    this.a = isQueue(ins.a) ? slot.words[1] : startOf(ins.a, slot);
    this.b = isQueue(ins.b) ? slot.words[2] : startOf(ins.b, slot);
    this.scalar = ins.scalarRegister < 0 ? ins.scalarImm : slot.views.registers[slot.registers + ins.scalarRegister];
  }

  get isDone(): boolean {
    return this.done === this.ins.length;
  }

  /** Groups of elements, up to `most`, that can go on now: by the words that are there, and the room in FIFOs in memory. */
  groups(most = Number.POSITIVE_INFINITY): number {
    const { ins, queues } = this;
    let groups = Math.min(most, Math.ceil((ins.length - this.done) / ins.width));
    if (ins.memoryOnly) return groups;
    if (ins.aWords > 0) groups = Math.floor(queues.inputs[ins.a.index].count(ins.aWords * groups) / ins.aWords);
    if (ins.bWords > 0) groups = queues.inputs[ins.b.index].count(groups);
    if (ins.aFifo > 0) groups = Math.min(groups, Math.floor(queues.rings[ins.a.index].count / ins.aFifo));
    if (ins.bFifo > 0) groups = Math.min(groups, queues.rings[ins.b.index].count);
    if (ins.d.at !== AT.FIFO) return groups;
    const { fifo, count } = queues.rings[ins.d.index];
    return Math.min(groups, fifo.capacity - count);
  }

  /** Does the next `groups` groups. */
  run(groups: number): void {
    const { ins, asMemory, slot, done: from } = this;
    const to = Math.min(ins.length, from + groups * ins.width);
    if (!ins.memoryOnly) this.takeWords(groups);
    // Words lie as if those before them lay there too.
    const d = isQueue(ins.d) ? this.d - from * asMemory.d.step : this.d;
    const a = isQueue(ins.a) ? this.a - from * asMemory.a.step : this.a;
    const b = isQueue(ins.b) ? this.b - from * asMemory.b.step : this.b;
    this.scalar = executeRange(asMemory, slot.views, from, to, d, a, b, this.scalar, slot.registers + ins.d.index);
    this.done = to;
    if (!ins.memoryOnly) this.giveWords(groups);
  }

  private takeWords(groups: number): void {
    const { ins, queues } = this;
    const { i32 } = this.slot.views;
    const [a, b] = [this.a >> 2, this.b >> 2];
    if (ins.aWords === 1) queues.inputs[ins.a.index].take(i32, a, groups);
    if (ins.bWords === 1) queues.inputs[ins.b.index].take(i32, b, groups);
    if (ins.aFifo === 1) this.takeFromRing(queues.rings[ins.a.index], a, groups);
    if (ins.bFifo === 1) this.takeFromRing(queues.rings[ins.b.index], b, groups);
    if (ins.aWords === 2 || ins.aFifo === 2) this.takePairs(a, b, groups);
    // Elements of 16 bits leave the other half of their word zero.
    if (isQueue(ins.d) && ins.d.width === 2) i32.fill(0, this.d >> 2, (this.d >> 2) + groups);
  }

  /** Both sources are one queue, which they take from in turn. */
  private takePairs(a: number, b: number, groups: number): void {
    const { ins, queues } = this;
    for (let i = 0; i < 2 * groups; i++) {
      const at = (i & 1 ? b : a) + (i >> 1);
      if (ins.aWords === 2) queues.inputs[ins.a.index].take(this.slot.views.i32, at, 1);
      else this.takeFromRing(queues.rings[ins.a.index], at, 1);
    }
  }

  private giveWords(groups: number): void {
    const { ins, queues, slot } = this;
    const d = this.d >> 2;
    if (ins.d.at === AT.FIFO) this.addToRing(queues.rings[ins.d.index], d, groups);
    else if (ins.d.at === AT.FABRIC) this.send(slot.views.i32, d, groups);
  }

  private send(i32: Int32Array, d: number, groups: number): void {
    const { ins, queues } = this;
    const outlet = queues.outputs[ins.d.index];
    // The last word turns the switch.
    const advance = ins.d.advance && this.isDone && queues.turns[ins.d.index];
    const end = d + groups;
    if (ins.d.control !== 0) for (let i = d; i < end; i++) outlet.send(i32, i, i + 1, controlTags(advance && i === end - 1));
    else if (groups <= FEW) outlet.send(i32, d, end, advance ? LAST : DATA);
    else outlet.send(i32.slice(d, end), 0, groups, advance ? LAST : DATA);
  }

  private takeFromRing(ring: Ring, at: number, count: number): void {
    const { i32 } = this.slot.views;
    const { address, capacity } = ring.fifo;
    const start = (this.slot.memory + address) >> 2;
    for (let i = 0; i < count; i++) i32[at + i] = i32[start + ((ring.first + i) % capacity)];
    ring.first = (ring.first + count) % capacity;
    ring.count -= count;
  }

  private addToRing(ring: Ring, at: number, count: number): void {
    const { i32 } = this.slot.views;
    const { address, capacity } = ring.fifo;
    const start = (this.slot.memory + address) >> 2;
    for (let i = 0; i < count; i++) i32[start + ((ring.first + ring.count + i) % capacity)] = i32[at + i];
    ring.count += count;
  }
}

/** An op for {@link Operation}: a line of words in place of every queue. */
export function layOut(ins: CompiledInstruction): LaidOut {
  const line = (o: CompiledOperand): CompiledOperand =>
    isQueue(o) ? Object.assign(new CompiledOperand(), o, { at: AT.MEMORY, step: o.packed ? 2 : 4, inner: 0, outerStep: 0 }) : o;
  const asMemory = Object.assign(new CompiledInstruction(), ins);
  [asMemory.a, asMemory.b, asMemory.d] = [line(ins.a), line(ins.b), line(ins.d)];
  asMemory.straight = [asMemory.a, asMemory.b, asMemory.d].every((o) => o.inner === 0);
  return { ins, asMemory };
}
