/**
 * Keeps the canvases of two runs up to date, in the page's one animation frame: A, B, and what they make together. All share
 * one camera by shares, so that the same part of each fabric is seen.
 */

import { cellOver, differenceFacts } from '../../analysis/pair-map.ts';
import { summary } from '../../analysis/timeline.ts';
import { Port } from '../../machine/fabric.ts';
import { type CompareState, compare, cycleIn, SIDES, type SideId, type Spot } from '../../store/compare.ts';
import { shownRun } from '../../store/shown.ts';
import type { CameraShare } from '../../store/types.ts';
import type { TraceReader } from '../../trace/reader.ts';
import { draw } from '../canvas/draw.ts';
import { rulerWidth } from '../canvas/rulers.ts';
import type { Scene } from '../canvas/scene.ts';
import { STREAM_LETTER, streamEnds } from '../canvas/streams.ts';
import { type Grid, inUnits, peAtPoint, widened } from '../canvas/viewport.ts';
import type { Place } from '../fabric/beside.ts';
import { Camera } from '../fabric/camera.ts';
import { SceneSource } from '../fabric/scene-source.ts';
import { grouped } from '../format.ts';
import { countWhole } from '../link-counts.ts';
import { type Drawing, fabricDrawing } from '../picture/fabric-picture.ts';
import { afterFrame, cancelDraw, requestDraw } from '../raf.ts';
import type { ChartData } from '../table/chart-data.ts';
import type { Palette } from '../theme/palette.ts';
import { reducedMotion, unitOf } from '../theme/theme.ts';
import { differenceData } from './pair-data.ts';
import { PairValues, pairWindow } from './pair-values.ts';
import { differencePicture, drawPair, overlayPicture, type PairPicture, Sheet } from './sheet.ts';
import { pairCaption, sheetDrawing } from './sheet-picture.ts';
import { cellOf, peOf, seenGrid } from './spot.ts';
import { COMPARE_TEXT } from './strings.ts';
import { Turns } from './turns.ts';
import { type PairLegend, pairView, type SpotNumbers } from './view.ts';

/** What a canvas shows. */
export type PaneId = SideId | 'difference' | 'overlay';

/** Numbers that run are read at this pace. */
const TELL_MS = 125;
/** A camera that has not moved for so long is at rest. */
const KEEP_MS = 200;
const WHOLE: CameraShare = { zoom: 1, x: 0.5, y: 0.5 };

type Scenes = Readonly<Record<SideId, Scene>>;

interface Pane {
  readonly stage: HTMLElement;
  readonly canvas: HTMLCanvasElement;
  readonly camera: Camera;
  /** What its size was taken for; null takes it anew. */
  placedFor: string | null;
}

export class PairPainter {
  private readonly panes = new Map<PaneId, Pane>();
  private readonly sources: Readonly<Record<SideId, SceneSource>> = { a: new SceneSource(), b: new SceneSource() };
  private readonly sheet = new Sheet();
  private readonly values = new PairValues();
  private readonly turns = new Turns(compare.getState());
  /** The runs whose links are counted, or being counted, and how far that is. */
  private readonly counting: Record<SideId, TraceReader | null> = { a: null, b: null };
  private readonly counted: Record<SideId, number> = { a: 0, b: 0 };
  private palette: Palette | null = null;
  private following = false;
  /** The view that the page's store has from here; another one there is to be shown. */
  private kept: CameraShare | null = null;
  private keeping: ReturnType<typeof setTimeout> | undefined;
  private toldAt = Number.NEGATIVE_INFINITY;
  /** What the legend was made for, and whether it is to be made after the frame. */
  private toldFor: readonly unknown[] = [];
  private isTelling = false;
  private readonly unsubscribe: () => void;

  constructor() {
    this.unsubscribe = compare.subscribe(() => this.request());
    void document.fonts.ready.then(() => this.request());
  }

  dispose(): void {
    cancelDraw('pair');
    clearTimeout(this.keeping);
    for (const id of SIDES) this.counting[id] = null;
    this.unsubscribe();
  }

  setPalette(palette: Palette): void {
    this.palette = palette;
    this.request();
  }

  /** Takes a canvas into the group; returns what takes it out. */
  attach(id: PaneId, stage: HTMLElement, canvas: HTMLCanvasElement): { readonly camera: Camera; readonly detach: () => void } {
    const camera = new Camera(canvas, () => this.moved(id));
    const pane: Pane = { stage, canvas, camera, placedFor: null };
    const observer = new ResizeObserver(() => {
      pane.placedFor = null;
      this.request();
    });
    observer.observe(stage);
    this.panes.set(id, pane);
    this.request();
    const detach = (): void => {
      observer.disconnect();
      camera.dispose();
      this.panes.delete(id);
    };
    return { camera, detach };
  }

  /** The cell of both grids at a position on a pane's canvas. */
  spotAt(id: PaneId, x: number, y: number): Spot | null {
    const state = compare.getState();
    const [grid, seen, pane] = [gridOf(state, id), seenGrid(state), this.panes.get(id)];
    const pe = grid && pane ? peAtPoint(pane.camera.viewport, grid, x, y) : -1;
    if (seen === null || pe < 0) return null;
    const reader = id === 'a' || id === 'b' ? state[id].reader : null;
    const cell = reader === null ? pe : cellOver(reader, seen, pe);
    return { x: cell % seen.width, y: Math.floor(cell / seen.width) };
  }

  /** Where a cell of both grids lies on a pane's canvas; null while the pane shows nothing. */
  placeOf(id: PaneId, spot: Spot): Place | null {
    const state = compare.getState();
    const [pane, grid] = [this.panes.get(id), gridOf(state, id)];
    const cell = grid && (id === 'a' || id === 'b' ? peOf(state, id, spot) : cellOf(spot, grid));
    if (pane === undefined || grid === null || cell === null) return null;
    return { v: inUnits(pane.camera.viewport), column: cell % grid.width, row: Math.floor(cell / grid.width) };
  }

  /** What a pane shows, to be drawn anew at another size; null while there is nothing. */
  drawing(id: PaneId): Drawing | null {
    const state = { ...compare.getState(), hover: null };
    const { palette } = this;
    const pane = this.panes.get(id);
    const grid = gridOf(state, id);
    if (palette === null || pane === undefined || grid === null) return null;
    const now = performance.now();
    const { viewport } = pane.camera;
    if (id === 'a' || id === 'b') {
      const scene = this.sceneOf(state, id, palette, now);
      return scene && fabricDrawing({ scene, layer: state.layer, title: `${id.toUpperCase()}: ${titleOf(state, id)}`, viewport });
    }
    const scenes = this.scenesOf(state, palette, now);
    if (scenes === null) return null;
    const sides = SIDES.map((side) => COMPARE_TEXT.captionSide(side.toUpperCase(), titleOf(state, side), grouped(Math.floor(cycleIn(state, side)))));
    const picture = this.picture(state, id, scenes, grid, palette, now);
    return sheetDrawing({ picture, viewport, ...pairCaption(id, this.legendOf(state, scenes, now), scenes, palette, sides) });
  }

  /** A, B and B - A at the playhead, PE by PE or link by link; null while one of the runs is not there. */
  differenceData(): ChartData | null {
    const state = { ...compare.getState(), playing: false };
    const now = performance.now();
    const scenes = this.palette && this.scenesOf(state, this.palette, now);
    if (!scenes) return null;
    const delta = this.values.delta(state, scenes, now);
    const { sides } = this.values;
    return sides && differenceData(state, scenes, sides, delta);
  }

  private request(): void {
    requestDraw('pair', () => this.paint());
  }

  /** One camera has moved: the others follow it. */
  private moved(id: PaneId): void {
    // What lies under a resting pointer is another cell now.
    if (compare.getState().hover !== null) compare.setState({ hover: null });
    const leader = this.panes.get(id);
    if (!this.following && leader !== undefined) {
      this.show(leader.camera.share, id);
      clearTimeout(this.keeping);
      this.keeping = setTimeout(() => this.keep(leader.camera.share), KEEP_MS);
    }
    this.request();
  }

  /** Shows the same part in every pane, but that which shows it already. */
  private show(share: CameraShare, already?: PaneId): void {
    this.following = true;
    for (const [id, { camera, placedFor }] of this.panes) if (id !== already && placedFor !== null) camera.follow(share);
    this.following = false;
  }

  /** The view that the cameras have come to rest in is part of the link. */
  private keep(share: CameraShare): void {
    this.kept = share.zoom > 1 ? share : null;
    compare.setState({ camera: this.kept });
  }

  private sceneOf(state: CompareState, id: SideId, palette: Palette, now: number): Scene | null {
    return this.sources[id].scene(this.values.drawn(state, id), palette, null, reducedMotion(), now);
  }

  private scenesOf(state: CompareState, palette: Palette, now: number): Scenes | null {
    const [a, b] = SIDES.map((id) => this.sceneOf(state, id, palette, now));
    return a && b && { a, b };
  }

  private paint(): void {
    const state = compare.getState();
    const { palette } = this;
    if (palette === null) return;
    const now = performance.now();
    if (state.layer === 'demand') for (const id of SIDES) this.count(id, state[id].reader);
    const isWhole = this.takeTurns(state);
    const { taken } = this.turns;
    const [a, b] = SIDES.map((id) => this.sceneOf(taken[id], id, palette, now));
    const both = a && b && { a, b };
    const west = westOf(state);
    if (state.camera !== this.kept) {
      this.kept = state.camera;
      this.show(state.camera ?? WHOLE);
    }
    for (const [id, pane] of this.panes) {
      const ctx = pane.canvas.getContext('2d');
      const grid = gridOf(state, id);
      if (ctx === null || grid === null) continue;
      this.place(pane, grid, west);
      const { viewport } = pane.camera;
      if (id === 'a' || id === 'b') {
        const scene = id === 'a' ? a : b;
        if (scene) draw(ctx, scene, viewport);
      } else if (both) drawPair(ctx, this.picture(taken.difference, id, both, grid, palette, now), this.sheet, viewport, cellOf(state.hover, grid));
    }
    if (!isWhole) this.request();
    if (state.playing ? now - this.toldAt >= TELL_MS : isWhole) {
      this.toldAt = now;
      this.tellLater();
    }
  }

  /** Returns whether everything that is drawn is of this state. */
  private takeTurns(state: CompareState): boolean {
    const { taken } = this.turns;
    const pes = Math.max(...SIDES.map((id) => state[id].reader?.pes ?? 0));
    const isOther = Object.values(taken).some((of) => of.layer !== state.layer || SIDES.some((id) => of[id].reader !== state[id].reader));
    return this.turns.take(state, pes, isOther);
  }

  private picture(state: CompareState, id: 'overlay' | 'difference', scenes: Scenes, grid: Grid, palette: Palette, now: number): PairPicture {
    const selected = cellOf(state.spot, grid);
    if (id === 'difference') return differencePicture(this.values.delta(state, scenes, now), grid, palette, selected);
    const under = this.values.under(scenes.a.reader, scenes.b.reader);
    return overlayPicture([scenes.a, scenes.b], [under.a, under.b], grid, palette, selected);
  }

  /** Counts the links of a run, once it is asked for what they were wanted for. */
  private count(id: SideId, reader: TraceReader | null): void {
    if (reader === this.counting[id]) return;
    this.counting[id] = reader;
    this.counted[id] = 0;
    const tell = (share: number): void => {
      this.counted[id] = share;
      this.request();
    };
    if (reader !== null) countWhole(reader, () => this.counting[id] === reader, tell);
  }

  /** Gives canvas and camera their size, once per size and grid; `west` px beside the ruler are for the names of streams. */
  private place(pane: Pane, grid: Grid, west: number): void {
    const key = `${grid.width} ${grid.height} ${west}`;
    if (pane.placedFor === key) return;
    const { stage, canvas, camera } = pane;
    const [width, height, dpr] = [stage.clientWidth, stage.clientHeight, devicePixelRatio];
    canvas.width = Math.round(width * dpr);
    canvas.height = Math.round(height * dpr);
    this.following = true;
    const unit = unitOf(stage);
    camera.place({ width, height, dpr, unit }, widened({ left: rulerWidth(grid.height) + west, top: 26, right: 12, bottom: 10 }, unit), grid);
    if (this.kept !== null) camera.follow(this.kept);
    this.following = false;
    pane.placedFor = key;
  }

  private tellLater(): void {
    if (this.isTelling) return;
    this.isTelling = true;
    afterFrame(() => this.tell());
  }

  /** Says in numbers what has been drawn. */
  private tell(): void {
    this.isTelling = false;
    const { palette } = this;
    const { taken } = this.turns;
    const state = taken.difference;
    if (palette === null) return;
    const now = performance.now();
    const [a, b] = SIDES.map((id) => this.sceneOf(taken[id], id, palette, now));
    const { layer, latencyStage, spot, hover, playing, t, align } = state;
    const what = [
      a?.reader,
      b?.reader,
      a?.version,
      b?.version,
      layer,
      latencyStage,
      spot,
      hover,
      playing,
      Math.floor(t),
      align,
      this.counted.a,
      this.counted.b,
    ];
    if (what.every((part, i) => part === this.toldFor[i])) return;
    this.toldFor = what;
    const legend = a && b && this.legendOf(state, { a, b }, now);
    pairView.setState({
      counts: { a: a && [...a.frame.counts], b: b && [...b.frame.counts] },
      legend,
      spot: a && b && !playing ? this.numbersAt(state, { a, b }, spot, now) : null,
      hover: a && b && hover && this.numbersAt(state, { a, b }, hover, now),
    });
  }

  private legendOf(state: CompareState, scenes: Scenes, now: number): PairLegend {
    const { layer, latencyStage: stage } = state;
    const delta = this.values.delta(state, scenes, now);
    const told = ({ values }: Scene): PairLegend['a'] => values && summary(values.perPe);
    return {
      layer,
      stage,
      window: pairWindow(state),
      scale: this.values.scale(state) ?? { domain: { min: 0, max: 1 }, limit: 1 },
      a: told(scenes.a),
      b: told(scenes.b),
      facts: differenceFacts(delta.cells),
      counted: (this.counted.a + this.counted.b) / SIDES.length,
    };
  }

  /** The numbers of a cell, or of the first. */
  private numbersAt(state: CompareState, scenes: Scenes, spot: Spot | null, now: number): SpotNumbers | null {
    const { cells, links } = this.values.delta(state, scenes, now);
    const { sides } = this.values;
    const grid = seenGrid(state);
    const cell = (grid && cellOf(spot, grid)) ?? 0;
    if (sides === null) return null;
    const valueIn = (id: SideId): number => scenes[id].values?.perPe[sides[id].under[cell]] ?? sides[id].values[sides[id].under[cell]];
    return {
      a: valueIn('a'),
      b: valueIn('b'),
      difference: cells[cell],
      links: links && [...links.subarray(cell * Port.RAMP, (cell + 1) * Port.RAMP)],
      upTo: { a: sides.a.upTo, b: sides.b.upTo },
    };
  }
}

/** Room for the letters of streams at the western side, the same in every pane, so that all show the same part. */
function westOf(state: CompareState): number {
  const programs = SIDES.flatMap((id) => state[id].reader?.program ?? []);
  return programs.some((program) => streamEnds(program).some(({ side }) => side === Port.W)) ? STREAM_LETTER : 0;
}

/** "stationary, blk.0.ffn_up, 2 tokens". */
function titleOf(state: CompareState, id: SideId): string {
  const side = state[id];
  return `${side.config.scenario === undefined ? `${side.config.kernel}, ` : ''}${shownRun(side)?.title ?? ''}`;
}

/** The grid of a pane; null while its runs are not there. */
function gridOf(state: CompareState, id: PaneId): Grid | null {
  if (id === 'a' || id === 'b') return state[id].reader?.trace ?? null;
  return state.a.reader && state.b.reader && seenGrid(state);
}
