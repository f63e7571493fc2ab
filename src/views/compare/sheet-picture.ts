/** The one picture of two runs, to keep: the cells of both with what they are and what their colours mean below them. */
import { grouped } from '../../base/numbers.ts';
import type { Scene } from '../canvas/scene.ts';
import { font } from '../canvas/text.ts';
import type { Viewport } from '../canvas/viewport.ts';
import { differenceUnit, magnitudeOf } from '../fabric/layer.ts';
import { stateRows } from '../fabric/StateLegend.tsx';
import { drawEntries, type Entry, entriesOf, entryRows, LINE, PAD, rampSign, SWATCH, stateSign } from '../picture/caption.ts';
import { type Drawing, framed, inCssPixels } from '../picture/fabric-picture.ts';
import { STATE_NAMES } from '../strings.ts';
import type { Palette } from '../theme/palette.ts';
import { differenceLabels, differenceTitle, type MISSING, missingCounts } from './pair-data.ts';
import { subtracted } from './pair-values.ts';
import { drawPair, type PairPicture, Sheet } from './sheet.ts';
import { COMPARE_TEXT } from './strings.ts';
import type { PairLegend } from './view.ts';

interface Caption {
  /** The first is the title. */
  readonly lines: readonly string[];
  readonly entries: readonly Entry[];
}

interface Given extends Caption {
  readonly picture: PairPicture;
  readonly viewport: Viewport;
}

/** What stands below the picture of a pane; `sides` are the lines that name both runs. */
export function pairCaption(
  id: 'overlay' | 'difference',
  legend: PairLegend,
  { a, b }: { readonly a: Scene; readonly b: Scene },
  palette: Palette,
  sides: readonly string[],
): Caption {
  const lines = [id === 'overlay' ? COMPARE_TEXT.overlay : COMPARE_TEXT.captionDifference(differenceTitle(legend)), ...sides, 'Weft'];
  if (id === 'difference') return { lines, entries: differenceEntries(legend, palette) };
  return { lines, entries: magnitudeOf(legend.layer) === null ? bothStates(a, b, palette) : entriesOf({ scene: a, layer: legend.layer }) };
}

function bothStates(a: Scene, b: Scene, palette: Palette): Entry[] {
  const inB = stateRows([...b.frame.counts]);
  return stateRows([...a.frame.counts]).map(({ name, count }, i) => ({
    text: COMPARE_TEXT.bothCounts(STATE_NAMES[name], grouped(count), grouped(inB[i].count)),
    sign: stateSign(palette, name),
  }));
}

function differenceEntries(legend: PairLegend, palette: Palette): Entry[] {
  const labels = differenceLabels(legend);
  const missing = missingCounts(legend).map(
    ({ id, text }): Entry => ({ text, sign: { width: SWATCH, draw: (ctx, x, y) => drawMissing(ctx, id, palette, x, y) } }),
  );
  return [
    { text: labels[0] },
    { text: `${labels.slice(1).join(' … ')} ${differenceUnit(subtracted(legend.layer))}`, sign: rampSign(palette.diverging) },
    ...missing,
  ];
}

/** The sign of a cell without a difference, as parts.ts draws it. */
function drawMissing(ctx: CanvasRenderingContext2D, id: (typeof MISSING)[number], { token }: Palette, x: number, y: number): void {
  const end = SWATCH - 1;
  ctx.lineWidth = 1;
  ctx.strokeStyle = token.ctl;
  ctx.strokeRect(x + 0.5, y + 0.5, end, end);
  if (id === 'neither') return;
  ctx.strokeStyle = token['text-2'];
  ctx.beginPath();
  ctx.moveTo(x, id === 'onlyA' ? y + SWATCH : y);
  ctx.lineTo(x + SWATCH, id === 'onlyA' ? y : y + SWATCH);
  ctx.stroke();
}

export function sheetDrawing({ picture, viewport, lines, entries }: Given): Drawing {
  const { palette, grid } = picture;
  const view = framed(viewport, grid);
  return {
    viewport: view,
    paper: palette.token['bg-panel'],
    captionHeight: (ctx) => 2 * PAD + LINE * (lines.length + entryRows(ctx, entries, view.width)),
    paint: (ctx, v) => {
      drawPair(ctx, picture, new Sheet(), v);
      inCssPixels(ctx, v, () => {
        ctx.textAlign = 'left';
        ctx.textBaseline = 'middle';
        ctx.fillStyle = palette.token['text-1'];
        for (const [i, line] of lines.entries()) {
          ctx.font = font(i === 0 ? 12 : 11, i === 0 ? 600 : 400);
          ctx.fillText(line, PAD, v.height + PAD + LINE * (i + 0.5), v.width - 2 * PAD);
        }
        drawEntries(ctx, entries, palette.token, v.width, v.height + PAD + LINE * lines.length);
      });
    },
  };
}
