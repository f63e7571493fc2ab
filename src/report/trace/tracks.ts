/**
 * The lanes of a trace as tracks of a timeline: a process for each row of PEs and one for the host, in it a track for each
 * thread, router FIFO and queue. Names come from the program, which may come from a file: they are made printable here.
 */
import { type Channels, enumerateChannels } from '../../machine/channels.ts';
import { COLORS, PORT_NAMES, peName } from '../../machine/fabric.ts';
import { MAIN_THREAD, type Program } from '../../machine/program.ts';
import { lanesOf, TABLES, type TableName } from '../../trace/tables.ts';
import { printable } from '../escape.ts';

/** Tracks of one PE are less than this many apart in rank: 9 threads, 24 colors × 5 ports, 24 queues each way. */
const RANKS = 512;
const FIRST_RANK: Readonly<Record<TableName, number>> = { intervals: 0, moves: 16, uses: 256, sends: 384, hostIn: 0, hostOut: 0, hostSteps: 0 };

export class Tracks {
  readonly program: Program;
  readonly lanes: Readonly<Record<TableName, number>>;
  /** The process of the host; that of row y is y + 1. */
  readonly hostProcess: number;
  private readonly channels: Channels;
  private readonly firstId: Readonly<Record<TableName, number>>;
  private readonly inputPe: Uint32Array;
  private readonly outputPe: Uint32Array;
  /** Name of every color's stream. */
  private readonly streams: readonly string[];

  constructor(program: Program, channels = enumerateChannels(program)) {
    this.program = program;
    this.channels = channels;
    this.lanes = lanesOf(program, channels);
    this.hostProcess = program.height + 1;
    let next = 1;
    const firsts = TABLES.map((table) => {
      const first = next;
      next += this.lanes[table];
      return [table, first] as const;
    });
    this.firstId = Object.fromEntries(firsts) as Record<TableName, number>;
    this.inputPe = peOfQueues(channels.inputFirst);
    this.outputPe = peOfQueues(channels.outputFirst);
    const letters = new Map(program.streams.map(({ color, letter }) => [color, printable(letter)]));
    this.streams = Array.from({ length: COLORS }, (_, color) => letters.get(color) ?? `color ${color}`);
  }

  /** The lane whose track a row is drawn on: the steps of the host, which follow one another, share one. */
  laneOf(table: TableName, lane: number): number {
    return table === 'hostSteps' ? 0 : lane;
  }

  /** A number from 1 on that no other track has. */
  id(table: TableName, lane: number): number {
    return this.firstId[table] + this.laneOf(table, lane);
  }

  /** The PE of a lane, -1 for the host's. */
  pe(table: TableName, lane: number): number {
    if (table === 'intervals') return Math.floor(lane / 9);
    if (table === 'moves') return this.channels.pe[lane];
    if (table === 'uses') return this.inputPe[lane];
    return table === 'sends' ? this.outputPe[lane] : -1;
  }

  process(table: TableName, lane: number): number {
    const pe = this.pe(table, lane);
    return pe < 0 ? this.hostProcess : Math.floor(pe / this.program.width) + 1;
  }

  processName(process: number): string {
    return process === this.hostProcess ? 'host' : `row ${process - 1}`;
  }

  /** Where a track stands among those of its process: by PE, then threads, FIFOs, input and output queues. */
  rank(table: TableName, lane: number): number {
    const pe = this.pe(table, lane);
    if (pe < 0) return this.id(table, lane) - this.firstId.hostIn;
    const { first, inputFirst, outputFirst } = this.channels;
    const within = {
      intervals: (lane + 1) % 9,
      moves: lane - first[pe],
      uses: lane - inputFirst[pe],
      sends: lane - outputFirst[pe],
    }[table as 'intervals' | 'moves' | 'uses' | 'sends'];
    return (pe % this.program.width) * RANKS + FIRST_RANK[table] + within;
  }

  /** "PE 3,4", or empty for the host. */
  peName(table: TableName, lane: number): string {
    const pe = this.pe(table, lane);
    return pe < 0 ? '' : peName(pe, this.program.width);
  }

  /** What the track is within its PE, or within the host. */
  name(table: TableName, lane: number): string {
    const { program, channels } = this;
    switch (table) {
      case 'intervals':
        return lane % 9 === MAIN_THREAD ? 'main' : `thread ${lane % 9}`;
      case 'moves':
        return `FIFO ${PORT_NAMES[channels.port[lane]]}, ${this.stream(table, lane)}`;
      case 'uses':
        return `input queue ${lane - channels.inputFirst[this.pe(table, lane)]}, ${this.stream(table, lane)}`;
      case 'sends':
        return `output queue ${lane - channels.outputFirst[this.pe(table, lane)]}, ${this.stream(table, lane)}`;
      case 'hostIn':
        return `source ${printable(program.sources[lane].name)}`;
      case 'hostOut':
        return `sink ${printable(program.sinks[lane].name)}`;
      case 'hostSteps':
        return 'steps';
    }
  }

  /** The stream a lane of wavelets carries: its letter, or its color where it has no name. */
  stream(table: TableName, lane: number): string {
    return this.streams[this.color(table, lane)];
  }

  private color(table: TableName, lane: number): number {
    const { program, channels } = this;
    if (table === 'moves') return channels.color[lane];
    if (table === 'uses') return channels.inputColor[lane];
    if (table === 'hostIn') return program.sources[lane].color;
    if (table === 'hostOut') return program.sinks[lane].color;
    const pe = this.outputPe[lane];
    return program.classes[program.classOf[pe]].outputs[lane - channels.outputFirst[pe]].color;
  }
}

/** The PE of every queue, from where each PE's queues begin. */
function peOfQueues(first: Uint32Array): Uint32Array {
  const pes = new Uint32Array(first[first.length - 1]);
  for (let pe = 0; pe + 1 < first.length; pe++) pes.fill(pe, first[pe], first[pe + 1]);
  return pes;
}
