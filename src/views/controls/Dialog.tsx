/**
 * A modal dialog, open as long as it is there. Escape asks to close it, and so does a press beside it where nothing is lost by that.
 * The focus returns to where it was.
 */
import { type KeyboardEvent, type MouseEvent, type ReactNode, useLayoutEffect, useRef } from 'react';

interface Props {
  readonly label: string;
  readonly className?: string;
  readonly isDismissable?: boolean;
  /** The first field or button has the focus, not the dialog: where that is what it is opened for. */
  readonly startsInside?: boolean;
  readonly onClose: () => void;
  readonly children: ReactNode;
}

function isBeside({ currentTarget, clientX, clientY }: MouseEvent<HTMLDialogElement>): boolean {
  const { left, right, top, bottom } = currentTarget.getBoundingClientRect();
  return clientX < left || clientX > right || clientY < top || clientY > bottom;
}

export function Dialog({ label, className = '', isDismissable = false, startsInside = false, onClose, children }: Props) {
  const ref = useRef<HTMLDialogElement>(null);
  useLayoutEffect(() => {
    const dialog = ref.current;
    dialog?.showModal();
    if (!startsInside) dialog?.focus();
    return () => dialog?.close();
  }, [startsInside]);
  // The page's own keys have nothing to close behind a dialog.
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === 'Escape') event.stopPropagation();
  };
  return (
    <dialog
      ref={ref}
      tabIndex={-1}
      className={`dialog ${className}`}
      aria-label={label}
      onClose={onClose}
      onKeyDown={onKeyDown}
      onPointerDown={(event) => isDismissable && isBeside(event) && onClose()}
    >
      {children}
    </dialog>
  );
}
