/** The norm before the output matrix as a launch: one PE that runs the layer's norm program (kernels/transformer_layer). */
import { inOne } from '../base/pieces.ts';
import { estimateLoneNorm, loneNormProgram, planLoneNorm } from '../kernels/transformer_layer/lone-norm.ts';
import { plainNorm } from '../kernels/transformer_layer/plain-loop.ts';
import type { Estimate } from '../kernels/types.ts';
import type { MachineSpec } from '../machine/spec.ts';
import type { Job } from './launch.ts';
import type { LlamaModel } from './llama-model.ts';

export interface FinalNorm {
  readonly estimate: Estimate;
  job(x: Float32Array, gains: Float32Array): Job;
}

/** Places the norm of `n` tokens. Throws WeftError when a token does not fit a PE. */
export function finalNorm({ layers, hidden, epsilon, outputNorm }: LlamaModel, n: number, machine: MachineSpec): FinalNorm {
  const plan = planLoneNorm(layers[0], epsilon, n, machine);
  const estimate = estimateLoneNorm(plan);
  const job = (x: Float32Array, gains: Float32Array): Job => ({
    name: outputNorm.name,
    kernel: 'norm',
    shape: { m: hidden, k: hidden, n, format: outputNorm.type },
    rectangle: { width: 1, height: 1 },
    estimate,
    work: { weightBytes: gains.byteLength, usedPes: 1, macRate: 1 },
    building: () => inOne(() => loneNormProgram(plan, x, gains)),
    // A norm has no multiply-adds of a matrix; its words stand for none.
    macs: () => ({ perWord: [[0]], expected: 0 }),
    gathering: ([words]) => inOne(() => new Float32Array(words.slice().buffer)),
    adding: () => inOne(() => plainNorm(x, hidden, gains, epsilon)),
  });
  return { estimate, job };
}
