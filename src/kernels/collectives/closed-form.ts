/**
 * Closed form of a reduce along a row whose ops the main thread runs one after the other, by the rules of docs/tick.md. With s
 * the set-up of an op, V words and the children of a PE as in pattern.ts, element 0 of PE x's j-th op is issued at
 *
 *     first(x, j) = max(first(x, j - 1) + V + s,  out(c) + 1 + 2 T_R + (c - x) h)        c: the j-th child
 *
 * and the sum is complete at the west end at out(0) + V + 1. Left out: streams that take turns on a link (split-k/estimate.ts).
 */
import type { Cycle } from '../../base/units.ts';
import { setupCycles } from '../../machine/price.ts';
import type { MachineSpec } from '../../machine/spec.ts';
import { PATTERNS } from './index.ts';
import { reduceOps } from './pattern.ts';

export type PatternId = keyof typeof PATTERNS;

/** Cycles from all PEs of the row holding their `words` to the root having their sums; groups of about the square root. */
export function reduceCycles(pattern: PatternId, machine: MachineSpec, pes: number, words: number): Cycle {
  if (pes === 1) return 0;
  const row = PATTERNS[pattern]({ pes, group: Math.round(Math.sqrt(pes)), to: 'memory' });
  const { hop, ramp } = machine;
  const outs = new Array<number>(pes).fill(0);
  for (let x = pes - 1; x >= 0; x--) {
    let free = 0;
    for (const [j, op] of reduceOps({ ...row[x], control: undefined }, { length: words, own: 0, input: 0, output: 0, control: 0 }).entries()) {
      const ready = free + setupCycles(op, machine);
      const child = row[x].children[j];
      outs[x] = op.b === undefined ? ready : Math.max(ready, outs[child] + 1 + 2 * ramp + (child - x) * hop);
      free = outs[x] + words;
    }
  }
  return outs[0] + words + 1;
}
