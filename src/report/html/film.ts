/** A film as text inside a report: cell after cell over time, runs of equal bytes as (byte, length), base64. */
import type { ReplayBins } from '../../analysis/replay-bins.ts';

export interface PackedFilm extends Omit<ReplayBins, 'data'> {
  readonly data: string;
}

/** Inverse: src/replayer/film.ts. */
export function packFilm({ data, ...film }: ReplayBins): PackedFilm {
  const cells = film.width * film.height;
  const packed: number[] = [];
  for (let cell = 0; cell < cells; cell++) {
    for (let bin = 0; bin < film.bins; ) {
      const byte = data[bin * cells + cell];
      let length = 1;
      while (length < 255 && bin + length < film.bins && data[(bin + length) * cells + cell] === byte) length++;
      packed.push(byte, length);
      bin += length;
    }
  }
  return { ...film, data: base64(packed) };
}

const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** RFC 4648, with padding. */
function base64(bytes: readonly number[]): string {
  const parts: string[] = [];
  for (let i = 0; i < bytes.length; i += 3) {
    const word = (bytes[i] << 16) | ((bytes[i + 1] ?? 0) << 8) | (bytes[i + 2] ?? 0);
    const digits = [18, 12, 6, 0].map((shift) => DIGITS[(word >> shift) & 63]);
    const missing = Math.max(0, i + 3 - bytes.length);
    parts.push(digits.slice(0, 4 - missing).join('') + '='.repeat(missing));
  }
  return parts.join('');
}
