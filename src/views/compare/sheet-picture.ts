/** The one picture of two runs, to keep: the sheet over the fabric with lines of words below it. */

import { font } from '../canvas/text.ts';
import type { Grid, Viewport } from '../canvas/viewport.ts';
import { type Drawing, framed, inCssPixels } from '../picture/fabric-picture.ts';
import type { Palette } from '../theme/palette.ts';
import { drawSheet } from './sheet.ts';

const LINE = 18;
const PAD = 10;

interface Given {
  readonly image: OffscreenCanvas;
  readonly grid: Grid;
  readonly viewport: Viewport;
  readonly palette: Palette;
  /** The first is the title. */
  readonly caption: readonly string[];
  readonly selected: number | null;
}

export function sheetDrawing({ image, grid, viewport, palette, caption, selected }: Given): Drawing {
  return {
    viewport: framed(viewport, grid),
    paper: palette.token['bg-panel'],
    captionHeight: () => 2 * PAD + LINE * caption.length,
    paint: (ctx, v) => {
      drawSheet(ctx, image, grid, v, palette, selected);
      inCssPixels(ctx, v, () => {
        ctx.textAlign = 'left';
        ctx.textBaseline = 'middle';
        ctx.fillStyle = palette.token['text-1'];
        for (const [i, line] of caption.entries()) {
          ctx.font = font(i === 0 ? 12 : 11, i === 0 ? 600 : 400);
          ctx.fillText(line, PAD, v.height + PAD + LINE * (i + 0.5), v.width - 2 * PAD);
        }
      });
    },
  };
}
