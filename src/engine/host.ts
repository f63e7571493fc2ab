/**
 * The host's steps besides streaming (docs/tick.md rule 16): which one is next, when the running one ends, and what it does
 * then. Times: machine/host.ts.
 */
import { stepCycles } from '../machine/host.ts';
import type { HostStep, LoadTable, Program } from '../machine/program.ts';

/** What a step touches of the machine. */
export interface HostAccess {
  load(table: LoadTable): void;
  /** Activates task `task` of PE `pe`, visible at `tick`. */
  activate(pe: number, task: number, tick: number): void;
  /** Bytes of a PE's memory, as a copy or a view. */
  memory(pe: number, address: number, length: number): Uint8Array;
}

/** State that a snapshot must hold. */
export interface HostState {
  readonly next: number;
  readonly begun: number;
  readonly end: number;
  readonly copies: ReadonlyArray<Uint8Array>;
}

export class Host {
  next = 0;
  /** Tick at which the running step ends, or -1. */
  end = -1;
  /** Tick at which it began. */
  begun = 0;
  private copies: readonly Uint8Array[];
  private readonly steps: readonly HostStep[];
  private readonly program: Program;

  constructor(program: Program) {
    this.program = program;
    this.steps = program.host ?? [];
    this.copies = this.steps.map(() => new Uint8Array(0));
  }

  get isDone(): boolean {
    return this.next >= this.steps.length;
  }

  /** The machine rests at tick t: the next step begins. */
  begin(t: number): void {
    const step = this.steps[this.next];
    this.begun = t;
    this.end = t + stepCycles(step, this.program.machine);
  }

  /** The running step has its effect, which is part of the state at tick `end`. */
  finish(machine: HostAccess): void {
    const step = this.steps[this.next];
    if (step.kind === 'copyIn') machine.load(step.loads);
    else if (step.kind === 'launch') this.launch(step.task, machine);
    else {
      const { pes, address, bytes } = step;
      const copy = new Uint8Array(pes.length * bytes);
      pes.forEach((pe, i) => {
        copy.set(machine.memory(pe, address, bytes), i * bytes);
      });
      this.copies = this.copies.map((old, i) => (i === this.next ? copy : old));
    }
    this.next++;
    this.end = -1;
  }

  private launch(name: string, machine: HostAccess): void {
    const tasks = this.program.classes.map((cls) => cls.tasks.findIndex((task) => task.name === name));
    this.program.classOf.forEach((cls, pe) => {
      if (tasks[cls] >= 0) machine.activate(pe, tasks[cls], this.end);
    });
  }

  copied(step: number): Uint8Array {
    return this.copies[step].slice();
  }

  snapshot(): HostState {
    return { next: this.next, begun: this.begun, end: this.end, copies: this.copies };
  }

  restore(state: HostState): void {
    this.next = state.next;
    this.begun = state.begun;
    this.end = state.end;
    this.copies = state.copies;
  }
}
