/** Long work as a generator that yields now and then: whoever drives it can let others in between two pieces, or drop the rest. */

/** Calls `visit` with 0 to `count` - 1 and yields after every `breath` of them. */
export function* each(count: number, visit: (i: number) => void, breath: number = 1 << 13): Generator<void, void> {
  for (let from = 0; from < count; from += breath) {
    const to = Math.min(count, from + breath);
    for (let i = from; i < to; i++) visit(i);
    yield;
  }
}

/** Work that is too small to be cut. */
export function* inOne<Result>(work: () => Result): Generator<void, Result> {
  yield;
  return work();
}

/** Drives work to its end at once. */
export function toEnd<Result>(work: Generator<unknown, Result>): Result {
  for (;;) {
    const { done, value } = work.next();
    if (done) return value;
  }
}
