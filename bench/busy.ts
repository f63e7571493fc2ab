/**
 * Busy PE-cycles of a run, counted from its trace: cycles in which the PE's router moved a wavelet or its element consumed a
 * word from the fabric, each PE's cycle once.
 */
import type { Channels } from '../src/machine/channels.ts';
import type { Runs, Trace } from '../src/trace/schema.ts';

export function busyPeCycles(trace: Trace, channels: Channels): number {
  const lanePe = peOfLanes(channels.inputFirst, channels.inputCount);
  const rows = [...rowsOf(trace.moves, channels.pe), ...rowsOf(trace.uses, lanePe)];
  rows.sort((a, b) => a.pe - b.pe || a.begin - b.begin);
  let busy = 0;
  let pe = -1;
  let end = 0;
  for (const row of rows) {
    if (row.pe !== pe) [pe, end] = [row.pe, 0];
    const from = Math.max(row.begin, end);
    if (row.end > from) busy += row.end - from;
    end = Math.max(end, row.end);
  }
  return busy;
}

interface Row {
  readonly pe: number;
  readonly begin: number;
  readonly end: number;
}

/** Stretches of consecutive ticks; a run with a longer period is as many stretches as events. */
function rowsOf(runs: Runs, peOf: Uint32Array): Row[] {
  const rows: Row[] = [];
  for (let i = 0; i < runs.lane.length; i++) {
    const pe = peOf[runs.lane[i]];
    if (runs.period[i] === 1 || runs.count[i] === 1) rows.push({ pe, begin: runs.begin[i], end: runs.begin[i] + runs.count[i] });
    else for (let n = 0; n < runs.count[i]; n++) rows.push({ pe, begin: runs.begin[i] + n * runs.period[i], end: runs.begin[i] + n * runs.period[i] + 1 });
  }
  return rows;
}

function peOfLanes(first: Uint32Array, lanes: number): Uint32Array {
  const pes = new Uint32Array(lanes);
  for (let pe = 0; pe + 1 < first.length; pe++) pes.fill(pe, first[pe], first[pe + 1]);
  return pes;
}

/** Wavelets that crossed a link or a ramp. */
export const hopsOf = ({ count, tx }: Runs): number => count.reduce((sum, n, i) => sum + n * bits(tx[i]), 0);

const bits = (mask: number): number => [0, 1, 2, 3, 4].filter((port) => (mask >> port) & 1).length;
