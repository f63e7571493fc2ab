/**
 * A finished run that can be visited at any cycle: snapshots taken while it ran, and an engine that restores the nearest
 * one and runs forward. The recorder stays with the first run, so visiting never changes the trace.
 */
import { type Engine, type EngineMaking, ProgramError, type Snapshot } from '../engine/engine.ts';
import type { Program } from '../machine/program.ts';
import { inSlices } from './slices.ts';

/** Bytes all snapshots together may take. */
export const SNAPSHOT_BUDGET = 256 * 2 ** 20;

/**
 * Keeps snapshots spread over a run; when the budget is used up, every second one goes and the distance doubles. Where one alone is more
 * than the budget none is kept: a copy of a whole wafer takes seconds to write, and what frees it holds the thread up for 100 ms.
 */
export class Snapshots {
  private readonly list: Snapshot[] = [];
  private spacing: number;
  private readonly isKept: boolean;
  private bytes = 0;

  /** `spacing`: cycles from one to the next at least; `each`: bytes of one. */
  constructor(spacing: number, each = 0) {
    this.spacing = Math.max(1, spacing);
    this.isKept = each <= SNAPSHOT_BUDGET;
  }

  /** The cycle at which the next one is wanted. */
  get next(): number {
    if (!this.isKept) return Number.POSITIVE_INFINITY;
    const last = this.list.at(-1);
    return last ? last.cycle + this.spacing : 0;
  }

  add(snapshot: Snapshot): void {
    this.list.push(snapshot);
    this.bytes += snapshot.bytes;
    if (this.bytes <= SNAPSHOT_BUDGET || this.list.length < 3) return;
    this.spacing *= 2;
    const kept = this.list.filter((_, i) => i % 2 === 0);
    this.list.splice(0, this.list.length, ...kept);
    this.bytes = kept.reduce((sum, s) => sum + s.bytes, 0);
  }

  /** The latest one at or before `cycle`. */
  before(cycle: number): Snapshot | undefined {
    return this.list.findLast((s) => s.cycle <= cycle);
  }
}

export class Replay {
  private readonly program: Program;
  private readonly creating: EngineMaking;
  private readonly snapshots: Snapshots;
  /** Made by the first visit: most runs have none. */
  private visitor: { readonly engine: Engine; readonly start: Snapshot } | undefined;
  /** Whether the last visit was abandoned on its way, so that the engine can only be restored. */
  private isMidway = false;

  constructor(program: Program, creating: EngineMaking, snapshots: Snapshots) {
    this.program = program;
    this.creating = creating;
    this.snapshots = snapshots;
  }

  /** The machine after `cycle` ticks. `pause` is awaited between slices and throws to abandon the visit. */
  async at(cycle: number, pause: () => Promise<void>): Promise<Engine> {
    this.visitor ??= await inSlices(visiting(this.creating(this.program)), pause);
    const { engine, start } = this.visitor;
    const near = this.snapshots.before(cycle) ?? start;
    if (this.isMidway || engine.cycle > cycle || near.cycle > engine.cycle) engine.restore(near);
    this.isMidway = true;
    try {
      await inSlices(engine.advancing(cycle), pause);
    } catch (error) {
      // The end of a run whose program failed: its last state is shown like that of any other cycle.
      if (!(error instanceof ProgramError)) throw error;
    }
    this.isMidway = false;
    return engine;
  }
}

function* visiting(creating: Generator<void, Engine>) {
  const engine = yield* creating;
  return { engine, start: yield* engine.snapshotting() };
}
