/** The layers as tabs of the panel's header. */
import { type KeyboardEvent, useRef } from 'react';
import { lab } from '../../store/lab.ts';
import { LAYERS, type Layer } from '../../store/types.ts';
import { useLab, useSelectedInView } from '../hooks.ts';
import { LAYER_NAMES } from '../strings.ts';
import { FABRIC_TEXT } from './strings.ts';

/** Links are one tab; its legend chooses between utilisation and demand. */
const TABS = LAYERS.filter((id) => id !== 'demand');

const MOVES: Readonly<Record<string, (at: number) => number>> = {
  ArrowRight: (at) => (at + 1) % TABS.length,
  ArrowLeft: (at) => (at + TABS.length - 1) % TABS.length,
  Home: () => 0,
  End: () => TABS.length - 1,
};

export function LayerTabs() {
  const layer = useLab((s) => (s.layer === 'demand' ? 'links' : s.layer));
  const list = useRef<HTMLDivElement>(null);
  useSelectedInView(list, layer);
  const choose = (next: Layer): void => lab.setState({ layer: next });
  const onKeyDown = (event: KeyboardEvent): void => {
    const move = MOVES[event.key];
    if (move === undefined) return;
    event.preventDefault();
    const at = move(TABS.indexOf(layer));
    choose(TABS[at]);
    (list.current?.children[at] as HTMLElement | undefined)?.focus();
  };
  return (
    <div className="tabs" role="tablist" aria-label={FABRIC_TEXT.layer} ref={list} onKeyDown={onKeyDown}>
      {TABS.map((id) => (
        <button
          key={id}
          type="button"
          role="tab"
          className="fab-tab"
          aria-selected={id === layer}
          aria-controls="fabric-body"
          data-selected={id === layer || undefined}
          tabIndex={id === layer ? 0 : -1}
          onClick={() => choose(id)}
        >
          {LAYER_NAMES[id]}
        </button>
      ))}
    </div>
  );
}
