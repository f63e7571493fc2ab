/**
 * The reference engine: docs/tick.md, rule by rule, every PE in every tick. It is slow on purpose and stays for ever, as
 * the twin that fast engines are compared with on random programs (test/drivers). Two-phase: the fabric decides on the
 * state at the start of the tick, the compute elements read their own queues, then wavelets move.
 * Leaves out: what program.ts leaves out.
 */
import { assert } from '../base/error.ts';
import { inOne, toEnd } from '../base/pieces.ts';
import { enumerateChannels } from '../machine/channels.ts';
import type { Program } from '../machine/program.ts';
import type { Recorder } from '../trace/recorder.ts';
import { type Engine, type EngineMaking, type PeState, ProgramError, type Snapshot } from './engine.ts';
import { elementCanMove, showFlags, stepElement } from './reference-element.ts';
import { decideDepartures, decideSources, depart, fabricCanMove, sendFromHost } from './reference-fabric.ts';
import { beginStep, endStep, hostIsBusy } from './reference-host.ts';
import { type Context, copyState, initialState, type State, viewOf } from './reference-state.ts';
import { hashingState } from './state-hash.ts';
import { findingEndProblem, recordStalls } from './stuck.ts';

/** Everything that happens in tick `state.cycle`. */
function tick(c: Context): void {
  const departures = decideDepartures(c);
  const sources = decideSources(c, c.state.cycle);
  for (let pe = 0; pe < c.state.pes.length; pe++) stepElement(c, pe);
  for (const departure of departures) depart(c, departure);
  for (const source of sources) sendFromHost(c, source);
  for (let pe = 0; pe < c.state.pes.length; pe++) showFlags(c, pe);
  c.state.cycle++;
}

/** Whether anything can ever happen again in the machine (rule 17, host steps apart). */
const canMove = (c: Context): boolean => c.state.pes.some((_, pe) => elementCanMove(c, pe)) || fabricCanMove(c);

/** Ends and begins host steps at the current cycle (rule 16); whether anything can ever happen again then (rule 17). */
function goesOn(c: Context): boolean {
  do {
    endStep(c);
    if (hostIsBusy(c) || canMove(c)) return true;
  } while (beginStep(c));
  return false;
}

interface ReferenceSnapshot extends Snapshot {
  readonly state: State;
  readonly finished: boolean;
}

class ReferenceEngine implements Engine {
  private readonly context: Context;
  private over = false;
  /** The error that ended the run; thrown again by every later advance. */
  private failure: unknown;

  constructor(program: Program, recorder: Recorder | undefined) {
    const channels = enumerateChannels(program);
    this.context = { program, channels, recorder, state: initialState(program, channels) };
  }

  get cycle(): number {
    return this.context.state.cycle;
  }

  get finished(): boolean {
    return this.over;
  }

  advance(until: number): void {
    toEnd(this.advancing(until));
  }

  *advancing(until: number): Generator<void, void> {
    if (this.failure) throw this.failure;
    try {
      this.checkEnd();
      while (!this.over && this.cycle < until) {
        tick(this.context);
        this.checkEnd();
        yield;
      }
    } catch (error) {
      this.failure = error;
      throw error;
    }
  }

  /** The run is over when nothing can ever happen again; what is left then, or missing, is an error (rule 17). */
  private checkEnd(): void {
    if (this.over || goesOn(this.context)) return;
    const { program, channels, state, recorder } = this.context;
    const problem = toEnd(findingEndProblem(program, channels, viewOf(this.context)));
    if (problem && recorder) recordStalls(program, channels, viewOf(this.context), recorder, state.cycle);
    if (problem) throw new ProgramError(state.cycle, problem.message, problem.fixes, problem.waits);
    this.over = true;
  }

  /** Every tick is told as it happens. */
  tell(): void {}

  stateHash(): string {
    return toEnd(this.hashing());
  }

  hashing(): Generator<void, string> {
    return hashingState(this.context.program, this.context.channels, this.cycle, viewOf(this.context));
  }

  snapshotting(): Generator<void, ReferenceSnapshot> {
    return inOne(() => this.snapshot());
  }

  get stateBytes(): number {
    return this.context.state.pes.reduce((sum, pe) => sum + pe.memory.length + pe.registers.byteLength, 0);
  }

  snapshot(): ReferenceSnapshot {
    const state = copyState(this.context.state);
    return { cycle: this.cycle, bytes: this.stateBytes, state, finished: this.over };
  }

  restore(snapshot: Snapshot): void {
    const own = snapshot as ReferenceSnapshot;
    assert(own.state !== undefined, 'the snapshot is of another engine');
    this.context.state = copyState(own.state);
    this.over = own.finished;
    this.failure = undefined;
  }

  inspect(pe: number): PeState {
    const { channels, state } = this.context;
    const element = state.pes[pe];
    const words = (entries: readonly { word: number }[]): Uint32Array => Uint32Array.from(entries, (entry) => entry.word);
    const lanes = state.inputs.slice(channels.inputFirst[pe], channels.inputFirst[pe + 1]);
    const fifos = state.fifos.slice(channels.first[pe], channels.first[pe + 1]);
    return {
      threads: viewOf(this.context)
        .threads(pe)
        .map(({ thread, task, instruction, position, mark }) => ({ thread, task, instruction, position, mark })),
      registers: element.registers.slice(),
      inputs: lanes.map(words),
      fifos: fifos.map((list, i) => ({ port: channels.port[channels.first[pe] + i], color: channels.color[channels.first[pe] + i], words: words(list) })),
      positions: [...element.positions],
    };
  }

  memory(pe: number, address: number, length: number): Uint8Array {
    const bytes = new Uint8Array(length);
    bytes.set(this.context.state.pes[pe].memory.subarray(address, address + length));
    return bytes;
  }

  sinkWords(index: number): Uint32Array {
    return Uint32Array.from(this.context.state.received[index]);
  }

  copied(step: number): Uint8Array {
    return this.context.state.copied[step].slice();
  }
}

/** An engine at cycle 0 of `program`, which must have passed validateProgram (machine/validate.ts). Reports every event to `recorder`. */
export function createReferenceEngine(program: Program, recorder?: Recorder): Engine {
  return new ReferenceEngine(program, recorder);
}

/** The same as other engines are made: for small machines only. */
export const creatingReferenceEngine: EngineMaking = (program, recorder) => inOne(() => createReferenceEngine(program, recorder));
