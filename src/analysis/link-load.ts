/**
 * Demand and utilisation of links, kept apart: what a link carried, and what wanted to go over it. A wavelet that stands at
 * the head of its FIFO and does not depart adds to the demand, cycle by cycle, whatever holds it: a full FIFO behind the link,
 * another color on it, or a switch. Readiness is that of docs/tick.md, rules 3, 6, 7 and 15 (a result is taken to be ready one
 * issue cycle and the ramp latency after its push).
 */
import { neighbour, OPPOSITE, PORTS, Port } from '../machine/fabric.ts';
import type { TraceReader } from '../trace/reader.ts';
import type { Runs } from '../trace/schema.ts';

export interface LinkLoad {
  readonly pe: number;
  /** Port through which the PE's router sends: 0 to 3 links, 4 the ramp to its compute element. */
  readonly port: number;
  readonly colors: readonly number[];
  readonly wavelets: number;
  /** Cycles in which a head waited for this link, summed over FIFOs. */
  readonly waited: number;
}

/** More departures than this are not followed one by one. */
const MOST_EVENTS = 8e7;

/** Links that carried anything, busiest first; null where the trace is too long to be followed here. */
export function linkLoads(reader: TraceReader): readonly LinkLoad[] | null {
  if (total(reader.trace.moves) > MOST_EVENTS) return null;
  const links = new Map<number, { colors: Set<number>; wavelets: number; waited: number }>();
  const { channels } = reader;
  const departures = new RowsByLane(reader.trace.moves, channels.count);
  const feeders = new Feeders(reader, departures);
  for (let c = 0; c < channels.count; c++) {
    const [from, to] = departures.rows(c);
    if (from === to) continue;
    follow(reader.trace.moves, from, to, feeders.readyTicks(c), (tx, count, waited) => {
      for (let port = 0; port < PORTS; port++) {
        if (!((tx >> port) & 1)) continue;
        const key = channels.pe[c] * PORTS + port;
        const link = links.get(key) ?? { colors: new Set<number>(), wavelets: 0, waited: 0 };
        link.colors.add(channels.color[c]);
        link.wavelets += count;
        link.waited += waited;
        links.set(key, link);
      }
    });
  }
  const list = [...links].map(([key, { colors, wavelets, waited }]) => ({
    pe: Math.floor(key / PORTS),
    port: key % PORTS,
    colors: [...colors].sort((a, b) => a - b),
    wavelets,
    waited,
  }));
  return list.sort((a, b) => b.wavelets + b.waited - a.wavelets - a.waited || a.pe - b.pe || a.port - b.port);
}

const total = ({ count }: Runs): number => count.reduce((sum, n) => sum + n, 0);

/** Tells per row of departures its ports, events and the cycles their heads waited. */
function follow(moves: Runs, from: number, to: number, ready: Float64Array, tell: (tx: number, count: number, waited: number) => void): void {
  let [event, free] = [0, 0];
  for (let row = from; row < to; row++) {
    let waited = 0;
    for (let i = 0; i < moves.count[row]; i++) {
      const tick = moves.begin[row] + i * moves.period[row];
      waited += Math.max(0, tick - Math.max(ready[event] ?? tick, free));
      free = tick + 1;
      event++;
    }
    tell(moves.tx[row], moves.count[row], waited);
  }
}

/** Rows of a table by lane; rows are sorted by lane. */
class RowsByLane {
  readonly runs: Runs;
  private readonly first: Uint32Array;

  constructor(runs: Runs, lanes: number) {
    this.runs = runs;
    this.first = new Uint32Array(lanes + 1);
    for (const lane of runs.lane) this.first[lane + 1]++;
    for (let l = 0; l < lanes; l++) this.first[l + 1] += this.first[l];
  }

  rows(lane: number): readonly [number, number] {
    return [this.first[lane], this.first[lane + 1]];
  }
}

/** When each wavelet of a FIFO is ready to go on. */
class Feeders {
  private readonly reader: TraceReader;
  private readonly departures: RowsByLane;
  private readonly sends: RowsByLane;
  private readonly hostIn: RowsByLane;

  constructor(reader: TraceReader, departures: RowsByLane) {
    this.reader = reader;
    this.departures = departures;
    this.sends = new RowsByLane(reader.trace.sends, reader.channels.outputCount);
    this.hostIn = new RowsByLane(reader.trace.hostIn, reader.program.sources.length);
  }

  readyTicks(channel: number): Float64Array {
    const { channels, program, trace } = this.reader;
    const { hop, ramp } = program.machine;
    const [pe, port, color] = [channels.pe[channel], channels.port[channel], channels.color[channel]];
    const ticks: number[] = [];
    if (port === Port.RAMP) this.add(ticks, this.sends, this.outputLane(pe, color), 1 + ramp, -1);
    else {
      const from = neighbour(pe, port, trace.width, trace.height);
      if (from < 0) this.add(ticks, this.hostIn, this.source(pe, port, color), hop, -1);
      else
        for (let c = channels.first[from]; c < channels.first[from + 1]; c++)
          if (channels.color[c] === color) this.add(ticks, this.departures, c, hop, OPPOSITE[port]);
    }
    return Float64Array.from(ticks).sort();
  }

  /** Adds the events of a lane, of those through `through` only unless it is -1, each `late` cycles after its tick. */
  private add(ticks: number[], table: RowsByLane, lane: number, late: number, through: number): void {
    if (lane < 0) return;
    const { runs } = table;
    const [from, to] = table.rows(lane);
    for (let row = from; row < to; row++) {
      if (through >= 0 && !((runs.tx[row] >> through) & 1)) continue;
      for (let i = 0; i < runs.count[row]; i++) ticks.push(runs.begin[row] + i * runs.period[row] + late);
    }
  }

  private outputLane(pe: number, color: number): number {
    const { program, channels } = this.reader;
    const place = program.classes[program.classOf[pe]].outputs.findIndex((o) => o.color === color);
    return place < 0 ? -1 : channels.outputFirst[pe] + place;
  }

  private source(pe: number, port: number, color: number): number {
    return this.reader.program.sources.findIndex((s) => s.pe === pe && s.port === port && s.color === color);
  }
}
