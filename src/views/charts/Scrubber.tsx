/**
 * The playhead over a chart: drawn in one thin SVG of its own, moved by drag or by keys as a slider. It alone renders again
 * when the playhead moves; the chart below stays.
 */
import type { KeyboardEvent, PointerEvent } from 'react';
import { lab } from '../../store/lab.ts';
import { lastCycle, seek, step, wholeCycle } from '../../store/playback.ts';
import { stepPhase } from '../app/shortcuts.ts';
import { grouped } from '../format.ts';
import { useLab } from '../hooks.ts';
import type { Size } from './size.ts';
import { timeScale } from './time.ts';

interface Props extends Size {
  /** Height of the plot the slider covers, from the top. */
  readonly plot: number;
  readonly narrow?: boolean;
  /** Grip at the bottom, for fingers. */
  readonly touch?: boolean;
}

function onKeyDown(event: KeyboardEvent): void {
  const last = lastCycle(lab.getState());
  const page = Math.max(1, Math.round(last / 20));
  const moves: Readonly<Record<string, () => void>> = {
    ArrowLeft: () => (event.shiftKey ? stepPhase(-1) : step(lab, -1)),
    ArrowRight: () => (event.shiftKey ? stepPhase(1) : step(lab, 1)),
    ArrowDown: () => step(lab, -1),
    ArrowUp: () => step(lab, 1),
    PageDown: () => step(lab, -page),
    PageUp: () => step(lab, page),
    Home: () => seek(lab, 0),
    End: () => seek(lab, last),
  };
  const move = moves[event.key];
  if (move === undefined) return;
  event.preventDefault();
  event.stopPropagation();
  move();
}

export function Scrubber({ width, height, plot, narrow = false, touch = false }: Props) {
  const cycle = useLab((s) => s.cycle);
  const last = useLab(lastCycle);
  const scale = timeScale(last, width, narrow);
  const [left, right] = scale.range();
  const x = scale(cycle);
  const whole = useLab(wholeCycle);

  const move = (event: PointerEvent<HTMLElement>): void => {
    const box = event.currentTarget.getBoundingClientRect();
    seek(lab, scale.invert(left + event.clientX - box.left));
  };
  return (
    <>
      <svg className="chart playhead" style={{ position: 'absolute', inset: 0 }} width={width} height={height} aria-hidden="true">
        <line className="halo" x1={x} x2={x} y1={2} y2={plot} />
        <line className="line" x1={x} x2={x} y1={2} y2={plot} />
        {touch ? <circle className="grip" cx={x} cy={plot} r={6} /> : <path className="grip" d={`M${x - 5},1h10v6l-5,5l-5,-5z`} />}
      </svg>
      <div
        className="scrub"
        role="slider"
        tabIndex={0}
        aria-label="Playhead"
        aria-valuemin={0}
        aria-valuemax={last}
        aria-valuenow={whole}
        aria-valuetext={`cycle ${grouped(whole)} of ${grouped(last)}`}
        style={{ left, width: right - left, top: 0, height: plot }}
        onKeyDown={onKeyDown}
        onPointerDown={(event) => {
          event.currentTarget.setPointerCapture(event.pointerId);
          move(event);
        }}
        onPointerMove={(event) => event.currentTarget.hasPointerCapture(event.pointerId) && move(event)}
      />
    </>
  );
}
