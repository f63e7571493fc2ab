/** What PEs have in memory, PE by PE. */
import type { LoadTable } from '../../machine/program.ts';

/** Puts bytes at an address of a PE's memory. */
export type Put = (address: number, bytes: Uint8Array) => void;
/** Puts all that a load table has for a PE. */
export type Loader = (pe: number, put: Put) => void;

/** The loader of a table for PEs 0 to `count` less one. */
export function loader({ pe: pes, data, source, address, offset, length }: LoadTable, count: number): Loader {
  const first = new Uint32Array(count + 1);
  for (const pe of pes) first[pe + 1]++;
  for (let pe = 0; pe < count; pe++) first[pe + 1] += first[pe];
  const next = first.slice();
  const order = new Uint32Array(pes.length);
  for (let i = 0; i < pes.length; i++) order[next[pes[i]]++] = i;
  return (pe, put) => {
    for (let k = first[pe]; k < first[pe + 1]; k++) {
      const i = order[k];
      put(address[i], data[source[i]].subarray(offset[i], offset[i] + length[i]));
    }
  };
}
