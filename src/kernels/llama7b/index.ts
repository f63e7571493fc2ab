/**
 * `llama7b`: one projection of Llama-2-7B by streaming or stationary, and what the whole model would cost by the same closed
 * form, beside what is claimed for such machines. As a program it is its inner kernel.
 */
import type { MachineSpec } from '../../machine/spec.ts';
import { INNER, INNER_OPTIONS, type InnerId, partIn, splitOptions, sumIn } from '../inner.ts';
import { kernelOf } from '../kernel-of.ts';
import type { KernelOptions } from '../options.ts';
import type { Kernel, Plan, ProblemShape, Rectangle } from '../types.ts';
import { factsOf } from './facts.ts';

const ID = 'llama7b';
const INNER_BY_DEFAULT: InnerId = 'streaming';

/** The plan as its inner kernel knows it. */
const innerPlan = (plan: Plan): Plan => {
  const { inner, ...options } = plan.options;
  return { ...plan, kernel: inner ?? INNER_BY_DEFAULT, options };
};
const innerOf = (plan: Plan): Kernel => INNER[plan.options.inner ?? INNER_BY_DEFAULT];

export const llama7b = kernelOf({
  id: ID,
  name: 'llama7b (a projection, and the model)',
  idea: 'One projection of Llama-2-7B, row by row; its facts add up all stages of a token to tokens a second, beside published claims.',
  takes: 'gemm',
  options: ['inner', ...INNER_OPTIONS],
  plan,
  building: (plan, problem) => innerOf(plan).building(innerPlan(plan), problem),
  gathering: (plan, sinks) => innerOf(plan).gathering(innerPlan(plan), sinks),
  adding: (plan, problem) => innerOf(plan).adding(innerPlan(plan), problem),
  estimate: (plan) => innerOf(plan).estimate(innerPlan(plan)),
  rowMap: (plan) => innerOf(plan).rowMap(innerPlan(plan)),
  macs: (plan, program) => innerOf(plan).macs(innerPlan(plan), program),
  partOf: (plan, pe, columns) => partIn(innerOf(plan), innerPlan(plan), pe, columns),
  sumOf: (plan, pe) => sumIn(innerOf(plan), innerPlan(plan), pe),
});

function plan(shape: ProblemShape, machine: MachineSpec, rectangle?: Rectangle, chosen?: KernelOptions): Plan {
  const { own, inner, innerOptions } = splitOptions(ID, { inner: INNER_BY_DEFAULT }, chosen);
  const placed = inner.plan(shape, machine, rectangle, innerOptions);
  const facts = factsOf(machine, shape.format, shape.n, own.inner, placed.options);
  return { ...placed, kernel: ID, options: { ...placed.options, ...own }, facts };
}
