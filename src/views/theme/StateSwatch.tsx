/** The 14 px square of a PE state: its fill and its glyph, or the outline of an idle PE. */
import { IDLE } from '../../trace/reader.ts';
import { glyphPath } from './glyphs.ts';
import { usePalette } from './theme.ts';

export function StateSwatch({ kind, size = 14 }: { readonly kind: number; readonly size?: number }) {
  const palette = usePalette();
  const idle = kind === IDLE;
  return (
    <svg className="state-swatch" data-kind={kind} width={size} height={size} viewBox="0 0 14 14" aria-hidden="true">
      <rect
        x={idle ? 0.5 : 0}
        y={idle ? 0.5 : 0}
        width={idle ? 13 : 14}
        height={idle ? 13 : 14}
        fill={idle ? 'none' : palette.states[kind]}
        stroke={idle ? palette.token.ctl : 'none'}
      />
      {!idle && <path d={glyphPath(kind)} fill={palette.inks[kind]} transform="translate(3.2 3.2) scale(7.6)" />}
    </svg>
  );
}
