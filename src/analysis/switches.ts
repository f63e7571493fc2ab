/** When switches turn, read back from departures (route-state.ts): a position changes right after the departure before the one that needs another. */
import { weighed } from '../base/pieces.ts';
import { SplitMap } from '../base/split-map.ts';
import type { Cycle, PeId } from '../base/units.ts';
import type { Route } from '../machine/program.ts';
import type { TraceReader } from '../trace/reader.ts';
import { receiving } from './route-state.ts';

export interface SwitchTurn {
  readonly cycle: Cycle;
  readonly pe: PeId;
  readonly color: number;
}

/** Turns of a PE's switches in order of time. A turn after the last departure shows in nothing and is left out. */
export function switchTurns(reader: TraceReader, pe: PeId): SwitchTurn[] {
  const { routes, routeOf } = reader.program;
  const turns = routes[routeOf[pe]].flatMap((route) => {
    const { color, positions } = route;
    if (positions.length <= 1) return [];
    return turnsAt(departuresOf(reader, pe, color), route).map((cycle) => ({ cycle, pe, color }));
  });
  return turns.sort((a, b) => a.cycle - b.cycle);
}

/** First and last turn of the switches of a color, and how many there are. */
export interface ColorTurns {
  readonly color: number;
  readonly first: SwitchTurn;
  readonly last: SwitchTurn;
  readonly count: number;
}

/** Of every color whose switches turn, in order of its first turn; PEs that share their departures are looked at once. In pieces. */
export function* turnsByColor(reader: TraceReader): Generator<void, ColorTurns[]> {
  const { program } = reader;
  const found = new Map<number, { color: number; first: SwitchTurn; last: SwitchTurn; count: number }>();
  const shared = new SharedTurns(reader);
  const find = (pe: PeId): number => {
    const before = shared.rows;
    for (const route of program.routes[program.routeOf[pe]]) {
      const { cycles, offset } = route.positions.length > 1 ? shared.of(pe, route) : NO_TURNS;
      if (cycles.length === 0) continue;
      const { color } = route;
      const turn = (cycle: number): SwitchTurn => ({ cycle: cycle + offset, pe, color });
      const [begin, end] = [cycles[0], cycles[cycles.length - 1]];
      const known = found.get(color);
      if (known === undefined) found.set(color, { color, first: turn(begin), last: turn(end), count: cycles.length });
      else {
        if (begin + offset < known.first.cycle) known.first = turn(begin);
        if (end + offset >= known.last.cycle) known.last = turn(end);
        known.count += cycles.length;
      }
    }
    return shared.rows - before;
  };
  yield* weighed(reader.pes, find, BREATH);
  return [...found.values()].sort((a, b) => a.first.cycle - b.first.cycle);
}

/** Cycles of turns, to which `offset` is added. */
interface Turns {
  readonly cycles: readonly number[];
  readonly offset: number;
}

const NO_TURNS: Turns = { cycles: [], offset: 0 };

/** Departures and PEs that are looked at from one yield to the next: those of a PE are sorted. */
const BREATH = 1 << 10;

/** Turns by what the departures of a PE are, up to a shift; kept per route. */
class SharedTurns {
  private readonly reader: TraceReader;
  private readonly known = new Map<Route, SplitMap<readonly number[]>>();
  /** Rows that were looked at so far. */
  rows = 0;

  constructor(reader: TraceReader) {
    this.reader = reader;
  }

  of(pe: PeId, route: Route): Turns {
    const { moves, channels } = this.reader;
    let [key, offset, lanes] = [0, 0, 0];
    for (let c = channels.first[pe]; c < channels.first[pe + 1]; c++) {
      if (channels.color[c] !== route.color) continue;
      const own = moves.offset(c);
      if (lanes > 0 && own !== offset) return this.apart(pe, route);
      key = key * (moves.begin.length + 1) + (moves.from(c) === moves.to(c) ? moves.begin.length : moves.from(c));
      offset = own;
      lanes++;
    }
    if (!Number.isSafeInteger(key)) return this.apart(pe, route);
    const ofRoute = this.known.get(route) ?? new SplitMap<readonly number[]>();
    this.known.set(route, ofRoute);
    let cycles = ofRoute.get(key);
    if (cycles === undefined) {
      cycles = this.turnsOf(pe, route).map((cycle) => cycle - offset);
      ofRoute.set(key, cycles);
    }
    return { cycles, offset };
  }

  private apart(pe: PeId, route: Route): Turns {
    return { cycles: this.turnsOf(pe, route), offset: 0 };
  }

  private turnsOf(pe: PeId, route: Route): number[] {
    const departures = departuresOf(this.reader, pe, route.color);
    this.rows += departures.length;
    return turnsAt(departures, route);
  }
}

interface Departures {
  readonly port: number;
  readonly begin: number;
  readonly end: number;
}

/** Departures of one color in order; runs of two ports do not overlap where a switch lies between them. */
function departuresOf({ moves, channels }: TraceReader, pe: PeId, color: number): Departures[] {
  const { count, period } = moves;
  const list: Departures[] = [];
  for (let c = channels.first[pe]; c < channels.first[pe + 1]; c++) {
    if (channels.color[c] !== color) continue;
    for (let row = moves.from(c); row < moves.to(c); row++) {
      const begin = moves.begin[row] + moves.offset(c);
      list.push({ port: channels.port[c], begin, end: begin + (count[row] - 1) * period[row] });
    }
  }
  return list.sort((a, b) => a.begin - b.begin);
}

/** Cycles at which a switch turns whose router is left so. */
function turnsAt(departures: readonly Departures[], { positions }: Route): Cycle[] {
  const turns: Cycle[] = [];
  let [at, before] = [0, -1];
  for (const { port, begin, end } of departures) {
    const next = receiving(positions, port, at);
    if (next !== at) turns.push(before < 0 ? begin : before + 1);
    [at, before] = [next, end];
  }
  return turns;
}
