/**
 * Closed form of `streaming`. With B = K / 256 blocks, R rows on a PE, N columns and the issue cycles q of a block's
 * dequantisation, p of its row dot, l of bookkeeping and r of receiving a block's activations into memory (one a wavelet: 256,
 * 128 as f16, 8 more with sums from the source), a PE that never waits is busy for
 *
 *     R = 1:              c + N (c1 + B (q + p + l))            the dot takes the activations from the ramp
 *     R > 1:              c + N (c1 + B (r + R (q + p + l)))
 *     R = 1, overlap on:  c + N (c1 + B (r + q + p + l))        the microthread's issues are taken from main's slot
 *
 * `factored` makes q smaller and p larger; with `pe` the sums, 8 x 32 running additions, are part of r. `drain` column puts the
 * send of R results into c1. The prices are those of the code itself (builder.ts, timeOf). What waiting adds is the same for
 * every row-per-PE kernel: rows/estimate.ts.
 */
export { estimateRows as estimate } from '../rows/estimate.ts';
