/**
 * Routes of a row-per-PE kernel (kernels.md section 2). Activations enter at the north-west PE, run down the first column
 * and east along every row, delivered to every PE that holds rows. Results leave to the west, one lane a fabric row: each
 * router sends its own until its last one has left, then what comes from the east. With `edge` east all of that is mirrored,
 * and results share the eastward links with the activations. With `drain` column the switch is a ring: the control wavelet
 * behind a column's results turns every router it passes back to its own.
 */
import { each } from '../../base/pieces.ts';
import { maskOf, Port } from '../../machine/fabric.ts';
import type { Route, RouteClass, StreamName } from '../../machine/program.ts';
import { drainsByColumn, type RowOptions } from './mapping.ts';
import { type Placement, usedIn } from './placement.ts';

export const ACTIVATIONS = 0;
export const RESULTS = 1;
/** Hardware queues: the deepest of each kind (6 words in and 6 out on WSE-2, 8 and 8 on WSE-3, 4 and 4 on Teaching). */
export const ACTIVATIONS_QUEUE = 0;
export const RESULTS_QUEUE = 0;

export const STREAMS: readonly StreamName[] = [
  { color: ACTIVATIONS, letter: 'x', meaning: 'activations' },
  { color: RESULTS, letter: 'y', meaning: 'results' },
];

/** Where a router lies in the placement, as far as its routes depend on it. */
interface Position {
  /** It passes results on, but has none of its own: east of the last PE that holds rows. */
  readonly passes: boolean;
  /** Results of PEs further away pass. */
  readonly farther: boolean;
  /** A PE further east in its row, and one further south in the first column, hold rows. */
  readonly east: boolean;
  readonly south: boolean;
  /** Activations come from the north (first column, not the first row), else from the west. */
  readonly fromNorth: boolean;
}

/** Which way results leave, and when. */
export type Way = Pick<RowOptions, 'edge' | 'drain'>;

/** Route classes, and the class of each router, in pieces. Routers behind the last row of the matrix have no routes, or pass results on. */
export function* routeAll(p: Placement, way: Way = {}): Generator<void, { readonly routes: readonly RouteClass[]; readonly routeOf: Uint16Array }> {
  const { width, height } = p.rectangle;
  const classes = new Map<number, number>();
  const routes: RouteClass[] = [];
  const routeOf = new Uint16Array(width * height);
  yield* each(routeOf.length, (pe) => {
    const position = positionOf(p, way, pe % width, Math.floor(pe / width));
    const key = position ? Object.values(position).reduce((bits, bit) => 2 * bits + Number(bit), 0) : -1;
    let index = classes.get(key);
    if (index === undefined) {
      index = routes.push(position ? routesAt(position, way) : []) - 1;
      classes.set(key, index);
    }
    routeOf[pe] = index;
  });
  return { routes, routeOf };
}

/** Undefined where a router has no routes. */
function positionOf(p: Placement, { edge }: Way, x: number, y: number): Position | undefined {
  const used = usedIn(p, y);
  if (x < used) {
    const [east, south, fromNorth] = [x + 1 < used, x === 0 && y + 1 < p.usedHeight, x === 0 && y > 0];
    return { passes: false, farther: edge === 'east' ? x > 0 : east, east, south, fromNorth };
  }
  return used > 0 && edge === 'east' ? { passes: true, farther: false, east: false, south: false, fromNorth: false } : undefined;
}

const routesAt = (position: Position, way: Way): RouteClass =>
  position.passes ? [resultRoute(position, way)] : [activationRoute(position), resultRoute(position, way)];

function activationRoute({ east, south, fromNorth }: Position): Route {
  const rx = maskOf(fromNorth ? Port.N : Port.W);
  const tx = maskOf(Port.RAMP, ...(east ? [Port.E] : []), ...(south ? [Port.S] : []));
  return { color: ACTIVATIONS, positions: [{ rx, tx }], ring: false };
}

function resultRoute({ passes, farther }: Position, way: Way): Route {
  const [tx, from] = way.edge === 'east' ? [maskOf(Port.E), maskOf(Port.W)] : [maskOf(Port.W), maskOf(Port.E)];
  const own = { rx: maskOf(Port.RAMP), tx };
  const passing = { rx: from, tx };
  if (passes) return { color: RESULTS, positions: [passing], ring: false };
  return { color: RESULTS, positions: farther ? [own, passing] : [own], ring: farther && drainsByColumn(way) };
}

/** The PE of fabric row y at whose edge port results leave, and the port. */
export function exitOf(p: Placement, { edge }: Way, y: number): { readonly pe: number; readonly port: Port } {
  const { width } = p.rectangle;
  return edge === 'east' ? { pe: (y + 1) * width - 1, port: Port.E } : { pe: y * width, port: Port.W };
}

/** Hops from the router of column x to that of the exit. */
export const hopsToExit = (p: Placement, { edge }: Way, x: number): number => (edge === 'east' ? p.rectangle.width - 1 - x : x);

/** Columns of a fabric row's PEs in the order in which their results leave: nearest to the exit first. */
export function drainOrder(p: Placement, { edge }: Way, y: number): number[] {
  const columns = Array.from({ length: usedIn(p, y) }, (_, x) => x);
  return edge === 'east' ? columns.reverse() : columns;
}

/** Whether the PE at x, y sends the control wavelets of its fabric row: the last one of several to drain. */
export function turnsSwitches(p: Placement, way: Way, x: number, y: number): boolean {
  const used = usedIn(p, y);
  return drainsByColumn(way) && used > 1 && x === (way.edge === 'east' ? 0 : used - 1);
}

/** Control wavelets that arrive at a fabric row's sink: one a column. */
export const controlsOf = (p: Placement, way: Way, y: number, n: number): number => (drainsByColumn(way) && usedIn(p, y) > 1 ? n : 0);

/** Whether some fabric row has switches to turn. */
export const hasTurns = (p: Placement, way: Way): boolean => drainsByColumn(way) && Math.min(p.usedPes, p.rectangle.width) > 1;
