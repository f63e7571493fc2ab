/** When a key means what the page says: not where something else uses it, and single characters only if the user lets them (WCAG 2.1.4). */
import { lab } from '../../store/lab.ts';

/** Where characters are typed. */
export const TYPED = 'input:not([type=radio]):not([type=checkbox]), select, textarea, [contenteditable]';
/** What uses arrows, Home and End itself. */
export const ARROWS = `${TYPED}, [type=radio], [role=slider], [role=separator], [role=grid], [role=gridcell], [role=tab], [role=application], .pop`;
/** What Space presses. */
export const PRESSED = `${TYPED}, [type=radio], [type=checkbox], button, a, summary, [role=tab], [role=gridcell], .pop`;

const isIn = (event: KeyboardEvent, selector: string): boolean =>
  event.target instanceof Element && (event.target.closest(selector) ?? event.target.closest('[role=dialog], dialog')) !== null;

type OnKey = (event: KeyboardEvent) => void;

/** Acts unless the focus is where the key is taken, or in a dialog. */
export const free =
  (act: OnKey, taken: string): OnKey =>
  (event) => {
    if (event.defaultPrevented || isIn(event, taken)) return;
    event.preventDefault();
    act(event);
  };

/** A key of a single character. */
export const single =
  (act: OnKey): OnKey =>
  (event) => {
    if (lab.getState().singleKeys) free(act, TYPED)(event);
  };

/** A key with Ctrl, wherever the focus is. */
export const always =
  (act: OnKey): OnKey =>
  (event) => {
    event.preventDefault();
    act(event);
  };
