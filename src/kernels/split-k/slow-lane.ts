/**
 * What a PE waits for a lane whose wavelets are P > 1 cycles apart, op by op. While the PE does something else the lane fills
 * what holds b words, input queue and the FIFO before it, and stops; idle time earns no credit. With `held` words waiting, an
 * op of L words at t cycles each takes
 *
 *     max(L t, (L - held) P)                              from a lane that did not stop
 *     max(L t, 3 + h + T_R + (L - 1 - b) P)               from one that did: its next word needs the way of h + T_R
 *
 * Words of a microthread come while main goes on; it waits where it starts the microthread again. Waiting is what ops take
 * beyond L t, summed over the code; loops are followed until a round begins as the one before did, the rest are equal rounds.
 * Leaves out: fractions of a cycle, and that PEs further down are a few hops later.
 */
import type { Code, Repeat } from '../../machine/builder.ts';
import { groupCycles, isPacked, priceCode, priceTotal, priceVector } from '../../machine/price.ts';
import type { Instruction, VectorInstruction } from '../../machine/program.ts';
import type { MachineSpec } from '../../machine/spec.ts';

export interface Lane {
  readonly machine: MachineSpec;
  /** P. */
  readonly period: number;
  /** b. */
  readonly room: number;
  /** 3 + h + T_R. */
  readonly restart: number;
}

/** The lane as a PE sees it at some point of its code. */
interface State {
  /** Words that wait. */
  held: number;
  /** Cycles until the microthread's words are all there; less than 0: since then. */
  due: number;
  /** Cycles waited so far. */
  waited: number;
}

/** Cycles that a PE which runs `code` waits for the lane. */
export function waitingFor(lane: Lane, code: Code): number {
  // The first word is on its way for h + T_R, with no word waiting.
  const state: State = { held: -(lane.restart - 3) / lane.period, due: 0, waited: 0 };
  run(lane, code, state);
  return Math.round(state.waited + Math.max(0, state.due));
}

function run(lane: Lane, code: Code, state: State): void {
  for (const piece of code) {
    if (piece.kind === 'vector' && piece.thread !== undefined) join(lane, state);
    if (piece.kind === 'repeat') loop(lane, piece, state);
    else if (takesWords(piece)) take(lane, piece, state);
    else pass(lane, state, priceTotal(priceCode([piece], lane.machine)));
  }
}

function loop(lane: Lane, { body, times }: Repeat, state: State): void {
  const { alu, branchTaken, branchNotTaken } = lane.machine.scalar;
  pass(lane, state, alu);
  for (let round = 0; round < times; round++) {
    const before = { ...state };
    run(lane, body, state);
    pass(lane, state, round < times - 1 ? branchTaken : branchNotTaken);
    if (round === times - 1 || !isSame(state, before)) continue;
    state.waited += (times - 1 - round) * (state.waited - before.waited);
    return;
  }
}

const isSame = (a: State, b: State): boolean => Math.abs(a.held - b.held) < 1e-6 && Math.abs(a.due - b.due) < 1e-6;

const takesWords = (i: Instruction): i is VectorInstruction => i.kind === 'vector' && (i.a.kind === 'fabricIn' || i.b?.kind === 'fabricIn');

/** Wavelets that an op takes. */
const wordsOf = (op: VectorInstruction): number => Math.ceil(op.length / (isPacked(op) ? 2 : 1));

/** Other work: once the microthread has its words, the lane fills the queue. */
function pass(lane: Lane, state: State, cycles: number): void {
  const idle = Math.min(cycles, cycles - state.due);
  state.due = Math.max(state.due - cycles, 0);
  if (idle > 0) state.held = Math.min(lane.room, state.held + idle / lane.period);
}

function take(lane: Lane, op: VectorInstruction, state: State): void {
  const { machine, period, room, restart } = lane;
  pass(lane, state, priceVector(op, machine).setup);
  const words = wordsOf(op);
  const issue = words * groupCycles(op, machine);
  const stopped = state.held >= room;
  const missing = words - state.held;
  const arriving = stopped ? restart + (missing - 1) * period : missing * period;
  const cycles = missing > 0 ? Math.max(issue, arriving) : issue;
  const arrived = stopped ? Math.max(0, (cycles - restart) / period + 1) : cycles / period;
  state.held = Math.min(room, Math.max(0, state.held + arrived - words));
  if (op.thread === undefined) state.waited += cycles - issue;
  else state.due = cycles - issue;
}

/** Starting the microthread waits until it has its words. */
function join(lane: Lane, state: State): void {
  state.waited += state.due;
  pass(lane, state, state.due);
}
