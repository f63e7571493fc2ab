/** Routers and host lanes of the graph: when the next wavelet of a color leaves. Rules: docs/tick.md 2-7. */
import { CLOSED, COMMAND, firstCommand, isFiltered, nextPosition, popped } from '../../../machine/control.ts';
import { PORTS, Port, peName } from '../../../machine/fabric.ts';
import { lanePassed, laneTick } from '../../../machine/host.ts';
import type { HostSource, Program, Rate, Route } from '../../../machine/program.ts';
import type { Recorder } from '../../../trace/recorder.ts';
import { Declined } from '../declined.ts';
import { Agent, type Clock, Queue, TAG, UNKNOWN } from './queues.ts';

const RAMP = 1 << Port.RAMP;

/** A host lane that takes. */
export interface SinkLane {
  readonly index: number;
  readonly rate: Rate | undefined;
  due: number;
  count: number;
}

/** One color at one router. */
export class ColorRouter extends Agent {
  last = -1;
  /** Not before this tick: another color had the port. */
  private notBefore = 0;
  private position = 0;
  private from: Queue | undefined;
  readonly route: Route;
  /** The FIFO that each switch position receives from. */
  private readonly open: ReadonlyArray<Queue | undefined>;
  private readonly links: ReadonlyArray<Queue | SinkLane | undefined>;
  private readonly input: Queue | undefined;
  private readonly program: Program;
  private readonly clock: Clock;
  private readonly recorder: Recorder;
  private readonly where: string;
  /** `fifos` by port; `links` by port: the next FIFO or a host lane; `input`: behind the ramp. */
  constructor(
    place: { readonly program: Program; readonly clock: Clock; readonly recorder: Recorder },
    pe: number,
    route: Route,
    fifos: ReadonlyArray<Queue | undefined>,
    links: ReadonlyArray<Queue | SinkLane | undefined>,
    input: Queue | undefined,
  ) {
    super();
    this.program = place.program;
    this.clock = place.clock;
    this.recorder = place.recorder;
    this.route = route;
    this.open = route.positions.map(({ rx }) => fifos.find((fifo, port) => fifo && (rx >> port) & 1));
    this.links = links;
    this.input = input;
    for (const fifo of fifos) if (fifo) fifo.taker = this;
    for (const to of [...links, input]) if (to instanceof Queue) to.feeder = this;
    this.where = `color ${route.color} at ${peName(pe, place.program.width)}`;
    for (const { rx } of route.positions) {
      if (fifos.filter((fifo, port) => fifo && (rx >> port) & 1).length > 1) throw new Declined('arbitration', `two ports receive ${this.where}`);
    }
  }

  next(): number {
    this.from = undefined;
    if (this.position === CLOSED) return UNKNOWN;
    const from = this.open[this.position];
    if (!from || from.left === from.pushed) return UNKNOWN;
    this.from = from;
    let tick = Math.max(from.ready(0), this.last + 1, this.notBefore);
    const tx = this.tx;
    for (let port = 0; port < Port.RAMP; port++) {
      const to = (tx >> port) & 1 ? this.links[port] : undefined;
      if (to) tick = Math.max(tick, 'rate' in to ? laneTick(to.rate, to.due) : to.room);
    }
    return tx & RAMP && this.input ? Math.max(tick, this.input.room) : tick;
  }

  /** Ports through which the head leaves. */
  get tx(): number {
    const { tx } = this.route.positions[this.position];
    return this.from && this.from.tag(0) & TAG.CONTROL && isFiltered(this.command()) ? tx & ~RAMP : tx;
  }

  private command(): number {
    const word = this.from?.word;
    if (word === undefined) throw new Declined('data-dependent control', `a control wavelet of ${this.where}`);
    return word;
  }

  delay(tick: number): void {
    this.notBefore = tick + 1;
  }

  act(tick: number): void {
    const { from, clock, recorder, route } = this;
    const { hop, ramp } = this.program.machine;
    if (!from) return;
    const tx = this.tx;
    const tag = from.tag(0);
    let word = from.word;
    const control = tag & TAG.CONTROL;
    if (control && route.positions.length > 1) word = this.turn(firstCommand(this.command()), this.command());
    if (tag & TAG.ADVANCE) this.position = nextPosition(this.position, COMMAND.advance, route.positions.length, route.ring);
    from.pop(tick);
    recorder.move(from.lane, tx, tick);
    for (let port = 0; port < PORTS; port++) {
      const to = (tx >> port) & 1 ? (port === Port.RAMP ? this.input : this.links[port]) : undefined;
      if (!to) continue;
      if ('rate' in to) this.give(to, tick);
      else {
        to.push(tick + (port === Port.RAMP ? ramp : hop), control, word);
        clock.wake(to.taker);
      }
    }
    this.last = tick;
    clock.over(tick + 1);
    clock.wake(from.feeder);
  }

  private turn(command: number, word: number): number {
    const { positions, ring, pop } = this.route;
    const before = this.position;
    this.position = nextPosition(before, command, positions.length, ring);
    return popped(word, pop ?? 'never', this.position !== before);
  }

  private give(sink: SinkLane, tick: number): void {
    sink.due = lanePassed(sink.rate, sink.due, tick);
    sink.count++;
    this.recorder.sinkWord(sink.index, tick);
  }
}

/** A router whose colors share ports: they decide together (rule 5). */
export class SharedRouter extends Agent {
  private readonly colors: readonly ColorRouter[];

  constructor(colors: readonly ColorRouter[]) {
    super();
    this.colors = colors;
    for (const color of colors) color.owner = this;
  }

  next(): number {
    const ticks = this.colors.map((color) => color.next());
    this.isCertain = !ticks.includes(UNKNOWN);
    return Math.min(...ticks);
  }

  act(tick: number): void {
    const candidates = this.colors.filter((color) => color.next() === tick);
    candidates.sort((a, b) => a.last - b.last || a.route.color - b.route.color);
    let taken = 0;
    for (const color of candidates) {
      const { tx } = color;
      if (taken & tx) color.delay(tick);
      else {
        taken |= tx;
        color.act(tick);
      }
    }
  }
}

/** A host source (rule 7). */
export class SourceAgent extends Agent {
  sent = 0;
  private last = -1;
  private due = 0;
  readonly source: HostSource;
  private readonly index: number;
  private readonly to: Queue;
  private readonly hop: number;
  private readonly clock: Clock;
  private readonly recorder: Recorder;

  constructor(source: HostSource, index: number, to: Queue, hop: number, clock: Clock, recorder: Recorder) {
    super();
    this.source = source;
    this.index = index;
    this.to = to;
    this.hop = hop;
    this.clock = clock;
    this.recorder = recorder;
    to.feeder = this;
  }

  next(): number {
    const { words, from = 0, rate } = this.source;
    if (this.sent === words.length) return UNKNOWN;
    return Math.max(from, this.last + 1, laneTick(rate, this.due), this.to.room);
  }

  act(tick: number): void {
    const { words, rate, controls } = this.source;
    const at = this.sent++;
    this.to.push(tick + this.hop, controls?.[at] ? TAG.CONTROL : 0, controls?.[at] ? words[at] : undefined);
    this.due = lanePassed(rate, this.due, tick);
    this.last = tick;
    this.recorder.sourceWord(this.index, tick);
    this.clock.over(tick + 1);
    this.clock.wake(this.to.taker);
  }
}
