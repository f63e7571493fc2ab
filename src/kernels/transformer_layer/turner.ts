/**
 * The PE behind the last one of a region's fabric row: after every token it sends the control wavelet that turns the row's
 * routers and the spine's (fabric.ts). It waits at the last PE's router until that PE's last word has turned it, so this PE
 * may be any number of tokens ahead, and the PEs that compute never wait for it.
 */
import { fabricOut, increase, mark, mem, registers, repeat, scalar, setTo, vector } from '../../machine/builder.ts';
import { encodeControl } from '../../machine/control.ts';
import { MemoryPlan } from '../../machine/memory.ts';
import type { MachineSpec } from '../../machine/spec.ts';
import { type Load, loadOf, OUT, type PeProgram } from './pe.ts';

const R = registers('tokens', 'token');

/** `resets` in the region's top fabric row. */
export function turner(machine: MachineSpec, tokens: number, resets: boolean): PeProgram & { readonly loads: readonly Load[] } {
  const memory = new MemoryPlan(machine);
  const word = memory.add('control wavelet', 'activations', 4);
  const send = vector('send', 'mov32', 1, { to: { ...fabricOut(OUT, { advance: false }), control: true }, a: mem(word) });
  return {
    name: resets ? 'turns a region back' : 'turns a row',
    code: [scalar('send', setTo(R.token, 0)), repeat('send', R.tokens, tokens, [mark(R.token), send, scalar('send', increase(R.token, 1))])],
    memory: memory.allocations,
    loads: [loadOf(Uint32Array.of(encodeControl([resets ? 'reset' : 'advance'], { filtered: true })), word)],
  };
}
