/**
 * Routes of a layer. Each stream between stages has a color: 0 is x from the host, i + 1 what stage i sends.
 *
 * Into a region a stream comes from the spine, runs down the region's first column and east along every fabric row; every PE
 * gets all of it. Out of a region every fabric row drains west through switches: a router first sends its own words (position
 * 0), whose last one turns it, then what comes from the east (position 1). The control wavelet behind the row's last words
 * turns all of them back (a ring). The spine's routers merge the fabric rows from the bottom upwards: own row (position 0),
 * then, turned by that control wavelet, the rows above (position 1, without a ring: later ones change nothing). The top row's
 * control wavelet is a reset and turns the whole spine of the region back. So words of a token leave in ascending order of
 * rows, and those of the next token wait until it has. Control wavelets are filtered: they follow the stream through the next
 * region, whose routers have one position, without going up a ramp, and end where the stream ends.
 *
 * No two streams can wait for each other in a circle. All edges lead to later stages; the only reconvergence is at a residual,
 * which holds at least one whole token of the bypass (residual.ts), and a stage's words of token t depend on tokens up to t
 * only. If the bypass is full, the fork stops the source (backpressure) until the residual has consumed an earlier token,
 * which needs nothing from the words that are stopped.
 */
import { COLORS, maskOf, PORTS, Port } from '../../machine/fabric.ts';
import type { HostSink, HostSource, Route, RouteClass, RoutePosition, StreamName } from '../../machine/program.ts';
import { isRegion, type Layout, type Placed, usedIn } from './layout.ts';

const { N, E, S, W, RAMP } = Port;

/** Hardware queues: the deepest of each kind on every machine. The residual's second input takes the next one. */
export const INPUT_QUEUE = 0;
export const BYPASS_QUEUE = 1;
export const OUTPUT_QUEUE = 2;

/** Colors of what stage `index` receives and sends. */
export const inputColor = (index: number): number => index;
export const outputColor = (index: number): number => index + 1;

/** Color of the bypass that ends at residual stage `index`: what the residual before it sends, or x. */
export function bypassColor(layout: Layout, index: number): number {
  const before = layout.stages.slice(0, index).findLastIndex(({ stage }) => stage.kind === 'residual');
  return before < 0 ? 0 : outputColor(before);
}

type Ports = readonly [rx: number, tx: number];

/** Routes by router, gathered piece by piece. Routers that are configured alike share a class. */
class Routes {
  private readonly width: number;
  /** What routers have so far, each as a list and its next route that was asked for; the lists themselves. */
  private readonly lists: Route[][] = [[]];
  private readonly longer = new Map<number, number>();
  /** By router, its list. */
  private readonly at: Int32Array;

  constructor({ rectangle: { width, height } }: Layout) {
    this.width = width;
    this.at = new Int32Array(width * height);
  }

  add(x: number, y: number, color: number, positions: readonly Ports[], ring = false): void {
    const router = y * this.width + x;
    this.at[router] = this.withRoute(this.at[router], color, positions, ring);
  }

  /** A list and one more route; the same number for the same ones. */
  private withRoute(list: number, color: number, positions: readonly Ports[], ring: boolean): number {
    const { lists, longer } = this;
    const [[rx, tx], [nextRx, nextTx] = [0, 0]] = positions;
    const key = [ring ? 1 : 0, rx, tx, nextRx, nextTx].reduce((sum, part) => sum * 2 ** PORTS + part, list * COLORS + color);
    const known = longer.get(key);
    if (known !== undefined) return known;
    const route = { color, positions: positions.map(([from, to]): RoutePosition => ({ rx: from, tx: to })), ring };
    const made = lists.push([...lists[list], route]) - 1;
    longer.set(key, made);
    return made;
  }

  classes(): { readonly routes: readonly RouteClass[]; readonly routeOf: Uint16Array } {
    const used = [...new Set(this.at)];
    const numbers = new Map(used.map((list, index) => [list, index]));
    return { routes: used.map((list) => this.lists[list]), routeOf: Uint16Array.from(this.at, (list) => numbers.get(list) ?? 0) };
  }
}

/** In pieces, a stage at a time. */
export function* routeAll(layout: Layout): Generator<void, { readonly routes: readonly RouteClass[]; readonly routeOf: Uint16Array }> {
  const routes = new Routes(layout);
  const { stages, spine } = layout;
  const bypassed = stages.some(({ stage }) => stage.kind === 'residual');
  routes.add(0, 0, 0, [[maskOf(N), spine === 0 ? entry(layout, 0) : maskOf(E, ...(bypassed ? [S] : []))]]);
  if (spine > 0) routes.add(spine, 0, 0, [[maskOf(W), entry(layout, 0)]]);
  for (const [index, placed] of stages.entries()) {
    if (isRegion(placed.stage)) {
      routeIn(routes, placed, inputColor(index));
      routeOut(routes, layout, placed, index);
    } else if (placed.stage.kind === 'norm') routes.add(placed.x, placed.y, outputColor(index), [[maskOf(RAMP), maskOf(E)]]);
    else routeResidual(routes, layout, placed, index);
    if (!isRegion(placed.stage) || stages[index + 1]?.stage.kind !== 'residual') routeOn(routes, layout, index);
    yield;
  }
  return routes.classes();
}

/** Where the spine's router leads the stream that stage `index` receives: up its ramp to a norm, or east into the region. */
const entry = ({ stages }: Layout, index: number): number => maskOf(stages[index].stage.kind === 'norm' ? RAMP : E);

/** From the end of stage `index` south to the next stage, or to the edge. A norm's stream goes east where it is. */
function routeOn(routes: Routes, layout: Layout, index: number): void {
  const { stages, spine, rectangle } = layout;
  if (stages[index].stage.kind === 'norm') return;
  if (index + 1 < stages.length) routes.add(spine, stages[index + 1].y, outputColor(index), [[maskOf(N), entry(layout, index + 1)]]);
  else for (let y = layout.usedHeight; y < rectangle.height; y++) routes.add(spine, y, outputColor(index), [[maskOf(N), maskOf(S)]]);
}

/** Down the first column and east along every fabric row; every PE with work gets all of it. */
function routeIn(routes: Routes, region: Placed, color: number): void {
  const { x, y: top, height } = region;
  for (let y = top; y < top + height; y++) {
    const used = usedIn(region, y);
    for (let i = 0; i < used; i++) {
      const south = i === 0 && y + 1 < top + height;
      const tx = maskOf(RAMP, ...(i + 1 < used ? [E] : []), ...(south ? [S] : []));
      routes.add(x + i, y, color, [[maskOf(i === 0 && y > top ? N : W), tx]]);
    }
  }
}

/** West through switches, then down the spine through switches, to the residual's ramp if one follows. */
function routeOut(routes: Routes, { stages, spine }: Layout, region: Placed, index: number): void {
  const { x, y: top, height } = region;
  const color = outputColor(index);
  const bottom = top + height - 1;
  const end = stages[index + 1]?.stage.kind === 'residual' ? RAMP : S;
  for (let y = top; y <= bottom; y++) {
    const used = usedIn(region, y);
    const [own, passing] = [maskOf(RAMP), maskOf(E)].map((rx): Ports => [rx, maskOf(W)]);
    for (let i = 0; i < used; i++) routes.add(x + i, y, color, [own, passing], true);
    routes.add(x + used, y, color, [own]);
    const tx = maskOf(y === bottom ? end : S);
    const row: Ports = [maskOf(E), tx];
    routes.add(spine, y, color, y === top ? [row] : [row, [maskOf(N), tx]]);
  }
}

/** The bypass, from its fork down column 0 to the residual; the sum, south and into the bypass lane of a later residual. */
function routeResidual(routes: Routes, layout: Layout, { x, y }: Placed, index: number): void {
  const color = bypassColor(layout, index);
  const from = color === 0 ? 0 : layout.stages[color - 1].y;
  for (let lane = from + 1; lane < y; lane++) routes.add(0, lane, color, [[maskOf(N), maskOf(S)]]);
  routes.add(0, y, color, [[maskOf(N), maskOf(E)]]);
  routes.add(x, y, color, [[maskOf(W), maskOf(RAMP)]]);
  const later = layout.stages.slice(index + 1).some(({ stage }) => stage.kind === 'residual');
  routes.add(x, y, outputColor(index), [[maskOf(RAMP), maskOf(S, ...(later ? [W] : []))]]);
  if (later) routes.add(0, y, outputColor(index), [[maskOf(E), maskOf(S)]]);
}

export const sourceOf = (x: Float32Array): HostSource => ({ name: 'x', pe: 0, port: N, color: 0, words: new Uint32Array(x.slice().buffer) });

export function sinkOf({ rectangle: { width, height }, spine, stages }: Layout, expect: number): HostSink {
  return { name: 'results', pe: (height - 1) * width + spine, port: S, color: outputColor(stages.length - 1), expect };
}

const MEANINGS: Readonly<Record<string, string>> = {
  'norm 1': 'normalised x',
  QKV: 'q, k and v',
  attention: 'attention of the heads',
  output: 'projected attention',
  'residual 1': 'x + attention',
  'norm 2': 'normalised, to the FFN',
  'FFN up': 'activated FFN',
  'FFN down': 'projected FFN',
  'residual 2': 'results',
};

export function streamsOf({ stages }: Layout): StreamName[] {
  const names = ['x', ...stages.map(({ stage }) => stage.name)];
  return names.map((name, color) => ({ color, letter: 'xabcdefghy'[color] ?? 'z', meaning: color === 0 ? 'tokens' : MEANINGS[name] }));
}
