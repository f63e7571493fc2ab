/** The Lab's keys of strings.ts KEYS. Single keys are off while a field, a list, a slider or the grid has the focus. */
import { tinykeys } from 'tinykeys';
import { waitAt } from '../../analysis/critical-path.ts';
import { causeOf, legsOfWait } from '../../analysis/path-legs.ts';
import { nextBoundary } from '../../analysis/phases.ts';
import { peName } from '../../machine/fabric.ts';
import type { Actions } from '../../store/actions.ts';
import { lab } from '../../store/lab.ts';
import { goToBookmark, jumpToMark, setBookmark, toggleAnchor, toggleMark } from '../../store/marks.ts';
import { changeSpeed, lastCycle, seek, step, toggle, wholeCycle } from '../../store/playback.ts';
import { LAYERS } from '../../store/types.ts';
import type { TraceReader } from '../../trace/reader.ts';
import { eventsOf } from '../derived.ts';
import { legWords } from '../inspector/moment.ts';
import { TEXT } from '../strings.ts';
import { ARROWS, always, free, PRESSED, single, TYPED } from './keymap.ts';
import { saveProject } from './project.ts';
import { copyLink } from './share.ts';
import { APP_TEXT } from './strings.ts';

/** Moves to the previous or next change of the selected PE. */
export function stepPhase(direction: 1 | -1): void {
  const state = lab.getState();
  if (state.reader === null) return;
  seek(lab, nextBoundary(state.reader, state.pe ?? 0, wholeCycle(state), direction));
}

/** Moves to the previous or next event of the run or the selected PE, and selects where it is. */
export function stepEvent(direction: 1 | -1): void {
  const state = lab.getState();
  if (state.reader === null) return;
  const cycle = wholeCycle(state);
  const events = eventsOf(state.reader, state.pe);
  const next = direction === 1 ? events.find((e) => e.cycle > cycle) : events.findLast((e) => e.cycle < cycle);
  if (next === undefined) return;
  if (next.pe >= 0) lab.setState({ pe: next.pe });
  seek(lab, next.cycle);
}

/** Goes to what the wait of the selected PE comes from. */
export function blame(): void {
  const state = lab.getState();
  const { reader, pe } = state;
  if (reader === null || pe === null) return;
  const { width } = reader.trace;
  const wait = waitAt(reader, pe, wholeCycle(state));
  const cause = wait && causeOf(legsOfWait(reader, pe, wait), pe);
  if (!cause) {
    lab.setState({ message: noWait(reader, pe, wholeCycle(state)) });
    return;
  }
  if (cause.pe >= 0) lab.setState({ pe: cause.pe });
  seek(lab, cause.begin);
  lab.setState({ message: APP_TEXT.blame.waits(peName(pe, width), legWords(cause, width), cause.end - cause.begin) });
}

/** Of a PE that waits for nothing: it works, its work is done, or it has none. */
function noWait(reader: TraceReader, pe: number, cycle: number): string {
  const t = APP_TEXT.blame;
  const name = peName(pe, reader.trace.width);
  const last = reader.spans.lastEnd(pe);
  if (cycle < last) return t.noWait(name);
  return last === 0 ? t.noWork(name) : t.done(name, last);
}

/** The layer after (1) or before (-1) the one shown. */
export const nextLayer = (by: 1 | -1): void => lab.setState(({ layer }) => ({ layer: LAYERS[(LAYERS.indexOf(layer) + by + LAYERS.length) % LAYERS.length] }));

/** Opens the menu of files; on the phone that is the one of pages and files. */
export function openExport(): void {
  const button = document.querySelector<HTMLElement>('[data-menu=export]');
  // Its sheet comes next by Tab only from the button itself.
  button?.focus();
  button?.click();
}

const openPalette = (): void => lab.setState({ palette: true });

/** Keys of the digits: to the mark that has it; with Ctrl or Shift, gives it to this cycle. By place, as Shift changes what they type. */
function digits(): Record<string, (event: KeyboardEvent) => void> {
  const keys = Array.from({ length: 9 }, (_, i) => i + 1);
  return Object.fromEntries(
    keys.flatMap((digit) => [
      [`Digit${digit}`, single(() => goToBookmark(lab, digit))],
      [`Shift+Digit${digit}`, single(() => setBookmark(lab, digit))],
      [`$mod+Digit${digit}`, always(() => setBookmark(lab, digit))],
    ]),
  );
}

/** Escape lets go of what was chosen last: the range of cycles, then the rectangle of PEs. */
function letGo(event: KeyboardEvent): void {
  const { anchor, area } = lab.getState();
  if (anchor !== null || area !== null) free(() => lab.setState(anchor === null ? { area: null } : { anchor: null }), `${TYPED}, .pop`)(event);
}

export function bindKeys(actions: Actions, openFile: () => void): () => void {
  return tinykeys(window, {
    Space: free(() => toggle(lab), PRESSED),
    ArrowLeft: free(() => step(lab, -1), ARROWS),
    ArrowRight: free(() => step(lab, 1), ARROWS),
    'Shift+ArrowLeft': free(() => stepPhase(-1), ARROWS),
    'Shift+ArrowRight': free(() => stepPhase(1), ARROWS),
    Home: free(() => seek(lab, 0), ARROWS),
    End: free(() => seek(lab, lastCycle(lab.getState())), ARROWS),
    ',': single(() => stepEvent(-1)),
    '.': single(() => stepEvent(1)),
    m: single(() => toggleMark(lab)),
    r: single(() => toggleAnchor(lab)),
    Escape: letGo,
    'Shift+m': single(() => jumpToMark(lab, 1)),
    'Alt+ArrowLeft': free(() => jumpToMark(lab, -1), ARROWS),
    'Alt+ArrowRight': free(() => jumpToMark(lab, 1), ARROWS),
    '[': single(() => changeSpeed(lab, -1)),
    ']': single(() => changeSpeed(lab, 1)),
    b: single(blame),
    l: single(() => nextLayer(1)),
    'Shift+l': single(() => nextLayer(-1)),
    q: single(() => lab.setState(({ dockOpen }) => ({ dockOpen: !dockOpen }))),
    '$mod+b': always(() => lab.setState(({ setupOpen }) => ({ setupOpen: !setupOpen }))),
    '/': single(openPalette),
    F1: always(openPalette),
    '$mod+Shift+p': always(openPalette),
    '?': single(() => lab.setState({ help: true })),
    'Shift+?': single(() => lab.setState({ help: true })),
    '$mod+Enter': always(() => void actions.run()),
    '$mod+Shift+c': always(() => void copyLink(actions.say)),
    '$mod+o': always(openFile),
    '$mod+s': always(() => actions.say(TEXT.saved(saveProject()))),
    '$mod+e': always(openExport),
    ...digits(),
  });
}
