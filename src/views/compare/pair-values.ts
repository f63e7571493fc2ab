/**
 * The numbers of two runs at a moment: the scale that both share, and B - A for every cell, computed once a moment. What the fabrics
 * of both runs show is subtracted as it is shown.
 */
import { isOfLinks, LINK_PORTS, type Magnitude, windowCycles } from '../../analysis/magnitudes.ts';
import { difference, largest, type PairScale, pairGrid, pairScale, pesUnder, type SideValues } from '../../analysis/pair-map.ts';
import { type CompareState, cycleIn, cycleOf, SIDES, type SideId } from '../../store/compare.ts';
import type { TraceReader } from '../../trace/reader.ts';
import type { Scene } from '../canvas/scene.ts';
import { differenceShort, magnitudeOf } from '../fabric/layer.ts';
import { type Drawn, motionOf, shownWindow } from '../fabric/scene-source.ts';
import { ShownValues } from '../fabric/shown-values.ts';
import { linkTimesOf } from '../link-counts.ts';
import { reducedMotion } from '../theme/theme.ts';
import type { Delta } from './sheet.ts';
import { peOf } from './spot.ts';

type Both<T> = Readonly<Record<SideId, T>>;

/** Differences are made anew no more often than this while time runs. */
const DELTA_MS = 125;

/** The number that is subtracted on a layer. States have none: what tells them apart is how much of the time is spent computing. */
export const subtracted = (layer: CompareState['layer']): Magnitude => magnitudeOf(layer) ?? 'utilisation';

/** Cycles of the mean, the same in both runs. */
export function pairWindow(state: CompareState): number {
  const cycles = Math.max(...SIDES.map((id) => state[id].reader?.trace.cycles ?? 0));
  return shownWindow(windowCycles(cycles), isRunning(state) ? state.speed : 0);
}

const isRunning = (state: CompareState): boolean => state.playing && motionOf(state, reducedMotion()) === 'average';

/** What was made of two runs, as long as they and the question are the same. */
class Kept<T> {
  private of: readonly unknown[] = [];
  private value: T | null = null;

  get(of: readonly unknown[], make: () => T): T {
    if (this.value === null || of.some((part, i) => part !== this.of[i])) this.value = make();
    this.of = of;
    return this.value;
  }
}

export class PairValues {
  private readonly scales = new Kept<PairScale>();
  private readonly places = new Kept<Both<Int32Array>>();
  /** Numbers that no fabric shows: those of the layer of states, and of single links. */
  private readonly own: Both<ShownValues> = { a: new ShownValues(), b: new ShownValues() };
  private readonly links: Record<SideId, Float32Array> = { a: new Float32Array(0), b: new Float32Array(0) };
  private cells = new Float32Array(0);
  private ofLinks = new Float32Array(0);
  private readonly deltas = new Kept<Delta>();
  private version = 0;
  /** What the last difference is of. */
  sides: Both<SideValues> | null = null;

  scale({ a, b, layer, latencyStage }: CompareState): PairScale | null {
    const [readerA, readerB, of] = [a.reader, b.reader, subtracted(layer)];
    if (readerA === null || readerB === null) return null;
    return this.scales.get([readerA, readerB, of, latencyStage], () => pairScale(readerA, readerB, of, latencyStage));
  }

  /** A side as the fabric's scenes want it, on the scale and in the window that both sides have. */
  drawn(state: CompareState, id: SideId): Drawn {
    const { reader, result, failure, program } = state[id];
    const { playing, speed, layer, latencyStage } = state;
    const scale = this.scale(state);
    const common = scale === null ? {} : { common: { ...this.moment(state, id), domain: scale.domain, perLink: this.linksOf(state, id) } };
    const where = { pe: peOf(state, id, state.spot), area: null, hover: peOf(state, id, state.hover), cycle: cycleIn(state, id) };
    return { reader, result, failure, program, playing, speed, layer, latencyStage, ...where, ...common };
  }

  /** The PE of each run under every cell. */
  under(a: TraceReader, b: TraceReader): Both<Int32Array> {
    return this.places.get([a, b], () => ({ a: pesUnder(a, pairGrid(a, b)), b: pesUnder(b, pairGrid(a, b)) }));
  }

  /** B - A at the playhead at wall time `now` (ms); while time runs a little older. */
  delta(state: CompareState, scenes: Both<Scene>, now: number): Delta {
    const layer = subtracted(state.layer);
    const [a, b] = [scenes.a.reader, scenes.b.reader];
    const running = isRunning(state);
    const moment = running ? `running ${Math.floor(now / DELTA_MS)}` : `${Math.floor(state.t)} ${state.align} ${scenes.a.version} ${scenes.b.version}`;
    const counted = layer === 'demand' && `${linkTimesOf(a) === null} ${linkTimesOf(b) === null}`;
    return this.deltas.get([a, b, state.layer, state.latencyStage, counted, moment], () => this.make(state, layer, scenes, running, now));
  }

  private make(state: CompareState, layer: Magnitude, scenes: Both<Scene>, running: boolean, now: number): Delta {
    const { width, height } = pairGrid(scenes.a.reader, scenes.b.reader);
    const parts = isOfLinks(layer) ? LINK_PORTS : 1;
    if (this.cells.length !== width * height) this.cells = new Float32Array(width * height);
    if (parts > 1 && this.ofLinks.length !== parts * width * height) this.ofLinks = new Float32Array(parts * width * height);
    const sides = { a: this.side(state, 'a', scenes, running, now), b: this.side(state, 'b', scenes, running, now) };
    this.sides = sides;
    difference(sides.a, sides.b, parts, parts === 1 ? this.cells : this.ofLinks);
    if (parts > 1) largest(this.ofLinks, parts, this.cells);
    const limit = this.scale(state)?.limit ?? 1;
    return { cells: this.cells, links: parts === 1 ? null : this.ofLinks, limit, label: (delta) => differenceShort(layer, delta), version: ++this.version };
  }

  private side(state: CompareState, id: SideId, scenes: Both<Scene>, running: boolean, now: number): SideValues {
    const { reader, values } = scenes[id];
    const under = this.under(scenes.a.reader, scenes.b.reader)[id];
    const perLink = this.linksOf(state, id);
    if (perLink !== undefined) return { values: perLink, upTo: null, under };
    if (values !== null) return { values: values.perPe, upTo: values.upTo, under };
    const { at, window } = this.moment(state, id);
    const question = { layer: subtracted(state.layer), stage: state.latencyStage, cycle: at, window };
    return { values: this.own[id].of(reader, question, running, now), upTo: null, under };
  }

  private moment(state: CompareState, id: SideId): { readonly window: number; readonly at: number } {
    return { window: pairWindow(state), at: Math.floor(cycleOf(state, id)) };
  }

  /** Where the fabric of a side leaves the numbers of its single links; nothing on other layers. */
  private linksOf(state: CompareState, id: SideId): Float32Array | undefined {
    const pes = state[id].reader?.pes ?? 0;
    if (!isOfLinks(subtracted(state.layer))) return undefined;
    if (this.links[id].length !== pes * LINK_PORTS) this.links[id] = new Float32Array(pes * LINK_PORTS);
    return this.links[id];
  }
}
