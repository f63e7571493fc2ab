/** The whole fabric in small, for when not all of it is in view; a press moves the view there. */
import { type PointerEvent, useCallback } from 'react';
import { useStore } from 'zustand';
import { minimapScale } from '../canvas/minimap.ts';
import { useLab } from '../hooks.ts';
import type { Painter } from './painter.ts';
import { FABRIC_TEXT } from './strings.ts';
import { fabricView } from './view.ts';

const t = FABRIC_TEXT.map;

export function Minimap({ painter }: { readonly painter: Painter }) {
  const trace = useLab((s) => s.reader?.trace);
  const region = useStore(fabricView, (s) => s.camera?.region);
  const attach = useCallback((canvas: HTMLCanvasElement | null) => painter.setMinimap(canvas), [painter]);
  if (trace === undefined || region === undefined) return null;
  const { width, height } = trace;
  const scale = minimapScale(width, height);
  const go = (event: PointerEvent<HTMLCanvasElement>): void => {
    if (event.buttons === 0) return;
    const { offsetX, offsetY } = event.nativeEvent;
    const [x, y] = [Math.floor(offsetX / scale), Math.floor(offsetY / scale)];
    painter.camera.center(Math.min(height - 1, Math.max(0, y)) * width + Math.min(width - 1, Math.max(0, x)));
  };
  return (
    <section className="fab-where">
      <h3>{t.name}</h3>
      <canvas
        className="fab-minimap"
        ref={attach}
        style={{ width: width * scale, height: height * scale }}
        onPointerDown={go}
        role="img"
        aria-label={t.canvas}
      />
      <p className="t11 t3">{t.part(region, width, height)}</p>
    </section>
  );
}
