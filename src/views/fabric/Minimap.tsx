/** The whole fabric in small, only when not all of it is in view; a press moves the view there. */
import { type PointerEvent, useCallback } from 'react';
import { useStore } from 'zustand';
import { minimapScale } from '../canvas/minimap.ts';
import { useLab } from '../hooks.ts';
import type { Painter } from './painter.ts';
import { fabricView } from './view.ts';

export function Minimap({ painter }: { readonly painter: Painter }) {
  const all = useStore(fabricView, (s) => s.camera?.all ?? true);
  const trace = useLab((s) => s.reader?.trace);
  const attach = useCallback((canvas: HTMLCanvasElement | null) => painter.setMinimap(canvas), [painter]);
  if (all || trace === undefined) return null;
  const { width, height } = trace;
  const scale = minimapScale(width, height);
  const go = (event: PointerEvent<HTMLCanvasElement>): void => {
    if (event.buttons === 0) return;
    const { offsetX, offsetY } = event.nativeEvent;
    const [x, y] = [Math.floor(offsetX / scale), Math.floor(offsetY / scale)];
    painter.camera.center(Math.min(height - 1, Math.max(0, y)) * width + Math.min(width - 1, Math.max(0, x)));
  };
  return (
    <canvas
      className="fab-minimap"
      ref={attach}
      style={{ width: width * scale, height: height * scale }}
      onPointerDown={go}
      role="img"
      aria-label="The whole fabric; the ring is the part in view"
    />
  );
}
