/** Routers and host lanes of the graph: when the next wavelet of a color leaves. Rules: docs/tick.md 2-7. */
import { CLOSED, COMMAND, firstCommand, isFiltered, nextPosition, popped } from '../../../machine/control.ts';
import { Port } from '../../../machine/fabric.ts';
import { lanePassed, laneTick } from '../../../machine/host.ts';
import type { HostSink, HostSource, Route } from '../../../machine/program.ts';
import type { MachineSpec } from '../../../machine/spec.ts';
import type { Recorder } from '../../../trace/recorder.ts';
import { Declined } from '../declined.ts';
import type { IssueOrder } from './element-state.ts';
import { Agent, type Clock, MOST, type Queue, TAG, UNKNOWN } from './queues.ts';
import type { Targets } from './targets.ts';

const RAMP = 1 << Port.RAMP;

/** Where the ticks of plain words are written. */
const TICKS = new Int32Array(MOST);

/** A host lane that takes. */
export interface SinkLane {
  readonly index: number;
  readonly rate: HostSink['rate'];
  due: number;
  count: number;
}

/** What a switch position does: where it receives from, and where to. */
export interface Way {
  readonly from: Queue | undefined;
  readonly tx: number;
  readonly links: Targets;
  readonly ramps: Targets;
  readonly sinks: readonly SinkLane[];
}

/** What all routers share. */
export interface Fabric {
  readonly machine: MachineSpec;
  readonly clock: Clock;
  readonly recorder: Recorder;
  /** Of elements. */
  readonly order: IssueOrder | undefined;
  /** By PE, when its element is there, if not from tick 0 on. */
  readonly begins: Int32Array | undefined;
}

/** One color at one router, or at all that are alike. */
export class ColorRouter extends Agent {
  last = -1;
  /** Not before this tick: another color had the port. */
  private notBefore = 0;
  private position = 0;
  /** The queue whose words it waits for, or whose room. */
  private hears: Queue | undefined;
  private fills: Queue | undefined;
  readonly route: Route;
  private readonly ways: readonly Way[];
  private readonly clock: Clock;
  private readonly recorder: Recorder;
  private readonly hop: number;
  private readonly ramp: number;
  private readonly where: string;

  constructor({ machine, clock, recorder }: Fabric, route: Route, ways: readonly Way[], where: string) {
    super();
    this.clock = clock;
    this.recorder = recorder;
    this.hop = machine.hop;
    this.ramp = machine.ramp;
    this.route = route;
    this.ways = ways;
    this.where = where;
  }

  /** The way of the next wavelet, if there is one. */
  private get way(): Way | undefined {
    return this.position === CLOSED ? undefined : this.ways[this.position];
  }

  /** Nothing but one queue at a time keeps it: it hears of that one only. */
  override advance(): number {
    if (this.hears) this.hears.takerWaits = false;
    if (this.fills) this.fills.feederWaits = false;
    for (;;) {
      this.passOn();
      const tick = this.next();
      if (tick === UNKNOWN) break;
      this.act(tick);
    }
    this.listen();
    return UNKNOWN;
  }

  /** It wants to hear of nothing until it has looked; not of a router whose colors decide together. */
  hearNothing(): void {
    for (const { from, links, ramps } of this.ways) {
      if (from) from.takerWaits = false;
      links.ignore();
      ramps.ignore();
    }
  }

  /** Waits for room, or for words at the FIFO that is open. */
  private listen(): void {
    const { way } = this;
    if (this.hears) this.hears.takerWaits = false;
    if (this.fills) this.fills.feederWaits = false;
    // What comes next may be kept from the ramps.
    this.fills = way?.from && (way.links.full ?? (way.from.isEmpty ? undefined : way.ramps.full));
    this.hears = this.fills ? undefined : way?.from;
    if (this.hears) this.hears.takerWaits = true;
    if (this.fills) this.fills.feederWaits = true;
  }

  /** Plain words that meet no host lane, as many as are known: what next() and act() do, without looking twice. */
  private passOn(): void {
    const { way } = this;
    const from = way?.from;
    if (!way || !from || way.sinks.length > 0) return;
    const { links, ramps } = way;
    for (;;) {
      const open = from.isEmpty ? 0 : links.open(ramps.open(MOST));
      if (open === 0) return;
      const there = from.readyTimes(TICKS, Math.max(this.last + 1, this.notBefore), 1, open);
      const count = links.agree(TICKS, ramps.agree(TICKS, links.delay(TICKS, ramps.delay(TICKS, there))));
      if (count === 0) return;
      ramps.pushAll(TICKS, count, this.ramp);
      this.leave(from, way, count);
      ramps.hand(this.clock);
    }
  }

  override passTo(queue: Queue, uses: Int32Array, free: number, step: number, most: number): number {
    const { way } = this;
    const from = way?.from;
    if (!way || !from || this.owner !== this || way.sinks.length > 0 || !way.ramps.isOnly(queue)) return 0;
    const { links } = way;
    const open = from.isEmpty ? 0 : links.open(most);
    const count = open === 0 ? 0 : links.delay(TICKS, from.readyTimes(TICKS, this.last + 1, 1, open));
    if (count === 0) return 0;
    queue.passAll(TICKS, count, this.ramp, uses, free, step);
    links.agree(TICKS, count);
    this.leave(from, way, count);
    this.listen();
    return count;
  }

  /** Plain words leave at TICKS; what they find up the ramps is not told. */
  private leave(from: Queue, { tx, links }: Way, count: number): void {
    const { clock } = this;
    from.popAll(TICKS, count);
    this.last = TICKS[count - 1];
    this.recorder.moveAll(from.lane, tx, TICKS, count);
    links.pushAll(TICKS, count, this.hop);
    clock.over(this.last + 1);
    links.wake(clock);
    from.wakeFeeder(clock);
  }

  next(): number {
    const { way } = this;
    const from = way?.from;
    if (!way || !from || from.isEmpty) return UNKNOWN;
    const { links, ramps, sinks } = way;
    const climbs = !this.isKeptOff(from);
    let tick = links.roomAt(Math.max(from.ready(0), this.last + 1, this.notBefore));
    if (climbs) tick = ramps.roomAt(tick);
    for (const sink of sinks) tick = Math.max(tick, laneTick(sink.rate, sink.due));
    if (tick === UNKNOWN) return UNKNOWN;
    return climbs ? ramps.agreed(links.agreed(tick)) : links.agreed(tick);
  }

  /** Whether the head is a control wavelet that goes up no ramp. */
  private isKeptOff(from: Queue): boolean {
    return (from.tag(0) & TAG.CONTROL) !== 0 && isFiltered(this.command(from));
  }

  /** Ports through which the head leaves. */
  get tx(): number {
    const { way } = this;
    if (!way?.from) return 0;
    return this.isKeptOff(way.from) ? way.tx & ~RAMP : way.tx;
  }

  private command({ word }: Queue): number {
    if (word === undefined) throw new Declined('data-dependent control', `a control wavelet of ${this.where}`);
    return word;
  }

  delay(tick: number): void {
    this.notBefore = tick + 1;
  }

  act(tick: number): void {
    const { way, clock } = this;
    const from = way?.from;
    if (!way || !from) return;
    const { tx } = this;
    const tag = from.tag(0);
    const control = tag & TAG.CONTROL;
    let { word } = from;
    if (control && this.route.positions.length > 1) word = this.turn(firstCommand(this.command(from)), this.command(from));
    if (tag & TAG.ADVANCE) this.position = nextPosition(this.position, COMMAND.advance, this.route.positions.length, this.route.ring);
    from.pop(tick);
    this.recorder.move(from.lane, tx, tick);
    way.links.push(tick + this.hop, control, word, clock);
    if (tx & RAMP) way.ramps.push(tick + this.ramp, control, word, clock);
    for (const sink of way.sinks) this.give(sink, tick);
    this.last = tick;
    clock.over(tick + 1);
    from.wakeFeeder(clock);
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
    this.level = Math.max(...colors.map(({ level }) => level));
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

  constructor({ machine, clock, recorder }: Fabric, source: HostSource, index: number, to: Queue) {
    super();
    this.source = source;
    this.index = index;
    this.to = to;
    this.hop = machine.hop;
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
    this.to.wakeTaker(this.clock);
  }
}
