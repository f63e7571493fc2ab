/**
 * Where words go, without time. One port of a color is open at a time, so the order in which a router lets words through is that
 * of its queues and switches alone (docs/tick.md 2 and 6): routers of one position are looked through once, the others turn.
 */
import { type FifoNumbers, numberFifos } from '../../machine/channels.ts';
import { CLOSED, COMMAND, firstCommand, isFiltered, nextPosition, popped } from '../../machine/control.ts';
import { neighbour, OPPOSITE, PORTS, Port, peName } from '../../machine/fabric.ts';
import type { Program, Route } from '../../machine/program.ts';
import { controlColors } from '../compile.ts';
import { Declined } from '../timing/declined.ts';
import { Actor, type Awake, controlTags, DATA, Line, Outlet } from './lines.ts';

const RAMP = 1 << Port.RAMP;

export class FabricLines {
  /** Words that each sink has received. */
  readonly sinks: readonly Line[];
  private readonly program: Program;
  private readonly awake: Awake;
  /** Colors on which control wavelets may travel. */
  private readonly controlled: number;
  private readonly fed: FifoNumbers;
  private readonly inputs = new Map<number, Line>();
  private readonly switches = new Map<number, Switch>();
  private readonly sinkAt: ReadonlyMap<number, Line>;

  constructor(program: Program, awake: Awake) {
    this.program = program;
    this.awake = awake;
    this.controlled = controlColors(program);
    this.fed = numberFifos(program);
    this.sinks = program.sinks.map(() => new Line(awake));
    this.sinkAt = new Map(program.sinks.map(({ pe, port, color }, i) => [placeOf(pe, port, color), this.sinks[i]]));
  }

  /** The line of a PE's input queue. All are made before the first outlet. */
  addInput(pe: number, color: number): Line {
    const line = new Line(this.awake, true);
    this.inputs.set(placeOf(pe, Port.RAMP, color), line);
    return line;
  }

  /** What comes into `port` of a PE's router, from its ramp, a neighbour or the host, goes on from here. */
  outlet(pe: number, port: number, color: number): Outlet {
    return this.through([[pe, port]], color, []);
  }

  /** The lines behind these routers' ports, and `ends`. */
  private through(places: number[][], color: number, ends: Line[]): Outlet {
    for (let place = places.pop(); place; place = places.pop()) {
      const [at, from] = place;
      const route = this.routeOf(at, color);
      if (!route) continue;
      if (route.positions.length > 1) ends.push(this.switchOf(at, route).line(from));
      else if ((route.positions[0].rx >> from) & 1) this.leave(at, color, route.positions[0].tx, ends, places);
    }
    return new Outlet(ends);
  }

  /** Where the words of a PE's output queue go. */
  fromRamp(pe: number, color: number): Outlet {
    return this.outlet(pe, Port.RAMP, color);
  }

  /** Whether words from a PE's own ramp meet a switch that they may turn. */
  turns(pe: number, color: number): boolean {
    return (this.routeOf(pe, color)?.positions.length ?? 0) > 1;
  }

  /** Adds to `ends` the queue and the sinks behind the ports of a mask, to `places` the neighbours. */
  private leave(pe: number, color: number, tx: number, ends: Line[], places: number[][]): void {
    for (let port = 0; port < PORTS; port++) {
      if (!((tx >> port) & 1)) continue;
      const to = port === Port.RAMP ? -1 : neighbour(pe, port, this.program.width, this.program.height);
      const place = placeOf(pe, port, color);
      const end = port === Port.RAMP ? this.inputs.get(place) : this.sinkAt.get(place);
      if (to >= 0) places.push([to, OPPOSITE[port]]);
      else if (end) ends.push(end);
    }
  }

  private routeOf(pe: number, color: number): Route | undefined {
    return this.program.routes[this.program.routeOf[pe]].find((route) => route.color === color);
  }

  private switchOf(pe: number, route: Route): Switch {
    const place = placeOf(pe, 0, route.color);
    const known = this.switches.get(place);
    if (known) return known;
    const { colors, masks } = this.fed;
    const fed = masks[pe * colors.length + colors.indexOf(route.color)];
    if (route.positions.some(({ rx }) => isSeveral(rx & fed)))
      throw new Declined('arbitration', `two ports receive color ${route.color} at ${peName(pe, this.program.width)}`);
    const made = new Switch(route, fed, ((this.controlled >> route.color) & 1) === 1, this.awake, (tx) => this.behind(pe, route.color, tx));
    this.switches.set(place, made);
    return made;
  }

  /** What lies behind the ports of a mask. */
  private behind(pe: number, color: number, tx: number): Outlet {
    const ends: Line[] = [];
    const places: number[][] = [];
    this.leave(pe, color, tx, ends, places);
    return this.through(places, color, ends);
  }
}

const isSeveral = (mask: number): boolean => (mask & (mask - 1)) !== 0;

const placeOf = (pe: number, port: number, color: number): number => (pe * PORTS + port) * 32 + color;

/** One color at a router of several positions. */
class Switch extends Actor {
  override readonly isSwitch = true;
  private position = 0;
  private readonly lines: Array<Line | undefined> = [];
  private readonly outlets = new Map<number, Outlet>();
  private readonly route: Route;
  /** Ports through which anything can come. */
  private readonly fed: number;
  private readonly isControlled: boolean;
  private readonly awake: Awake;
  private readonly behind: (tx: number) => Outlet;

  constructor(route: Route, fed: number, isControlled: boolean, awake: Awake, behind: (tx: number) => Outlet) {
    super();
    this.route = route;
    this.isControlled = isControlled;
    this.awake = awake;
    this.fed = fed;
    this.behind = behind;
  }

  /** What waits at a port. */
  line(port: number): Line {
    const line = this.lines[port] ?? new Line(this.awake);
    line.taker = this;
    this.lines[port] = line;
    return line;
  }

  advance(): void {
    while (this.position !== CLOSED) {
      const { rx, tx } = this.route.positions[this.position];
      const port = 31 - Math.clz32(rx & this.fed);
      const from = port < 0 ? undefined : this.line(port);
      if (from && port !== Port.RAMP && this.isFinal) {
        if (!from.onward) from.passOn(this.outlet(tx));
        return;
      }
      if (!from || from.moveTo(this.outlet(tx))) return;
      const piece = from.shift();
      if (!piece) return;
      const { words, from: at, to, tags } = piece;
      if (tags.control) this.control(words[at], tx);
      else this.outlet(tx).send(words, at, to, DATA);
      if (tags.advance) this.turn(COMMAND.advance);
    }
  }

  /** Whether it never turns again: a word of its own could only leave it where it is. */
  private get isFinal(): boolean {
    return !this.isControlled && !this.route.ring && this.position === this.route.positions.length - 1;
  }

  private control(word: number, tx: number): void {
    const before = this.position;
    this.turn(firstCommand(word));
    const on = popped(word, this.route.pop ?? 'never', this.position !== before);
    const words = Int32Array.of(on);
    if (tx & RAMP && !isFiltered(word)) this.outlet(RAMP).send(words, 0, 1, controlTags(false), false);
    this.outlet(tx & ~RAMP).send(words, 0, 1, controlTags(false));
  }

  private turn(command: number): void {
    const { positions, ring } = this.route;
    this.position = nextPosition(this.position, command, positions.length, ring);
  }

  private outlet(tx: number): Outlet {
    const known = this.outlets.get(tx) ?? this.behind(tx);
    this.outlets.set(tx, known);
    return known;
  }
}
