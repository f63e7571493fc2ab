/** All kernels, by id. Adding one is a folder and a line here. */
import { WeftError } from '../base/error.ts';
import { nearestNames } from '../model/nearest.ts';
import { batched } from './batched/index.ts';
import { llama7b } from './llama7b/index.ts';
import { splitK } from './split-k/index.ts';
import { stationary } from './stationary/index.ts';
import { streaming } from './streaming/index.ts';
import { transformerLayer } from './transformer_layer/index.ts';
import type { Kernel } from './types.ts';
import { weightStreaming } from './weight-streaming/index.ts';

export const KERNELS: Readonly<Record<string, Kernel>> = Object.fromEntries(
  [streaming, stationary, batched, llama7b, transformerLayer, splitK, weightStreaming].map((kernel) => [kernel.id, kernel]),
);

/**
 * The kernel with this id.
 * @throws WeftError (`kernel`) that suggests the nearest id.
 */
export function kernelById(id: string): Kernel {
  const ids = Object.keys(KERNELS);
  if (Object.hasOwn(KERNELS, id)) return KERNELS[id];
  throw new WeftError('kernel', `there is no kernel "${id}"; there are ${ids.join(', ')}`, [`use ${nearestNames(id, ids, 1)[0]}`]);
}
