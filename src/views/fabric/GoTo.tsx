/** "Go to PE": a small field for x,y, opened by G. */
import { type RefObject, useState } from 'react';
import { lab } from '../../store/lab.ts';
import type { Camera } from './camera.ts';
import { FABRIC_TEXT } from './strings.ts';
import { fabricView } from './view.ts';

const t = FABRIC_TEXT.goTo;

/** Index of "x,y" in a rectangle, or what is wrong with it in words. */
export function parsePe(text: string, { width, height }: { readonly width: number; readonly height: number }): number | string {
  const match = /^\s*(\d+)\s*[,; ]\s*(\d+)\s*$/.exec(text);
  const [x, y] = match === null ? [-1, -1] : [Number(match[1]), Number(match[2])];
  if (match !== null && x < width && y < height) return y * width + x;
  return t.wrong(width, height);
}

interface Props {
  readonly camera: Camera;
  /** The keyboard's cell, which gets the focus back. */
  readonly cell: RefObject<HTMLElement | null>;
}

export function GoTo({ camera, cell }: Props) {
  const close = (): void => {
    fabricView.setState({ goTo: false });
    cell.current?.focus({ preventScroll: true });
  };
  const [error, setError] = useState('');
  const go = (text: string): void => {
    const { reader } = lab.getState();
    const pe = reader === null ? t.noRun : parsePe(text, reader.trace);
    if (typeof pe === 'string') {
      setError(pe);
      return;
    }
    lab.setState({ pe });
    fabricView.setState({ cursor: pe });
    camera.center(pe);
    close();
  };
  return (
    <form
      className="fab-goto"
      onSubmit={(event) => {
        event.preventDefault();
        go(String(new FormData(event.currentTarget).get('pe')));
      }}
      onKeyDown={(event) => event.key === 'Escape' && close()}
    >
      <label htmlFor="fab-goto-pe">{t.name}</label>
      <span className={error === '' ? 'inp' : 'inp invalid'}>
        {/* biome-ignore lint/a11y/noAutofocus: the field was asked for by a key */}
        <input id="fab-goto-pe" name="pe" placeholder="x,y" autoFocus autoComplete="off" aria-invalid={error !== ''} aria-describedby="fab-goto-error" />
      </span>
      <button type="submit" className="btn o s">
        {t.go}
      </button>
      <p id="fab-goto-error" className="field-error" role="alert">
        {error}
      </p>
    </form>
  );
}
