/**
 * Routes of a row-per-PE kernel (kernels.md section 2). Activations enter at the north-west PE, run down the first column
 * and east along every row, delivered to every PE that holds rows. Results leave to the west, one lane a fabric row: each
 * router sends its own until its last one has left, then what comes from the east.
 */
import { maskOf, Port } from '../../machine/fabric.ts';
import type { Route, RouteClass, StreamName } from '../../machine/program.ts';
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
  /** A PE further east in its row, and one further south in the first column, hold rows. */
  readonly east: boolean;
  readonly south: boolean;
  /** Activations come from the north (first column, not the first row), else from the west. */
  readonly fromNorth: boolean;
}

/** Route classes, and the class of each router. Routers behind the last row of the matrix have no routes. */
export function routeAll(p: Placement): { readonly routes: readonly RouteClass[]; readonly routeOf: Uint16Array } {
  const { width, height } = p.rectangle;
  const classes = new Map<number, number>();
  const routes: RouteClass[] = [];
  const routeOf = new Uint16Array(width * height);
  for (let y = 0; y < height; y++) {
    const used = usedIn(p, y);
    for (let x = 0; x < width; x++) {
      const position = { east: x + 1 < used, south: x === 0 && y + 1 < p.usedHeight, fromNorth: x === 0 && y > 0 };
      const key = x >= used ? -1 : Number(position.east) + 2 * Number(position.south) + 4 * Number(position.fromNorth);
      let index = classes.get(key);
      if (index === undefined) {
        index = routes.push(x >= used ? [] : [activationRoute(position), resultRoute(position)]) - 1;
        classes.set(key, index);
      }
      routeOf[y * width + x] = index;
    }
  }
  return { routes, routeOf };
}

function activationRoute({ east, south, fromNorth }: Position): Route {
  const rx = maskOf(fromNorth ? Port.N : Port.W);
  const tx = maskOf(Port.RAMP, ...(east ? [Port.E] : []), ...(south ? [Port.S] : []));
  return { color: ACTIVATIONS, positions: [{ rx, tx }], ring: false };
}

function resultRoute({ east }: Position): Route {
  const tx = maskOf(Port.W);
  const own = { rx: maskOf(Port.RAMP), tx };
  const passing = { rx: maskOf(Port.E), tx };
  return { color: RESULTS, positions: east ? [own, passing] : [own], ring: false };
}
