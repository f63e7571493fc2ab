/** Search and commands: one field over a list, by keys or by pressing. */
import { type KeyboardEvent, useEffect, useId, useRef, useState } from 'react';
import { Dialog } from 'react-aria-components/Dialog';
import { Modal, ModalOverlay } from 'react-aria-components/Modal';
import { useLocation } from 'wouter';
import { lab } from '../../store/lab.ts';
import { useActions, useLab } from '../hooks.ts';
import { type Entry, entriesFor } from './entries.ts';
import { PALETTE_TEXT } from './strings.ts';
import './palette.css';

const close = (): void => lab.setState({ palette: false });

/** What an arrow makes of the chosen place; undefined for other keys. */
function target(key: string, at: number, length: number): number | undefined {
  if (length === 0) return undefined;
  if (key === 'ArrowDown') return (at + 1) % length;
  return key === 'ArrowUp' ? (at + length - 1) % length : undefined;
}

function List({ id, entries, at, choose }: { id: string; entries: readonly Entry[]; at: number; choose: (entry: Entry) => void }) {
  const list = useRef<HTMLDivElement>(null);
  useEffect(() => list.current?.children[at]?.scrollIntoView({ block: 'nearest' }), [at]);
  return (
    <div role="listbox" id={id} ref={list} aria-label={PALETTE_TEXT.found} className="found" tabIndex={-1}>
      {entries.map((entry, i) => (
        // The field keeps the focus and its keys; a press is for pointers.
        // biome-ignore lint/a11y/useKeyWithClickEvents: see above
        // biome-ignore lint/a11y/useFocusableInteractive: see above
        <div key={`${entry.kind} ${entry.name} ${entry.hint}`} role="option" id={`${id}-${i}`} aria-selected={i === at} onClick={() => choose(entry)}>
          <span className="t3 kind">{entry.kind}</span>
          <span className="name">{entry.name}</span>
          <span className="t3">{entry.hint}</span>
        </div>
      ))}
    </div>
  );
}

function Search() {
  const actions = useActions();
  const [, go] = useLocation();
  const [text, setText] = useState('');
  const [chosen, setChosen] = useState(0);
  const id = useId();
  const entries = entriesFor(text, lab.getState(), actions, go);
  const at = Math.min(chosen, Math.max(0, entries.length - 1));
  const choose = (entry: Entry | undefined): void => {
    close();
    entry?.act();
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const next = target(event.key, at, entries.length);
    if (next !== undefined) setChosen(next);
    else if (event.key === 'Enter') choose(entries[at]);
    else return;
    event.preventDefault();
  };
  return (
    <>
      <span className="inp">
        <input
          // biome-ignore lint/a11y/noAutofocus: the field was asked for by a key
          autoFocus
          role="combobox"
          aria-label={PALETTE_TEXT.field}
          aria-expanded={entries.length > 0}
          aria-controls={id}
          aria-activedescendant={entries.length > 0 ? `${id}-${at}` : undefined}
          placeholder={PALETTE_TEXT.placeholder}
          autoComplete="off"
          spellCheck={false}
          value={text}
          onKeyDown={onKeyDown}
          onChange={(event) => {
            setText(event.target.value);
            setChosen(0);
          }}
        />
      </span>
      {entries.length > 0 ? <List id={id} entries={entries} at={at} choose={choose} /> : <p className="t12 t3">{PALETTE_TEXT.nothing}</p>}
    </>
  );
}

export function Palette() {
  const open = useLab((s) => s.palette);
  return (
    <ModalOverlay className="veil" isOpen={open} onOpenChange={(palette) => lab.setState({ palette })} isDismissable>
      <Modal className="dialog palette">
        <Dialog aria-label={PALETTE_TEXT.title}>
          <Search />
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}
