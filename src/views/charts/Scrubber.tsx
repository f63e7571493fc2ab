/**
 * The playhead over a chart: drawn in one thin SVG of its own, moved by drag or by keys as a slider. It alone renders again
 * when the playhead moves; the chart below stays.
 */
import type { ScaleLinear } from 'd3';
import type { KeyboardEvent, PointerEvent } from 'react';
import { useStore } from 'zustand';
import { lab } from '../../store/lab.ts';
import { lastCycle, seek, step, wholeCycle } from '../../store/playback.ts';
import type { TimeSpan } from '../../store/span.ts';
import type { Mark } from '../../store/types.ts';
import { stepPhase } from '../app/shortcuts.ts';
import type { Size } from './size.ts';
import { CHART_TEXT } from './strings.ts';
import { timeScale } from './time.ts';

interface PlayheadProps extends Size {
  /** Height of the plot the slider covers, from the top. */
  readonly plot: number;
  /** Grip at the bottom, for fingers. */
  readonly touch?: boolean;
  readonly scale: ScaleLinear<number, number>;
  /** Where it is, and the same as a whole cycle. */
  readonly at: number;
  readonly whole: number;
  readonly from: number;
  readonly to: number;
  /** What is marked, and the range that is chosen but not kept yet. */
  readonly marks?: readonly Pick<Mark, 'cycle' | 'end'>[];
  readonly range?: TimeSpan | null;
  readonly onSeek: (cycle: number) => void;
  /** Where a range begins that the pointer draws with Shift; without it Shift means nothing. */
  readonly onAnchor?: (cycle: number) => void;
  /** Moves by cycles; `phase` asks for the next change instead, in the same direction. */
  readonly onStep: (by: number, phase: boolean) => void;
}

type Plot = Pick<PlayheadProps, 'scale' | 'plot'>;

/** A range of cycles, as far as the chart shows it: a bar above it and lines at its ends, so that the data keep their colours. */
function Band({ span, scale, plot, kind }: Plot & { span: TimeSpan; kind: 'range' | 'marked' }) {
  const [left, right] = scale.range();
  const [from, to] = [span.from, span.to].map((cycle) => Math.min(right, Math.max(left, scale(cycle))));
  return (
    <g className="band" data-kind={kind}>
      <rect x={from} y={2} width={Math.max(0, to - from)} height={5} />
      <path d={`M${from},${plot}V2M${to},${plot}V2`} />
    </g>
  );
}

function Flag({ mark: { cycle, end }, scale, plot }: Plot & { mark: Pick<Mark, 'cycle' | 'end'> }) {
  const [first, last] = scale.domain();
  return (
    <>
      {end !== undefined && <Band span={{ from: cycle, to: end }} scale={scale} plot={plot} kind="marked" />}
      {cycle >= first && cycle <= last && <path className="flag" data-kind="mark" d={`M${scale(cycle)},${plot}V2h8l-2.5,3l2.5,3h-8`} />}
    </>
  );
}

/** A slider over a chart. */
export function Playhead({
  width,
  height,
  plot,
  touch = false,
  scale,
  at,
  whole,
  from,
  to,
  marks = [],
  range = null,
  onSeek,
  onStep,
  onAnchor,
}: PlayheadProps) {
  const [left, right] = scale.range();
  const x = scale(at);
  const [first, last] = scale.domain();
  const page = Math.max(1, Math.round((last - first) / 20));
  const beyond = at < first ? -1 : at > last ? 1 : 0;
  const cycleOf = (event: PointerEvent<HTMLElement>): number => scale.invert(left + event.clientX - event.currentTarget.getBoundingClientRect().left);
  const move = (event: PointerEvent<HTMLElement>): void => onSeek(cycleOf(event));
  const onKeyDown = (event: KeyboardEvent): void => {
    const moves: Readonly<Record<string, () => void>> = {
      ArrowLeft: () => onStep(-1, event.shiftKey),
      ArrowRight: () => onStep(1, event.shiftKey),
      ArrowDown: () => onStep(-1, false),
      ArrowUp: () => onStep(1, false),
      PageDown: () => onStep(-page, false),
      PageUp: () => onStep(page, false),
      Home: () => onSeek(from),
      End: () => onSeek(to),
    };
    const act = moves[event.key];
    if (act === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    act();
  };
  return (
    <>
      <svg className="chart playhead" style={{ position: 'absolute', inset: 0 }} width={width} height={height} aria-hidden="true">
        {marks.map((mark) => (
          <Flag key={`${mark.cycle} ${mark.end}`} mark={mark} scale={scale} plot={plot} />
        ))}
        {range && <Band span={range} scale={scale} plot={plot} kind="range" />}
        {beyond === 0 ? (
          <>
            <line className="halo" x1={x} x2={x} y1={2} y2={plot} />
            <line className="line" x1={x} x2={x} y1={2} y2={plot} />
            {touch ? <circle className="grip" cx={x} cy={plot} r={6} /> : <path className="grip" d={`M${x - 5},1h10v6l-5,5l-5,-5z`} />}
          </>
        ) : (
          <path className="grip" data-kind="beyond" d={`M${x},${plot / 2}l${-9 * beyond},-7v14z`} />
        )}
      </svg>
      <div
        className="scrub"
        role="slider"
        tabIndex={0}
        aria-label={CHART_TEXT.playhead}
        aria-valuemin={from}
        aria-valuemax={to}
        aria-valuenow={whole}
        aria-valuetext={`${CHART_TEXT.cycleOf(whole, to)}${CHART_TEXT.beyond[beyond + 1]}`}
        style={{ left, width: right - left, top: 0, height: plot }}
        onKeyDown={onKeyDown}
        onPointerDown={(event) => {
          if (!event.isPrimary) return;
          event.currentTarget.setPointerCapture(event.pointerId);
          if (event.shiftKey) onAnchor?.(cycleOf(event));
          move(event);
        }}
        onPointerMove={(event) => event.currentTarget.hasPointerCapture(event.pointerId) && move(event)}
      />
    </>
  );
}

interface Props extends Pick<PlayheadProps, 'width' | 'height' | 'plot' | 'touch'> {
  /** What the chart shows; the whole run if absent. */
  readonly span?: TimeSpan;
  readonly narrow?: boolean;
}

const onStep = (by: number, phase: boolean): void => (phase ? stepPhase(by < 0 ? -1 : 1) : step(lab, by));

/** The Lab's playhead. It reads the page's own store: it stays under the finger that moves it, ahead of the chart it lies on. */
export function Scrubber({ span, narrow = false, ...box }: Props) {
  const cycle = useStore(lab, (s) => s.cycle);
  const last = useStore(lab, lastCycle);
  const whole = useStore(lab, wholeCycle);
  const marks = useStore(lab, (s) => s.marks);
  const shown = span ?? { from: 0, to: last };
  const scale = timeScale(shown, box.width, narrow);
  const anchor = useStore(lab, (s) => s.anchor);
  const range = anchor === null ? null : { from: Math.min(anchor, cycle), to: Math.max(anchor, cycle) };
  const flags = marks.filter((m) => m.cycle <= shown.to && (m.end ?? m.cycle) >= shown.from);
  const onAnchor = (c: number): void => lab.setState({ anchor: Math.max(0, Math.min(last, Math.round(c))) });
  const own = { at: cycle, whole, from: 0, to: last, marks: flags, range, onAnchor, onStep };
  return <Playhead {...box} {...own} scale={scale} onSeek={(c) => seek(lab, c)} />;
}
