/** Reads what a program that times itself has left in memory: its two time stamps, and the results it is checked by. */
import type { Cycle } from '../base/units.ts';
import type { Engine } from '../engine/engine.ts';
import type { Expected, Measured, Stamp } from '../kernels/measured/measured.ts';

type Memory = Engine['memory'];

/** Cycles of a measured program's window, and whether its results are right to the bit. */
export function windowOf(memory: Memory, { begin, end, outside, expected }: Omit<Measured, 'program'>): { readonly cycles: Cycle; readonly exact: boolean } {
  const cycles = wordAt(memory, end) - wordAt(memory, begin) - outside;
  return { cycles, exact: expected.every((e) => holds(memory, e)) };
}

/** A word of memory, as a time stamp is one. */
export function wordAt(memory: Memory, { pe, address }: Stamp): number {
  const bytes = memory(pe, address, 4);
  return new DataView(bytes.buffer, bytes.byteOffset, 4).getUint32(0, true);
}

function holds(memory: Memory, { pe, address, values }: Expected): boolean {
  const [found, wanted] = [memory(pe, address, values.byteLength), new Uint8Array(values.buffer, values.byteOffset, values.byteLength)];
  return found.every((byte, i) => byte === wanted[i]);
}
