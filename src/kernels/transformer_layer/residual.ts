/**
 * A residual on one PE: sum = bypass + projection, word by word. A microthread stores the bypass in a FIFO in memory; the main
 * thread takes one word from it and one from the projection's stream, and sends their sum. The FIFO holds at least one whole
 * token, without which the fork before the norm could wait for ever; as many as there is room for, since while it is full the
 * fork stops the source and the pipeline cannot hold more tokens than the FIFO.
 */

import type { Code } from '../../machine/builder.ts';
import { fabricIn, fabricOut, increase, mark, registers, repeat, scalar, setTo, vector } from '../../machine/builder.ts';
import { MemoryPlan } from '../../machine/memory.ts';
import { groupCycles } from '../../machine/price.ts';
import type { Allocation, MemoryFifo, VectorInstruction } from '../../machine/program.ts';
import type { MachineSpec } from '../../machine/spec.ts';
import { BYPASS, IN, OUT, type PeProgram } from './pe.ts';

const R = registers('tokens', 'token');

export interface ResidualLayout {
  readonly allocations: readonly Allocation[];
  readonly fifo: MemoryFifo;
}

/** Room for all tokens, or for as many words as the SRAM has left, but one token at the least. */
export function residualLayout(machine: MachineSpec, hidden: number, tokens: number): ResidualLayout {
  const memory = new MemoryPlan(machine);
  const free = Math.floor((machine.sramBytes - memory.usedBytes) / 4);
  const capacity = Math.max(hidden, Math.min(hidden * tokens, free));
  const address = memory.add('bypassed tokens (FIFO), f32', 'queues', 4 * capacity, 4);
  return { allocations: memory.allocations, fifo: { name: 'bypass', address, capacity } };
}

const add = (words: number): VectorInstruction =>
  vector('send', 'f32_add', words, { to: fabricOut(OUT, { advance: false }), a: { kind: 'fifo', fifo: 0 }, b: fabricIn(IN) });

/** Issue cycles of adding one word, and of that and storing another. */
export function residualPaces(machine: MachineSpec): { readonly free: number; readonly full: number } {
  const free = groupCycles(add(1), machine);
  return { free, full: free + 1 };
}

export const residualToken = (hidden: number): Code => [mark(R.token), add(hidden), scalar('send', increase(R.token, 1))];

export function residual(layout: ResidualLayout, hidden: number, tokens: number): PeProgram {
  const store = { ...vector('receive', 'mov32', hidden * tokens, { to: { kind: 'fifo', fifo: 0 }, a: fabricIn(BYPASS) }), thread: 0 };
  const code = [scalar('send', setTo(R.token, 0)), store, repeat('send', R.tokens, tokens, residualToken(hidden))];
  return { name: 'residual', code, memory: layout.allocations, fifos: [layout.fifo] };
}
