/**
 * The fabric for keyboards and screen readers: a grid of one cell that stands for the PE of the keyboard's cursor and is
 * moved over it. 745 500 real cells would serve nobody.
 */
import type { RefObject } from 'react';
import { useStore } from 'zustand';
import { describePe } from '../../analysis/describe.ts';
import type { Region } from '../../analysis/fabric-frame.ts';
import { peName } from '../../machine/fabric.ts';
import { stuckWaits, wholeCycle } from '../../store/playback.ts';
import type { LabState } from '../../store/types.ts';
import { useLab } from '../hooks.ts';
import { useArea } from '../inspector/Area.tsx';
import { TEXT } from '../strings.ts';
import { FABRIC_TEXT } from './strings.ts';
import { fabricView } from './view.ts';

const t = FABRIC_TEXT.grid;

/** "Wait 2: PE 0,1 waits for color 2 from the east": what the end of a stuck run shows at a PE. */
function waitsAt(state: LabState, pe: number): string {
  return stuckWaits(state)
    .flatMap((wait, i) => (wait.pe === pe ? [t.wait(i + 1, wait.text)] : []))
    .join('. ');
}

const isIn = ({ x0, y0, x1, y1 }: Region, x: number, y: number): boolean => x >= x0 && x < x1 && y >= y0 && y < y1;

export function GridCell({ cell }: { readonly cell: RefObject<HTMLDivElement | null> }) {
  const reader = useLab((s) => s.reader);
  // While time runs the label stays: nobody can listen to a label that changes sixty times a second.
  const cycle = useLab((s) => (s.playing ? -1 : wholeCycle(s)));
  const selected = useLab((s) => s.pe);
  const area = useArea(reader);
  const cursor = useStore(fabricView, (s) => s.cursor);
  const { width, height } = reader?.trace ?? { width: 1, height: 1 };
  const pe = Math.min(cursor, width * height - 1);
  const waits = useLab((s) => waitsAt(s, pe));
  const label =
    reader === null
      ? t.noRun
      : cycle < 0
        ? t.running(peName(pe, width))
        : [describePe(reader, pe, cycle), waits, area ? t.selected(TEXT.area(area)) : ''].filter((s) => s !== '').join('. ');
  return (
    <>
      {/* biome-ignore lint/a11y/useSemanticElements: a table cannot lie over a canvas and stand for PEs that are not in it */}
      <div role="grid" className="fab-grid" aria-label={t.name(width, height)} aria-rowcount={height} aria-colcount={width} aria-multiselectable>
        {/* biome-ignore lint/a11y/useSemanticElements: as above */}
        {/* biome-ignore lint/a11y/useFocusableInteractive: its cell takes the focus */}
        <div role="row" aria-rowindex={Math.floor(pe / width) + 1}>
          {/* biome-ignore lint/a11y/useSemanticElements: as above */}
          <div
            ref={cell}
            role="gridcell"
            className="fab-cell"
            tabIndex={0}
            aria-colindex={(pe % width) + 1}
            aria-selected={pe === selected || (area !== null && isIn(area, pe % width, Math.floor(pe / width)))}
            aria-label={label}
          />
        </div>
      </div>
      <p className="visually-hidden" aria-live="polite">
        {cycle < 0 ? '' : label}
      </p>
    </>
  );
}
