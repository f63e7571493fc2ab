/** Long work as a generator that yields now and then: whoever drives it can let others in between two pieces, or drop the rest. */

/** Calls `visit` with 0 to `count` - 1 and yields after every `breath` of them. */
export function* each(count: number, visit: (i: number) => void, breath: number = 1 << 13): Generator<void, void> {
  for (let from = 0; from < count; from += breath) {
    const to = Math.min(count, from + breath);
    for (let i = from; i < to; i++) visit(i);
    yield;
  }
}

/** The same where one visit may be far more work than another: `visit` gives how much it was, and `breath` is of that, with one for every visit. */
export function* weighed(count: number, visit: (i: number) => number, breath: number): Generator<void, void> {
  let work = 0;
  for (let i = 0; i < count; i++) {
    work += 1 + visit(i);
    if (work < breath) continue;
    work = 0;
    yield;
  }
}

/** Values that are filled from one yield to the next. */
const FILLED = 1 << 19;

/** Fills an array with a value: memory that is touched for the first time takes its time, above all where its pages are touched at random. */
export function* filling(array: Int32Array | Uint32Array | Int8Array, value: number): Generator<void, void> {
  for (let from = 0; from < array.length; from += FILLED) {
    array.fill(value, from, from + FILLED);
    yield;
  }
}

/** Work that is too small to be cut. */
export function* inOne<Result>(work: () => Result): Generator<void, Result> {
  yield;
  return work();
}

/** What drives work to its end: at once, or piece by piece while others wait. */
export type Drive = <Result>(work: Generator<void, Result>) => Result | Promise<Result>;

/** Drives work to its end at once. */
export function toEnd<Result>(work: Generator<unknown, Result>): Result {
  for (;;) {
    const { done, value } = work.next();
    if (done) return value;
  }
}
