/**
 * A run as a film that fits into a report: for every cell of the fabric and every part of the run, what it mostly did and how
 * busy it was. A cell is one PE or a square of them. One byte a cell and part: state in the low half, busy share in 15ths above.
 */
import type { TraceReader } from '../trace/reader.ts';
import { isStall, KINDS } from '../trace/schema.ts';

/** Most cells a side, and most bytes of a film. */
const SIDE = 96;
const MOST_BYTES = 400_000;
const [LEAST_BINS, MOST_BINS] = [24, 240];
/** State of a cell in which no task runs; the others are the kinds of schema.ts. */
const IDLE_STATE: number = KINDS.length;
const STATES = KINDS.length + 1;

export interface ReplayBins {
  readonly width: number;
  readonly height: number;
  /** PEs a side of a cell. */
  readonly block: number;
  readonly cycles: number;
  readonly bins: number;
  readonly binCycles: number;
  /** By state number. */
  readonly states: readonly string[];
  /** Cell after cell of bin after bin. */
  readonly data: Uint8Array;
}

export function replayBins(reader: TraceReader, cycles: number): ReplayBins {
  const { width, height } = reader.trace;
  const block = Math.max(1, Math.ceil(Math.max(width, height) / SIDE));
  const [columns, rows] = [Math.ceil(width / block), Math.ceil(height / block)];
  const cells = columns * rows;
  const wanted = Math.min(MOST_BINS, Math.max(LEAST_BINS, Math.floor(MOST_BYTES / cells)));
  const binCycles = Math.max(1, Math.ceil(cycles / wanted));
  const bins = Math.max(1, Math.ceil(cycles / binCycles));
  const cellOf = (pe: number): number => Math.floor(Math.floor(pe / width) / block) * columns + Math.floor((pe % width) / block);
  const sums = sumByState(reader, cycles, { cells, bins, binCycles, cellOf });
  const capacity = capacities(reader.pes, cells, cellOf);
  const data = new Uint8Array(cells * bins);
  for (let bin = 0; bin < bins; bin++) {
    const length = Math.min(binCycles, cycles - bin * binCycles);
    for (let cell = 0; cell < cells; cell++) data[bin * cells + cell] = describe(sums, (bin * cells + cell) * STATES, capacity[cell] * length);
  }
  return { width: columns, height: rows, block, cycles, bins, binCycles, states: [...KINDS, 'idle'], data };
}

interface Grid {
  readonly cells: number;
  readonly bins: number;
  readonly binCycles: number;
  readonly cellOf: (pe: number) => number;
}

/** PE-cycles of every cell in every bin by kind. */
function sumByState(reader: TraceReader, cycles: number, { cells, bins, binCycles, cellOf }: Grid): Float32Array {
  const sums = new Float32Array(cells * bins * STATES);
  for (let pe = 0; pe < reader.pes; pe++) {
    const cell = cellOf(pe);
    reader.spans.statesOf(pe, (kind, _, begin, end) => {
      const last = Math.min(end, cycles);
      for (let t = begin; t < last; ) {
        const bin = Math.floor(t / binCycles);
        const next = Math.min(last, (bin + 1) * binCycles);
        sums[(bin * cells + cell) * STATES + kind] += next - t;
        t = next;
      }
    });
  }
  return sums;
}

/** PEs in every cell; those at the edge hold fewer. */
function capacities(pes: number, cells: number, cellOf: (pe: number) => number): Uint32Array {
  const counts = new Uint32Array(cells);
  for (let pe = 0; pe < pes; pe++) counts[cellOf(pe)]++;
  return counts;
}

/** The state with the most PE-cycles of `all`, and the share of issuing ones in 15ths. */
function describe(sums: Float32Array, at: number, all: number): number {
  let [best, most, busy, known] = [IDLE_STATE, 0, 0, 0];
  for (let kind = 0; kind < IDLE_STATE; kind++) {
    const n = sums[at + kind];
    known += n;
    if (!isStall(kind)) busy += n;
    if (n > most) [best, most] = [kind, n];
  }
  if (all - known > most) best = IDLE_STATE;
  return best | (Math.min(15, Math.round((15 * busy) / Math.max(1, all))) << 4);
}
