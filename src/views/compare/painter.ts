/**
 * Keeps the canvases of two runs up to date, in the page's one animation frame: A, B, and what they make together. All share
 * one camera by shares, so that the same part of each fabric is seen.
 */
import { windowCycles } from '../../analysis/magnitudes.ts';
import { computeIn, difference, pairGrid, peUnder } from '../../analysis/pair-map.ts';
import { Port } from '../../machine/fabric.ts';
import { type CompareState, compare, cycleIn, cycleOf, SIDES, type SideId, type Spot } from '../../store/compare.ts';
import { shownRun } from '../../store/shown.ts';
import type { CameraShare } from '../../store/types.ts';
import type { TraceReader } from '../../trace/reader.ts';
import { draw } from '../canvas/draw.ts';
import { rulerWidth } from '../canvas/rulers.ts';
import type { Scene } from '../canvas/scene.ts';
import { STREAM_LETTER, streamEnds } from '../canvas/streams.ts';
import { type Grid, peAtPoint, widened } from '../canvas/viewport.ts';
import { Camera } from '../fabric/camera.ts';
import { SceneSource } from '../fabric/scene-source.ts';
import { grouped } from '../format.ts';
import { type Drawing, fabricDrawing } from '../picture/fabric-picture.ts';
import { cancelDraw, requestDraw } from '../raf.ts';
import type { ChartData } from '../table/chart-data.ts';
import type { Palette } from '../theme/palette.ts';
import { reducedMotion, unitOf } from '../theme/theme.ts';
import { drawSheet, paintDifference, paintOverlay, Sheet } from './sheet.ts';
import { sheetDrawing } from './sheet-picture.ts';
import { COMPARE_TEXT } from './strings.ts';
import { pairView } from './view.ts';

/** What a canvas shows. */
export type PaneId = SideId | 'difference' | 'overlay';

/** Numbers that run are read at this pace, and differences are made anew no more often. */
const TELL_MS = 125;
/** A camera that has not moved for so long is at rest. */
const KEEP_MS = 200;
const WHOLE: CameraShare = { zoom: 1, x: 0.5, y: 0.5 };

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
  private readonly shares: Record<SideId, Float32Array> = { a: new Float32Array(0), b: new Float32Array(0) };
  private delta = new Float32Array(0);
  /** What the differences are of: the moment, and both runs. */
  private deltaKey = '';
  private deltaOf: readonly TraceReader[] = [];
  private palette: Palette | null = null;
  private following = false;
  /** The view that the page's store has from here; another one there is to be shown. */
  private kept: CameraShare | null = null;
  private keeping: ReturnType<typeof setTimeout> | undefined;
  private toldAt = Number.NEGATIVE_INFINITY;
  private readonly unsubscribe: () => void;

  constructor() {
    this.unsubscribe = compare.subscribe(() => this.request());
    void document.fonts.ready.then(() => this.request());
  }

  dispose(): void {
    cancelDraw('pair');
    clearTimeout(this.keeping);
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

  /** The cell of a pane's own grid at a canvas position, as coordinates. */
  spotAt(id: PaneId, x: number, y: number): Spot | null {
    const grid = gridOf(compare.getState(), id);
    const pane = this.panes.get(id);
    const pe = grid && pane ? peAtPoint(pane.camera.viewport, grid, x, y) : -1;
    return grid === null || pe < 0 ? null : { x: pe % grid.width, y: Math.floor(pe / grid.width) };
  }

  /** What a pane shows, to be drawn anew at another size; null while there is nothing. */
  drawing(id: PaneId): Drawing | null {
    const state = compare.getState();
    const { palette } = this;
    const pane = this.panes.get(id);
    const grid = gridOf(state, id);
    if (palette === null || pane === undefined || grid === null) return null;
    const now = performance.now();
    const sceneOf = (side: SideId): Scene | null => this.sources[side].scene(drawnOf(state, side), palette, null, reducedMotion(), now);
    const { viewport } = pane.camera;
    if (id === 'a' || id === 'b') {
      const scene = sceneOf(id);
      return scene && fabricDrawing({ scene, layer: state.layer, title: `${id.toUpperCase()}: ${titleOf(state, id)}`, viewport });
    }
    const [a, b] = [sceneOf('a'), sceneOf('b')];
    if (a === null || b === null) return null;
    const words = id === 'overlay' ? COMPARE_TEXT.overlay : COMPARE_TEXT.captionDifference(COMPARE_TEXT.difference(pairWindow(state)));
    const caption = [
      words,
      ...SIDES.map((side) => COMPARE_TEXT.captionSide(side.toUpperCase(), titleOf(state, side), grouped(Math.floor(cycleOf(state, side))))),
      'Weft',
    ];
    const image =
      id === 'overlay'
        ? paintOverlay(new Sheet(), a, b, palette)
        : paintDifference(new Sheet(), grid, this.differences(state, a.reader, b.reader, now), palette);
    return sheetDrawing({ image, grid, viewport, palette, caption, selected: cellOf(state.spot, grid) });
  }

  /** B - A at the playhead, PE by PE; null while one of the runs is not there. */
  differenceData(): ChartData | null {
    const state = compare.getState();
    const [a, b] = [state.a.reader, state.b.reader];
    if (a === null || b === null) return null;
    const make = (): ChartData['rows'] => {
      const [delta, grid] = [this.differences({ ...state, playing: false }, a, b, performance.now()), pairGrid(a, b)];
      return Array.from(delta, (value, cell) => {
        const [x, y] = [cell % grid.width, Math.floor(cell / grid.width)];
        return [x, y, this.shares.a[peUnder(a, grid, x, y)], this.shares.b[peUnder(b, grid, x, y)], value];
      });
    };
    const columns = [
      { name: 'x', key: 'x' },
      { name: 'y', key: 'y' },
      { name: 'A', key: 'a_share' },
      { name: 'B', key: 'b_share' },
      { name: COMPARE_TEXT.minus, key: 'difference' },
    ];
    return {
      title: COMPARE_TEXT.differences,
      columns,
      /** Made when they are saved: a whole wafer has 745 500 of them. */
      get rows() {
        return make();
      },
    };
  }

  private request(): void {
    requestDraw('pair', () => this.paint());
  }

  /** One camera has moved: the others follow it. */
  private moved(id: PaneId): void {
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

  private paint(): void {
    const state = compare.getState();
    const { palette } = this;
    if (palette === null) return;
    const now = performance.now();
    const scenes: Partial<Record<SideId, Scene>> = {};
    for (const id of SIDES) scenes[id] = this.sources[id].scene(drawnOf(state, id), palette, null, reducedMotion(), now) ?? undefined;
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
      if (id === 'a' || id === 'b') {
        const scene = scenes[id];
        if (scene) draw(ctx, scene, pane.camera.viewport);
      } else if (scenes.a && scenes.b) this.paintPair(ctx, id, pane, grid, palette, [scenes.a, scenes.b], now);
    }
    this.tell(state, scenes, now);
  }

  private paintPair(
    ctx: CanvasRenderingContext2D,
    id: PaneId,
    { camera }: Pane,
    grid: Grid,
    palette: Palette,
    scenes: readonly [Scene, Scene],
    now: number,
  ): void {
    const state = compare.getState();
    const [a, b] = scenes;
    const image =
      id === 'overlay' ? paintOverlay(this.sheet, a, b, palette) : paintDifference(this.sheet, grid, this.differences(state, a.reader, b.reader, now), palette);
    drawSheet(ctx, image, grid, camera.viewport, palette, cellOf(state.spot, grid));
  }

  /** B - A at the playhead; while time runs, no older than TELL_MS. */
  private differences(state: CompareState, a: TraceReader, b: TraceReader, now: number): Float32Array {
    const key = `${state.t} ${state.align}`;
    const isSame = this.deltaOf[0] === a && this.deltaOf[1] === b;
    const isFresh = isSame && (key === this.deltaKey || (state.playing && now - this.toldAt < TELL_MS));
    if (isFresh) return this.delta;
    this.deltaKey = key;
    this.deltaOf = [a, b];
    const { width, height } = pairGrid(a, b);
    if (this.delta.length !== width * height) this.delta = new Float32Array(width * height);
    const window = pairWindow(state);
    for (const [id, reader] of [
      ['a', a],
      ['b', b],
    ] as const) {
      if (this.shares[id].length !== reader.pes) this.shares[id] = new Float32Array(reader.pes);
      computeIn(reader, Math.floor(cycleOf(state, id)), window, this.shares[id]);
    }
    difference(a, this.shares.a, b, this.shares.b, this.delta);
    return this.delta;
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

  private tell(state: CompareState, scenes: Partial<Record<SideId, Scene>>, now: number): void {
    if (state.playing && now - this.toldAt < TELL_MS) return;
    this.toldAt = now;
    const countsOf = (id: SideId): readonly number[] | null => (scenes[id] ? [...scenes[id].frame.counts] : null);
    pairView.setState({ counts: { a: countsOf('a'), b: countsOf('b') }, window: pairWindow(state) });
  }
}

/** Room for the letters of streams at the western side, the same in every pane, so that all show the same part. */
function westOf(state: CompareState): number {
  const programs = SIDES.flatMap((id) => state[id].reader?.program ?? []);
  return programs.some((program) => streamEnds(program).some(({ side }) => side === Port.W)) ? STREAM_LETTER : 0;
}

/** Cycles of the mean that a difference is of. */
function pairWindow(state: CompareState): number {
  return windowCycles(Math.max(...SIDES.map((id) => state[id].reader?.trace.cycles ?? 0)));
}

/** "stationary, blk.0.ffn_up, 2 tokens". */
function titleOf(state: CompareState, id: SideId): string {
  const side = state[id];
  return `${side.config.scenario === undefined ? `${side.config.kernel}, ` : ''}${shownRun(side)?.title ?? ''}`;
}

/** The grid of a pane; null while its runs are not there. */
function gridOf(state: CompareState, id: PaneId): Grid | null {
  const [a, b] = [state.a.reader, state.b.reader];
  if (id === 'a') return a?.trace ?? null;
  if (id === 'b') return b?.trace ?? null;
  return a && b ? pairGrid(a, b) : null;
}

/** Index of a spot on a grid; null where the grid has none there. */
function cellOf(spot: Spot | null, { width, height }: Grid): number | null {
  return spot === null || spot.x >= width || spot.y >= height ? null : spot.y * width + spot.x;
}

/** A side as the fabric's scenes want it. */
function drawnOf(state: CompareState, id: SideId): Parameters<SceneSource['scene']>[0] {
  const { reader, result, failure, program } = state[id];
  const { playing, speed, layer, spot } = state;
  const pe = reader === null ? null : cellOf(spot, reader.trace);
  return { reader, result, failure, program, playing, speed, layer, latencyStage: 'firstX', pe, area: null, hover: null, cycle: cycleIn(state, id) };
}
