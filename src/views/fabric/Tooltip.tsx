/** What the hovered PE does, beside the pointer. The inspector says the same, and more, about a selected PE. */
import { describePe, stateName } from '../../analysis/describe.ts';
import { wholeCycle } from '../../store/playback.ts';
import { detailOf, inUnits } from '../canvas/viewport.ts';
import { useLab } from '../hooks.ts';
import { TEXT } from '../strings.ts';
import { beside } from './beside.ts';
import { magnitudeOf, magnitudeText } from './layer.ts';
import type { Painter } from './painter.ts';
import { texelWords } from './texel-words.ts';

/** Space a tooltip needs, px; on a PE nearer to the edge it opens to the other side. */
const ROOM = { width: 230, height: 64 };

export function Tooltip({ painter }: { readonly painter: Painter | null }) {
  const pe = useLab((s) => s.hover);
  if (pe === null || painter === null) return null;
  return <TooltipOf pe={pe} painter={painter} />;
}

function TooltipOf({ pe, painter }: { readonly pe: number; readonly painter: Painter }) {
  const reader = useLab((s) => s.reader);
  const cycle = useLab((s) => wholeCycle(s));
  const layer = magnitudeOf(useLab((s) => s.layer));
  // The tip is zoomed as the drawing is.
  const v = inUnits(painter.camera.viewport);
  // From 120 px on the PE itself says all this.
  if (reader === null || painter.scene === null || detailOf(v.scale) === 'words') return null;
  const { width } = reader.trace;
  const [name, ...rest] = describePe(reader, pe, cycle).split(': ');
  const value = layer === null ? undefined : painter.scene.values?.perPe[pe];
  const row = painter.scene.rowLabel(pe);
  const square = texelWords(painter.scene, layer, v, pe);
  return (
    <div className="fab-tip" aria-hidden="true" style={beside({ v, column: pe % width, row: Math.floor(pe / width) }, ROOM)}>
      <b>{name}</b> <span className="t3">{row}</span>
      <br />
      {value !== undefined && layer !== null && (value < 0 ? TEXT.never : magnitudeText(layer, value))}
      {value !== undefined ? ` · ${stateName(reader.stateOf(pe, cycle))}` : rest.join(': ')}
      {square !== '' && (
        <>
          <br />
          <span className="t3">{square}</span>
        </>
      )}
    </div>
  );
}
