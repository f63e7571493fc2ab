/** The keys of strings.ts KEYS. Single keys are off while a field, a list, a slider or the grid has the focus. */
import { tinykeys } from 'tinykeys';
import { nextBoundary } from '../../analysis/phases.ts';
import type { Actions } from '../../store/actions.ts';
import { lab } from '../../store/lab.ts';
import { jumpToMark, toggleMark } from '../../store/marks.ts';
import { changeSpeed, lastCycle, seek, step, toggle, wholeCycle } from '../../store/playback.ts';
import { eventsOf } from '../derived.ts';
import { saveProject } from './project.ts';
import { copyLink } from './share.ts';

/** Where characters are typed. */
const TEXT = 'input:not([type=radio]), select, textarea, [contenteditable]';
/** What uses arrows, Home and End itself. */
const ARROWS = `${TEXT}, [type=radio], [role=slider], [role=separator], [role=grid], [role=gridcell], [role=tab], [role=application]`;
/** What Space presses. */
const PRESSED = `${TEXT}, [type=radio], button, a, summary, [role=tab], [role=gridcell]`;

const isIn = (event: KeyboardEvent, selector: string): boolean =>
  event.target instanceof Element && (event.target.closest(selector) ?? event.target.closest('[role=dialog]')) !== null;

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

export function bindKeys(actions: Actions, openFile: () => void): () => void {
  const free = (act: () => void, taken: string) => (event: KeyboardEvent) => {
    if (event.defaultPrevented || isIn(event, taken)) return;
    event.preventDefault();
    act();
  };
  const single = (act: () => void) => (event: KeyboardEvent) => {
    if (lab.getState().singleKeys) free(act, TEXT)(event);
  };
  const always = (act: () => void) => (event: KeyboardEvent) => {
    event.preventDefault();
    act();
  };
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
    'Shift+m': single(() => jumpToMark(lab, 1)),
    'Alt+ArrowLeft': free(() => jumpToMark(lab, -1), ARROWS),
    'Alt+ArrowRight': free(() => jumpToMark(lab, 1), ARROWS),
    '[': single(() => changeSpeed(lab, -1)),
    ']': single(() => changeSpeed(lab, 1)),
    '?': single(() => lab.setState({ help: true })),
    'Shift+?': single(() => lab.setState({ help: true })),
    '$mod+Enter': always(() => void actions.run()),
    '$mod+Shift+c': always(() => void copyLink(actions.say)),
    '$mod+o': always(openFile),
    '$mod+s': always(() => actions.say(`${saveProject()} was saved.`)),
  });
}
