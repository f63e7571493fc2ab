/**
 * The wavelet engine: the truth, event driven (docs/tick.md). One event is one departure attempt of a FIFO, one turn of
 * a compute element or one word of a host source; everything else sleeps, so idle PEs and idle time cost nothing.
 * A tick: routers decide and move, elements issue, switches turn.
 *
 * Compared event by event with the reference engine (test/engine). State: fabric-state.ts and element-state.ts, flat arrays.
 */
import { WeftError } from '../base/error.ts';
import { each, filling, toEnd } from '../base/pieces.ts';
import type { Cycle } from '../base/units.ts';
import type { Program } from '../machine/program.ts';
import type { Recorder } from '../trace/recorder.ts';
import { type CompiledProgram, compiling } from './compile.ts';
import { Elements } from './elements.ts';
import { type Engine, type PeState, ProgramError, type Snapshot, type ThreadState } from './engine.ts';
import { Fabric } from './fabric.ts';
import { MAX_TICK } from './fabric-fields.ts';
import { Host, type HostState } from './host.ts';
import { canMove } from './rest.ts';
import { hashingState, type StateView } from './state-hash.ts';
import { findingEndProblem, recordStalls } from './stuck.ts';
import { stateView } from './wavelet-view.ts';
import { EventWheel, NEVER } from './wheel.ts';

type Column = Int32Array | Uint32Array | Uint16Array | Uint8Array | Int8Array | Int16Array | Float64Array;

interface WaveletSnapshot extends Snapshot {
  readonly finished: boolean;
  readonly columns: readonly Column[];
  readonly host: HostState;
  readonly pending: ReadonlyArray<readonly [number, ReadonlyArray<{ tick: number; task: number; kind: 'activate' | 'block' | 'unblock' }>]>;
}

/** Turns of whole ticks from one yield to the next, eight departures counting as one, and turns of one tick: a turn may dequantise a block. */
const BREATH = 1 << 12;
const TURNS = 1 << 10;

/** PEs whose batches are cut from one yield to the next. */
const CUT = 1 << 12;

/** An engine at cycle 0 of `program`, which must have passed validateProgram (machine/validate.ts). Reports every event to `recorder`. */
export const createWaveletEngine = (program: Program, recorder?: Recorder): Engine => toEnd(creatingWaveletEngine(program, recorder));

/** The same in pieces. */
export function* creatingWaveletEngine(program: Program, recorder?: Recorder): Generator<void, Engine> {
  const c = yield* compiling(program);
  yield;
  const due = new Int32Array(program.width * program.height + program.sources.length);
  yield* filling(due, NEVER);
  const actors = new EventWheel(due, 1, 0);
  const fabric = new Fabric(program, c, actors, recorder);
  yield* fabric.placing();
  const elements = new Elements(program, c, due, actors, fabric, recorder);
  yield* elements.placing();
  yield* elements.loading(program.loads);
  fabric.streams = elements;
  return new WaveletEngine(program, recorder, { c, actors, fabric, elements });
}

type Parts = Pick<WaveletEngine, 'c' | 'actors' | 'fabric' | 'elements'>;

class WaveletEngine implements Engine {
  cycle = 0;
  finished = false;
  readonly c: CompiledProgram;
  /** Turns of the compute elements (by PE) and of the host sources (by PEs + index). */
  readonly actors: EventWheel;
  readonly fabric: Fabric;
  readonly elements: Elements;
  private readonly host: Host;
  private readonly view: StateView;
  private readonly program: Program;
  private readonly pes: number;
  /** Turns of the running tick that have been taken. */
  private taken = 0;
  /** PEs whose batches have been ended. */
  private ended = 0;
  private failure: { pe: number; error: ProgramError } | null = null;
  private readonly recorder: Recorder | undefined;

  constructor(program: Program, recorder: Recorder | undefined, { c, actors, fabric, elements }: Parts) {
    this.program = program;
    this.recorder = recorder;
    this.c = c;
    this.pes = program.width * program.height;
    this.actors = actors;
    this.fabric = fabric;
    this.elements = elements;
    this.host = new Host(program);
    this.view = stateView(program, this.c, this.fabric, this.elements, this.host, () => this.cycle);
  }

  advance(until: Cycle): void {
    toEnd(this.advancing(until));
  }

  *advancing(until: Cycle): Generator<void, void> {
    try {
      while (!this.finished && (yield* this.goOn(until)));
    } catch (error) {
      if (error instanceof ProgramError) this.tellEnd(error.cycle);
      throw error;
    } finally {
      const telling = this.fabric.flushing();
      if (telling !== undefined) yield* telling;
    }
  }

  /** A host step that ends, then events up to `until`. False when time is up or the run is over, true when a host step has begun. */
  private *goOn(until: number): Generator<void, boolean> {
    if (this.host.end >= 0) {
      // Words in flight arrive meanwhile, and change nothing but what threads wait for.
      const end = Math.min(this.host.end, until);
      this.fabric.horizon = Math.min(end, MAX_TICK);
      yield* this.runEvents(end);
      this.cycle = Math.max(this.cycle, end);
      if (this.host.end > until) return false;
      this.finishStep();
    }
    this.fabric.horizon = Math.min(until, MAX_TICK);
    do yield* this.runEvents(until);
    while (!this.isLive && this.elements.closeStreams(this.cycle));
    if (!this.isLive) return yield* this.rest(until);
    this.cycle = Math.max(this.cycle, until);
    if (!this.host.isDone && this.waitsForHost()) return yield* this.rest(until);
    while (!this.endBatches()) yield;
    return false;
  }

  private get isLive(): boolean {
    return this.actors.live || !this.fabric.attempts.isEmpty;
  }

  /** Whether nothing but a host step can happen, though words in flight have not arrived: somebody may look now. */
  private waitsForHost(): boolean {
    this.settle();
    return !canMove(this.program, this.c.channels, this.view, this.cycle);
  }

  private *runEvents(until: number): Generator<void, void> {
    for (let work = 0; ; ) {
      const soon = Math.min(this.fabric.attempts.next(this.cycle, until), this.actors.next(this.cycle, until));
      const t = this.failure ? Math.min(soon, this.failure.error.cycle) : soon;
      if (t >= until) return;
      if (t >= MAX_TICK) throw new WeftError('cycles', `the run is longer than the ${MAX_TICK} cycles this engine counts`, ['simulate a smaller problem']);
      this.fabric.now = t;
      while (!this.fabric.routers(t)) yield;
      work += this.actors.turn(t).length;
      while (!this.takeTurns(t)) yield;
      this.fabric.commit(t);
      while (!this.fabric.sendAhead(t)) yield;
      this.cycle = t + 1;
      work += this.fabric.ahead >> 3;
      this.fabric.ahead = 0;
      if (work < BREATH) continue;
      work = 0;
      yield;
    }
  }

  /**
   * The next turns of tick t; false if some are left: to be called again before anything else. Of several program errors in one tick
   * the one of the lowest PE is reported, whatever the visiting order.
   */
  private takeTurns(t: number): boolean {
    const turns = this.actors.turn(t);
    const { due } = this.elements;
    for (const most = this.taken + TURNS; this.taken < turns.length || this.elements.sumAll(); ) {
      if (this.taken === most) return false;
      const id = turns.data[this.taken++];
      if (due[id] !== t) continue;
      due[id] = NEVER;
      try {
        if (id < this.pes) this.elements.event(id, t);
        else this.fabric.sourceEvent(id - this.pes, t);
      } catch (error) {
        if (!(error instanceof ProgramError)) throw error;
        this.noteFailure(id, error);
      }
    }
    if (!this.actors.isTurned(t)) return false;
    turns.length = 0;
    this.taken = 0;
    if (this.failure?.error.cycle === t) throw this.failure.error;
    return true;
  }

  /** An element that runs ahead may meet its error before its time: the first in time, then by PE, is thrown when its tick comes. */
  private noteFailure(pe: number, error: ProgramError): void {
    const known = this.failure;
    if (!known || error.cycle < known.error.cycle || (error.cycle === known.error.cycle && pe < known.pe)) this.failure = { pe, error };
  }

  /** Batches whose last group was issued before `cycle` are over; nothing else may be left to do. False if PEs are left: to be called again. */
  private endBatches(): boolean {
    const { due } = this.elements;
    const end = Math.min(this.pes, this.ended + CUT);
    for (; this.ended < end; this.ended++) if (due[this.ended] === this.cycle) this.elements.materialise(this.ended, this.cycle);
    if (end < this.pes) return false;
    this.ended = 0;
    return true;
  }

  /** Nothing can happen any more (rules 16 and 17): the next host step begins, the run is over, or the machine is stuck. */
  private *rest(until: number): Generator<void, boolean> {
    const telling = this.fabric.flushing();
    if (telling !== undefined) yield* telling;
    const over = Math.max(this.elements.last[0], this.fabric.last[0] + 1);
    this.cycle = Math.min(over, until);
    if (over > until) return false;
    if (!this.host.isDone) {
      this.host.begin(over);
      return true;
    }
    yield* this.checkEnd();
    this.finished = true;
    return false;
  }

  /** Throws what is wrong with the state in which the run ends, the same error every time. */
  private *checkEnd(): Generator<void, void> {
    if (this.failure) throw this.failure.error;
    const { program, view, recorder } = this;
    const problem = yield* findingEndProblem(program, this.c.channels, view);
    if (!problem) return;
    recorder?.stuckAt(this.cycle);
    this.elements.tellStalls(this.cycle);
    if (recorder) recordStalls(program, this.c.channels, view, recorder, this.cycle);
    this.failure = { pe: 0, error: new ProgramError(this.cycle, problem.message, problem.fixes, problem.waits) };
    throw this.failure.error;
  }

  private finishStep(): void {
    const { begun, end, next } = this.host;
    this.cycle = end;
    this.elements.last[0] = Math.max(this.elements.last[0], end);
    // Words in flight may have been followed beyond this tick when nothing could move any more.
    this.fabric.rebuild(end);
    this.actors.rebuild(end);
    this.recorder?.hostStep(next, begun, end);
    this.host.finish({
      load: (table) => toEnd(this.elements.loading(table)),
      activate: (pe, task, tick) => this.elements.launchTask(pe, task, tick),
      memory: (pe, address, length) => this.memory(pe, address, length),
    });
  }

  /** Cuts all running batches at the current cycle, so that the state shown is exact. */
  private settle(): void {
    for (let pe = 0; pe < this.pes; pe++) this.elements.materialise(pe, this.cycle);
  }

  /** Tells the recorder what went on when the run ended with an error, so that the trace does not depend on the pace of advance(). */
  private tellEnd(cycle: Cycle): void {
    for (let pe = 0; pe < this.pes; pe++) {
      try {
        this.elements.materialise(pe, cycle);
      } catch (error) {
        // An error that comes to light only now is not the run's first.
        if (!(error instanceof ProgramError)) throw error;
      }
    }
    this.elements.tellStalls(cycle);
  }

  tell(): void {
    if (this.finished) return;
    this.settle();
    this.elements.tellLasting(this.cycle);
  }

  stateHash(): string {
    return toEnd(this.hashing());
  }

  *hashing(): Generator<void, string> {
    yield* each(this.pes, (pe) => this.elements.materialise(pe, this.cycle), CUT);
    return yield* hashingState(this.program, this.c.channels, this.cycle, this.view);
  }

  private columns(): readonly Column[] {
    return [...this.fabric.stateArrays(), ...this.elements.stateArrays()];
  }

  get stateBytes(): number {
    return this.columns().reduce((sum, { byteLength }) => sum + byteLength, 0);
  }

  snapshot(): Snapshot {
    return toEnd(this.snapshotting());
  }

  *snapshotting(): Generator<void, WaveletSnapshot> {
    const columns: Column[] = [];
    for (const column of this.columns()) columns.push(yield* copying(column));
    const pending = [...this.elements.pending].map(([pe, list]) => [pe, [...list]] as const);
    return { cycle: this.cycle, finished: this.finished, bytes: this.stateBytes, columns, pending, host: this.host.snapshot() };
  }

  restore(snapshot: Snapshot): void {
    const s = snapshot as WaveletSnapshot;
    this.columns().forEach((column, i) => {
      (column as Uint8Array).set(s.columns[i] as Uint8Array);
    });
    this.elements.pending.clear();
    this.elements.forgetSums();
    for (const [pe, list] of s.pending) this.elements.pending.set(pe, [...list]);
    this.host.restore(s.host);
    this.fabric.rebuild(s.cycle);
    this.actors.rebuild(s.cycle);
    this.cycle = s.cycle;
    this.finished = s.finished;
    this.failure = null;
    this.taken = 0;
    this.ended = 0;
  }

  inspect(pe: number): PeState {
    this.settle();
    const { channels } = this.c;
    const words = (list: ReadonlyArray<{ word: number }>): Uint32Array => Uint32Array.from(list, (e) => e.word);
    const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, i) => from + i);
    return {
      threads: this.view.threads(pe).map((t): ThreadState => t),
      registers: this.view.registers(pe).slice(),
      inputs: range(channels.inputFirst[pe], channels.inputFirst[pe + 1]).map((lane) => words(this.view.input(lane))),
      fifos: range(channels.first[pe], channels.first[pe + 1]).map((c) => ({
        port: channels.port[c],
        color: channels.color[c],
        words: words(this.view.fifo(c)),
      })),
      positions: this.program.routes[this.program.routeOf[pe]].map((_, r) => this.view.position(pe, r)),
    };
  }

  memory(pe: number, address: number, length: number): Uint8Array {
    this.settle();
    const at = this.elements.memoryAt[pe] + address;
    return this.elements.bytes.slice(at, at + length);
  }

  sinkWords(index: number): Uint32Array {
    return this.fabric.sinkWords[index].slice(0, this.fabric.sinkCount[index]);
  }

  copied(step: number): Uint8Array {
    return this.host.copied(step);
  }
}

/** Elements of a column that are copied from one yield to the next. */
const COPIED = 1 << 16;

/** A copy of a column, written for the first time piece by piece: fresh memory costs more than copying. */
function* copying(column: Column): Generator<void, Column> {
  const copy = new (column.constructor as new (length: number) => Column)(column.length);
  for (let at = 0; at < column.length; at += COPIED) {
    copy.set(column.subarray(at, at + COPIED), at);
    yield;
  }
  return copy;
}
