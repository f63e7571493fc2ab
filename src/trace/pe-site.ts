/**
 * All that a PE's compute element shares with the rest of the machine, as a trace has it: the ticks at which words come up its
 * ramp and leave its output queues. With the words themselves it does again what it did, whatever went on elsewhere.
 */
import type { Cycle, PeId } from '../base/units.ts';
import { Port } from '../machine/fabric.ts';
import type { MarkDigit, PeClass } from '../machine/program.ts';
import type { TraceReader } from './reader.ts';

/** Ticks: of run i `count[i]`, `period[i]` apart, from `begin[i]` on. */
export interface TickRuns {
  readonly begin: readonly number[];
  readonly count: readonly number[];
  readonly period: readonly number[];
}

/** Words of a color in a FIFO of the router, and the ordinal of its head among all that ever came there. */
export interface HeldWords {
  readonly port: number;
  readonly color: number;
  readonly count: number;
  readonly head: number;
}

export interface PeSite {
  readonly pe: PeId;
  readonly cycle: Cycle;
  readonly cls: PeClass;
  readonly marks: readonly MarkDigit[];
  /** By input queue, when words go up the ramp to it. */
  readonly inputs: readonly TickRuns[];
  /** By output queue, when words leave it. */
  readonly outputs: readonly TickRuns[];
  /** At the cycle, in the FIFOs that feed the input queues, where only one feeds each. */
  readonly waiting: readonly HeldWords[];
}

/** `cycle` is of what is asked; the ticks are those of the whole run. */
export function siteOf(reader: TraceReader, pe: PeId, cycle: Cycle): PeSite {
  const { program, channels } = reader;
  const cls = program.classes[program.classOf[pe]];
  const feeding = cls.inputs.map(({ color }) => lanesOf(reader, pe).filter((c) => channels.color[c] === color && channels.port[c] !== Port.RAMP));
  const waiting = feeding
    .filter((lanes) => lanes.length === 1)
    .map(([c]): HeldWords => ({ port: channels.port[c], color: channels.color[c], ...reader.fifoAt(c, cycle) }));
  return {
    pe,
    cycle,
    cls,
    marks: program.marks,
    inputs: cls.inputs.map(({ color }) =>
      runsOf(
        reader,
        lanesOf(reader, pe).filter((c) => channels.color[c] === color),
        1 << Port.RAMP,
      ),
    ),
    outputs: cls.outputs.map(({ color }) => runsOf(reader, [reader.channel(pe, Port.RAMP, color)], ~0)),
    waiting,
  };
}

const lanesOf = ({ channels: { first } }: TraceReader, pe: PeId): number[] => Array.from({ length: first[pe + 1] - first[pe] }, (_, i) => first[pe] + i);

/** Departures of some FIFOs through any port of a mask. */
function runsOf({ moves }: TraceReader, lanes: readonly number[], mask: number): TickRuns {
  const runs = { begin: [] as number[], count: [] as number[], period: [] as number[] };
  for (const lane of lanes) {
    const offset = moves.offset(lane);
    for (let row = moves.from(lane); row < moves.to(lane); row++) {
      if ((moves.txOf(lane, row) & mask) === 0) continue;
      runs.begin.push(moves.begin[row] + offset);
      runs.count.push(moves.count[row]);
      runs.period.push(moves.period[row]);
    }
  }
  return runs;
}
