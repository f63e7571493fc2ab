/**
 * Keeps the canvas up to date: draws when the store, the camera, the size or the palette has changed, in the page's one
 * animation frame, and then tells the panel what the legend says. Nothing is drawn while nothing changes.
 */
import { describeMoment } from '../../analysis/describe.ts';
import { waveletsOnLinks } from '../../analysis/links-now.ts';
import { windowCycles } from '../../analysis/magnitudes.ts';
import { summary } from '../../analysis/timeline.ts';
import { Port } from '../../machine/fabric.ts';
import { lab } from '../../store/lab.ts';
import { SLOW_SPEED } from '../../store/playback.ts';
import type { CameraShare, LabState } from '../../store/types.ts';
import type { TraceReader } from '../../trace/reader.ts';
import { draw } from '../canvas/draw.ts';
import { drawMinimap, minimapScale } from '../canvas/minimap.ts';
import { ringBox } from '../canvas/overlay.ts';
import { rulerWidth } from '../canvas/rulers.ts';
import type { Scene } from '../canvas/scene.ts';
import { STREAM_LETTER, STREAM_NAME, streamEnds } from '../canvas/streams.ts';
import { TexelSheet } from '../canvas/texel.ts';
import { type Gutters, showsAll, type Viewport, visibleRegion, widened } from '../canvas/viewport.ts';
import { countLinks, linkCounts } from '../link-counts.ts';
import { afterFrame, cancelDraw, requestDraw } from '../raf.ts';
import type { Palette } from '../theme/palette.ts';
import { reducedMotion, unitOf } from '../theme/theme.ts';
import { Camera } from './camera.ts';
import { followContext } from './context-loss.ts';
import { pathLine } from './path-line.ts';
import { SceneSource } from './scene-source.ts';
import { fabricView, type Legend } from './view.ts';

/** Numbers that run are read at this pace. */
const LEGEND_MS = 125;
/** A camera that has not moved for so long is at rest. */
const KEEP_MS = 200;
/** Links of PEs that come into view are looked up for so long in a frame; the first lookups of a page take ten times as long as later ones. */
const LINKS_MS = 5;
/** Below this width the canvas is a phone's: stream names are letters. */
const NARROW = 480;

/** What is drawn; anything else in the store may change without a frame. */
const DRAWN = [
  'reader',
  'cycle',
  'playing',
  'speed',
  'slowed',
  'pe',
  'area',
  'hover',
  'layer',
  'latencyStage',
  'routes',
  'on',
  'result',
  'failure',
  'program',
] as const;

export interface Elements {
  readonly stage: HTMLElement;
  readonly canvas: HTMLCanvasElement;
  /** The keyboard's cell, moved over its PE. */
  readonly cell: HTMLElement;
}

export class Painter {
  readonly camera: Camera;
  private readonly elements: Elements;
  private source = new SceneSource();
  private readonly mapTexels = new TexelSheet();
  private readonly stops: (() => void)[];
  private palette: Palette | null = null;
  private minimap: HTMLCanvasElement | null = null;
  private placedFor: unknown = null;
  /** Run, cycle and window of the last frame. */
  private drawn: { readonly reader: TraceReader; readonly links: string } | null = null;
  private toldAt = Number.NEGATIVE_INFINITY;
  /** What the legend was made for, and whether it is to be made after the frame. */
  private toldFor = '';
  private isTelling = false;
  private keeping: ReturnType<typeof setTimeout> | undefined;
  /** The view that the page's store has from here; another one there is to be shown. */
  private kept: CameraShare | null = null;
  scene: Scene | null = null;

  constructor(elements: Elements) {
    this.elements = elements;
    const onMove = (): void => {
      // What lies under a resting pointer is another PE now.
      if (lab.getState().hover !== null) lab.setState({ hover: null });
      clearTimeout(this.keeping);
      this.keeping = setTimeout(() => this.keepCamera(), KEEP_MS);
      this.request();
    };
    this.camera = new Camera(elements.canvas, onMove, () => lab.getState().pe);
    const observer = new ResizeObserver(() => {
      this.placedFor = null;
      this.request();
    });
    observer.observe(elements.stage);
    this.stops = [
      () => observer.disconnect(),
      followContext(elements.canvas, () => this.redraw()),
      lab.subscribe((now, before) => {
        if (DRAWN.some((name) => now[name] !== before[name])) this.request();
      }),
      linkCounts.subscribe((now, before) => {
        if (now.times !== before.times) this.request();
      }),
      fabricView.subscribe((now, before) => {
        if (now.cursor !== before.cursor) this.request();
      }),
    ];
    void document.fonts.ready.then(() => this.request());
    this.request();
  }

  dispose(): void {
    cancelDraw('fabric');
    clearTimeout(this.keeping);
    for (const stop of this.stops) stop();
    this.camera.dispose();
  }

  setPalette(palette: Palette): void {
    this.palette = palette;
    this.request();
  }

  setMinimap(canvas: HTMLCanvasElement | null): void {
    this.minimap = canvas;
    if (canvas !== null) this.request();
  }

  /** Draws everything anew: what was painted before is gone, cached images too. */
  private redraw(): void {
    this.source = new SceneSource();
    this.placedFor = null;
    this.request();
  }

  private request(): void {
    requestDraw('fabric', () => this.paint());
  }

  private paint(): void {
    const now = performance.now();
    const state = lab.getState();
    if (this.palette === null) return;
    const pace = state.slowed ? { ...state, speed: Math.min(state.speed, SLOW_SPEED) } : state;
    const scene = this.source.scene(pace, this.palette, state.routes, reducedMotion(), now);
    this.scene = scene && { ...scene, path: state.on.includes('path') ? pathLine(scene.reader, scene.frame.cycle) : null };
    const ctx = this.elements.canvas.getContext('2d');
    if (this.scene === null || ctx === null) return;
    if (state.layer === 'demand') countLinks(this.scene.reader);
    this.place(this.scene);
    const viewport = this.camera.viewport;
    if (!draw(ctx, this.scene, viewport, this.patience(this.scene))) this.request();
    this.paintMinimap(this.scene, viewport);
    this.placeCell(this.scene, viewport);
    if (!state.playing || now - this.toldAt >= LEGEND_MS) {
      this.toldAt = now;
      this.tellLater();
    }
  }

  /**
   * When to stop looking up links: at once in the first frame of a run, after a while where only the camera has moved. A frame of
   * another cycle has all of them, or they would flicker.
   */
  private patience({ reader, frame, window }: Scene): (() => boolean) | undefined {
    const { drawn } = this;
    const links = `${frame.cycle} ${window}`;
    this.drawn = { reader, links };
    if (drawn?.reader !== reader) return () => false;
    const until = performance.now() + LINKS_MS;
    return drawn.links === links ? () => performance.now() < until : undefined;
  }

  private tellLater(): void {
    if (this.isTelling) return;
    this.isTelling = true;
    afterFrame(() => this.tell());
  }

  /** Gives canvas and camera their size, once per size and run. */
  private place({ reader }: Scene): void {
    if (this.placedFor === reader) return;
    this.placedFor = reader;
    const { stage, canvas } = this.elements;
    const [width, height, dpr] = [stage.clientWidth, stage.clientHeight, devicePixelRatio];
    canvas.width = Math.round(width * dpr);
    canvas.height = Math.round(height * dpr);
    const unit = unitOf(stage);
    this.camera.place({ width, height, dpr, unit }, widened(guttersFor(width, reader.program), unit), reader.trace);
    const { camera } = lab.getState();
    if (camera === this.kept) return;
    this.kept = camera;
    if (camera === null) this.camera.fit();
    else this.camera.follow(camera);
  }

  /** The view that a camera has come to rest in is part of the link. */
  private keepCamera(): void {
    const share = this.camera.share;
    this.kept = share.zoom > 1 ? share : null;
    if (this.scene !== null) lab.setState({ camera: this.kept });
  }

  private paintMinimap(scene: Scene, viewport: Viewport): void {
    const { minimap } = this;
    const ctx = minimap?.getContext('2d');
    if (minimap === null || ctx === null || ctx === undefined) return;
    const { width, height } = scene.reader.trace;
    const scale = minimapScale(width, height);
    const [w, h] = [Math.max(1, Math.round(width * scale * viewport.dpr)), Math.max(1, Math.round(height * scale * viewport.dpr))];
    if (minimap.width !== w || minimap.height !== h) [minimap.width, minimap.height] = [w, h];
    drawMinimap(ctx, scene, viewport, this.mapTexels);
  }

  private placeCell({ reader }: Scene, viewport: Viewport): void {
    const { style } = this.elements.cell;
    const box = ringBox(viewport, reader.trace.width, Math.min(fabricView.getState().cursor, reader.pes - 1), 2);
    style.transform = `translate(${box.x}px, ${box.y}px)`;
    style.width = `${box.width}px`;
    style.height = `${box.height}px`;
  }

  /** Says in words and numbers what has been drawn. */
  private tell(): void {
    this.isTelling = false;
    const { scene } = this;
    const state = lab.getState();
    if (scene === null || scene.reader !== state.reader) return;
    const { reader } = scene;
    const { viewport } = this.camera;
    const camera = { region: visibleRegion(viewport, reader.trace), all: showsAll(viewport, reader.trace), scale: viewport.scale };
    const key = `${scene.version} ${state.playing} ${state.describe}`;
    fabricView.setState(key === this.toldFor ? { camera } : { camera, legend: legendOf(scene, state) });
    this.toldFor = key;
  }
}

function legendOf({ frame, reader, values }: Scene, state: LabState): Legend {
  return {
    layer: state.layer,
    counts: [...frame.counts],
    onLinks: [...waveletsOnLinks(reader, frame.cycle)],
    summary: values === null ? null : summary(values.perPe),
    min: values?.min ?? 0,
    max: values?.max ?? 1,
    window: values?.window ?? windowCycles(reader.trace.cycles),
    reading: state.playing || !state.describe ? '' : describeMoment(frame),
  };
}

/** Room for rulers, and for the names of streams on the sides that have some. */
function guttersFor(width: number, program: Scene['reader']['program']): Gutters {
  const ends = streamEnds(program);
  const has = (side: number): boolean => ends.some((e) => e.side === side);
  const narrow = width < NARROW;
  return {
    left: rulerWidth(program.height) + (has(Port.W) ? (narrow ? STREAM_LETTER : STREAM_NAME) : 0),
    top: has(Port.N) ? 44 : 26,
    right: has(Port.E) ? (narrow ? 30 : 52) : narrow ? 16 : 6,
    bottom: has(Port.S) ? 24 : 10,
  };
}
