/**
 * The wavelet engine: the truth, event driven (docs/tick.md). One event is one departure attempt of a FIFO, one turn of
 * a compute element or one word of a host source; everything else sleeps, so idle PEs and idle time cost nothing.
 * A tick: routers decide and move, elements issue, the tick is committed.
 *
 * Compared event by event with the reference engine (test/engine). State: fabric.ts and elements.ts, flat arrays.
 */
import type { Cycle } from '../base/units.ts';
import type { Program } from '../machine/program.ts';
import type { Recorder } from '../trace/recorder.ts';
import { type CompiledProgram, compileProgram } from './compile.ts';
import { Elements } from './elements.ts';
import { type Engine, type PeState, ProgramError, type Snapshot, type ThreadState } from './engine.ts';
import { Fabric } from './fabric.ts';
import { hashState, type StateView } from './state-hash.ts';
import { endProblem } from './stuck.ts';
import { stateView } from './wavelet-view.ts';
import { ActorList, EventWheel } from './wheel.ts';

type Column = Int32Array | Uint32Array | Uint16Array | Uint8Array | Int8Array | Int16Array;

interface WaveletSnapshot extends Snapshot {
  readonly finished: boolean;
  readonly due: Int32Array;
  readonly columns: readonly Column[];
  readonly pending: ReadonlyArray<readonly [number, ReadonlyArray<{ tick: number; task: number; kind: 'activate' | 'block' | 'unblock' }>]>;
}

export function createWaveletEngine(program: Program, recorder?: Recorder): Engine {
  return new WaveletEngine(program, recorder);
}

class WaveletEngine implements Engine {
  cycle = 0;
  finished = false;
  private readonly c: CompiledProgram;
  private readonly wheel: EventWheel;
  private readonly fabric: Fabric;
  private readonly elements: Elements;
  private readonly view: StateView;
  private readonly actors = new ActorList();
  private readonly turns = new ActorList();
  private readonly elementActor: number;
  private readonly sourceActor: number;
  private readonly program: Program;

  constructor(program: Program, recorder: Recorder | undefined) {
    this.program = program;
    this.c = compileProgram(program);
    const pes = program.width * program.height;
    this.elementActor = this.c.channels.count;
    this.sourceActor = this.elementActor + pes;
    this.wheel = new EventWheel(this.sourceActor + program.sources.length);
    this.fabric = new Fabric(program, this.c, this.wheel, recorder);
    this.elements = new Elements(program, this.c, this.wheel, this.fabric, recorder);
    this.fabric.drain = this.elements;
    this.view = stateView(program, this.c, this.fabric, this.elements, () => this.cycle);
  }

  advance(until: Cycle): void {
    if (this.finished) return;
    do this.runEvents(until);
    while (this.wheel.live === 0 && this.elements.closeStreams(this.cycle, until));
    if (this.wheel.live > 0) {
      this.cycle = Math.max(this.cycle, until);
      this.endBatches();
    }
    if (this.wheel.live === 0) this.end(until);
  }

  private runEvents(until: Cycle): void {
    for (let t = this.wheel.next(this.cycle, until); t < until; t = this.wheel.next(t + 1, until)) {
      this.tick(t);
      this.cycle = t + 1;
      if (this.wheel.live === 0) return;
    }
  }

  /** One tick: read, decide, write. */
  private tick(t: number): void {
    this.wheel.take(t, this.actors);
    this.turns.length = 0;
    this.routersAndSources(t);
    this.fabric.arbitrate(t);
    this.elementTurns(t);
    this.fabric.commit(t);
  }

  private routersAndSources(t: number): void {
    for (let i = 0; i < this.actors.length; i++) {
      const id = this.actors.data[i];
      if (id < this.elementActor) this.fabric.fifoEvent(id, t);
      else if (id < this.sourceActor) this.turns.push(id - this.elementActor);
      else this.fabric.sourceEvent(id - this.sourceActor, t);
    }
  }

  /** Of several program errors in one tick the one of the lowest PE is reported, whatever the visiting order. */
  private elementTurns(t: number): void {
    let failed: { pe: number; error: ProgramError } | null = null;
    for (let i = 0; i < this.turns.length; i++) {
      const pe = this.turns.data[i];
      try {
        this.elements.event(pe, t);
      } catch (error) {
        if (!(error instanceof ProgramError)) throw error;
        if (!failed || pe < failed.pe) failed = { pe, error };
      }
    }
    if (failed) throw failed.error;
  }

  /** Batches whose last group was issued before `cycle` are over; nothing else may be left to do. */
  private endBatches(): void {
    this.wheel.peek(this.cycle, this.actors);
    for (let i = 0; i < this.actors.length; i++) {
      const pe = this.actors.data[i] - this.elementActor;
      if (pe >= 0 && pe < this.sourceActor - this.elementActor) this.elements.materialise(pe, this.cycle);
    }
  }

  /** Nothing can happen any more (rule 16): the run is over at the end of the last event, or the machine is stuck. */
  private end(until: number): void {
    const over = Math.max(this.elements.last[0], this.fabric.last[0] + 1);
    this.cycle = Math.min(over, until);
    if (over > until) return;
    const problem = endProblem(this.program, this.c.channels, this.view);
    if (problem) throw new ProgramError(this.cycle, problem.message, problem.fixes, problem.waits);
    this.finished = true;
  }

  /** Cuts all running batches at the current cycle, so that the state shown is exact. */
  private settle(): void {
    for (let pe = 0; pe < this.program.width * this.program.height; pe++) this.elements.materialise(pe, this.cycle);
  }

  stateHash(): string {
    this.settle();
    return hashState(this.program, this.c.channels, this.cycle, this.view);
  }

  private columns(): readonly Column[] {
    return [...this.fabric.stateArrays(), ...this.elements.stateArrays()];
  }

  snapshot(): WaveletSnapshot {
    const columns = this.columns().map((c) => c.slice());
    const pending = [...this.elements.pending].map(([pe, list]) => [pe, [...list]] as const);
    const bytes = columns.reduce((sum, c) => sum + c.byteLength, 0);
    return { cycle: this.cycle, finished: this.finished, bytes, due: this.wheel.due.slice(), columns, pending };
  }

  restore(snapshot: Snapshot): void {
    const s = snapshot as WaveletSnapshot;
    this.columns().forEach((column, i) => {
      (column as Uint8Array).set(s.columns[i] as Uint8Array);
    });
    this.elements.pending.clear();
    for (const [pe, list] of s.pending) this.elements.pending.set(pe, [...list]);
    this.wheel.restore(s.due, s.cycle);
    this.cycle = s.cycle;
    this.finished = s.finished;
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
}
