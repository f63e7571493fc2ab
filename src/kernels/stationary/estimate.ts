/**
 * Closed form of `stationary`. With B = K / 256 blocks, R rows on a PE, N columns and the issue cycles q of staging and
 * dequantising a block, p of its row dot and l of bookkeeping, a PE that never waits is busy for
 *
 *     R = 1:   c + B q + N (c1 + B (p + l))            the dot takes the activations from the ramp
 *     R > 1:   c + R B q + N (c1 + B (r + R (p + l)))  r: 256 activations received into memory
 *
 * The prices are those of the code itself (builder.ts, timeOf). What waiting adds is the same for every row-per-PE kernel:
 * rows/estimate.ts.
 */
export { estimateRows as estimate } from '../rows/estimate.ts';
