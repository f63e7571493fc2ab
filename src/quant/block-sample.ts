/** Some Q4_K blocks of a matrix, evenly spaced, of which few rows are held at a time. */
import { Q4_K_BYTES } from './q4_k.ts';

/** Bytes of rows that are held, if one row is not longer. */
export const HELD_BYTES = 2 ** 22;

/** At most `most` blocks of `m` rows of `perRow` blocks each; `read` gives some rows as stored. All blocks if there are no more. */
export async function sampleBlocks(
  { m, perRow }: { readonly m: number; readonly perRow: number },
  most: number,
  read: (first: number, count: number) => Promise<Uint8Array>,
): Promise<Uint8Array> {
  const count = Math.min(m * perRow, most);
  const sample = new Uint8Array(count * Q4_K_BYTES);
  const atOnce = Math.max(1, Math.floor(HELD_BYTES / (perRow * Q4_K_BYTES)));
  for (let first = 0, i = 0; first < m; first += atOnce) {
    const rows = await read(first, Math.min(atOnce, m - first));
    for (; i < count; i++) {
      const from = (Math.floor((i * m * perRow) / count) - first * perRow) * Q4_K_BYTES;
      if (from >= rows.length) break;
      sample.set(rows.subarray(from, from + Q4_K_BYTES), i * Q4_K_BYTES);
    }
  }
  return sample;
}
