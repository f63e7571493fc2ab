/** What V8 is told before anything large is loaded. */
import { setFlagsFromString } from 'node:v8';

/**
 * Its space for young objects stays at its first size. It would grow to 6 MB more than a timing of a whole wafer needs, which
 * allocates little and keeps what it allocates.
 */
export const keepYoungSmall = (): void => setFlagsFromString('--semi-space-growth-factor=1');

/**
 * Functions run some seven times as long as by default before they are optimised. Every thread of a sweep compiles for itself: with
 * the default a fifth of the CPU time of a short sweep went into functions that were hot for a moment (docs/performance.md).
 */
export const optimiseLate = (): void => setFlagsFromString('--interrupt-budget=1000000');
