/** The fabric on screen, for whoever makes a picture of it; the panel says which one it is. */
import type { Painter } from './painter.ts';

let shown: Painter | null = null;

export function showPainter(painter: Painter | null): void {
  shown = painter;
}

export const painterOnScreen = (): Painter | null => shown;
