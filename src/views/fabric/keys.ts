/** The fabric's keys (experience.md section 2.2), while the focus is inside its panel. */
import { lab } from '../../store/lab.ts';
import { toggle } from '../../store/playback.ts';
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

/** Keys of the focused cell: arrows move it, Enter selects its PE. True if the key was one of them. */
function onCellKey(key: string, camera: Camera): boolean {
  const { reader } = lab.getState();
  const step = ARROWS[key];
  if (reader === null) return false;
  const { width, height } = reader.trace;
  const { cursor } = fabricView.getState();
  if (step !== undefined) {
    const x = Math.min(width - 1, Math.max(0, (cursor % width) + step[0]));
    const y = Math.min(height - 1, Math.max(0, Math.floor(cursor / width) + step[1]));
    fabricView.setState({ cursor: y * width + x });
    camera.reveal(y * width + x);
  } else if (key === 'Enter') lab.setState({ pe: cursor });
  else if (key === ' ') toggle(lab);
  else return false;
  return true;
}

export function onFabricKey(event: KeyboardEvent, camera: Camera | null): void {
  const target = event.target as Element;
  if (camera === null || event.ctrlKey || event.metaKey || event.altKey || target.closest('input, select, [role=dialog]') !== null) return;
  const { singleKeys } = lab.getState();
  const pan = singleKeys ? PANS[event.code] : undefined;
  const act = singleKeys ? KEYS[event.key.toLowerCase()] : undefined;
  if (target.matches('[role=gridcell]') && onCellKey(event.key, camera)) event.preventDefault();
  else if (pan !== undefined) camera.panBy(...pan);
  else if (act !== undefined) act(camera);
  else if (event.key === 'Escape' && lab.getState().hover !== null) lab.setState({ hover: null });
  else return;
  event.preventDefault();
}
