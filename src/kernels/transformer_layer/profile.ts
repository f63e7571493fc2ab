/**
 * What one token costs a PE, as an estimate reads it: stretches of issue cycles and runs of words from its stream, in order,
 * from the same code that runs. Words cost what their op takes, a cycle each where it moves them, where nothing waits.
 */
import { type Code, timeOf } from '../../machine/builder.ts';
import { groupCycles, priceCode, priceTotal, setupCycles } from '../../machine/price.ts';
import type { Instruction } from '../../machine/program.ts';
import type { MachineSpec } from '../../machine/spec.ts';

/** Busy for `cycles`, then `words` words from the stream, `each` cycles a word. */
export interface Step {
  readonly cycles: number;
  readonly words: number;
  readonly each: number;
}

export interface Profile {
  readonly steps: readonly Step[];
  /** Busy after the last word. */
  readonly after: number;
  /** Words that a microthread sends while the main thread goes on. */
  readonly aside: number;
}

export const profileTotal = (p: Profile): number => p.steps.reduce((sum, { cycles, words, each }) => sum + cycles + words * each, p.after + p.aside);

export function profileOf(code: Code, machine: MachineSpec): Profile {
  const gathered = { steps: [] as Step[], busy: 0, aside: 0 };
  gather(gathered, code, machine);
  return { steps: gathered.steps, after: gathered.busy, aside: gathered.aside };
}

interface Gathered {
  readonly steps: Step[];
  busy: number;
  aside: number;
}

function gather(g: Gathered, code: Code, machine: MachineSpec): void {
  for (const piece of code) {
    if (piece.kind !== 'repeat') addInstruction(g, piece, machine);
    else if (!timeOf(piece.body, machine).streams) g.busy += timeOf([piece], machine).total;
    else {
      g.busy += machine.scalar.alu;
      for (let round = 1; round <= piece.times; round++) {
        gather(g, piece.body, machine);
        g.busy += round < piece.times ? machine.scalar.branchTaken : machine.scalar.branchNotTaken;
      }
    }
  }
}

function addInstruction(g: Gathered, instruction: Instruction, machine: MachineSpec): void {
  if (instruction.kind === 'vector' && instruction.thread !== undefined) {
    g.busy += Math.max(1, setupCycles(instruction, machine));
    g.aside += instruction.length;
  } else if (instruction.kind === 'vector' && (instruction.a.kind === 'fabricIn' || instruction.b?.kind === 'fabricIn')) {
    g.steps.push({ cycles: g.busy + setupCycles(instruction, machine), words: instruction.length, each: groupCycles(instruction, machine) });
    g.busy = 0;
  } else g.busy += priceTotal(priceCode([instruction], machine));
}
