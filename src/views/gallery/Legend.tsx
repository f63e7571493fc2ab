/** What the gallery's colours say: states with their glyphs, the magnitude ramp, the bytes of a PE. */
import { KINDS } from '../../trace/schema.ts';
import { StateSwatch } from '../icons.tsx';
import { STATE_NAMES } from '../strings.ts';
import { LEGEND_KINDS } from '../theme/glyphs.ts';
import { usePalette } from '../theme/theme.ts';
import { GALLERY_TEXT, SCENARIO_WORDS } from './strings.ts';

const STOPS = 16;
const BYTES = [
  ['var(--s-wait)', GALLERY_TEXT.code],
  ['var(--s-recv)', GALLERY_TEXT.weights],
  ['var(--s-deq)', GALLERY_TEXT.rest],
] as const;

export function Legend() {
  const { ramp } = usePalette();
  const stops = Array.from({ length: STOPS + 1 }, (_, i) => ramp[Math.round((i / STOPS) * (ramp.length - 1))]);
  return (
    <section className="gallery-legend">
      <h3>{GALLERY_TEXT.colours}</h3>
      <ul>
        {[...LEGEND_KINDS.map((kind) => KINDS[kind]), 'idle' as const].map((name) => (
          <li key={name}>
            <StateSwatch name={name} />
            {STATE_NAMES[name]}
          </li>
        ))}
      </ul>
      <p className="t12 t2">{GALLERY_TEXT.ramp}</p>
      <div className="scale" data-kind="ramp" style={{ background: `linear-gradient(to right, ${stops.join(', ')})` }} />
      <p className="t12 t2">{SCENARIO_WORDS.bytes.title}</p>
      <ul>
        {BYTES.map(([fill, name]) => (
          <li key={name}>
            <span className="swatch" style={{ background: fill }} />
            {name}
          </li>
        ))}
      </ul>
      <p className="t12 t3">{GALLERY_TEXT.pace}</p>
    </section>
  );
}
