/** In which order the threads of each PE issued and its tasks started, as the timing engine evaluates it. */
import type { Program } from '../../machine/program.ts';
import type { IssueOrder } from '../timing/graph/element-state.ts';

/** Events: an issue is the number of its thread; a task's start is this, the task's number, and {@link TASKS} for each queue up to the one with its wavelet. */
export const PICK = 16;
export const TASKS = 64;

export interface PeLog {
  readonly events: number[];
  /** Tick and end of each event, where the PE's code reads the time. */
  readonly moments: number[] | undefined;
  /** How many events there were before each step of the host. */
  readonly rests: number[];
}

export class OrderLog implements IssueOrder {
  readonly pes: readonly PeLog[];

  constructor({ classes, classOf }: Program) {
    const reads = classes.map(({ tasks }) => tasks.some(({ code }) => code.some((i) => i.kind === 'scalar' && i.steps.some(({ op }) => op === 'tsc'))));
    this.pes = Array.from(classOf, (cls) => ({ events: [], moments: reads[cls] ? [] : undefined, rests: [] }));
  }

  issued(pe: number, thread: number, tick: number, end: number): void {
    this.note(pe, thread, tick, end);
  }

  picked(pe: number, task: number, queue: number, tick: number): void {
    this.note(pe, PICK + task + TASKS * (queue + 1), tick, tick);
  }

  /** A step of the host begins. */
  rested(): void {
    for (const { rests, events } of this.pes) rests.push(events.length);
  }

  private note(pe: number, event: number, tick: number, end: number): void {
    const { events, moments } = this.pes[pe];
    events.push(event);
    moments?.push(tick, end);
  }
}
