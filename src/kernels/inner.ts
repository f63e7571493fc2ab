/** Kernels that run another one inside: which there are, and how options are shared between the two. */
import { assert } from '../base/error.ts';
import { chooseOptions, type KernelOptions, type OptionId } from './options.ts';
import { stationary } from './stationary/index.ts';
import { streaming } from './streaming/index.ts';
import type { Kernel, Plan, SumPlace } from './types.ts';

export type InnerId = NonNullable<KernelOptions['inner']>;
export const INNER: Readonly<Record<InnerId, Kernel>> = { streaming, stationary };

/** Options of either inner kernel. */
export const INNER_OPTIONS: readonly OptionId[] = [...new Set([...streaming.options, ...stationary.options])];

/** A choice of options, split: what the outer kernel chose for itself, and what it hands to the inner one. */
export interface Split<Own extends KernelOptions> {
  readonly own: Own;
  readonly inner: Kernel;
  readonly innerOptions: KernelOptions;
}

/**
 * Splits what was chosen; `own` holds the outer kernel's options with their defaults, `inner` among them.
 * @throws WeftError on an option that neither kernel knows.
 */
export function splitOptions<Own extends KernelOptions & { readonly inner: InnerId }>(kernel: string, own: Own, chosen: KernelOptions = {}): Split<Own> {
  const ids = Object.keys(own) as OptionId[];
  const all = chooseOptions(kernel, [...ids, ...INNER_OPTIONS], own, chosen);
  const pick = (keep: (id: string) => boolean): KernelOptions => Object.fromEntries(Object.entries(all).filter(([id]) => keep(id)));
  const mine = (id: string): boolean => (ids as readonly string[]).includes(id);
  return { own: pick(mine) as Own, inner: INNER[all.inner], innerOptions: pick((id) => !mine(id)) };
}

/** What the inner kernel's PE computes by itself; those of all of them do. */
export function partIn(inner: Kernel, plan: Plan, pe: number, columns: number): Plan {
  assert(inner.partOf !== undefined, `PEs of ${inner.id} need no other`);
  return inner.partOf(plan, pe, columns);
}

/** Where the inner kernel adds up; all of them do so row by row. */
export function sumIn(inner: Kernel, plan: Plan, pe: number): SumPlace {
  assert(inner.sumOf !== undefined, `${inner.id} adds up row by row`);
  return inner.sumOf(plan, pe);
}
