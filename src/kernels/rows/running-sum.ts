/**
 * The sum that a PE has under way, read from where its main thread is: which row and token, and how many products are in the
 * accumulator. Code between two marks is one step of one row; what it has added so far are the elements of the operations that
 * accumulate, those before the instruction at work whole and that one up to its position.
 */
import type { Instruction, MarkDigit } from '../../machine/program.ts';
import type { SumPlace } from '../types.ts';
import { blockWeights, type RowJob } from './mapping.ts';
import { R } from './registers.ts';

/** Of every row-per-PE kernel: all tokens go through all PEs. */
export const sumPlace = (job: RowJob): SumPlace => ({
  register: R.acc,
  block: blockWeights(job),
  tokens: Array.from({ length: job.n }, (_, token) => token),
  options: { dot: job.dot, f16: job.f16, factored: job.factored },
});

/** Where the main thread is. */
interface At {
  readonly instruction: number;
  /** Elements done of a vector operation. */
  readonly position: number;
  readonly mark: number;
}

export interface UnderWay {
  /** Row and token as the PE counts its own. */
  readonly row: number;
  readonly token: number;
  /** Weights of the PE's part of the row whose products are in the accumulator. */
  readonly count: number;
}

/** What is under way, or null while the accumulator holds no partial sum that can be told apart by its weights. */
export function sumUnderWay(code: readonly Instruction[], marks: readonly MarkDigit[], { register, block }: SumPlace, at: At): UnderWay | null {
  if (at.mark < 0) return null;
  const first = code.findLastIndex(({ kind }, i) => kind === 'mark' && i <= at.instruction);
  const next = code.findIndex(({ kind }, i) => kind === 'mark' && i > at.instruction);
  if (first < 0) return null;
  const step = code.slice(first, next < 0 ? undefined : next);
  const here = at.instruction - first;
  const elements = step.map((i) => (i.kind === 'vector' && i.destination.kind === 'register' && i.destination.register === register ? i.length : 0));
  const all = elements.reduce((sum, n) => sum + n, 0);
  if (all === 0 || holdsOther(step, elements, register, here)) return null;
  const added = elements.slice(0, here).reduce((sum, n) => sum + n, 0) + (elements[here] > 0 ? at.position : 0);
  if (all !== block && added !== 0 && added !== all) return null;
  const digit = digitsOf(marks, at.mark);
  return { row: digit('row'), token: digit('column') + digit('token'), count: digit('block') * block + (added / all) * block };
}

/** Whether the accumulator has another sum: that of the row before until this one's has been loaded, that of the next one once it begins. */
function holdsOther(step: readonly Instruction[], elements: readonly number[], register: number, here: number): boolean {
  const isWrite = (i: Instruction): boolean => i.kind === 'scalar' && i.steps.some(({ d }) => d === register);
  const [first, last] = [elements.findIndex((n) => n > 0), elements.findLastIndex((n) => n > 0)];
  return step.some((i, at) => isWrite(i) && ((at < first && here <= at) || (at > last && here >= at)));
}

/** Digits of a mark by name, 0 for those it does not have. */
function digitsOf(marks: readonly MarkDigit[], mark: number): (name: string) => number {
  const digits = new Map<string, number>();
  let rest = mark;
  for (const { name, size } of marks.toReversed()) {
    digits.set(name, rest % size);
    rest = Math.floor(rest / size);
  }
  return (name) => digits.get(name) ?? 0;
}
