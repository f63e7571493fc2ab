/** The layers as tabs of the panel's header, and the stage of the latency layer. */
import { type KeyboardEvent, useRef } from 'react';
import { LATENCY_STAGES } from '../../analysis/latency.ts';
import { lab } from '../../store/lab.ts';
import { LAYERS, type Layer } from '../../store/types.ts';
import { useLab } from '../hooks.ts';
import { STAGE_NAMES } from '../strings.ts';
import { LAYER_NAMES } from './layer.ts';

const MOVES: Readonly<Record<string, (at: number) => number>> = {
  ArrowRight: (at) => (at + 1) % LAYERS.length,
  ArrowLeft: (at) => (at + LAYERS.length - 1) % LAYERS.length,
  Home: () => 0,
  End: () => LAYERS.length - 1,
};

export function LayerTabs() {
  const layer = useLab((s) => s.layer);
  const list = useRef<HTMLDivElement>(null);
  const choose = (next: Layer): void => lab.setState({ layer: next });
  const onKeyDown = (event: KeyboardEvent): void => {
    const move = MOVES[event.key];
    if (move === undefined) return;
    event.preventDefault();
    const at = move(LAYERS.indexOf(layer));
    choose(LAYERS[at]);
    (list.current?.children[at] as HTMLElement | undefined)?.focus();
  };
  return (
    <div className="tabs" role="tablist" aria-label="Layer" ref={list} onKeyDown={onKeyDown}>
      {LAYERS.map((id) => (
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

/** Which event the latency layer counts to. */
export function StageSelect() {
  const layer = useLab((s) => s.layer);
  const stage = useLab((s) => s.latencyStage);
  if (layer !== 'latency') return null;
  return (
    <select
      className="fab-stage-select"
      aria-label="Latency until"
      value={stage}
      onChange={(event) => lab.setState({ latencyStage: event.target.value as typeof stage })}
    >
      {LATENCY_STAGES.map((id) => (
        <option key={id} value={id}>
          {STAGE_NAMES[id]}
        </option>
      ))}
    </select>
  );
}
