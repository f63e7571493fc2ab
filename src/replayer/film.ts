/** Unpacks a film (src/report/html/film.ts) and answers what a cell did in a step. */
import type { PackedFilm } from '../report/html/film.ts';

export interface Film extends Omit<PackedFilm, 'data'> {
  readonly cells: number;
  /** Number of the state of a cell, into `states`. */
  stateOf(bin: number, cell: number): number;
  /** Busy share of a cell, 0 to 1 in 15ths. */
  busyOf(bin: number, cell: number): number;
}

export function openFilm(packed: PackedFilm): Film {
  const cells = packed.width * packed.height;
  const data = unpack(packed.data, cells, packed.bins);
  return {
    ...packed,
    cells,
    stateOf: (bin, cell) => data[bin * cells + cell] & 15,
    busyOf: (bin, cell) => (data[bin * cells + cell] >> 4) / 15,
  };
}

function unpack(text: string, cells: number, bins: number): Uint8Array {
  const pairs = atob(text);
  const data = new Uint8Array(cells * bins);
  let at = 0;
  for (let i = 0; i + 1 < pairs.length; i += 2) {
    const byte = pairs.charCodeAt(i);
    for (let n = pairs.charCodeAt(i + 1); n > 0; n--) {
      data[(at % bins) * cells + Math.floor(at / bins)] = byte;
      at++;
    }
  }
  return data;
}
