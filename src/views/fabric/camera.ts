/**
 * Pan and zoom: d3-zoom's gestures on the canvas (drag, wheel, pinch) and the same moves for buttons and keys. The zoom
 * transform maps PE space to canvas space: k is px per PE. Moves by button take 200 ms, none with reduced motion.
 */
import { type D3ZoomEvent, select, type ZoomBehavior, type ZoomTransform, zoom, zoomIdentity } from 'd3';
import type { CameraShare } from '../../store/types.ts';
import { fitScale, type Grid, type Gutters, MAX_SCALE, type Viewport, wellOf } from '../canvas/viewport.ts';
import { onFrame } from '../raf.ts';
import { reducedMotion } from '../theme/theme.ts';

const MOVE_MS = 200;
/** What a pixel and a line of the wheel zoom by, as exponents of 2. */
const WHEEL_ZOOM = { pixel: 0.002, line: 0.05 } as const;
/** A pinch comes as a wheel with Ctrl, of so many fewer pixels; so much is a notch of a real wheel with Ctrl, as without. */
const PINCH = { times: 10, most: 0.25 } as const;
/** Views remembered for undo. */
const MOST_BEFORE = 20;
/** px per PE at which "focus" shows a PE: routers, words and wavelets. */
const FOCUS_SCALE = 160;

/** A canvas in CSS px, device px to one of them, and how much larger than usual things are drawn. */
type Size = Pick<Viewport, 'width' | 'height' | 'dpr'> & { readonly unit: number };

/** cubic-bezier(.2, 0, 0, 1), the page's easing: y for the x it reaches at curve parameter s, found by bisection. */
function ease(x: number): number {
  let [low, high] = [0, 1];
  for (let i = 0; i < 20; i++) {
    const s = (low + high) / 2;
    if (3 * (1 - s) ** 2 * s * 0.2 + s ** 3 < x) low = s;
    else high = s;
  }
  return 3 * (1 - low) * low ** 2 + low ** 3;
}

/** How much an event of the wheel zooms, as an exponent of 2. */
export function wheelZoom({ deltaY, deltaMode, ctrlKey }: Pick<WheelEvent, 'deltaY' | 'deltaMode' | 'ctrlKey'>): number {
  const turn = -deltaY * (deltaMode === 0 ? WHEEL_ZOOM.pixel : WHEEL_ZOOM.line);
  return ctrlKey ? Math.max(-PINCH.most, Math.min(PINCH.most, turn * PINCH.times)) : turn;
}

export class Camera {
  private readonly canvas: HTMLCanvasElement;
  private readonly behavior: ZoomBehavior<HTMLCanvasElement, unknown>;
  private readonly changed: () => void;
  private readonly selected: () => number | null;
  private size: Size = { width: 0, height: 0, dpr: 1, unit: 1 };
  private gutters: Gutters = { left: 0, top: 0, right: 0, bottom: 0 };
  private grid: Grid = { width: 1, height: 1 };
  private transform: ZoomTransform = zoomIdentity;
  /** The whole fabric is shown and stays so when the canvas changes its size. */
  private fitted = true;
  private stopMove: (() => void) | null = null;
  /** Views before zooms by key, button or region, for undo; the last is the latest. */
  private readonly before: ZoomTransform[] = [];

  /** `selected` is the PE that buttons and keys zoom around. */
  constructor(canvas: HTMLCanvasElement, changed: () => void, selected: () => number | null = () => null) {
    this.canvas = canvas;
    this.changed = changed;
    this.selected = selected;
    this.behavior = zoom<HTMLCanvasElement, unknown>()
      .filter((event: Event) => this.accepts(event))
      .extent(() => this.extent())
      .wheelDelta(wheelZoom)
      .constrain((t) => this.constrain(t))
      .on('zoom', (event: D3ZoomEvent<HTMLCanvasElement, unknown>) => {
        if (event.sourceEvent !== null) {
          this.stopMove?.();
          this.fitted = false;
        }
        this.transform = event.transform;
        // The page scrolls under a finger while there is nothing to pan.
        this.canvas.style.touchAction = this.fitted ? 'pan-y' : 'none';
        this.changed();
      });
    select(canvas).call(this.behavior).on('dblclick.zoom', null);
  }

  dispose(): void {
    this.stopMove?.();
    select(this.canvas).on('.zoom', null);
  }

  /** One finger scrolls the page while the whole fabric is in view. */
  private accepts(event: Event): boolean {
    if (event.type === 'touchstart' && this.fitted && (event as TouchEvent).touches.length < 2) return false;
    return !(event instanceof MouseEvent && event.type !== 'wheel' && (event.button !== 0 || event.shiftKey));
  }

  private extent(): [[number, number], [number, number]] {
    const { x, y, width, height } = wellOf({ ...this.size, gutters: this.gutters });
    return [
      [x, y],
      [x + width, y + height],
    ];
  }

  /** A fabric smaller than the well lies at its north-west corner; a larger one leaves no empty edge. */
  private constrain(t: ZoomTransform): ZoomTransform {
    const [[x0, y0], [x1, y1]] = this.extent();
    const axis = (at: number, from: number, to: number, size: number): number => (size <= to - from ? from : Math.min(from, Math.max(to - size, at)));
    const [x, y] = [axis(t.x, x0, x1, this.grid.width * t.k), axis(t.y, y0, y1, this.grid.height * t.k)];
    return x === t.x && y === t.y ? t : zoomIdentity.translate(x, y).scale(t.k);
  }

  /** Follows the canvas and the run: fits anew if the whole fabric was in view, or if it is another fabric. */
  place(size: Size, gutters: Gutters, grid: Grid): void {
    const other = grid.width !== this.grid.width || grid.height !== this.grid.height;
    [this.size, this.gutters, this.grid] = [size, gutters, grid];
    const fit = this.fitTransform();
    this.behavior.scaleExtent([Math.min(fit.k, this.most), this.most]);
    if (other || this.fitted) this.fitted = true;
    this.set(this.constrain(this.fitted ? fit : zoomIdentity.translate(this.transform.x, this.transform.y).scale(Math.max(fit.k, this.transform.k))));
  }

  /** Largest px per PE. */
  private get most(): number {
    return MAX_SCALE * this.size.unit;
  }

  private fitTransform(): ZoomTransform {
    const [[x0, y0], [x1, y1]] = this.extent();
    return zoomIdentity.translate(x0, y0).scale(fitScale({ width: x1 - x0, height: y1 - y0 }, this.grid));
  }

  private set(t: ZoomTransform): void {
    select(this.canvas).call(this.behavior.transform, t);
  }

  /** What is shown as shares: zoom over the whole fabric, and which point of the fabric is in the middle of the well. */
  get share(): CameraShare {
    const [[x0, y0], [x1, y1]] = this.extent();
    const { k, x, y } = this.transform;
    return {
      zoom: this.fitted ? 1 : k / this.fitTransform().k,
      x: ((x0 + x1) / 2 - x) / (k * this.grid.width),
      y: ((y0 + y1) / 2 - y) / (k * this.grid.height),
    };
  }

  /** Shows the same shares of its own fabric as another camera does of its. */
  follow({ zoom: factor, x, y }: CameraShare): void {
    this.stopMove?.();
    const fit = this.fitTransform();
    this.fitted = factor <= 1;
    const [[x0, y0], [x1, y1]] = this.extent();
    const k = Math.min(this.most, fit.k * factor);
    this.set(
      this.fitted ? fit : this.constrain(zoomIdentity.translate((x0 + x1) / 2 - x * k * this.grid.width, (y0 + y1) / 2 - y * k * this.grid.height).scale(k)),
    );
  }

  get viewport(): Viewport {
    return { ...this.size, gutters: this.gutters, scale: this.transform.k, x: this.transform.x, y: this.transform.y };
  }

  /** The view before the last zoom by key, button or region; false when there is none. */
  undo(): boolean {
    const last = this.before.pop();
    if (last === undefined) return false;
    this.fitted = last.k <= this.fitTransform().k;
    this.glide(last);
    return true;
  }

  /** Shows a part of the canvas, given by two corners in CSS px, as large as it goes. */
  zoomTo([ax, ay]: readonly [number, number], [bx, by]: readonly [number, number]): void {
    const [[x0, y0], [x1, y1]] = this.extent();
    const { k, x, y } = this.transform;
    const factor = Math.min((x1 - x0) / Math.max(1, Math.abs(bx - ax)), (y1 - y0) / Math.max(1, Math.abs(by - ay)));
    const [least, most] = this.behavior.scaleExtent();
    const scale = Math.min(most, Math.max(least, k * factor));
    const [px, py] = [((ax + bx) / 2 - x) / k, ((ay + by) / 2 - y) / k];
    this.fitted = scale <= least;
    this.move(zoomIdentity.translate((x0 + x1) / 2 - px * scale, (y0 + y1) / 2 - py * scale).scale(scale));
  }

  fit(): void {
    this.fitted = true;
    this.move(this.fitTransform());
  }

  /** Zooms around a canvas position: where none is given the selected PE's if it is in view, else the middle of the well. */
  zoomBy(factor: number, at = this.steady()): void {
    const [px, py] = at;
    const { k, x, y } = this.transform;
    const [least, most] = this.behavior.scaleExtent();
    const scale = Math.min(most, Math.max(least, k * factor));
    this.fitted = scale <= least;
    this.move(zoomIdentity.translate(px - ((px - x) / k) * scale, py - ((py - y) / k) * scale).scale(scale));
  }

  /** What stays where it is when a button or a key zooms. */
  private steady(): readonly [x: number, y: number] {
    const [[x0, y0], [x1, y1]] = this.extent();
    const pe = this.selected();
    const { k, x, y } = this.transform;
    const [px, py] = pe === null ? [x0 - 1, y0 - 1] : [x + ((pe % this.grid.width) + 0.5) * k, y + (Math.floor(pe / this.grid.width) + 0.5) * k];
    const isInView = px >= x0 && px <= x1 && py >= y0 && py <= y1;
    return isInView ? [px, py] : [(x0 + x1) / 2, (y0 + y1) / 2];
  }

  /** Pans by shares of the well. */
  panBy(dx: number, dy: number): void {
    const [[x0, y0], [x1, y1]] = this.extent();
    const { k, x, y } = this.transform;
    this.move(zoomIdentity.translate(x - dx * (x1 - x0), y - dy * (y1 - y0)).scale(k));
  }

  /** Shows one PE large, in the middle. */
  focus(pe: number): void {
    this.center(pe, Math.max(FOCUS_SCALE * this.size.unit, this.behavior.scaleExtent()[0]));
  }

  get focused(): boolean {
    return this.transform.k >= FOCUS_SCALE * this.size.unit;
  }

  /** Brings a PE into view with the least move, or none. */
  reveal(pe: number): void {
    const [[x0, y0], [x1, y1]] = this.extent();
    const { k, x, y } = this.transform;
    const [px, py] = [x + (pe % this.grid.width) * k, y + Math.floor(pe / this.grid.width) * k];
    const dx = px < x0 ? x0 - px : px + k > x1 ? x1 - px - k : 0;
    const dy = py < y0 ? y0 - py : py + k > y1 ? y1 - py - k : 0;
    if (dx !== 0 || dy !== 0) this.move(zoomIdentity.translate(x + dx, y + dy).scale(k));
  }

  /** Moves the middle of the well over the middle of a PE. */
  center(pe: number, scale = this.transform.k): void {
    const [[x0, y0], [x1, y1]] = this.extent();
    const [column, row] = [(pe % this.grid.width) + 0.5, Math.floor(pe / this.grid.width) + 0.5];
    this.fitted = false;
    this.move(zoomIdentity.translate((x0 + x1) / 2 - column * scale, (y0 + y1) / 2 - row * scale).scale(scale));
  }

  private move(target: ZoomTransform): void {
    if (target.k !== this.transform.k) {
      this.before.push(this.transform);
      if (this.before.length > MOST_BEFORE) this.before.shift();
    }
    this.glide(target);
  }

  /** Glides to a transform: the point in the middle of the well travels straight, the scale grows by equal factors. */
  private glide(target: ZoomTransform): void {
    this.stopMove?.();
    const end = this.constrain(target);
    if (reducedMotion()) {
      this.set(end);
      return;
    }
    const start = this.transform;
    let elapsed = 0;
    const stop = onFrame((ms) => {
      elapsed += ms;
      const share = Math.min(1, elapsed / MOVE_MS);
      this.set(share === 1 ? end : this.between(start, end, ease(share)));
      if (share === 1) this.stopMove?.();
    });
    this.stopMove = () => {
      stop();
      this.stopMove = null;
    };
  }

  private between(a: ZoomTransform, b: ZoomTransform, share: number): ZoomTransform {
    const [[x0, y0], [x1, y1]] = this.extent();
    const [cx, cy] = [(x0 + x1) / 2, (y0 + y1) / 2];
    const mix = (p: number, q: number): number => p + (q - p) * share;
    const k = a.k * (b.k / a.k) ** share;
    const [px, py] = [mix((cx - a.x) / a.k, (cx - b.x) / b.k), mix((cy - a.y) / a.k, (cy - b.y) / b.k)];
    return zoomIdentity.translate(cx - px * k, cy - py * k).scale(k);
  }
}
