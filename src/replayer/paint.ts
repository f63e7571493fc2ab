/** Draws a step of a film on a canvas, in the colours of the style sheet. */
import { cividis } from '../report/html/ramp.ts';
import type { Film } from './film.ts';

export type Mode = 'state' | 'busy';

/** Fill of each state, by number, as the page's theme has it now; idle is the paper. */
export function stateColours(film: Film): string[] {
  const style = getComputedStyle(document.documentElement);
  return film.states.map((state) => style.getPropertyValue(`--f-${state}`).trim());
}

/** Sizes the canvas for its place on the page; at most as high as it is wide. Returns the side of a cell in device pixels. */
export function fitCanvas(canvas: HTMLCanvasElement, film: Film): number {
  const ratio = devicePixelRatio || 1;
  const width = canvas.parentElement?.clientWidth ?? 600;
  const side = Math.max(1, Math.floor(ratio * Math.min(width / film.width, 460 / film.height, 40)));
  [canvas.width, canvas.height] = [film.width * side, film.height * side];
  canvas.style.width = `${canvas.width / ratio}px`;
  canvas.style.height = `${canvas.height / ratio}px`;
  return side;
}

export function paint(canvas: HTMLCanvasElement, film: Film, bin: number, mode: Mode, colours: readonly string[], side: number): void {
  const context = canvas.getContext('2d');
  if (context === null) return;
  const gap = side >= 6 ? Math.max(1, Math.round(side / 12)) : 0;
  context.clearRect(0, 0, canvas.width, canvas.height);
  for (let cell = 0; cell < film.cells; cell++) {
    const busy = film.busyOf(bin, cell);
    const fill = mode === 'state' ? colours[film.stateOf(bin, cell)] : busy > 0 ? cividis(busy) : '';
    if (fill === '') continue;
    context.fillStyle = fill;
    context.fillRect((cell % film.width) * side, Math.floor(cell / film.width) * side, side - gap, side - gap);
  }
}
