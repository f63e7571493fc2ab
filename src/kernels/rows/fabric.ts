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
/** Hardware queues: the deepest of each kind on WSE-2 (6 words in, 6 out); on the other machines all that are used are equal. */
export const ACTIVATIONS_QUEUE = 0;
export const RESULTS_QUEUE = 2;

export const STREAMS: readonly StreamName[] = [
  { color: ACTIVATIONS, letter: 'x', meaning: 'activations' },
  { color: RESULTS, letter: 'y', meaning: 'results' },
];

/** Route classes, and the class of each router. */
export function routeAll(p: Placement): { readonly routes: readonly RouteClass[]; readonly routeOf: Uint16Array } {
  const { width, height } = p.rectangle;
  const classes = new Map<string, number>();
  const routes: RouteClass[] = [];
  const routeOf = new Uint16Array(width * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const route = routesAt(p, x, y);
      const key = JSON.stringify(route);
      if (!classes.has(key)) classes.set(key, routes.push(route) - 1);
      routeOf[y * width + x] = classes.get(key) ?? 0;
    }
  }
  return { routes, routeOf };
}

/** Routers behind the last row of the matrix have no routes. */
function routesAt(p: Placement, x: number, y: number): RouteClass {
  const used = usedIn(p, y);
  if (x >= used) return [];
  const east = x + 1 < used;
  const south = x === 0 && y + 1 < p.usedHeight;
  return [activationRoute(x, y, east, south), resultRoute(east)];
}

function activationRoute(x: number, y: number, east: boolean, south: boolean): Route {
  const rx = maskOf(x === 0 && y > 0 ? Port.N : Port.W);
  const tx = maskOf(Port.RAMP, ...(east ? [Port.E] : []), ...(south ? [Port.S] : []));
  return { color: ACTIVATIONS, positions: [{ rx, tx }], ring: false };
}

function resultRoute(east: boolean): Route {
  const tx = maskOf(Port.W);
  const own = { rx: maskOf(Port.RAMP), tx };
  const passing = { rx: maskOf(Port.E), tx };
  return { color: RESULTS, positions: east ? [own, passing] : [own], ring: false };
}
