/**
 * One row of PEs, written PE by PE: PEs that come out alike share a class, routers that come out alike their routes.
 * Every PE has at most three input and three output queues, a vector of f32 and the words of its time stamps.
 */
import { WeftError } from '../../base/error.ts';
import { each, toEnd } from '../../base/pieces.ts';
import { rng } from '../../base/rng.ts';
import type { Bytes, Color } from '../../base/units.ts';
import { maskOf, type Port } from '../../machine/fabric.ts';
import { MemoryPlan } from '../../machine/memory.ts';
import type { Allocation, LoadTable, PeClass, Program, Route, RouteClass, StreamName, Task } from '../../machine/program.ts';
import type { MachineSpec } from '../../machine/spec.ts';
import { TRACED_BYTES } from './stamps.ts';

/** The queues used, the deepest of WSE-2 first (S1: 6 words in and out). */
const INPUT_QUEUES = [0, 1, 2];
const OUTPUT_QUEUES = [2, 3, 0];

/** Where things lie in every PE of the row. */
export interface RowLayout {
  readonly allocations: readonly Allocation[];
  /** The vector: `wavelets` f32. */
  readonly vector: Bytes;
  /** Buffer of the first, traced stamp; the word at its start is the begin of the window. */
  readonly begin: Bytes;
  readonly end: Bytes;
  /** One word for a control wavelet. */
  readonly control: Bytes;
}

/** @throws WeftError (`wavelets`) that says how many fit. */
export function rowLayout(machine: MachineSpec, wavelets: number): RowLayout {
  const plan = new MemoryPlan(machine);
  const begin = plan.add('time stamp, traced', 'results', TRACED_BYTES);
  const end = plan.add('time stamp at the end', 'results', 4);
  const control = plan.add('control wavelet', 'activations', 4);
  const vector = plan.add('vector, f32', 'activations', 4 * wavelets);
  if (plan.usedBytes > machine.sramBytes) {
    const most = Math.floor((machine.sramBytes - vector) / 4);
    throw new WeftError('wavelets', `${wavelets} f32 need ${plan.usedBytes} B of a PE's ${machine.sramBytes} B`, [`use at most ${most}`]);
  }
  return { allocations: plan.allocations, vector, begin, end, control };
}

/** @throws WeftError (`field`) if the machine's row is shorter; `beside` of the PEs are not counted in the field. */
export function checkRow(machine: MachineSpec, pes: number, field = 'pes', beside = 0): void {
  const most = machine.usable.width;
  if (pes > most) throw new WeftError(field, `a row of ${machine.name} has ${most} PEs, not ${pes}`, [`use at most ${most - beside}`]);
}

/** What one PE of the row is. */
export interface RowPe {
  readonly name: string;
  readonly tasks: readonly Task[];
  /** Colors of its queues, by their numbers in its class. */
  readonly receives?: Color | readonly Color[];
  readonly sends?: Color | readonly Color[];
  readonly routes: RouteClass;
  /** Word at the layout's `control`, if it sends one. */
  readonly control?: number;
}

export interface Row {
  readonly machine: MachineSpec;
  readonly layout: RowLayout;
  /** PEs from west to east. */
  readonly pes: readonly RowPe[];
  /** The vectors of all PEs, one after the other. */
  readonly vectors: Float32Array;
  readonly streams: readonly StreamName[];
}

/** Vectors of seeded values in [-1, 1), one after the other. */
export function seededVectors(pes: number, wavelets: number, seed = 1): Float32Array {
  const random = rng(seed);
  const values = new Float32Array(pes * wavelets);
  for (let i = 0; i < values.length; i++) values[i] = 2 * random.unit() - 1;
  return values;
}

export const rowProgram = (row: Row): Program => toEnd(buildingRow(row));

/** The same in pieces of a PE. */
export function* buildingRow({ machine, layout, pes, vectors, streams }: Row): Generator<void, Program> {
  const classes = yield* distinguishing(pes.map((pe) => classOf(pe, layout)));
  const routes = yield* distinguishing(pes.map((pe) => pe.routes));
  return {
    machine,
    width: pes.length,
    height: 1,
    classes: classes.values.map((cls, i) => ({ ...cls, name: `${cls.name} ${i}` })),
    classOf: classes.of,
    routes: routes.values,
    routeOf: routes.of,
    loads: loadsOf(pes, layout, vectors),
    sources: [],
    sinks: [],
    streams,
    marks: [],
  };
}

function classOf({ name, tasks, receives = [], sends = [] }: RowPe, layout: RowLayout): PeClass {
  return {
    name,
    tasks,
    memory: layout.allocations,
    inputs: [receives].flat().map((color, i) => ({ queue: INPUT_QUEUES[i], color })),
    outputs: [sends].flat().map((color, i) => ({ queue: OUTPUT_QUEUES[i], color })),
  };
}

/** Every PE's vector, then the control words. */
function loadsOf(pes: readonly RowPe[], layout: RowLayout, vectors: Float32Array): LoadTable {
  const bytes = vectors.byteLength / pes.length;
  const controls = [...pes.entries()].filter(([, pe]) => pe.control !== undefined);
  const words = Uint32Array.from(controls, ([, pe]) => pe.control ?? 0);
  const segments = [
    ...pes.map((_, x) => ({ source: 0, pe: x, address: layout.vector, offset: x * bytes, length: bytes })),
    ...controls.map(([x], i) => ({ source: 1, pe: x, address: layout.control, offset: 4 * i, length: 4 })),
  ];
  return {
    data: [bytesOf(vectors), bytesOf(words)],
    source: Uint16Array.from(segments, (s) => s.source),
    pe: Uint32Array.from(segments, (s) => s.pe),
    address: Uint32Array.from(segments, (s) => s.address),
    offset: Float64Array.from(segments, (s) => s.offset),
    length: Uint32Array.from(segments, (s) => s.length),
  };
}

const bytesOf = (values: Float32Array | Uint32Array): Uint8Array => new Uint8Array(values.buffer, values.byteOffset, values.byteLength);

/** The route of a color: its switch positions, each from a port to ports. */
export const route = (color: Color, ...positions: ReadonlyArray<readonly [from: Port, ...to: Port[]]>): Route => ({
  color,
  positions: positions.map(([from, ...to]) => ({ rx: maskOf(from), tx: maskOf(...to) })),
  ring: false,
  pop: 'never',
});

/** Equal values once each, and which of them every index has. In pieces of a value. */
function* distinguishing<Value>(all: readonly Value[]): Generator<void, { readonly values: Value[]; readonly of: Uint16Array }> {
  const numbers = new Map<string, number>();
  const values: Value[] = [];
  const of = new Uint16Array(all.length);
  const find = (i: number): void => {
    const key = JSON.stringify(all[i]);
    const number = numbers.get(key) ?? values.length;
    if (number === values.length) {
      numbers.set(key, number);
      values.push(all[i]);
    }
    of[i] = number;
  };
  yield* each(all.length, find, 1);
  return { values, of };
}
