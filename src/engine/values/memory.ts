/** Memories and registers of PEs in slots of shared buffers, with room in front for the words that an op takes and sends. */
import { REGISTERS } from '../../machine/program.ts';
import type { Views } from '../memory-views.ts';

/** Bytes of a buffer that more slots would exceed. */
const BUFFER_BYTES = 1 << 22;

/** Where a PE lies. */
export interface Slot {
  readonly views: Views;
  readonly bytes: Uint8Array;
  /** Byte of the PE's address 0, which may lie before its first byte. */
  readonly memory: number;
  /** Its register 0 in the register file. */
  readonly registers: number;
  /** Bytes at which the words of d, a and b lie while an op runs, of whoever runs in this buffer. */
  readonly words: readonly [number, number, number];
}

export class Memories {
  private readonly used: Slot[] = [];
  private readonly fresh: Slot[] = [];
  private readonly from: number;
  private readonly bytes: number;
  private readonly words: number;
  /** Slots of the next buffer. */
  private slots = 1;

  /** Slots hold the addresses [from, to); an op takes or sends `words` at most in one queue. */
  constructor(from: number, to: number, words: number) {
    this.from = from & ~7;
    this.bytes = Math.max(8, (to - this.from + 7) & ~7);
    this.words = (4 * words + 7) & ~7;
  }

  /** A slot of zeros. */
  take(): Slot {
    const slot = this.used.pop();
    if (!slot) return this.fresh.pop() ?? this.grow();
    slot.bytes.fill(0, slot.memory + this.from, slot.memory + this.from + this.bytes);
    slot.views.registers.fill(0, slot.registers, slot.registers + REGISTERS);
    return slot;
  }

  give(slot: Slot): void {
    this.used.push(slot);
  }

  /** Makes new slots; one of them. */
  private grow(): Slot {
    // The words lie at the front, and never nearer than address 0 of the first slot would.
    const front = (Math.max(3 * this.words, this.from) + 7) & ~7;
    const buffer = new ArrayBuffer(front + this.slots * this.bytes);
    const registers = new Int32Array(this.slots * REGISTERS);
    const views = {
      f32: new Float32Array(buffer),
      i32: new Int32Array(buffer),
      u16: new Uint16Array(buffer),
      registers,
      floatRegisters: new Float32Array(registers.buffer),
    };
    const bytes = new Uint8Array(buffer);
    const slot = (i: number): Slot => ({
      ...{ views, bytes, memory: front + i * this.bytes - this.from, registers: i * REGISTERS },
      words: [0, this.words, 2 * this.words],
    });
    for (let i = 1; i < this.slots; i++) this.fresh.push(slot(i));
    if (2 * this.slots * this.bytes <= BUFFER_BYTES) this.slots *= 2;
    return slot(0);
  }
}
