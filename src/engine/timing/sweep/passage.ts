/**
 * How a word passes the places of a line (sweep.ts has the recurrence): the inner loop of a sweep, in WebAssembly SIMD where there
 * is some (passage-code.ts), else in plain TypeScript, with the same ticks. All it touches lies in one memory.
 */
import { filling } from '../../../base/pieces.ts';
import { exportsOf, moduleOf } from '../../../quant/simd/instance.ts';
import { HEAD, HEAD_BYTES, LANES, passageModule } from './passage-code.ts';

interface Kernel {
  readonly memory: { readonly buffer: ArrayBuffer; grow(pages: number): void };
  passage(from: number, to: number, came: number): void;
}

/** Fewer places are not worth a memory of their own. */
const LEAST_PLACES = 256;

let module: object | null | undefined;

/** The kernel with a memory of at least so many bytes, undefined where there is no SIMD or no such memory. */
function kernelOf(bytes: number): Kernel | undefined {
  if (module === undefined) module = moduleOf(passageModule());
  if (!module) return undefined;
  try {
    const kernel = exportsOf(module) as Kernel;
    const missing = bytes - kernel.memory.buffer.byteLength;
    if (missing > 0) kernel.memory.grow(Math.ceil(missing / 65536));
    return kernel;
  } catch {
    return undefined;
  }
}

/** Numbers of places and classes, ticks of a hop and of a ramp, R and Q. */
export interface PassageSizes {
  readonly places: number;
  readonly classes: number;
  readonly hop: number;
  readonly ramp: number;
  readonly queue: number;
  readonly depth: number;
}

export class Passage {
  /** The last departures and uses: those of a word for all places side by side, in slots that come round. */
  readonly leaves: Int32Array;
  readonly uses: Int32Array;
  /** By place, the periods of its open runs, 0 after one event. */
  readonly leavePeriod: Uint8Array;
  readonly usePeriod: Uint8Array;
  readonly classAt: Uint16Array;
  /** By class: twice the cycles from the last use to the next, and one more if the next word begins a stretch. */
  readonly cost: Int32Array;
  /** The places of the last line at which something is not as before. */
  readonly noted: Int32Array;
  private readonly head: Int32Array;
  private readonly kernel: Kernel | undefined;
  private readonly sizes: PassageSizes;
  private readonly leaveSlots: number;
  private readonly useSlots: number;
  /** Words that passed, more or less: which slot is the last word's. */
  private turn: number;
  /** 0 as long as all places of the word went on at its pace. */
  private uneven = 0;

  constructor(sizes: PassageSizes, isSimd = sizes.places >= LEAST_PLACES) {
    const { places, classes, queue, depth } = sizes;
    this.sizes = sizes;
    // Two slots at least, for the word before is asked for after the next one.
    [this.useSlots, this.leaveSlots] = [Math.max(2, queue), Math.max(2, depth)];
    this.turn = this.useSlots + this.leaveSlots;
    const bytes = HEAD_BYTES + 4 * (places * (this.leaveSlots + this.useSlots + 1) + classes + 1) + 4 * places;
    this.kernel = isSimd ? kernelOf(bytes) : undefined;
    const buffer = this.kernel?.memory.buffer ?? new ArrayBuffer(bytes);
    let end = 0;
    const int32 = (length: number): Int32Array => {
      const array = new Int32Array(buffer, end, length);
      end += array.byteLength;
      return array;
    };
    this.head = int32(HEAD_BYTES >> 2);
    [this.leaves, this.uses] = [int32(places * this.leaveSlots), int32(places * this.useSlots)];
    [this.noted, this.cost] = [int32(places + 1), int32(classes)];
    this.classAt = new Uint16Array(buffer, end, places);
    [this.leavePeriod, this.usePeriod] = [2, 3].map((part) => new Uint8Array(buffer, end + part * places, places));
    this.tellKernel();
  }

  private tellKernel(): void {
    const { head, sizes } = this;
    [head[HEAD.hop], head[HEAD.ramp]] = [sizes.hop, sizes.ramp];
    for (let lane = 0; lane < LANES; lane++) head[HEAD.hops + lane] = (lane + 1) * sizes.hop;
    [head[HEAD.leavePeriodAt], head[HEAD.usePeriodAt]] = [this.leavePeriod.byteOffset, this.usePeriod.byteOffset];
    [head[HEAD.classAt], head[HEAD.costAt], head[HEAD.notedAt]] = [this.classAt.byteOffset, this.cost.byteOffset, this.noted.byteOffset];
  }

  /** To be done before the first word: nothing leaves before tick 1, so neither departures nor uses hold anything up. In pieces. */
  clearing(): Generator<void, void> {
    return filling(this.leaves, -1);
  }

  /** The next word takes the slots of the oldest one. */
  advance(): void {
    const { head, leaves, uses } = this;
    const { queue, depth } = this.sizes;
    this.turn++;
    head[HEAD.leaveAt] = leaves.byteOffset + 4 * this.leaveSlot(0);
    head[HEAD.lastLeaveAt] = leaves.byteOffset + 4 * this.leaveSlot(1);
    head[HEAD.nextLeaveAt] = leaves.byteOffset + 4 * this.leaveSlot(depth);
    head[HEAD.useAt] = uses.byteOffset + 4 * this.useSlot(0);
    head[HEAD.lastUseAt] = uses.byteOffset + 4 * this.useSlot(1);
    head[HEAD.usedAt] = uses.byteOffset + 4 * this.useSlot(queue);
  }

  /** The word comes `pace` ticks after the one before. */
  begin(pace: number): void {
    const { head } = this;
    this.uneven = 0;
    head.fill(0, HEAD.uneven, HEAD.uneven + LANES);
    head[HEAD.pace] = pace;
  }

  /** Where the departures of the word begin that passed `ago` words before the last one: those of a word are side by side. */
  leaveSlot(ago: number): number {
    return ((this.turn - ago) % this.leaveSlots) * this.sizes.places;
  }

  useSlot(ago: number): number {
    return ((this.turn - ago) % this.useSlots) * this.sizes.places;
  }

  /** Where the departures begin that must be over before the word has room in a next router. */
  get nextSlot(): number {
    return this.leaveSlot(this.sizes.depth);
  }

  /** The ticks of places [from, to) that every word moves: uses, then departures, each the last word's first. */
  lasts(from: number, to: number): Int32Array[] {
    const { leaves, uses } = this;
    const slots = (ring: Int32Array, count: number, slot: (ago: number) => number): Int32Array[] =>
      Array.from({ length: count }, (_, ago) => ring.subarray(slot(ago) + from, slot(ago) + to));
    return [...slots(uses, this.useSlots, (ago) => this.useSlot(ago)), ...slots(leaves, this.leaveSlots, (ago) => this.leaveSlot(ago))];
  }

  /** Words pass the places [from, to) as before for `ticks` more: of all ticks only those move that every word moves. */
  *goOn(from: number, to: number, ticks: number): Generator<void, void> {
    for (const last of this.lasts(from, to)) {
      for (let p = 0; p < last.length; p++) last[p] += ticks;
      yield;
    }
  }

  /** Whether all places that the word passed went on at its pace. */
  get isEven(): boolean {
    const { head, uneven } = this;
    return (uneven | head[HEAD.uneven] | head[HEAD.uneven + 1] | head[HEAD.uneven + 2] | head[HEAD.uneven + 3]) === 0;
  }

  /** The word passes the places [from, to) after it left the router before them at `came`; the last one has room after `held`. How many are noted. */
  line(from: number, to: number, came: number, held: number): number {
    // The last place is not asked for the one after it.
    const places = (to - from - 1) & -LANES;
    if (!this.kernel || places === 0) return this.plain(from, to, came, held, 0);
    const { head, kernel } = this;
    kernel.passage(4 * from, 4 * (from + places), came);
    return this.plain(from + places, to, head[HEAD.before], held, (head[HEAD.notedEnd] - head[HEAD.notedAt]) >> 2);
  }

  /** The same without SIMD, where `count` places are noted already. No branch hangs on a tick. */
  private plain(from: number, to: number, came: number, held: number, count: number): number {
    const { leaves, uses, leavePeriod, usePeriod, classAt, cost, noted } = this;
    const { hop, ramp, queue, depth } = this.sizes;
    const pace = this.head[HEAD.pace];
    const [slot, lastSlot, nextSlot] = [this.leaveSlot(0), this.leaveSlot(1), this.leaveSlot(depth)];
    const [useSlot, lastUseSlot, usedSlot] = [this.useSlot(0), this.useSlot(1), this.useSlot(queue)];
    let { uneven } = this;
    let before = came | 0;
    let notes = count | 0;
    // Sums stay within 32 bits: MAX_TICK is far below.
    for (let p = from | 0; p < to; p++) {
      const prev = leaves[lastSlot + p];
      const next = p + 1 < to ? leaves[nextSlot + p + 1] : held;
      const leave = latest((before + hop) | 0, (latest(latest(prev, uses[usedSlot + p]), next) + 1) | 0);
      const last = uses[lastUseSlot + p];
      const code = cost[classAt[p]];
      const free = (last + (code >> 1)) | 0;
      const use = latest((leave + ramp) | 0, free);
      leaves[slot + p] = leave;
      uses[useSlot + p] = use;
      const gap = (leave - prev) | 0;
      const useGap = (use - last) | 0;
      const news = (gap ^ leavePeriod[p]) | (useGap ^ usePeriod[p]) | (use ^ free) | (code & 1);
      noted[notes] = p;
      notes = (notes + ((news | -news) >>> 31)) | 0;
      uneven |= (gap ^ pace) | (useGap ^ pace);
      before = leave;
    }
    this.uneven = uneven;
    return notes;
  }
}

/** The later of two ticks. */
function latest(a: number, b: number): number {
  const ahead = (a - b) | 0;
  return (a - (ahead & (ahead >> 31))) | 0;
}
