/** The pointer on the canvas: the PE under it is hovered, a click selects it and gives the grid the focus. */
import { lab } from '../../store/lab.ts';
import { peAtPoint } from '../canvas/viewport.ts';
import type { Camera } from './camera.ts';
import { fabricView } from './view.ts';

/** One double click. */
const ZOOM_IN = 2.5;

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
  on('pointermove', (event) => hover(event.pointerType === 'touch' || event.buttons !== 0 ? null : peOf(event)));
  on('pointerleave', () => hover(null));
  on('click', (event) => {
    const pe = peOf(event);
    if (pe === null) return;
    lab.setState({ pe });
    fabricView.setState({ cursor: pe });
    cell.focus({ preventScroll: true });
  });
  on('dblclick', (event) => camera.zoomBy(ZOOM_IN, [event.offsetX, event.offsetY]));
  return () => ends.abort();
}
