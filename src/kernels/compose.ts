/**
 * Programs side by side on one larger rectangle: what a band, a stage or a tile is built as alone keeps its code, routes and
 * memory and gets a place. PEs in load tables, sources and sinks are translated; classes and routes that are equal become
 * one; what no part covers is idle.
 *
 * A part's sources and sinks must lie at edges that are edges of the whole too (validate.ts says so otherwise). Leaves out:
 * host steps, task pickers, and streams between parts.
 */
import { assert, WeftError } from '../base/error.ts';
import { toEnd } from '../base/pieces.ts';
import type { HostSink, HostSource, LoadTable, MarkDigit, PeClass, Program, RouteClass, StreamName } from '../machine/program.ts';
import type { MachineSpec } from '../machine/spec.ts';
import type { Rectangle } from './types.ts';

/** A program and the PE of the whole on which its north-west PE lies. */
export interface Part {
  readonly name: string;
  readonly program: Program;
  readonly x: number;
  readonly y: number;
}

/**
 * The whole. Sinks, as sources, are those of the first part, then those of the second, and so on.
 * @throws WeftError (`regions`) that names the first two parts which lie on one another.
 */
export const compose = (machine: MachineSpec, rectangle: Rectangle, parts: readonly Part[]): Program => toEnd(composing(machine, rectangle, parts));

/** The same, yielding after every part. */
export function* composing(machine: MachineSpec, { width, height }: Rectangle, parts: readonly Part[]): Generator<void, Program> {
  for (const part of parts) checkPlace(part, width, height);
  checkApart(parts);
  const classes = new Pool<PeClass>(idleClass(machine));
  const routes = new Pool<RouteClass>([]);
  const classOf = new Uint16Array(width * height);
  const routeOf = new Uint16Array(width * height);
  for (const { program, x, y } of parts) {
    const [classAt, routeAt] = [program.classes.map((c) => classes.add(c)), program.routes.map((r) => routes.add(r))];
    for (let pe = 0; pe < program.classOf.length; pe++) {
      const to = translate(pe, program.width, x, y, width);
      classOf[to] = classAt[program.classOf[pe]];
      routeOf[to] = routeAt[program.routeOf[pe]];
    }
    yield;
  }
  return {
    machine,
    width,
    height,
    classes: classes.items,
    classOf,
    routes: routes.items,
    routeOf,
    loads: yield* mergeLoads(parts, width),
    sources: parts.flatMap((part) => part.program.sources.map((source) => moved(part, source, width))),
    sinks: parts.flatMap((part) => part.program.sinks.map((sink) => moved(part, sink, width))),
    streams: mergeStreams(parts),
    marks: mergeMarks(parts),
  };
}

/** A PE of a part `partWidth` wide as a PE of the whole. */
const translate = (pe: number, partWidth: number, x: number, y: number, width: number): number =>
  (y + Math.floor(pe / partWidth)) * width + x + (pe % partWidth);

function checkPlace({ name, program, x, y }: Part, width: number, height: number): void {
  const inside = x >= 0 && y >= 0 && x + program.width <= width && y + program.height <= height;
  assert(inside, `${name}: ${program.width} x ${program.height} PEs at ${x},${y} leave the ${width} x ${height} rectangle`);
  assert(!program.host?.length && !program.picker, `${name}: host steps and pickers belong to a whole program`);
}

/** In order of their first fabric row, so that only neighbours in height are compared. */
function checkApart(parts: readonly Part[]): void {
  const sorted = parts.toSorted((a, b) => a.y - b.y);
  sorted.forEach((a, i) => {
    for (let j = i + 1; j < sorted.length && sorted[j].y < a.y + a.program.height; j++) {
      const b = sorted[j];
      if (b.x >= a.x + a.program.width || a.x >= b.x + b.program.width) continue;
      const column = Math.max(a.x, b.x);
      throw new WeftError('regions', `${a.name} and ${b.name} both lie on PE ${column},${b.y}`, [
        `place ${b.name} from fabric row ${a.y + a.program.height} on`,
      ]);
    }
  });
}

/** Different things by number; equal ones, by reference or by content, have the same one. Number 0 is for what nothing covers. */
class Pool<T extends object> {
  readonly items: T[];
  private readonly byReference = new Map<T, number>();
  private readonly byContent = new Map<string, number>();

  constructor(uncovered: T) {
    this.items = [uncovered];
    this.byReference.set(uncovered, 0);
    this.byContent.set(JSON.stringify(uncovered), 0);
  }

  add(item: T): number {
    const known = this.byReference.get(item);
    if (known !== undefined) return known;
    const content = JSON.stringify(item);
    const index = this.byContent.get(content) ?? this.items.push(item) - 1;
    this.byContent.set(content, index);
    this.byReference.set(item, index);
    return index;
  }
}

/** The class of PEs that hold nothing; rows/program.ts has the same one. */
function idleClass(machine: MachineSpec): PeClass {
  const reserve = { name: 'code and run-time reserve', kind: 'code', address: 0, bytes: machine.codeReserve } as const;
  return { name: 'no rows', tasks: [], memory: [reserve], inputs: [], outputs: [] };
}

const moved = <End extends HostSource | HostSink>({ name, program, x, y }: Part, end: End, width: number): End => ({
  ...end,
  name: `${name}: ${end.name}`,
  pe: translate(end.pe, program.width, x, y, width),
});

/** One table; data that parts share by reference is there once. */
function* mergeLoads(parts: readonly Part[], width: number): Generator<void, LoadTable> {
  const count = parts.reduce((sum, { program }) => sum + program.loads.pe.length, 0);
  const source = new Uint16Array(count);
  const table = { pe: new Uint32Array(count), address: new Uint32Array(count), offset: new Float64Array(count), length: new Uint32Array(count) };
  const data: Uint8Array[] = [];
  let next = 0;
  for (const { program, x, y } of parts) {
    const { loads } = program;
    const dataAt = loads.data.map((bytes) => (data.includes(bytes) ? data.indexOf(bytes) : data.push(bytes) - 1));
    for (let i = 0; i < loads.pe.length; i++) {
      source[next + i] = dataAt[loads.source[i]];
      table.pe[next + i] = translate(loads.pe[i], program.width, x, y, width);
    }
    table.address.set(loads.address, next);
    table.offset.set(loads.offset, next);
    table.length.set(loads.length, next);
    next += loads.pe.length;
    yield;
  }
  return { data, source, ...table };
}

/** One name a color, that of the first part that uses it. */
function mergeStreams(parts: readonly Part[]): StreamName[] {
  const streams = new Map<number, StreamName>();
  for (const { program } of parts) for (const stream of program.streams) if (!streams.has(stream.color)) streams.set(stream.color, stream);
  return [...streams.values()];
}

/** Digits as every part has them; the first and most significant one, which counts no further digit, may be larger in some. */
function mergeMarks(parts: readonly Part[]): MarkDigit[] {
  const [first, ...others] = parts.map(({ program }) => program.marks);
  if (!first?.length) return [];
  const tail = JSON.stringify(first.slice(1));
  for (const marks of others) assert(JSON.stringify(marks.slice(1)) === tail && marks[0]?.name === first[0].name, 'parts count different loops');
  return [{ name: first[0].name, size: Math.max(...parts.map(({ program }) => program.marks[0].size)) }, ...first.slice(1)];
}
