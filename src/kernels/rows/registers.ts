/** Names for a PE's registers and queues in row-per-PE kernels. */
import { registers } from '../../machine/builder.ts';
import { DEQUANTISE_REGISTERS } from '../dequant/dequantiser.ts';

/**
 * A PE's registers. `weights`, `blockWeights`, `result`, `column` and `buffer` are byte offsets; `columns`, `blocks` and `rows`
 * count down. What a dequantise program may overwrite is free outside of it.
 */
export const R = registers('columns', 'blocks', 'rows', 'weights', 'blockWeights', 'column', 'result', 'mark', 'acc', 'buffer', ...DEQUANTISE_REGISTERS);

/** Numbers of the queues in a PE's class: each has one of either kind. */
export const ACTIVATIONS_IN = 0;
export const RESULTS_OUT = 0;

/** The microthread that receives activations while main computes. */
export const RECEIVER = 0;
