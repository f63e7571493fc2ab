/** A kernel's long work at once, for whoever has no need to stop it. */
import { toEnd } from '../base/pieces.ts';
import type { Kernel, KernelInPieces } from './types.ts';

export const kernelOf = (kernel: KernelInPieces): Kernel => ({
  ...kernel,
  build: (plan, problem) => toEnd(kernel.building(plan, problem)),
  gather: (plan, sinks) => toEnd(kernel.gathering(plan, sinks)),
  plainLoop: (plan, problem) => toEnd(kernel.adding(plan, problem)),
});
