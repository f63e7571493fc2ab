/**
 * A small sheet that a button opens beside itself: definitions, short menus. It stands right after its button in the document,
 * so reading order and Tab order need no tricks; Escape, a press elsewhere and scrolling close it.
 */
import { type ReactNode, type RefObject, useEffect, useId, useRef, useState } from 'react';

interface Place {
  readonly left: number;
  readonly top?: number;
  readonly bottom?: number;
}

const WIDTH = 300;
const MARGIN = 8;
/** With less room than this below it, the sheet opens upwards. */
const ROOM = 180;

/** Where a sheet fits beside `box`, in viewport coordinates. */
export function placeBeside(box: { left: number; top: number; bottom: number }, view: { width: number; height: number }): Place {
  const left = Math.max(MARGIN, Math.min(box.left - MARGIN, view.width - Math.min(WIDTH, view.width - 2 * MARGIN) - MARGIN));
  return view.height - box.bottom < ROOM ? { left, bottom: view.height - box.top + 4 } : { left, top: box.bottom + 4 };
}

/** The same for a button; what is zoomed (styles/large.css) counts in pixels of its own. */
function placeOf(button: HTMLElement): Place {
  const { left, top, bottom } = button.getBoundingClientRect();
  const zoom = button.currentCSSZoom ?? 1;
  return placeBeside({ left: left / zoom, top: top / zoom, bottom: bottom / zoom }, { width: innerWidth / zoom, height: innerHeight / zoom });
}

/** Closes on Escape (the focus returns to the button), on a press or focus elsewhere, on scrolling. */
function useClosing(root: RefObject<HTMLElement | null>, open: boolean, close: () => void): void {
  useEffect(() => {
    if (!open) return;
    const elsewhere = (event: Event): void => {
      if (event.target instanceof Node && !root.current?.contains(event.target)) close();
    };
    const onKey = (event: KeyboardEvent): void => {
      if (event.key !== 'Escape') return;
      close();
      root.current?.querySelector('button')?.focus();
    };
    addEventListener('pointerdown', elsewhere, true);
    addEventListener('focusin', elsewhere, true);
    addEventListener('scroll', elsewhere, true);
    addEventListener('keydown', onKey);
    return () => {
      removeEventListener('pointerdown', elsewhere, true);
      removeEventListener('focusin', elsewhere, true);
      removeEventListener('scroll', elsewhere, true);
      removeEventListener('keydown', onKey);
    };
  }, [root, open, close]);
}

interface Props {
  readonly face: ReactNode;
  /** Name of the button, where its face is a sign. */
  readonly label?: string;
  readonly className: string;
  readonly sheetClass?: string;
  readonly disabled?: boolean;
  /** What a key opens it by. */
  readonly menu?: string;
  readonly children: (close: () => void) => ReactNode;
}

export function Flyout({ face, label, className, sheetClass = '', disabled, menu, children }: Props) {
  const root = useRef<HTMLSpanElement>(null);
  const [place, setPlace] = useState<Place | null>(null);
  // What has the focus in the sheet is gone with it: the next Tab would begin at the top of the page.
  const [close] = useState(() => () => {
    const [button, sheet] = root.current?.children ?? [];
    if (button instanceof HTMLElement && sheet?.contains(document.activeElement)) button.focus({ preventScroll: true });
    setPlace(null);
  });
  const id = useId();
  useClosing(root, place !== null, close);
  return (
    <span ref={root} className="flyout">
      <button
        type="button"
        className={className}
        data-menu={menu}
        aria-label={label}
        aria-expanded={place !== null}
        aria-controls={place === null ? undefined : id}
        disabled={disabled}
        onClick={(event) => setPlace(place ? null : placeOf(event.currentTarget))}
      >
        {face}
      </button>
      {place && (
        <span id={id} className={`pop ${sheetClass}`} style={place}>
          {children(close)}
        </span>
      )}
    </span>
  );
}
