/**
 * The state hash: one canonical reading of the machine's state after `cycle` ticks (docs/tick.md), whatever engine holds it.
 * Ticks in the future are hashed relative to the cycle; those at or before it count as "now".
 */
import { Hash } from '../base/hash.ts';
import type { Channels } from '../machine/channels.ts';
import { laneWait } from '../machine/host.ts';
import type { Program } from '../machine/program.ts';

/** One waiting wavelet. */
export interface Entry {
  readonly word: number;
  /** Tick from which it may move on. */
  readonly ready: number;
  readonly control: boolean;
  readonly advance: boolean;
}

/** A thread that has an instruction. */
export interface HashedThread {
  readonly thread: number;
  readonly task: number;
  readonly instruction: number;
  /** Whether the set-up of its vector op is paid (or free and its first group issued). */
  readonly started: boolean;
  /** Elements done. */
  readonly position: number;
  /** Captured scalar word and base addresses of destination, a, b; 0 where unused or not started. */
  readonly scalar: number;
  readonly bases: readonly [number, number, number];
  readonly mark: number;
  /** First tick at which it may issue. */
  readonly ready: number;
}

/** What an engine shows of itself for hashing. */
export interface StateView {
  fifo(channel: number): readonly Entry[];
  input(lane: number): readonly Entry[];
  position(pe: number, route: number): number;
  /** Tick of the last departure of this color at this router, -1 for never. */
  lastDeparture(pe: number, route: number): number;
  registers(pe: number): Int32Array;
  /** Data memory from the end of the code reserve to the end of the class's allocations. */
  memory(pe: number): Uint8Array;
  activeTasks(pe: number): number;
  blockedTasks(pe: number): number;
  /** Flag changes that become visible at a tick above `cycle`, in order of issue. */
  pending(pe: number): ReadonlyArray<{ readonly tick: number; readonly task: number; readonly kind: 'activate' | 'block' | 'unblock' }>;
  /** First tick at which the issue slot is free. */
  slotFree(pe: number): number;
  /** The microthread that issued last, -1 for none. */
  lastMicrothread(pe: number): number;
  /** Ascending by thread number; main (8) last. */
  threads(pe: number): readonly HashedThread[];
  /** Words in a FIFO in memory, and the place of the oldest in its ring. */
  memoryFifo(pe: number, fifo: number): { readonly head: number; readonly count: number };
  /** What the PE's picker remembers (machine/picker.ts). */
  picker(pe: number): number;
  sourceNext(source: number): number;
  sinkCount(sink: number): number;
  /** `due` of a rated source's or sink's lane (machine/host.ts), 0 without a rate. */
  sourceDue(source: number): number;
  sinkDue(sink: number): number;
  /** The next host step, and the tick at which it ends, or -1 when it has not begun. */
  hostStep(): { readonly next: number; readonly end: number };
}

/** Queues or PEs from one yield to the next, a PE counting as more by its memory: BYTES take as long as what is hashed beside it. */
const BREATH = 1 << 10;
const BYTES = 1 << 8;

/** The hash of a machine's state, in pieces between which it must rest. */
export function* hashingState(program: Program, channels: Channels, cycle: number, view: StateView): Generator<void, string> {
  const hash = new Hash();
  const later = (tick: number): number => Math.max(0, tick - cycle);
  const entries = (list: readonly Entry[]): void => {
    hash.word(list.length);
    for (const e of list)
      hash
        .word(e.word)
        .word(later(e.ready))
        .word((e.control ? 2 : 0) + (e.advance ? 1 : 0));
  };
  for (let c = 0; c < channels.count; c++) {
    if (c % BREATH === 0) yield;
    entries(view.fifo(c));
  }
  for (let lane = 0; lane < channels.inputCount; lane++) {
    if (lane % BREATH === 0) yield;
    entries(view.input(lane));
  }
  for (let pe = 0, bytes = 0; pe < program.width * program.height; pe++) {
    bytes += BYTES + view.memory(pe).length;
    if (bytes > BREATH * BYTES) {
      bytes = 0;
      yield;
    }
    for (let r = 0; r < program.routes[program.routeOf[pe]].length; r++) hash.word(view.position(pe, r)).word(view.lastDeparture(pe, r));
    hashElement(hash, pe, view, later);
    hash.word(view.picker(pe));
    program.classes[program.classOf[pe]].fifos?.forEach((_, i) => {
      const { head, count } = view.memoryFifo(pe, i);
      hash.word(head).word(count);
    });
  }
  hashHost(hash, program, cycle, view);
  return hash.hex();
}

function hashHost(hash: Hash, program: Program, cycle: number, view: StateView): void {
  program.sources.forEach((source, i) => {
    hash.word(view.sourceNext(i)).wide(laneWait(source.rate, view.sourceDue(i), cycle));
  });
  program.sinks.forEach((sink, i) => {
    hash.word(view.sinkCount(i)).wide(laneWait(sink.rate, view.sinkDue(i), cycle));
  });
  const { next, end } = view.hostStep();
  hash.word(next).word(end < 0 ? 0 : 1 + Math.max(0, end - cycle));
}

function hashElement(hash: Hash, pe: number, view: StateView, later: (tick: number) => number): void {
  const memory = view.memory(pe);
  hash.words(view.registers(pe)).words(new Uint32Array(memory.buffer, memory.byteOffset, memory.byteLength >> 2));
  hash
    .word(view.activeTasks(pe))
    .word(view.blockedTasks(pe))
    .word(later(view.slotFree(pe)))
    .word(view.lastMicrothread(pe));
  for (const p of view.pending(pe)) hash.word(later(p.tick)).word(p.task).text(p.kind);
  for (const t of view.threads(pe)) {
    hash
      .word(t.thread)
      .word(t.task)
      .word(t.instruction)
      .word(t.started ? 1 : 0)
      .word(t.position)
      .word(t.scalar);
    hash.words(t.bases).word(t.mark).word(later(t.ready));
  }
}
