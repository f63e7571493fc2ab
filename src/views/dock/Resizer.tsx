/** The dock's upper edge: drag it, or move it with the arrow keys. */
import type { KeyboardEvent, PointerEvent } from 'react';
import { lab } from '../../store/lab.ts';
import { DOCK_LIMITS, fitDock } from '../../store/persist.ts';
import { useLab } from '../hooks.ts';
import { DOCK_TEXT } from './strings.ts';

const STEP = 16;

export function Resizer() {
  const height = useLab((s) => s.dockHeight);
  const set = (value: number): void => lab.setState({ dockHeight: fitDock(Math.min(value, innerHeight - 240)) });
  const onKeyDown = (event: KeyboardEvent): void => {
    const to = { ArrowUp: height + STEP, ArrowDown: height - STEP, Home: DOCK_LIMITS.max, End: DOCK_LIMITS.min }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    set(to);
  };
  const onMove = (event: PointerEvent<HTMLElement>): void => {
    const dock = event.currentTarget.parentElement;
    if (dock === null || !event.currentTarget.hasPointerCapture(event.pointerId)) return;
    set(dock.getBoundingClientRect().bottom - event.clientY);
  };
  return (
    // biome-ignore lint/a11y/useSemanticElements: a focusable separator is a window splitter, which hr is not
    <div
      className="resizer"
      role="separator"
      tabIndex={0}
      aria-label={DOCK_TEXT.height}
      aria-orientation="horizontal"
      aria-valuenow={height}
      aria-valuemin={DOCK_LIMITS.min}
      aria-valuemax={DOCK_LIMITS.max}
      onKeyDown={onKeyDown}
      onPointerDown={(event) => event.currentTarget.setPointerCapture(event.pointerId)}
      onPointerMove={onMove}
    />
  );
}
