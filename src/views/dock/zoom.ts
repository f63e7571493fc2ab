/**
 * The dock's window on time by keys, wheel and fingers: W S A D, + − 0, F and U where the focus or, since the focus last moved, the pointer
 * is; Ctrl and the wheel or a pinch zoom at the pointer, Shift and the wheel or a sideways one pan, the plain wheel scrolls.
 */
import { lab } from '../../store/lab.ts';
import { chosenRange } from '../../store/marks.ts';
import { lastCycle } from '../../store/playback.ts';
import { holds, panned, spanIn, spanOver, type TimeSpan, zoomed } from '../../store/span.ts';
import type { LabState } from '../../store/types.ts';
import type { TraceReader } from '../../trace/reader.ts';
import { single } from '../app/keymap.ts';
import { TIME_TABS } from '../strings.ts';

/** One press of a key or button. */
const STEP = 2;
/** Share of what is shown that one press pans. */
const PAN = 0.25;
/** What a pixel of the wheel zooms by, as an exponent of e; and the pixels of a line and a page of wheels that count those. */
const WHEEL_ZOOM = 0.005;
const WHEEL_PIXELS = [1, 16, 400] as const;

/** Spans that undo goes back to. */
const MOST_BEFORE = 20;
let before: { readonly reader: TraceReader | null; readonly spans: readonly (TimeSpan | null)[] } = { reader: null, spans: [] };

/** Remembers a span of the run on screen; those of a run before it mean nothing. */
function remember({ reader, span }: LabState): void {
  before = { reader, spans: [...(before.reader === reader ? before.spans : []), span].slice(-MOST_BEFORE) };
}

const change = (to: (span: TimeSpan | null, cycles: number) => TimeSpan | null): void => lab.setState((s) => ({ span: to(s.span, lastCycle(s)) }));

/** The span before the last zoom by key or button. */
function undoTime(): void {
  const [reader, last] = [lab.getState().reader, before.spans.at(-1)];
  if (before.reader !== reader || last === undefined) return;
  before = { reader, spans: before.spans.slice(0, -1) };
  lab.setState({ span: last });
}

/** The chosen range or the marked one at the playhead, with some room; again, or without one, the whole run. */
function focusTime(): void {
  const state = lab.getState();
  const range = chosenRange(state) ?? markedRange(state);
  const wanted = range && spanOver(range, lastCycle(state));
  const isShown = wanted?.from === state.span?.from && wanted?.to === state.span?.to;
  remember(state);
  lab.setState({ span: isShown ? null : wanted });
}

/** The shortest marked range that the playhead is in. */
function markedRange({ marks, cycle }: LabState): TimeSpan | null {
  const around = marks.flatMap(({ cycle: from, end: to }) => (to !== undefined && holds({ from, to }, cycle) ? [{ from, to }] : []));
  return around.sort((a, b) => a.to - a.from - (b.to - b.from))[0] ?? null;
}

/** Shows `factor` times as many cycles around one, or around the playhead, or the middle where the playhead is not shown. */
function zoomTime(factor: number, at: number | null = null): void {
  const { cycle } = lab.getState();
  change((span, cycles) => {
    const seen = spanIn(span, cycles);
    return zoomed(span, cycles, at ?? (holds(seen, cycle) ? cycle : (seen.from + seen.to) / 2), factor);
  });
}

/** One step, which can be undone. */
function stepZoom(factor: number, at: number | null): void {
  remember(lab.getState());
  zoomTime(factor, at);
}

export const zoomTimeIn = (at: number | null = null): void => stepZoom(1 / STEP, at);
export const zoomTimeOut = (at: number | null = null): void => stepZoom(STEP, at);

export function fitTime(): void {
  remember(lab.getState());
  lab.setState({ span: null });
}
const panTime = (share: number): void => change((span, cycles) => panned(span, cycles, share));

/** Keys by place, whatever letters are printed on them. */
const BY_CODE: Readonly<Record<string, (at: number | null) => void>> = {
  KeyW: zoomTimeIn,
  KeyS: zoomTimeOut,
  KeyA: () => panTime(-PAN),
  KeyD: () => panTime(PAN),
};
const BY_KEY: typeof BY_CODE = { '+': zoomTimeIn, '=': zoomTimeIn, '-': zoomTimeOut, '0': fitTime, f: focusTime, u: undoTime };

/** The plot of the chart on screen: its slider covers it. */
const plotIn = (dock: Element): DOMRect | null => dock.querySelector('.scrub')?.getBoundingClientRect() ?? null;

/** The cycle at a place of the screen, or null beside the plot. */
function cycleAt(dock: Element, x: number): number | null {
  const plot = plotIn(dock);
  if (plot === null || x < plot.left || x > plot.right) return null;
  const state = lab.getState();
  const { from, to } = spanIn(state.span, lastCycle(state));
  return from + ((x - plot.left) / plot.width) * (to - from);
}

const isTimed = (): boolean => TIME_TABS.includes(lab.getState().dockTab) && lab.getState().reader !== null;

/** Follows keys and wheel over an element as long as the function it returns is not called. */
export function followTime(dock: HTMLElement): () => void {
  /** Where the pointer is, while it is over the dock and the focus has not moved elsewhere since. */
  let over: number | null = null;
  const ends = new AbortController();
  const { signal } = ends;
  const point = (x: number | null): void => {
    over = x;
  };
  dock.addEventListener('pointermove', ({ clientX }) => point(clientX), { signal });
  dock.addEventListener('pointerleave', () => point(null), { signal });
  document.addEventListener('focusin', ({ target }) => dock.contains(target as Node) || point(null), { signal });
  // Before the panel that has the focus: the pointer's place counts where it moved last.
  window.addEventListener('keydown', (event) => onKey(event, dock, over), { signal, capture: true });
  dock.addEventListener('wheel', (event) => onWheel(event, dock), { signal, passive: false });
  followPinch(dock, signal);
  return () => ends.abort();
}

function onKey(event: KeyboardEvent, dock: HTMLElement, over: number | null): void {
  if (!isTimed() || event.ctrlKey || event.metaKey || event.altKey || (over === null && !dock.contains(document.activeElement))) return;
  const act = event.shiftKey ? BY_KEY[event.key] : (BY_CODE[event.code] ?? BY_KEY[event.key.toLowerCase()]);
  if (act === undefined) return;
  single(() => {
    event.stopPropagation();
    act(over === null ? null : cycleAt(dock, over));
  })(event);
}

function onWheel(event: WheelEvent, dock: HTMLElement): void {
  if (!isTimed()) return;
  const [x, y] = [event.deltaX, event.deltaY].map((delta) => delta * WHEEL_PIXELS[event.deltaMode as 0 | 1 | 2]);
  const sideways = event.shiftKey && x === 0 ? y : x;
  const plot = plotIn(dock);
  if (event.ctrlKey) zoomTime(Math.exp(y * WHEEL_ZOOM), cycleAt(dock, event.clientX));
  else if (plot !== null && cycleAt(dock, event.clientX) !== null && (event.shiftKey || Math.abs(x) > Math.abs(y)) && sideways !== 0)
    panTime(sideways / plot.width);
  else return;
  event.preventDefault();
}

/** Two fingers zoom by the change of their distance, between them. */
function followPinch(dock: HTMLElement, signal: AbortSignal): void {
  let apart = 0;
  const distance = ([a, b]: TouchList): number => Math.max(1, Math.abs(a.clientX - b.clientX));
  const begin = ({ touches }: TouchEvent): void => {
    apart = touches.length === 2 ? distance(touches) : 0;
  };
  dock.addEventListener('touchstart', begin, { signal, passive: true });
  dock.addEventListener('touchend', begin, { signal, passive: true });
  const move = (event: TouchEvent): void => {
    if (apart === 0 || event.touches.length !== 2 || !isTimed()) return;
    event.preventDefault();
    const now = distance(event.touches);
    zoomTime(apart / now, cycleAt(dock, (event.touches[0].clientX + event.touches[1].clientX) / 2));
    apart = now;
  };
  dock.addEventListener('touchmove', move, { signal, passive: false });
}
