/** The fabric's keys (experience.md section 2.2), while the focus is inside its panel. */
import { lab } from '../../store/lab.ts';
import { toggle } from '../../store/playback.ts';
import { areaOf } from '../../store/selection.ts';
import type { Camera } from './camera.ts';
import { fabricView } from './view.ts';
import { ZOOM_STEP } from './ZoomTools.tsx';

/** Share of the well that one key press pans. */
const PAN = 0.25;

const ARROWS: Readonly<Record<string, readonly [number, number]>> = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

/** Pan keys by place on the keyboard, whatever letters are printed on it. */
const PANS: Readonly<Record<string, readonly [number, number]>> = { KeyW: [0, -PAN], KeyS: [0, PAN], KeyA: [-PAN, 0], KeyD: [PAN, 0] };

const KEYS: Readonly<Record<string, (camera: Camera) => void>> = {
  '+': (camera) => camera.zoomBy(ZOOM_STEP),
  '=': (camera) => camera.zoomBy(ZOOM_STEP),
  '-': (camera) => camera.zoomBy(1 / ZOOM_STEP),
  '0': (camera) => camera.fit(),
  f: (camera) => focusSelection(camera),
  g: () => fabricView.setState({ goTo: true }),
  u: (camera) => void camera.undo(),
};

/** Shows the selected PE; again, the whole fabric. */
function focusSelection(camera: Camera): void {
  const { pe } = lab.getState();
  if (camera.focused || pe === null) camera.fit();
  else camera.focus(pe);
}

/** Keys of the focused cell: arrows move it, with Shift they select the rectangle up to it, Enter selects its PE. True if the key was one of them. */
function onCellKey({ key, shiftKey }: KeyboardEvent, camera: Camera): boolean {
  const { reader } = lab.getState();
  const step = ARROWS[key];
  if (reader === null) return false;
  const { width, height } = reader.trace;
  const { cursor } = fabricView.getState();
  if (step !== undefined) {
    const x = Math.min(width - 1, Math.max(0, (cursor % width) + step[0]));
    const y = Math.min(height - 1, Math.max(0, Math.floor(cursor / width) + step[1]));
    const to = y * width + x;
    fabricView.setState({ cursor: to });
    if (shiftKey) extendSelection(cursor, to);
    camera.reveal(to);
  } else if (key === 'Enter') lab.setState({ pe: cursor, area: null });
  else if (key === ' ') toggle(lab);
  else return false;
  return true;
}

/** Selects the rectangle up to a PE: from the corner it has, else from `otherwise`. */
function extendSelection(otherwise: number, to: number): void {
  lab.setState((s) => {
    const from = areaOf(s, { width: s.reader?.trace.width ?? 1 }) === null ? otherwise : (s.pe ?? otherwise);
    return { pe: from, area: { from, to } };
  });
}

export function onFabricKey(event: KeyboardEvent, camera: Camera | null): void {
  const target = event.target as Element;
  if (camera === null || event.ctrlKey || event.metaKey || event.altKey || target.closest('input, select, [role=dialog]') !== null) return;
  const { singleKeys } = lab.getState();
  const pan = singleKeys ? PANS[event.code] : undefined;
  const act = singleKeys ? KEYS[event.key.toLowerCase()] : undefined;
  if (target.matches('[role=gridcell]') && onCellKey(event, camera)) event.preventDefault();
  else if (pan !== undefined) camera.panBy(...pan);
  else if (act !== undefined) act(camera);
  else if (event.key === 'Escape' && lab.getState().hover !== null) lab.setState({ hover: null });
  else return;
  event.preventDefault();
}
