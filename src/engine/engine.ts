/**
 * What every engine offers. The rules of time are docs/tick.md; programs are src/machine/program.ts.
 * `program` errors (collision, stuck machine, wrong counts) are thrown by advance() as ProgramError.
 */

import { WeftError } from '../base/error.ts';
import type { Bytes, Color, Cycle, PeId } from '../base/units.ts';
import type { Program } from '../machine/program.ts';
import type { Recorder } from '../trace/recorder.ts';

/** Somebody at a PE who waits: where, and the sentence that says for what. Port and color where they apply. */
export interface Wait {
  readonly pe: PeId;
  readonly port?: number;
  readonly color?: Color;
  readonly text: string;
  /** The wait, by its place in the list, that this one waits for; absent at the end of a chain. */
  readonly next?: number;
}

/** A mistake of the simulated program, found while running it. */
export class ProgramError extends WeftError {
  readonly cycle: Cycle;
  /** For a stuck machine: who waits for whom, each for the next one; in a circle the last for the first. */
  readonly waits: readonly Wait[];
  constructor(cycle: Cycle, message: string, fixes: readonly string[] = [], waits: readonly Wait[] = []) {
    super('program', `cycle ${cycle}: ${message}`, fixes);
    this.name = 'ProgramError';
    this.cycle = cycle;
    this.waits = waits;
  }
}

/** One vector op or instruction a thread is at. */
export interface ThreadState {
  readonly thread: number;
  readonly task: number;
  /** Index of the instruction in the task's code. */
  readonly instruction: number;
  /** Elements done, for vector ops. */
  readonly position: number;
  readonly mark: number;
}

/** What an inspector shows of one PE. */
export interface PeState {
  readonly threads: readonly ThreadState[];
  readonly registers: Int32Array;
  /** Words waiting in each input queue (by number in the class), head first, those in flight included. */
  readonly inputs: readonly Uint32Array[];
  /** Words in each FIFO of the router: port, color, words head first. */
  readonly fifos: ReadonlyArray<{ readonly port: number; readonly color: number; readonly words: Uint32Array }>;
  /** Switch position of each route, in the order of the route class. */
  readonly positions: readonly number[];
}

/** Everything needed to go back: opaque, owned by the engine that made it. */
export interface Snapshot {
  readonly cycle: Cycle;
  readonly bytes: number;
}

export interface Engine {
  /** Ticks executed. The state shown is the one after them. */
  readonly cycle: Cycle;
  readonly finished: boolean;
  /** Executes ticks until `cycle === until` or the run is over. */
  advance(until: Cycle): void;
  /** The same in pieces, between which nothing but `cycle` may be asked; one that is left midway goes on from a snapshot only. */
  advancing(until: Cycle): Generator<void, void>;
  /** Tells the recorder all that began before `cycle`, so that what it has closed can be written (Recorder.drain). */
  tell(): void;
  /** 16 hexadecimal digits over the machine's whole state; equal in every engine at equal cycles (state-hash.ts). */
  stateHash(): string;
  /** The same in pieces, between which the engine must rest. */
  hashing(): Generator<void, string>;
  /** Bytes of a snapshot. */
  readonly stateBytes: Bytes;
  snapshot(): Snapshot;
  /** The same in pieces, between which the engine must rest. */
  snapshotting(): Generator<void, Snapshot>;
  restore(snapshot: Snapshot): void;
  inspect(pe: PeId): PeState;
  /** Bytes of a PE's memory. */
  memory(pe: PeId, address: Bytes, length: number): Uint8Array;
  /** Words a sink has received, in order. */
  sinkWords(index: number): Uint32Array;
  /** What a copyOut step of the program's host list has copied: its PEs' bytes one after the other; empty before. */
  copied(step: number): Uint8Array;
}

export type EngineFactory = (program: Program, recorder?: Recorder) => Engine;
/** The same in pieces. */
export type EngineMaking = (program: Program, recorder?: Recorder) => Generator<void, Engine>;
