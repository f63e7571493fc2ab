/**
 * The fabric: header with layers and tools, the canvas with everything that lies over it, the legend beside it (below it on
 * narrow screens). Drawing is the painter's; React renders only what is text.
 */
import './fabric.css';
import { type RefObject, useEffect, useRef, useState } from 'react';
import { useStore } from 'zustand';
import { lab } from '../../store/lab.ts';
import { useLab, useToggle } from '../hooks.ts';
import { usePalette } from '../theme/theme.ts';
import { NoRun } from '../verdict/Verdict.tsx';
import { FabricLegend } from './FabricLegend.tsx';
import { GoTo } from './GoTo.tsx';
import { GridCell } from './GridCell.tsx';
import { onFabricKey } from './keys.ts';
import { LayerTabs } from './LayerTabs.tsx';
import { showPainter } from './on-screen.ts';
import { Painter } from './painter.ts';
import { followPointer } from './pointer.ts';
import { StatesTable } from './StatesTable.tsx';
import { FABRIC_TEXT } from './strings.ts';
import { Tooltip } from './Tooltip.tsx';
import { fabricView } from './view.ts';
import { ZoomTools } from './ZoomTools.tsx';

type Ref<T> = RefObject<T | null>;

/** A painter for as long as the canvas is on screen. */
function usePainter(): {
  readonly painter: Painter | null;
  readonly stage: Ref<HTMLDivElement>;
  readonly canvas: Ref<HTMLCanvasElement>;
  readonly cell: Ref<HTMLDivElement>;
} {
  const stage = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const cell = useRef<HTMLDivElement>(null);
  const palette = usePalette();
  const [painter, setPainter] = useState<Painter | null>(null);
  useEffect(() => {
    if (stage.current === null || canvas.current === null || cell.current === null) return;
    const made = new Painter({ stage: stage.current, canvas: canvas.current, cell: cell.current });
    const stop = followPointer(canvas.current, cell.current, made.camera);
    setPainter(made);
    showPainter(made);
    return () => {
      showPainter(null);
      stop();
      made.dispose();
      setPainter(null);
    };
  }, []);
  useEffect(() => painter?.setPalette(palette), [painter, palette]);
  useEffect(() => {
    // With the focus nowhere in particular the fabric's keys are the page's.
    const onKey = (event: KeyboardEvent): void => {
      if (event.target === document.body) onFabricKey(event, painter?.camera ?? null);
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, [painter]);
  return { painter, stage, canvas, cell };
}

export function FabricPanel() {
  const { painter, stage, canvas, cell } = usePainter();
  const ready = useLab((s) => s.reader !== null);
  const describe = useLab((s) => s.describe);
  const goTo = useStore(fabricView, (s) => s.goTo);
  const [table] = useToggle('fabric-table');
  return (
    <section className="panel fab" aria-label={FABRIC_TEXT.name} onKeyDown={(event) => onFabricKey(event.nativeEvent, painter?.camera ?? null)}>
      <header className="ph fab-head">
        <h2>{FABRIC_TEXT.name}</h2>
        <LayerTabs />
        <span className="sp" />
        <button type="button" className="btn s fab-describe" aria-pressed={describe} onClick={() => lab.setState({ describe: !describe })}>
          {FABRIC_TEXT.describe}
        </button>
        <ZoomTools camera={painter?.camera ?? null} />
      </header>
      <div className="fab-body" id="fabric-body" role="tabpanel" aria-label={FABRIC_TEXT.layer}>
        <div className="fab-stage" ref={stage}>
          <canvas ref={canvas} role="img" aria-label={FABRIC_TEXT.canvas} />
          <GridCell cell={cell} />
          {ready ? (
            <Tooltip painter={painter} />
          ) : (
            <div className="fab-empty">
              <NoRun />
            </div>
          )}
          {painter !== null && goTo && <GoTo camera={painter.camera} cell={cell} />}
        </div>
        {ready && painter !== null && <FabricLegend painter={painter} />}
      </div>
      {table && <StatesTable />}
    </section>
  );
}
