/** The keys of strings.ts KEYS. Single keys are off while a field, a list, a slider or the grid has the focus. */
import { tinykeys } from 'tinykeys';
import { nextBoundary } from '../../analysis/phases.ts';
import type { Actions } from '../../store/actions.ts';
import { lab } from '../../store/lab.ts';
import { changeSpeed, lastCycle, seek, step, toggle, wholeCycle } from '../../store/playback.ts';
import { copyLink } from './share.ts';

/** Roles that use arrows, Home and End themselves. */
const OWN_KEYS =
  'input, select, textarea, [contenteditable], [role=slider], [role=separator], [role=grid], [role=gridcell], [role=tab], [role=radio], [role=application]';

const target = (event: KeyboardEvent): Element | null => (event.target instanceof Element ? event.target : null);
const inField = (event: KeyboardEvent): boolean => target(event)?.closest(OWN_KEYS) != null || target(event)?.closest('[role=dialog]') != null;
/** Space presses a focused button; the key is the button's then. */
const onControl = (event: KeyboardEvent): boolean => inField(event) || target(event)?.closest('button, a, summary') != null;

/** Moves to the previous or next change of the selected PE. */
export function stepPhase(direction: 1 | -1): void {
  const state = lab.getState();
  if (state.reader === null) return;
  seek(lab, nextBoundary(state.reader, state.pe ?? 0, wholeCycle(state), direction));
}

export function bindKeys(actions: Actions, openFile: () => void): () => void {
  const free =
    (act: () => void, busy = inField) =>
    (event: KeyboardEvent): void => {
      if (busy(event) || lab.getState().help) return;
      event.preventDefault();
      act();
    };
  const always = (act: () => void) => (event: KeyboardEvent) => {
    event.preventDefault();
    act();
  };
  return tinykeys(window, {
    Space: free(() => toggle(lab), onControl),
    ArrowLeft: free(() => step(lab, -1)),
    ArrowRight: free(() => step(lab, 1)),
    'Shift+ArrowLeft': free(() => stepPhase(-1)),
    'Shift+ArrowRight': free(() => stepPhase(1)),
    Home: free(() => seek(lab, 0)),
    End: free(() => seek(lab, lastCycle(lab.getState()))),
    '[': free(() => changeSpeed(lab, -1)),
    ']': free(() => changeSpeed(lab, 1)),
    '?': free(() => lab.setState({ help: true })),
    'Shift+?': free(() => lab.setState({ help: true })),
    '$mod+Enter': always(() => void actions.run()),
    '$mod+Shift+c': always(() => void copyLink(actions.say)),
    '$mod+o': always(openFile),
  });
}
