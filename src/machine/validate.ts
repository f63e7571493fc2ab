/**
 * Checks a program before it runs, so that engines can trust it: sizes, indices, routes that lead somewhere, queues where
 * words arrive and leave, host ends at edges, loads inside memory. Says where: PE, color, class, task.
 * Models: program.ts. Leaves out what only running shows: collisions, waiting for ever, addresses with a base register.
 */

import { toEnd } from '../base/pieces.ts';
import { POPS } from './control.ts';
import { COLORS, maskName, neighbour, OPPOSITE, PORT_NAMES, PORTS, Port, peName } from './fabric.ts';
import type { HostSink, HostSource, HostStep, LoadTable, Program, Route, RouteClass, RoutePosition } from './program.ts';
import type { MachineSpec } from './spec.ts';
import { invalid, isIndex, validateClass } from './validate-class.ts';

/** A switch has at most four positions (machine.md section 2). */
const MAX_POSITIONS = 4;

/** Throws a WeftError with field `program` that names the PE, color, class or task at fault; returns if the program can run. */
export const validateProgram = (program: Program): void => toEnd(validating(program));

/** PEs, or rows of a load table, from one yield to the next. */
const BREATH = 1 << 14;

/** What {@link validateProgram} does, in pieces. */
export function* validating(program: Program): Generator<void, void> {
  validateRectangle(program);
  for (const cls of program.classes) {
    validateClass(cls, program.machine);
    yield;
  }
  for (const [i, routes] of program.routes.entries()) validateRoutes(`route class ${i}`, routes, program.machine);
  validateSources(program);
  validateSinks(program);
  yield* validatePaths(program);
  yield* validateLoads(program, program.loads, 'load');
  yield* validateHost(program);
  const { picker } = program;
  if (picker?.kind === 'random' && !Number.isInteger(picker.seed)) throw invalid('picker', `its seed is ${picker.seed}, not an integer`);
}

function validateRectangle(program: Program): void {
  const { width, height, machine, classes, routes } = program;
  const { usable } = machine;
  if (!isIndex(width - 1, usable.width) || !isIndex(height - 1, usable.height)) {
    throw invalid('rectangle', `${width} x ${height} PEs do not fit the ${usable.width} x ${usable.height} of ${machine.name}`, 'use fewer PEs');
  }
  for (const [name, column, count] of [['classOf', program.classOf, classes.length] as const, ['routeOf', program.routeOf, routes.length] as const]) {
    if (column.length !== width * height) throw invalid(name, `${column.length} entries for ${width * height} PEs`);
    const wrong = column.findIndex((index) => index >= count);
    if (wrong >= 0) throw invalid(`${peName(wrong, width)}`, `${name} is ${column[wrong]}, but there are ${count}`);
  }
}

function validateRoutes(place: string, routes: RouteClass, machine: MachineSpec): void {
  for (const [i, { color, positions, pop }] of routes.entries()) {
    const where = `${place}, color ${color}`;
    if (!isIndex(color, COLORS)) throw invalid(where, `colors are 0 to ${COLORS - 1}`);
    if (routes.slice(0, i).some((route) => route.color === color)) throw invalid(where, 'it has two routes');
    if (positions.length < 1 || positions.length > MAX_POSITIONS) throw invalid(where, `${positions.length} switch positions, not 1 to ${MAX_POSITIONS}`);
    if (pop !== undefined && !POPS.includes(pop)) throw invalid(where, `its pop mode is ${pop}, not one of ${POPS.join(', ')}`);
    validateSteps(where, color, positions, machine);
    for (const [p, { rx, tx }] of positions.entries()) {
      const sets = { 'receives from': rx, 'sends to': tx };
      for (const [verb, mask] of Object.entries(sets)) {
        if (!isIndex(mask, 1 << PORTS) || mask === 0) throw invalid(where, `position ${p} ${verb} ${maskName(mask)}`);
      }
    }
  }
}

/** The switch's rule: which sides a position may change. */
function validateSteps(where: string, color: number, positions: readonly RoutePosition[], machine: MachineSpec): void {
  if (machine.switches.bothSides.includes(color)) return;
  for (const [p, { rx, tx }] of positions.entries()) {
    if (p === 0 || rx === positions[p - 1].rx || tx === positions[p - 1].tx) continue;
    throw invalid(where, `position ${p} changes rx and tx, but on ${machine.name} a position of this color changes one of them`, ...SWITCH_FIXES);
  }
}

const SWITCH_FIXES = ['put a position between that changes one side', 'use another color or machine'];

function validateRate(place: string, rate: HostSink['rate'], words: number): void {
  if (rate === undefined) return;
  if ('ticks' in rate) {
    const at = rate.ticks.findIndex((tick, i) => i > 0 && tick <= rate.ticks[i - 1]);
    if (at >= 0) throw invalid(place, `its timetable has tick ${rate.ticks[at]} behind ${rate.ticks[at - 1]}`);
    if (rate.ticks.length !== words) throw invalid(place, `its timetable has ${rate.ticks.length} ticks for ${words} words`);
    return;
  }
  for (const [field, value] of Object.entries(rate)) {
    if (!Number.isInteger(value) || value < 1) throw invalid(place, `its rate has ${value} ${field}, not a whole number of at least 1`);
  }
}

/** A host end must sit on a port that leads out of the rectangle. */
function validateEnd(program: Program, end: HostSource | HostSink, what: string): void {
  const { width, height } = program;
  const place = `${what} ${end.name}`;
  if (!isIndex(end.pe, width * height)) throw invalid(place, `PE ${end.pe} is outside the ${width} x ${height} rectangle`);
  if (!isIndex(end.color, COLORS)) throw invalid(place, `color ${end.color} is not in 0 to ${COLORS - 1}`);
  if (!isIndex(end.port, Port.RAMP) || neighbour(end.pe, end.port, width, height) >= 0) {
    throw invalid(place, `the ${PORT_NAMES[end.port]} port of ${peName(end.pe, width)} is not at the edge`);
  }
}

function validateSources(program: Program): void {
  const seen = new Map<number, string>();
  for (const source of program.sources) {
    validateEnd(program, source, 'source');
    validateSource(source);
    const key = source.pe * PORTS + source.port;
    const other = seen.get(key);
    const port = `the ${PORT_NAMES[source.port]} port of ${peName(source.pe, program.width)}`;
    if (other !== undefined) throw invalid(`source ${source.name}`, `${port} already belongs to source ${other}`);
    seen.set(key, source.name);
    if (!receives(program, source.pe, source.color, source.port)) {
      throw invalid(`source ${source.name}`, `no switch position of color ${source.color} receives from ${port}`);
    }
  }
}

function validateSource({ name, words, controls, from, rate }: HostSource): void {
  const place = `source ${name}`;
  validateRate(place, rate, words.length);
  if (controls !== undefined && controls.length !== words.length) throw invalid(place, `its control bits are ${controls.length}, its words ${words.length}`);
  if (from !== undefined && (!Number.isInteger(from) || from < 0)) throw invalid(place, `it starts at cycle ${from}, not a whole number of at least 0`);
}

const sinkKey = (pe: number, port: number, color: number): number => (pe * PORTS + port) * COLORS + color;

function validateSinks(program: Program): void {
  const seen = new Map<number, string>();
  for (const sink of program.sinks) {
    validateEnd(program, sink, 'sink');
    validateRate(`sink ${sink.name}`, sink.rate, sink.expect);
    if (!Number.isInteger(sink.expect) || sink.expect < 0) throw invalid(`sink ${sink.name}`, `expects ${sink.expect} words`);
    const key = sinkKey(sink.pe, sink.port, sink.color);
    const other = seen.get(key);
    if (other !== undefined) throw invalid(`sink ${sink.name}`, `its port and color already belong to sink ${other}`);
    seen.set(key, sink.name);
  }
}

const routeOf = (program: Program, pe: number, color: number): Route | undefined => program.routes[program.routeOf[pe]].find((r) => r.color === color);

/** Whether some switch position of (pe, color) receives from `port`. */
function receives(program: Program, pe: number, color: number, port: number): boolean {
  return routeOf(program, pe, color)?.positions.some(({ rx }) => (rx >> port) & 1) ?? false;
}

/** What every router sends must arrive somewhere, and what every PE sends must leave. */
function* validatePaths(program: Program): Generator<void, void> {
  const sinks = new Set(program.sinks.map((sink) => sinkKey(sink.pe, sink.port, sink.color)));
  for (let pe = 0; pe < program.width * program.height; pe++) {
    if (pe % BREATH === 0) yield;
    const cls = program.classes[program.classOf[pe]];
    for (const { color } of cls.outputs) {
      if (!receives(program, pe, color, Port.RAMP))
        throw invalid(`${peName(pe, program.width)} (${cls.name}), color ${color}`, 'no switch position receives from the ramp');
    }
    for (const route of program.routes[program.routeOf[pe]]) validateRouteEnds(program, sinks, pe, route);
  }
}

function validateRouteEnds(program: Program, sinks: ReadonlySet<number>, pe: number, route: Route): void {
  const { width, height } = program;
  const cls = program.classes[program.classOf[pe]];
  const sent = route.positions.reduce((mask, { tx }) => mask | tx, 0);
  for (let port = 0; port < PORTS; port++) {
    if (!((sent >> port) & 1)) continue;
    if (port === Port.RAMP) {
      if (cls.inputs.some((input) => input.color === route.color)) continue;
      throw invalid(
        placeOf(program, pe, route),
        'goes up the ramp, but no input queue is bound to it',
        'bind an input queue',
        'leave the ramp out of the route',
      );
    }
    const to = neighbour(pe, port, width, height);
    if (to < 0 && !sinks.has(sinkKey(pe, port, route.color)))
      throw invalid(placeOf(program, pe, route), `falls off the fabric to the ${PORT_NAMES[port]}`, 'end the route earlier', 'add a host sink');
    if (to >= 0 && !receives(program, to, route.color, OPPOSITE[port])) {
      throw invalid(
        placeOf(program, pe, route),
        `sends ${PORT_NAMES[port]}, but ${peName(to, width)} never receives it from the ${PORT_NAMES[OPPOSITE[port]]}`,
      );
    }
  }
}

const placeOf = (program: Program, pe: number, route: Route): string =>
  `${peName(pe, program.width)} (${program.classes[program.classOf[pe]].name}), color ${route.color}`;

function* validateHost(program: Program): Generator<void, void> {
  const names = new Set(program.classes.flatMap((cls) => cls.tasks.map((task) => task.name)));
  for (const step of program.host ?? []) {
    const place = `host step ${step.name}`;
    if (step.kind === 'copyIn') yield* validateLoads(program, step.loads, `${place}, load`);
    else if (step.kind === 'launch') {
      if (!names.has(step.task)) throw invalid(place, `no class has a task ${step.task}`, `launch one of ${[...names].join(', ')}`);
    } else validateCopyOut(program, place, step);
  }
}

function validateCopyOut(program: Program, place: string, { pes, address, bytes }: Extract<HostStep, { kind: 'copyOut' }>): void {
  if (!Number.isInteger(bytes) || bytes < 1) throw invalid(place, `copies ${bytes} bytes, not at least 1`);
  for (const pe of pes) {
    if (pe >= program.width * program.height) throw invalid(place, `PE ${pe} is outside the rectangle`);
    const { from, to } = dataOf(program, pe);
    if (address >= from && address + bytes <= to) continue;
    throw invalid(`${place}, ${peName(pe, program.width)}`, `bytes ${address} to ${address + bytes - 1} are outside the data memory ${from} to ${to - 1}`);
  }
}

/** Data memory [from, to) of a PE. */
function dataOf(program: Program, pe: number): { readonly from: number; readonly to: number } {
  const to = program.classes[program.classOf[pe]].memory.reduce((end, a) => Math.max(end, a.address + a.bytes), 0);
  return { from: program.machine.codeReserve, to };
}

function* validateLoads(program: Program, table: LoadTable, what: string): Generator<void, void> {
  const { data, source, pe, address, offset, length } = table;
  const columns = [source, pe, address, offset, length];
  if (columns.some((column) => column.length !== pe.length)) throw invalid(`${what}s`, `the columns have ${columns.map((c) => c.length).join(', ')} rows`);
  const ends = program.classes.map((cls) => cls.memory.reduce((end, a) => Math.max(end, a.address + a.bytes), 0));
  for (let i = 0; i < pe.length; i++) {
    if (i % BREATH === 0) yield;
    if (pe[i] >= program.width * program.height) throw invalid(`${what} ${i}`, `PE ${pe[i]} is outside the rectangle`);
    if (source[i] >= data.length) throw invalid(`${what} ${i}`, `data ${source[i]} is not one of ${data.length}`);
    if (!isIndex(offset[i], data[source[i]].length + 1) || offset[i] + length[i] > data[source[i]].length) {
      throw invalid(`${what} ${i}`, `bytes ${offset[i]} to ${offset[i] + length[i]} are outside its data of ${data[source[i]].length}`);
    }
    const cls = program.classOf[pe[i]];
    if (address[i] < program.machine.codeReserve || address[i] + length[i] > ends[cls]) {
      const place = `${what} ${i} of ${peName(pe[i], program.width)} (${program.classes[cls].name})`;
      throw invalid(
        place,
        `bytes ${address[i]} to ${address[i] + length[i] - 1} are outside the data memory ${program.machine.codeReserve} to ${ends[cls] - 1}`,
      );
    }
  }
}
