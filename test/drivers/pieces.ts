/** Work in pieces (src/base/pieces.ts) to its end, and how many times it yielded: what is between two yields cannot be cancelled. */
export function inPieces<Result>(work: Generator<unknown, Result>): { readonly result: Result; readonly pieces: number } {
  for (let pieces = 0; ; pieces++) {
    const { done, value } = work.next();
    if (done) return { result: value, pieces };
  }
}
