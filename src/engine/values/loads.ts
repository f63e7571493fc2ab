/** What PEs have in memory, PE by PE. */
import { each, filling } from '../../base/pieces.ts';
import type { LoadTable } from '../../machine/program.ts';

/** Puts bytes at an address of a PE's memory. */
export type Put = (address: number, bytes: Uint8Array) => void;
/** Puts all that a load table has for a PE. */
export type Loader = (pe: number, put: Put) => void;

/** Loads from one yield to the next. */
const LOADS = 1 << 15;

/** The loader of a table for PEs 0 to `count` less one, in pieces. */
export function* sortingLoads({ pe: pes, data, source, address, offset, length }: LoadTable, count: number): Generator<void, Loader> {
  const first = new Uint32Array(count + 1);
  yield* filling(first, 0);
  yield* each(pes.length, (i) => void first[pes[i] + 1]++, LOADS);
  const add = (pe: number): void => {
    first[pe + 1] += first[pe];
  };
  yield* each(count, add, LOADS);
  const next = first.slice();
  const order = new Uint32Array(pes.length);
  yield* filling(order, 0);
  const put = (i: number): void => {
    order[next[pes[i]]++] = i;
  };
  yield* each(pes.length, put, LOADS);
  return (pe, put) => {
    for (let k = first[pe]; k < first[pe + 1]; k++) {
      const i = order[k];
      put(address[i], data[source[i]].subarray(offset[i], offset[i] + length[i]));
    }
  };
}
