/**
 * Routes of `split-k`. Activations: one color, into every column at its north end, south along it and up every ramp on the
 * way. Sums: the colors and switches of the reduction, westwards; the root's leave to the west edge. No link carries both.
 */
import { maskOf, Port } from '../../machine/fabric.ts';
import type { Route, RouteClass, StreamName } from '../../machine/program.ts';
import type { PatternPe } from '../collectives/pattern.ts';
import type { Mapping, Split } from './layout.ts';

export const ACTIVATIONS = 0;
/** The reduction's color 0, on which results leave; its other colors follow. */
export const FIRST_SUM = 1;
/** Hardware queues, among the deepest of each kind: 6 words in and 6 out on WSE-2, 8 and 8 on WSE-3, 4 and 4 on Teaching. */
export const ACTIVATIONS_QUEUE = 0;
export const SUMS_IN_QUEUE = 1;
export const SUMS_OUT_QUEUE = 2;

const LETTERS = 'yabcdefghijk';

export function streams(pattern: readonly PatternPe[]): StreamName[] {
  const colors = [...new Set(pattern.flatMap((pe) => pe.routes.map((route) => route.color)))].sort((a, b) => a - b);
  const sums = colors.map((color) => ({
    color: FIRST_SUM + color,
    letter: LETTERS[color],
    meaning: color === 0 ? 'results and partial sums' : `partial sums, color ${FIRST_SUM + color}`,
  }));
  return [{ color: ACTIVATIONS, letter: 'x', meaning: 'activations' }, ...sums];
}

/** Route classes, and the class of each router. Routers of idle rows have no routes. */
export function routeAll({ split, pattern }: Mapping): { readonly routes: readonly RouteClass[]; readonly routeOf: Uint16Array } {
  const { width, height } = split.rectangle;
  const routes: RouteClass[] = [];
  const numbers = new Map<string, number>();
  const numberOf = (routeClass: RouteClass): number => {
    const key = JSON.stringify(routeClass);
    const number = numbers.get(key) ?? routes.push(routeClass) - 1;
    numbers.set(key, number);
    return number;
  };
  const [inside, last] = [true, false].map((south) => pattern.map((pe) => numberOf(routesOf(pe, south))));
  const none = split.usedHeight < height ? numberOf([]) : 0;
  const routeOf = new Uint16Array(width * height).fill(none);
  for (let y = 0; y < split.usedHeight; y++) routeOf.set(y === lastRow(split) ? last : inside, y * width);
  return { routes, routeOf };
}

const lastRow = (s: Split): number => s.usedHeight - 1;

function routesOf(pe: PatternPe, south: boolean): RouteClass {
  const tx = maskOf(Port.RAMP, ...(south ? [Port.S] : []));
  const activations: Route = { color: ACTIVATIONS, positions: [{ rx: maskOf(Port.N), tx }], ring: false };
  return [activations, ...pe.routes.map((route) => ({ ...route, color: FIRST_SUM + route.color }))];
}
