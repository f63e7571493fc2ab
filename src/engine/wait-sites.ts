/**
 * Where in a class's code a queue is written or read, a FIFO in memory filled or emptied, a task activated or unblocked:
 * who could end a wait. Compiled once a class. Models: docs/tick.md rules 9 and 13.
 */
import type { Destination, Instruction, PeClass, Source, VectorInstruction } from '../machine/program.ts';

/** An instruction of a task; instruction -1 is the task's start. */
export interface Site {
  readonly task: number;
  readonly instruction: number;
}

/** Lists of sites, by number of the queue, the FIFO or the task in the class. */
export interface Sites {
  readonly senders: readonly (readonly Site[])[];
  readonly takers: readonly (readonly Site[])[];
  readonly fillers: readonly (readonly Site[])[];
  readonly drainers: readonly (readonly Site[])[];
  readonly activators: readonly (readonly Site[])[];
  readonly unblockers: readonly (readonly Site[])[];
}

export function sitesOf(cls: PeClass): Sites {
  const all = cls.tasks.flatMap(({ code }, task) => code.map((made, instruction) => ({ made, site: { task, instruction } })));
  const where = (list: readonly unknown[], matches: (made: Instruction, i: number) => boolean): Site[][] =>
    list.map((_, i) => all.filter(({ made }) => matches(made, i)).map(({ site }) => site));
  const fifos = cls.fifos ?? [];
  const fillers = where(fifos, (made, i) => writes(made, 'fifo', i));
  const drainers = where(fifos, (made, i) => reads(made, 'fifo', i));
  const activators = where(cls.tasks, (made, i) => (made.kind === 'vector' ? made.activates === i : made.kind === 'activate' && made.task === i));
  fifos.forEach(({ activatesOnPush, activatesOnPop }, i) => {
    if (activatesOnPush !== undefined) activators[activatesOnPush].push(...fillers[i]);
    if (activatesOnPop !== undefined) activators[activatesOnPop].push(...drainers[i]);
  });
  const takers = where(cls.inputs, (made, i) => reads(made, 'fabricIn', i));
  cls.tasks.forEach(({ trigger }, task) => {
    if (trigger?.kind === 'data') takers[trigger.queue].push({ task, instruction: -1 });
  });
  return {
    senders: where(cls.outputs, (made, i) => writes(made, 'fabricOut', i)),
    takers,
    fillers,
    drainers,
    activators,
    unblockers: where(cls.tasks, (made, i) => (made.kind === 'vector' ? made.unblocks === i : made.kind === 'unblock' && made.task === i)),
  };
}

/** Number of the queue or FIFO an operand is; -1 for memory and registers. */
export function numberOf(operand: Source | Destination | undefined): number {
  if (operand?.kind === 'fifo') return operand.fifo;
  return operand?.kind === 'fabricIn' || operand?.kind === 'fabricOut' ? operand.queue : -1;
}

/** The sources of an op that are of one kind, by number; one that is read twice comes twice. */
export function sourcesOf({ a, b }: VectorInstruction, kind: Source['kind']): number[] {
  const numbers = a.kind === kind ? [numberOf(a)] : [];
  if (b?.kind === kind) numbers.push(numberOf(b));
  return numbers;
}

const reads = (made: Instruction, kind: Source['kind'], number: number): boolean => made.kind === 'vector' && sourcesOf(made, kind).includes(number);
const writes = (made: Instruction, kind: Destination['kind'], number: number): boolean =>
  made.kind === 'vector' && made.destination.kind === kind && numberOf(made.destination) === number;

/** Whether a thread at instruction `from` of this code can still come to instruction `to`: it lies ahead, or a jump ahead leads back before it. */
export function reaches(code: readonly Instruction[], from: number, to: number): boolean {
  if (to >= from) return true;
  return code.some((made, i) => i >= from && (made.kind === 'loop' || made.kind === 'branch') && made.to <= to);
}
