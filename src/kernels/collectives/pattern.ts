/**
 * A reduce along a row as data: whose vectors each PE adds and in what order, on which colors, through which switches. It
 * knows no time stamps, no tasks and no memory, so that a measured collective and a matrix kernel can write their PEs around
 * it. PE 0 at the west end is the root: it keeps the sums, or sends them on to the west edge.
 */
import type { Bytes, Color } from '../../base/units.ts';
import { fabricIn, fabricOut, mem, vector } from '../../machine/builder.ts';
import type { RouteClass, Task, VectorInstruction } from '../../machine/program.ts';

/** A row of `pes` PEs; `group` of them belong together in two phases. */
export interface PatternRow {
  readonly pes: number;
  readonly group: number;
  /** Where the sums end: in the root's memory, or at the west edge, on color 0. */
  readonly to: 'memory' | 'edge';
}

/** One PE's part. Colors count from 0. */
export interface PatternPe {
  readonly name: string;
  /** PEs whose vectors arrive here, one after the other; the last one is added on its way out if this PE sends. */
  readonly children: readonly number[];
  /** Where they arrive, if there are any. */
  readonly receives: Color;
  /** Where the sum leaves; the root of a reduce to memory has none. */
  readonly sends?: Color;
  /** Its last wavelet flips its own switch. */
  readonly advance: boolean;
  /** The control wavelet that it sends behind its vector. */
  readonly control?: number;
  /** Control wavelets reach its ramp: it has a task 0 that takes them. */
  readonly absorbs: boolean;
  readonly routes: RouteClass;
}

/** The PEs of a row from west to east. */
export type Pattern = (row: PatternRow) => PatternPe[];

/** Where a PE's vector lies and which queues, by their numbers in its class, carry the others. */
export interface Operands {
  readonly length: number;
  readonly own: Bytes;
  readonly input: number;
  readonly output: number;
  /** The word of a control wavelet. */
  readonly control: Bytes;
}

/** Sends the own vector. */
export const send = (o: Operands, advance: boolean): VectorInstruction =>
  vector('send', 'mov32', o.length, { to: fabricOut(o.output, { advance }), a: mem(o.own) });
/** Adds the own vector to what arrives and passes it on. */
export const pass = (o: Operands, advance: boolean): VectorInstruction =>
  vector('send', 'f32_add', o.length, { to: fabricOut(o.output, { advance }), a: mem(o.own), b: fabricIn(o.input) });
/** Adds what arrives to the own vector. */
export const add = (o: Operands): VectorInstruction => vector('receive', 'f32_add', o.length, { to: mem(o.own), a: mem(o.own), b: fabricIn(o.input) });
const sendControl = (o: Operands): VectorInstruction =>
  vector('send', 'mov32', 1, { to: { ...fabricOut(o.output, { advance: false }), control: true }, a: mem(o.control) });

/** The vector ops of a PE, in order. */
export function reduceOps({ children, sends, advance, control }: PatternPe, o: Operands): VectorInstruction[] {
  const adds = Array.from({ length: children.length - (sends === undefined ? 0 : 1) }, () => add(o));
  if (sends === undefined) return adds;
  const last = children.length > 0 ? pass(o, advance) : send(o, advance);
  return [...adds, last, ...(control === undefined ? [] : [sendControl(o)])];
}

/** Takes the control wavelet that flips the receive side: the first task of a PE that absorbs. */
export const absorbControl = (register: number): Task => ({
  name: 'absorb control',
  code: [],
  active: false,
  blocked: false,
  trigger: { kind: 'control', register },
});
