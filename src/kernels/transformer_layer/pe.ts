/** What one PE of a layer is, before PEs that are alike share a class: its code for all tokens, its memory, what is loaded. */
import { assemble, type Code } from '../../machine/builder.ts';
import type { Allocation, MemoryFifo, PeClass, QueueBinding } from '../../machine/program.ts';
import { BYPASS_QUEUE, INPUT_QUEUE, OUTPUT_QUEUE } from './fabric.ts';

/** Bytes that the host copies to `address`: `length` of `data` from `offset` on. */
export interface Load {
  readonly data: Uint8Array;
  readonly address: number;
  readonly offset: number;
  readonly length: number;
}

/** Numbers of queues in a PE's class. */
export const IN = 0;
export const BYPASS = 1;
export const OUT = 0;

/** Colors that a PE receives and sends. */
export interface Colors {
  readonly input?: number;
  readonly bypass?: number;
  readonly output: number;
}

/** A PE program: everything of its class. */
export interface PeProgram {
  readonly name: string;
  readonly code: Code;
  readonly memory: readonly Allocation[];
  readonly fifos?: readonly MemoryFifo[];
}

export function classOf({ name, code, memory, fifos }: PeProgram, { input, bypass, output }: Colors): PeClass {
  const inputs: QueueBinding[] = [];
  if (input !== undefined) inputs.push({ queue: INPUT_QUEUE, color: input });
  if (bypass !== undefined) inputs.push({ queue: BYPASS_QUEUE, color: bypass });
  const task = { name, code: assemble(code), active: true, blocked: false };
  return { name, tasks: [task], memory, inputs, outputs: [{ queue: OUTPUT_QUEUE, color: output }], ...(fifos && { fifos }) };
}

/** Bytes of f32 or 32-bit words, and the load that puts them at `address`. */
export function loadOf(values: Float32Array | Uint32Array, address: number): Load {
  const data = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  return { data, address, offset: 0, length: data.length };
}
