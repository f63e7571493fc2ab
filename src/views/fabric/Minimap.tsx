/** The whole fabric in small, for when not all of it is in view; a press moves the view there. */
import { type PointerEvent, useCallback } from 'react';
import { useStore } from 'zustand';
import { minimapScale } from '../canvas/minimap.ts';
import { useLab } from '../hooks.ts';
import type { Painter } from './painter.ts';
import { fabricView } from './view.ts';

export function Minimap({ painter }: { readonly painter: Painter }) {
  const trace = useLab((s) => s.reader?.trace);
  const region = useStore(fabricView, (s) => s.camera?.region);
  const attach = useCallback((canvas: HTMLCanvasElement | null) => painter.setMinimap(canvas), [painter]);
  if (trace === undefined || region === undefined) return null;
  const { width, height } = trace;
  const { x0, x1, y0, y1 } = region;
  const scale = minimapScale(width, height);
  const go = (event: PointerEvent<HTMLCanvasElement>): void => {
    if (event.buttons === 0) return;
    const { offsetX, offsetY } = event.nativeEvent;
    const [x, y] = [Math.floor(offsetX / scale), Math.floor(offsetY / scale)];
    painter.camera.center(Math.min(height - 1, Math.max(0, y)) * width + Math.min(width - 1, Math.max(0, x)));
  };
  return (
    <section className="fab-where">
      <h3>Where you are</h3>
      <canvas
        className="fab-minimap"
        ref={attach}
        style={{ width: width * scale, height: height * scale }}
        onPointerDown={go}
        role="img"
        aria-label="The whole fabric; the ring is the part in view"
      />
      <p className="t11 t3">
        columns {x0}–{x1 - 1}, rows {y0}–{y1 - 1} of {width} × {height}
      </p>
    </section>
  );
}
