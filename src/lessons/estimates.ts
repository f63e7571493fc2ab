/** Closed forms of kernels for a configuration, without a session. */
import type { RunConfig } from '../api/protocol.ts';
import { kernelById } from '../kernels/registry.ts';
import type { Plan } from '../kernels/types.ts';
import { MACHINES } from '../machine/spec.ts';

/** Where a synthetic matrix lies. Throws as the kernel's plan does. */
export const planOf = ({ kernel, m, k, n, machine, pes, options }: RunConfig): Plan =>
  kernelById(kernel).plan({ m, k, n, format: 'q4_k' }, MACHINES[machine], pes, options);

/** Cycles by closed form. */
export const estimateOf = (config: RunConfig): number => kernelById(config.kernel).estimate(planOf(config)).closedForm.cycles;
