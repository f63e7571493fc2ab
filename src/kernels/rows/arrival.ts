/**
 * When PEs that take one multicast stream of activations are done, from the rules of docs/tick.md. All run the same code but
 * perhaps the last one; what differs is when the activations reach them. Let
 *
 *     d     hops from where the stream enters          h, T_R   hop and ramp latency
 *     C     queue depth + T_R, the words an input queue accepts           t   cycles in which a PE takes a word
 *     F     issue cycles of the row code               S   issue cycles before the first activation is wanted
 *
 * While the PEs are busy before S the stream fills their queues with words 0 .. C-1 and stops: each router sends to its ramp
 * and onwards at once, so what the first PE does not take, nobody gets. Word C leaves the first router at S + 1 and is usable
 * at PE d from S + 1 + d h + T_R, but wanted at S + C t. From then on a PE is late by
 *
 *     w(d) = max(0, (d + 1) h + T_R - S, d h + T_R + 1 - C t)
 *
 * (the second term: its very first word comes later than S), and never waits again, since all have the same period and the
 * FIFOs carry one wavelet a cycle. PEs that want their first activation later than the others wait that much less. If the last PE holds fewer rows it is faster than the stream and follows it: with A and A'
 * the cycles from the last activation to the end of the code on a full PE and on the last one, it ends at
 *
 *     max(F' + max(0, (d + 1) h + T_R - S'), F + w(0) - A + d h + T_R + 1 - C t + A').
 *
 * With `overlap` a microthread takes the words, one a cycle, and main has U cycles of other work before it needs the first
 * block: then w(d) is U less, and at least 0, for a word that comes late takes no issue slot from main.
 */
import type { CodeTime } from '../../machine/builder.ts';
import { groupCycles, isPacked, priceCode, priceTotal } from '../../machine/price.ts';
import type { Instruction, VectorInstruction } from '../../machine/program.ts';
import type { MachineSpec } from '../../machine/spec.ts';
import { ACTIVATIONS_QUEUE } from './fabric.ts';

/** PEs that take one stream of activations: what a full one runs, and the last one if it holds fewer rows. */
export interface Listeners {
  readonly machine: MachineSpec;
  readonly full: CodeTime;
  readonly last: CodeTime;
  /** t; 1 if absent. */
  readonly wordCycles?: number;
  /** U, if a microthread takes the words. */
  readonly otherWork?: number;
  /** Cycles by which these PEs want their first activation later than the others; 0 if absent. */
  readonly headStart?: number;
}

/** C t: cycles for which a full input queue lasts. */
export const queueCycles = ({ machine, wordCycles = 1 }: Listeners): number => (machine.inputQueues[ACTIVATIONS_QUEUE] + machine.ramp) * wordCycles;

/** w(d): how late a full PE is. */
export function lateness(listeners: Listeners, d: number): number {
  const { machine, full, otherWork = 0, headStart = 0 } = listeners;
  const { hop, ramp } = machine;
  return Math.max(0, (d + 1) * hop + ramp - full.beforeStream - otherWork, d * hop + ramp + 1 - queueCycles(listeners) - otherWork - headStart);
}

/** The cycle at which the PE d hops from where the stream enters ends its row code; `short` if it is the last one and holds fewer rows. */
export function endOfRowCode(listeners: Listeners, d: number, short: boolean): number {
  const { machine, full, last, otherWork } = listeners;
  if (!short) return full.total + lateness(listeners, d);
  const { hop, ramp } = machine;
  const own = last.total + Math.max(0, (d + 1) * hop + ramp - last.beforeStream - (otherWork ?? 0));
  const lastWord = full.total + lateness(listeners, 0) - full.afterStream + d * hop + ramp + 1 - queueCycles(listeners);
  return otherWork === undefined ? Math.max(own, lastWord + last.afterStream) : own;
}

/**
 * t and U of assembled row code. Where words are taken at different speeds, the fastest burst that a full queue does not cover
 * decides; if there is none, the first one.
 */
export function receptionOf(code: readonly Instruction[], machine: MachineSpec): Pick<Listeners, 'wordCycles' | 'otherWork'> {
  const bursts = code.filter((i): i is VectorInstruction => i.kind === 'vector' && takesWords(i));
  const [first] = bursts;
  if (first === undefined) return {};
  if (first.thread === undefined) {
    const capacity = machine.inputQueues[ACTIVATIONS_QUEUE] + machine.ramp;
    const long = bursts.filter((op) => op.length / (isPacked(op) ? 2 : 1) > capacity);
    return { wordCycles: Math.min(...(long.length > 0 ? long : [first]).map((op) => groupCycles(op, machine))) };
  }
  const from = code.indexOf(first) + 1;
  const waits = code.findIndex((i, at) => at >= from && i.kind === 'vector' && i.thread !== undefined);
  return { otherWork: priceTotal(priceCode(code.slice(from, waits), machine)) };
}

const takesWords = (op: VectorInstruction): boolean => op.a.kind === 'fabricIn' || op.b?.kind === 'fabricIn';
