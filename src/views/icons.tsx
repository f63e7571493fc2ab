/** Inline icons: solid transport shapes, 1.5 px strokes, the mark (visual.md sections 4 and the mark). */
import type { ReactNode } from 'react';
import { KIND, type Kind } from '../trace/schema.ts';
import type { StateName } from './strings.ts';
import { glyphPath } from './theme/glyphs.ts';

function Icon({ children, size = 16 }: { children: ReactNode; size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 16 16" fill="none" stroke="currentColor" strokeWidth="1.5" aria-hidden="true">
      {children}
    </svg>
  );
}

const solid =
  (path: string): (() => ReactNode) =>
  () => (
    <Icon>
      <path d={path} fill="currentColor" stroke="none" />
    </Icon>
  );

export const First = solid('M3 3h1.6v10H3zM13 3v10L6 8z');
export const Back = solid('M11.5 3v10L4.5 8z');
export const PlayIcon = solid('M4 2.5v11l9-5.5z');
export const PlayBack = solid('M12 2.5v11L3 8z');
export const Pause = solid('M4 3h3v10H4zM9 3h3v10H9z');
export const Forward = solid('M4.5 3v10l7-5z');
export const Last = solid('M11.4 3H13v10h-1.6zM3 3v10l7-5z');

export const Chevron = () => (
  <Icon>
    <path d="M4.5 6.5 8 10l3.5-3.5" />
  </Icon>
);
export const Sun = () => (
  <Icon>
    <circle cx="8" cy="8" r="3" />
    <path d="M8 1.5v1.7M8 12.8v1.7M1.5 8h1.7M12.8 8h1.7M3.4 3.4l1.2 1.2M11.4 11.4l1.2 1.2M3.4 12.6l1.2-1.2M11.4 4.6l1.2-1.2" />
  </Icon>
);
export const Moon = () => (
  <Icon>
    <path d="M13 9.6A5.6 5.6 0 0 1 6.4 3a5.6 5.6 0 1 0 6.6 6.6z" />
  </Icon>
);
export const System = () => (
  <Icon>
    <circle cx="8" cy="8" r="5.5" />
    <path d="M8 2.5v11a5.5 5.5 0 0 0 0-11z" fill="currentColor" stroke="none" />
  </Icon>
);
export const Sliders = () => (
  <Icon>
    <path d="M1 4h5M9 4h6M1 8h9M13 8h2M1 12h3M7 12h8" />
  </Icon>
);
export const GridIcon = solid('M1 1h4v4H1zM6 1h4v4H6zM11 1h4v4h-4zM1 6h4v4H1zM6 6h4v4H6zM11 6h4v4h-4zM1 11h4v4H1zM6 11h4v4H6zM11 11h4v4h-4z');
export const Wave = () => (
  <Icon>
    <path d="M1 14C4 14 3 2 5.5 2S7 14 9 14s2-12 4-12 1 6 2 12" />
  </Icon>
);
export const Lens = () => (
  <Icon>
    <circle cx="6.5" cy="6.5" r="4.5" />
    <path d="m10 10 4.5 4.5" />
  </Icon>
);

/** Plain weave, three warps and three wefts; the middle weft in accent. */
export function Mark() {
  const warp = 'M4 -1V7.3M4 12.7V21M10 -1V1.3M10 6.7V13.3M10 18.7V21M16 -1V7.3M16 12.7V21M-1 4H1.3M6.7 4H13.3M18.7 4H21M-1 16H1.3M6.7 16H13.3M18.7 16H21';
  return (
    <svg viewBox="-1 -1 22 22" fill="none" strokeWidth="3.4" aria-hidden="true">
      <path className="t" d={warp} />
      <path className="a" d="M-1 10H7.3M12.7 10H21" />
    </svg>
  );
}

/** Fill of a state: a token, so that themes change it without a render. */
export function stateFill(name: StateName): string {
  const token = { dequantise: 'deq', receive: 'recv', slot: 'wait' }[name as string] ?? name;
  return `var(--s-${token})`;
}

/** Glyph swatch of a state, 14 px. */
export function StateSwatch({ name }: { name: StateName }) {
  const outline = name === 'idle';
  return (
    <svg width="14" height="14" viewBox="0 0 16 16" aria-hidden="true" data-kind={name}>
      <rect x="0.5" y="0.5" width="15" height="15" fill={outline ? 'none' : stateFill(name)} stroke={outline ? 'var(--ctl)' : 'none'} />
      {!outline && <path d={glyphPath(KIND[name as Kind], 3.2, 9.6)} fill={glyphInk(name)} />}
    </svg>
  );
}

/** Ink of the glyph: black or white, whichever contrasts more in both themes (receive and load flip by token). */
function glyphInk(name: StateName): string {
  return `var(--g-${name}, #fff)`;
}
