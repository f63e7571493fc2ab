/** The pointer on the canvas: the PE under it is hovered, a click selects it and gives the grid the focus, with Shift the rectangle up to it; Shift and dragging zoom to a region. */
import { lab } from '../../store/lab.ts';
import { peAtPoint } from '../canvas/viewport.ts';
import type { Camera } from './camera.ts';
import { fabricView } from './view.ts';

/** One double click. */
const ZOOM_IN = 2.5;
/** A shorter drag with Shift is none, px. */
const LEAST_REGION = 8;

export function followPointer(canvas: HTMLCanvasElement, cell: HTMLElement, camera: Camera): () => void {
  const peOf = (event: MouseEvent): number | null => {
    const { reader } = lab.getState();
    const pe = reader === null ? -1 : peAtPoint(camera.viewport, reader.trace, event.offsetX, event.offsetY);
    return pe < 0 ? null : pe;
  };
  const hover = (pe: number | null): void => {
    if (lab.getState().hover !== pe) lab.setState({ hover: pe });
  };
  const ends = new AbortController();
  const on = <K extends keyof HTMLElementEventMap>(type: K, act: (event: HTMLElementEventMap[K]) => void): void =>
    canvas.addEventListener(type, act, { signal: ends.signal });
  /** Where a region to zoom to begins, by Shift and dragging. */
  let corner: readonly [number, number] | null = null;
  /** Whether it was drawn: its end is no click on a PE. */
  let dragged = false;
  const frame = document.createElement('i');
  frame.className = 'fab-region';
  const place = (event: PointerEvent): void => {
    if (corner === null) return;
    const [x, y] = [Math.min(corner[0], event.offsetX), Math.min(corner[1], event.offsetY)];
    frame.style.cssText = `left:${x}px;top:${y}px;width:${Math.abs(event.offsetX - corner[0])}px;height:${Math.abs(event.offsetY - corner[1])}px`;
  };
  on('pointerdown', (event) => {
    if (!event.shiftKey || event.button !== 0) return;
    corner = [event.offsetX, event.offsetY];
    canvas.setPointerCapture(event.pointerId);
    place(event);
    canvas.after(frame);
  });
  on('pointermove', place);
  on('pointerup', (event) => {
    dragged = corner !== null && Math.hypot(event.offsetX - corner[0], event.offsetY - corner[1]) > LEAST_REGION;
    if (corner !== null && dragged) camera.zoomTo(corner, [event.offsetX, event.offsetY]);
    corner = null;
    frame.remove();
  });
  on('pointermove', (event) => hover(event.pointerType === 'touch' || event.buttons !== 0 ? null : peOf(event)));
  on('pointerleave', () => hover(null));
  on('click', (event) => {
    const pe = peOf(event);
    if (pe === null || dragged) return;
    lab.setState((s) => (event.shiftKey && s.pe !== null ? { area: { from: s.pe, to: pe } } : { pe, area: null }));
    fabricView.setState({ cursor: pe });
    cell.focus({ preventScroll: true });
  });
  on('dblclick', (event) => camera.zoomBy(ZOOM_IN, [event.offsetX, event.offsetY]));
  return () => ends.abort();
}
