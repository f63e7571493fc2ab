/**
 * The memory of a head's PE: keys and values of a sequence so far, scores of a token, the query, and two outputs, of which a
 * microthread sends one while the next is made.
 */
import { MemoryPlan } from '../../machine/memory.ts';
import type { Allocation } from '../../machine/program.ts';
import type { MachineSpec } from '../../machine/spec.ts';
import type { Form } from './form.ts';

export interface AttentionLayout {
  readonly allocations: readonly Allocation[];
  readonly keys: number;
  readonly values: number;
  readonly scores: number;
  readonly query: number;
  /** Two of head size. */
  readonly outputs: number;
  /** Head size: products of a score. */
  readonly products: number;
  /** Constants f32: one, zero. */
  readonly one: number;
  readonly zero: number;
  /** Rotation: [cos | sin] of this token's angles; [cos | cos] and [-sin | sin] of one step; two temporaries. */
  readonly angles: number;
  readonly stepCosines: number;
  readonly stepSines: number;
  readonly a: number;
  readonly b: number;
}

export function attentionLayout(machine: MachineSpec, { headSize, perSequence, rope }: Pick<Form, 'headSize' | 'perSequence' | 'rope'>): AttentionLayout {
  const memory = new MemoryPlan(machine);
  const head = 4 * headSize;
  const keys = memory.add('keys of a sequence, f32', 'activations', head * perSequence);
  const values = memory.add('values of a sequence, f32', 'activations', head * perSequence);
  const scores = memory.add('scores of a token, f32', 'block', 4 * perSequence, 4);
  // Keys and values lie at multiples of 8, what is multiplied with or added to them 4 bytes beside: no bank conflicts.
  const query = memory.add('query, f32', 'activations', head, 8, 4);
  const outputs = memory.add('two outputs, f32', 'results', 2 * head, 8, 4);
  const products = memory.add('products of a score, f32', 'block', head);
  const one = memory.add('one, f32', 'block', 4, 4);
  const zero = memory.add('zero, f32', 'block', 4, 4);
  const rotated = 4 * (rope?.dimensions ?? 0);
  const angles = memory.add('cosines and sines of a token, f32', 'block', rotated);
  const stepCosines = memory.add('cosines of a step, f32', 'block', rotated, 8, 4);
  const stepSines = memory.add('sines of a step, f32', 'block', rotated, 8, 4);
  const a = memory.add('rotation, first products, f32', 'block', rotated);
  const b = memory.add('rotation, second products, f32', 'block', rotated, 8, 4);
  return { allocations: memory.allocations, keys, values, scores, query, outputs, products, one, zero, angles, stepCosines, stepSines, a, b };
}
