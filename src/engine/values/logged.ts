/** An element that does what its log says (log.ts): its threads issue and its tasks start in the order that the timing engine found. */
import { MAIN_THREAD } from '../../machine/program.ts';
import { type CompiledInstruction, IS } from '../compile.ts';
import { Element, type Site } from './element.ts';
import { type PeLog, PICK, TASKS } from './log.ts';

export class LoggedElement extends Element {
  private readonly log: PeLog;
  private next = 0;
  private steps = 0;
  /** The moment that the time-stamp counter shows. */
  private now = 0;

  constructor(site: Site, log: PeLog) {
    super(site);
    this.log = log;
  }

  /** Its log knows which task starts. */
  launch(): void {}

  rest(): void {
    this.steps++;
  }

  protected timestamp(): number {
    return this.now | 0;
  }

  advance(): void {
    const { events, rests } = this.log;
    const until = rests[this.steps] ?? events.length;
    while (this.next < until && this.event(events[this.next])) this.next++;
  }

  /** Does an event; false if its words are not there yet. */
  private event(event: number): boolean {
    this.now = this.log.moments?.[2 * this.next] ?? 0;
    if (event >= PICK) return this.start((event - PICK) % TASKS, Math.floor((event - PICK) / TASKS) - 1);
    if (event === MAIN_THREAD) return this.issueMain();
    const op = this.micros[event];
    if (!op || op.groups(1) === 0) return false;
    op.run(1);
    if (op.isDone) this.micros[event] = undefined;
    return true;
  }

  /** Starts a task, by the wavelet at the head of an input queue unless that is -1. */
  private start(task: number, queue: number): boolean {
    const trigger = this.cls.triggers.find((each) => each.task === task);
    if (trigger && !this.takeFrom(this.site.inputs[queue], trigger.queue < 0, trigger.register)) return false;
    this.begin(task);
    this.runFree();
    return true;
  }

  private issueMain(): boolean {
    const ins = this.instruction;
    if (!ins) return false;
    if (ins.is === IS.VECTOR) {
      if (ins.thread < 0) return this.issueVector(ins);
      this.micros[ins.thread] = this.operation();
      this.pc++;
    } else this.control(ins);
    this.goOn();
    return true;
  }

  /** The set-up of main's op, its next group, or all of one that nothing disturbs (docs/tick.md 13). */
  private issueVector(ins: CompiledInstruction): boolean {
    const isNew = !this.op;
    this.op ??= this.operation();
    const isWhole = isNew && ins.memoryOnly && this.micros.every((op) => op === undefined);
    if (isNew && ins.setup > 0 && !isWhole) return true;
    const groups = this.op.groups(isWhole ? Number.POSITIVE_INFINITY : 1);
    if (groups === 0) return false;
    this.op.run(groups);
    if (!this.op.isDone) return true;
    this.op = undefined;
    this.pc++;
    this.goOn();
    return true;
  }

  private goOn(): void {
    this.now = this.log.moments?.[2 * this.next + 1] ?? 0;
    this.runFree();
  }

  /** Instructions of cost 0, to the next one that costs something or the task's end (rule 10). */
  private runFree(): void {
    for (let ins = this.instruction; ins; ins = this.instruction) {
      if (ins.is === IS.VECTOR || this.cost(ins) > 0) return;
      this.control(ins);
    }
    this.task = -1;
  }
}
