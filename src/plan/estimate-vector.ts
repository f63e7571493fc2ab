/**
 * What a token meets beside matrix products, by closed form from the machine's prices. The code that is priced is that of the
 * kernel transformer_layer (attention, rotation, activation) or its like (norm, residual); what differs is that here a vector
 * or a cache is spread over a block of w x h PEs, whose partial results are reduced along rows, then along the first column,
 * and what all need goes back the same way. Of the blocks whose sides are powers of two the fastest is taken.
 */

import { type PatternId, reduceCycles } from '../kernels/collectives/closed-form.ts';
import { PATTERNS } from '../kernels/collectives/index.ts';
import { dequantiserFor } from '../kernels/dequant/index.ts';
import { attend, rotateAll } from '../kernels/transformer_layer/attention.ts';
import { attentionLayout } from '../kernels/transformer_layer/attention-layout.ts';
import { exp, reciprocal, rsqrt } from '../kernels/transformer_layer/maths.ts';
import { activate } from '../kernels/transformer_layer/projection.ts';
import { accumulator, type Code, fabricIn, inRegister, mem, scalar, timeOf, vector } from '../machine/builder.ts';
import type { MachineSpec } from '../machine/spec.ts';
import type { Architecture } from '../model/architecture.ts';

/** What a step costs: from the input being there to the output being there, and how long its PEs are busy with a token. */
export interface VectorCost {
  readonly cycles: number;
  readonly busy: number;
  readonly pes: number;
  readonly block: { readonly width: number; readonly height: number };
  readonly boundBy: string;
}

const SIDES = [1, 2, 4, 8, 16, 32, 64] as const;
/** PEs of the largest block. */
export const MOST_BLOCK = 64 * 64;
/** The SRAM address of nothing in particular: prices depend on bank classes only, and these operands lie in different ones. */
const [HERE, THERE] = [0, 4] as const;
const REGISTERS = { n: 0, t: 1, c: 2 } as const;
const [X, Y] = [3, 4] as const;

/** Reductions and broadcasts over blocks of a machine, each computed once. */
export class Blocks {
  readonly machine: MachineSpec;
  private readonly known = new Map<string, { cycles: number; pattern: PatternId }>();

  constructor(machine: MachineSpec) {
    this.machine = machine;
  }

  /** The fastest pattern along a row. */
  private along(pes: number, words: number): { cycles: number; pattern: PatternId } {
    const key = `${pes} ${words}`;
    const before = this.known.get(key);
    if (before) return before;
    const all = (Object.keys(PATTERNS) as PatternId[]).map((pattern) => ({ pattern, cycles: reduceCycles(pattern, this.machine, pes, words) }));
    const best = all.reduce((a, b) => (b.cycles < a.cycles ? b : a));
    this.known.set(key, best);
    return best;
  }

  reduce(width: number, height: number, words: number): number {
    return this.along(width, words).cycles + this.along(height, words).cycles;
  }

  /** Set-up, the words, the way to the far corner, received into memory. */
  broadcast(width: number, height: number, words: number): number {
    if (width * height === 1) return 0;
    const { hop, ramp } = this.machine;
    return priced(this.machine, [receive(words)]) + (width + height - 2) * hop + 2 * ramp + 1;
  }

  /** All blocks of the machine with at most `most` PEs. */
  sizes(most: number): { readonly width: number; readonly height: number }[] {
    const { usable } = this.machine;
    const fits = (width: number, height: number): boolean => width * height <= most && width <= usable.width && height <= usable.height;
    return SIDES.flatMap((width) => SIDES.filter((height) => fits(width, height)).map((height) => ({ width, height })));
  }

  /** The fastest; of equal ones the smallest. */
  best(most: number, cost: (width: number, height: number) => VectorCost): VectorCost {
    return this.sizes(most)
      .map(({ width, height }) => cost(width, height))
      .reduce((a, b) => (b.cycles < a.cycles || (b.cycles === a.cycles && b.pes < a.pes) ? b : a));
  }
}

const priced = (machine: MachineSpec, code: Code): number => timeOf(code, machine).total;
const receive = (words: number): Code[number] => vector('receive', 'mov32', words, { to: mem(HERE), a: fabricIn(0) });

/** RMS norm of `hidden` elements: squares and their sum, a reduction of one word, the root's reciprocal back, times it and the gains. */
export function normCost(blocks: Blocks, hidden: number, width: number, height: number): VectorCost {
  const { machine } = blocks;
  const own = Math.ceil(hidden / (width * height));
  const squares: Code = [
    vector('compute', 'mov32', own, { to: mem(THERE), a: mem(HERE) }),
    vector('compute', 'f32_mul', own, { to: mem(THERE), a: mem(THERE), b: mem(HERE) }),
    vector('compute', 'f32_sum', own, { to: accumulator(X), a: mem(THERE) }),
  ];
  const scaled: Code = [
    vector('compute', 'f32_scale', own, { to: mem(HERE), a: mem(HERE), scalar: inRegister(X) }),
    vector('compute', 'f32_mul', own, { to: mem(HERE), a: mem(HERE), b: mem(THERE) }),
  ];
  const elements = priced(machine, squares) + priced(machine, scaled);
  const root = priced(machine, [scalar('compute', ...rsqrt(Y, X, REGISTERS))]);
  const travel = blocks.reduce(width, height, 1) + blocks.broadcast(width, height, 1);
  const boundBy = travel > elements ? 'reduction and broadcast of the sum' : 'elements';
  return { cycles: elements + root + travel, busy: elements + root, pes: width * height, block: { width, height }, boundBy };
}

/** A residual sum of `hidden` elements on `pes` PEs: what arrives is added to what is kept. */
export function residualCost(machine: MachineSpec, hidden: number, { pes, block }: VectorCost): VectorCost {
  const own = Math.ceil(hidden / pes);
  const cycles = priced(machine, [vector('compute', 'f32_add', own, { to: mem(HERE), a: mem(HERE), b: fabricIn(0) })]);
  return { cycles, busy: cycles, pes, block, boundBy: 'elements' };
}

/** SwiGLU of `pairs` rows of gate and up on a PE. */
export function activationCycles(machine: MachineSpec, pairs: number): number {
  const groups = [{ dequantiser: dequantiserFor('f32'), rows: pairs }];
  return priced(machine, activate({ activation: 'swiglu', groups }, { results: HERE }));
}

/** An attention's sizes as the estimate needs them. */
export interface Heads extends Pick<Architecture, 'heads' | 'kvHeads' | 'headSize'> {
  /** Tokens that a query sees: the most, and the mean over the tokens of a phase. */
  readonly most: number;
  readonly mean: number;
}

/**
 * Attention of one token, all heads at once: a block holds the keys and values of one head of the cache, a share of the tokens
 * on each PE, and takes the queries that share it one after the other. Rotation and `attend` are transformer_layer's code; the
 * pairs that rotate are spread over the block before all of its PEs get the query. Each PE ends with a maximum, a sum and an output; the maximum of all goes round, each scales its own by exp(m - max), the rest is added.
 */
export function attentionCost(blocks: Blocks, { heads, kvHeads, headSize, most, mean }: Heads, width: number, height: number): VectorCost {
  const { machine } = blocks;
  const pes = width * height;
  const shared = heads / kvHeads;
  const rope = { base: 10_000, dimensions: headSize };
  const layout = attentionLayout(machine, { headSize, perSequence: Math.ceil(most / pes), rope });
  const work = (tokens: number): number => shared * priced(machine, attend({ headSize }, layout, Math.max(1, tokens)));
  const rotated = { rope: { ...rope, dimensions: 2 * Math.ceil(headSize / 2 / pes) } };
  const rotate = shared * priced(machine, rotateAll(rotated, layout)) + priced(machine, [receive((shared + 2) * headSize)]);
  const rescale = priced(machine, [
    scalar('compute', ...exp(X, REGISTERS), ...reciprocal(Y, X, REGISTERS)),
    vector('compute', 'f32_scale', headSize, { to: mem(HERE), a: mem(HERE), scalar: inRegister(X) }),
  ]);
  const joining = pes === 1 ? 0 : shared * rescale;
  const words = shared * (headSize + 1);
  const travel = blocks.reduce(width, height, shared) + blocks.broadcast(width, height, shared) + blocks.reduce(width, height, words);
  const compute = rotate + work(Math.ceil(most / pes)) + joining;
  const busy = rotate + work(Math.ceil(mean / pes)) + joining + (pes === 1 ? 0 : 2 * words);
  const boundBy = travel > compute ? 'reduction of outputs' : 'scores and values';
  return { cycles: compute + travel, busy, pes: kvHeads * pes, block: { width, height }, boundBy };
}
