/** When switches turn, read back from departures (route-state.ts): a position changes right after the departure before the one that needs another. */
import type { Cycle, PeId } from '../base/units.ts';
import type { Route } from '../machine/program.ts';
import type { TraceReader } from '../trace/reader.ts';
import { receiving } from './route-state.ts';

export interface SwitchTurn {
  readonly cycle: Cycle;
  readonly pe: PeId;
  readonly color: number;
}

/** Turns of all switches, or of one PE's, in order of time. A turn after the last departure shows in nothing and is left out. */
export function switchTurns(reader: TraceReader, only?: PeId): SwitchTurn[] {
  const { program } = reader;
  const list: SwitchTurn[] = [];
  for (let pe = only ?? 0; pe < (only === undefined ? reader.pes : only + 1); pe++) {
    for (const route of program.routes[program.routeOf[pe]]) if (route.positions.length > 1) list.push(...turnsOf(reader, pe, route));
  }
  return list.sort((a, b) => a.cycle - b.cycle);
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

function turnsOf(reader: TraceReader, pe: PeId, { color, positions }: Route): SwitchTurn[] {
  const turns: SwitchTurn[] = [];
  let [at, before] = [0, -1];
  for (const { port, begin, end } of departuresOf(reader, pe, color)) {
    const next = receiving(positions, port, at);
    if (next !== at) turns.push({ cycle: before < 0 ? begin : before + 1, pe, color });
    [at, before] = [next, end];
  }
  return turns;
}
