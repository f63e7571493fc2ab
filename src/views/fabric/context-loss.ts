/** A browser may take a canvas' memory away and give it back later; the fabric says so and draws again. */
import { lab } from '../../store/lab.ts';
import { FABRIC_TEXT } from './strings.ts';

/** Calls `redraw` when the canvas has its context again; says both. Returns what stops it. */
export function followContext(canvas: HTMLCanvasElement, redraw: () => void): () => void {
  const lost = (): void => lab.setState({ message: FABRIC_TEXT.lost });
  const restored = (): void => {
    redraw();
    lab.setState({ message: FABRIC_TEXT.back });
  };
  canvas.addEventListener('contextlost', lost);
  canvas.addEventListener('contextrestored', restored);
  return () => {
    canvas.removeEventListener('contextlost', lost);
    canvas.removeEventListener('contextrestored', restored);
  };
}
