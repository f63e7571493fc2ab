/** A scenario's picture: a film on a canvas with the time of its run below it, or bars of bytes. */
import { useEffect, useRef, useState } from 'react';
import type { Shown } from '../../store/gallery.ts';
import { grouped } from '../format.ts';
import { usePalette } from '../theme/theme.ts';
import type { FilmClock } from './clock.ts';
import { drawReels, type Reel, unpack } from './film.ts';
import { GALLERY_TEXT, playheadOf } from './strings.ts';

interface Props {
  readonly shown: Shown;
  readonly label: string;
  readonly clock: FilmClock;
  /** Whether the pictures move; else each shows its most telling frame. */
  readonly moving: boolean;
}

/** The films once they are unpacked. */
function useReels(shown: Shown): readonly Reel[] {
  const [reels, setReels] = useState<readonly Reel[]>([]);
  useEffect(() => {
    let left = false;
    void Promise.all(shown.films.map(unpack)).then((all) => {
      if (!left) setReels(all);
    });
    return () => {
      left = true;
    };
  }, [shown]);
  return reels;
}

/** Whether an element is on screen, or nearly so. */
function useOnScreen(ref: { readonly current: Element | null }): boolean {
  const [on, setOn] = useState(false);
  useEffect(() => {
    if (ref.current === null) return;
    const observer = new IntersectionObserver(([entry]) => setOn(entry.isIntersecting));
    observer.observe(ref.current);
    return () => observer.disconnect();
  }, [ref]);
  return on;
}

export function FilmPicture({ shown, label, clock, moving }: Props) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const time = useRef<HTMLElement>(null);
  const reels = useReels(shown);
  const palette = usePalette();
  const visible = useOnScreen(canvas);
  const { cycles, of, still } = shown;

  useEffect(() => {
    const element = canvas.current;
    if (element === null || reels.length === 0) return;
    let at = still;
    const draw = (frame: number): void => {
      at = frame;
      const dpr = devicePixelRatio;
      const [width, height] = [Math.round(element.clientWidth * dpr), Math.round(element.clientHeight * dpr)];
      if (element.width !== width || element.height !== height) [element.width, element.height] = [width, height];
      drawReels(element, reels, frame, palette, dpr);
      element.dataset.cycle = String(cycles[frame]);
      if (time.current) time.current.style.transform = `scaleX(${cycles[frame] / of})`;
    };
    const observer = new ResizeObserver(() => draw(at));
    observer.observe(element);
    draw(still);
    const stop = moving && visible ? clock.watch({ frames: cycles.length, show: draw }) : null;
    return () => {
      observer.disconnect();
      stop?.();
    };
  }, [reels, palette, visible, moving, clock, cycles, of, still]);

  return (
    <>
      <canvas ref={canvas} role="img" aria-label={`${label} ${playheadOf(cycles[still], of)}.`} />
      <i ref={time} className="film-time" />
    </>
  );
}

const [WIDTH, HEIGHT, LEFT, RIGHT, TOP, ROW, BAR] = [240, 160, 58, 12, 18, 26, 14];

/** Bytes of a PE by the length of its row, and the limit they must not pass. */
export function BytesPicture({ bars, label }: { bars: NonNullable<Shown['bars']>; label: string }) {
  const { capacity, list } = bars;
  const total = (b: (typeof list)[number]): number => b.code + b.weights + b.rest;
  const most = Math.max(capacity, ...list.map(total));
  const x = (bytes: number): number => (bytes / most) * (WIDTH - LEFT - RIGHT);
  return (
    <svg className="chart bytes" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={label}>
      {list.map((bar, i) => (
        <g key={bar.k} transform={`translate(${LEFT} ${TOP + i * ROW})`}>
          <text x={-8} y={BAR - 3} textAnchor="end" className={total(bar) > capacity ? 'over' : ''}>
            {grouped(bar.k)}
          </text>
          <rect width={x(bar.code)} height={BAR} fill="var(--s-wait)" data-kind="code" />
          <rect x={x(bar.code)} width={x(bar.weights)} height={BAR} fill="var(--s-recv)" data-kind="weights" />
          <rect x={x(bar.code + bar.weights)} width={x(bar.rest)} height={BAR} fill="var(--s-deq)" data-kind="rest" />
        </g>
      ))}
      <line className="limit" x1={LEFT + x(capacity)} x2={LEFT + x(capacity)} y1={8} y2={HEIGHT - 8} />
      <text x={LEFT + x(capacity) - 4} y={12} textAnchor="end">
        {GALLERY_TEXT.limit}
      </text>
    </svg>
  );
}
