/** Long work as a generator that yields now and then: whoever drives it can let others in between two pieces, or drop the rest. */

/** Drives work to its end at once. */
export function toEnd<Result>(work: Generator<unknown, Result>): Result {
  for (;;) {
    const { done, value } = work.next();
    if (done) return value;
  }
}
