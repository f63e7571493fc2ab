/**
 * A counter-example made small: code of PEs, instructions, lengths and words of the host are taken away as long as what is wrong
 * stays wrong. The order is fixed and nothing is drawn, so one program has one smallest form.
 */
import { WeftError } from '../../src/base/error.ts';
import type { Instruction, PeClass, Program, Task } from '../../src/machine/program.ts';
import { validateProgram } from '../../src/machine/validate.ts';

/** Programs looked at at most. */
const MOST_TRIALS = 4000;

/** The smallest program found that is valid and wrong; `program` itself if nothing can go. */
export function shrink(program: Program, isWrong: (program: Program) => boolean): Program {
  let [smallest, trials] = [program, 0];
  const holds = (candidate: Program): boolean => trials++ < MOST_TRIALS && isValid(candidate) && isWrong(candidate);
  for (let isSmaller = true; isSmaller; ) {
    isSmaller = false;
    for (const smaller of WAYS) {
      // What could be taken away at one place is counted once: after a success the same place is tried again.
      for (let place = 0; ; ) {
        const candidate = smaller(smallest, place);
        if (candidate === undefined) break;
        if (candidate !== smallest && holds(candidate)) {
          smallest = candidate;
          isSmaller = true;
        } else place++;
      }
    }
  }
  return smallest;
}

/** What is left of a program, in a line: PEs with code, their instructions, words from the host. */
export function sizeOf({ classes, classOf, sources }: Program): { readonly pes: number; readonly instructions: number; readonly words: number } {
  const codes = Array.from(classOf, (cls) => classes[cls].tasks.reduce((sum, { code }) => sum + code.length, 0));
  return {
    pes: codes.filter((count) => count > 0).length,
    instructions: codes.reduce((sum, count) => sum + count, 0),
    words: sources.reduce((sum, { words }) => sum + words.length, 0),
  };
}

function isValid(program: Program): boolean {
  try {
    validateProgram(program);
    return true;
  } catch (error) {
    if (error instanceof WeftError) return false;
    throw error;
  }
}

/** A program with less at one place: itself where nothing is left to take there, undefined behind the last place. */
type Way = (program: Program, place: number) => Program | undefined;

const withClass = (program: Program, c: number, cls: PeClass): Program => ({ ...program, classes: program.classes.map((own, i) => (i === c ? cls : own)) });

/** All code of a class. */
const withoutCode: Way = (program, c) => {
  const cls = program.classes[c];
  if (!cls) return undefined;
  return cls.tasks.some(({ code }) => code.length > 0) ? withClass(program, c, { ...cls, tasks: cls.tasks.map((task) => ({ ...task, code: [] })) }) : program;
};

/** One instruction, the last ones first. */
const withoutInstruction: Way = (program, place) => at(program, place, (task, k) => ({ ...task, code: removed(task.code, k) }));

/** Half the length of a vector op, or half the steps of a scalar run. */
const shorter: Way = (program, place) =>
  at(program, place, (task, k) => {
    const less = halved(task.code[k]);
    return less === task.code[k] ? task : { ...task, code: task.code.map((own, i) => (i === k ? less : own)) };
  });

/** Half the words of a source. */
const fewerWords: Way = (program, s) => {
  const source = program.sources[s];
  if (!source) return undefined;
  const { words, controls } = source;
  const count = words.length >> 1;
  const less = { ...source, words: words.slice(0, count), ...(controls && { controls: controls.slice(0, count) }) };
  return words.length > 0 ? { ...program, sources: program.sources.map((own, i) => (i === s ? less : own)) } : program;
};

/** A step of the host. */
const withoutStep: Way = (program, s) => (program.host?.[s] ? { ...program, host: program.host.filter((_, i) => i !== s) } : undefined);

const WAYS: readonly Way[] = [withoutStep, withoutCode, fewerWords, withoutInstruction, shorter];

/** Changes the task of the instruction of this number among all, counted from the last. */
function at(program: Program, place: number, change: (task: Task, k: number) => Task): Program | undefined {
  let left = place;
  for (const [c, cls] of program.classes.entries()) {
    for (const [t, task] of cls.tasks.entries()) {
      if (left >= task.code.length) {
        left -= task.code.length;
        continue;
      }
      const changed = change(task, task.code.length - 1 - left);
      return changed === task ? program : withClass(program, c, { ...cls, tasks: cls.tasks.map((own, i) => (i === t ? changed : own)) });
    }
  }
  return undefined;
}

const removed = (code: readonly Instruction[], k: number): Instruction[] =>
  code.flatMap((own, i) => (i === k ? [] : ['to' in own && own.to > k ? { ...own, to: own.to - 1 } : own]));

function halved(own: Instruction): Instruction {
  if (own.kind === 'vector' && own.length > 1) return { ...own, length: own.length >> 1 };
  if (own.kind === 'scalar' && own.steps.length > 1) return { ...own, steps: own.steps.slice(0, own.steps.length >> 1) };
  return own;
}
