/** Wavelets on the links by stream; on the layer of colors each stream's routes can be shown or hidden. */
import { grouped } from '../../base/numbers.ts';
import { txUnion } from '../../machine/channels.ts';
import { PORT_NAMES } from '../../machine/fabric.ts';
import type { Program } from '../../machine/program.ts';
import { lab } from '../../store/lab.ts';
import { toggled } from '../../store/link-fields.ts';
import { useLab } from '../hooks.ts';
import { TEXT } from '../strings.ts';
import { waveletColor, waveletDash } from '../theme/palette.ts';
import { usePalette } from '../theme/theme.ts';
import { FABRIC_TEXT } from './strings.ts';

const t = FABRIC_TEXT.legend;

interface Props {
  readonly program: Program;
  readonly onLinks: readonly number[];
  readonly toggles: boolean;
}

/** "east, south": the ways a color's routes lead between routers. */
export function directionsOf({ routes }: Program, color: number): string {
  const mask = routes.flat().reduce((m, r) => (r.color === color ? m | txUnion(r) : m), 0);
  return PORT_NAMES.filter((name, port) => name !== 'ramp' && (mask >> port) & 1).join(', ');
}

export function StreamLegend({ program, onLinks, toggles }: Props) {
  const chosen = useLab((s) => s.routes);
  const shown = chosen ?? program.streams.map((s) => s.color);
  const toggle = (color: number): void => lab.setState({ routes: toggled(shown, color, !shown.includes(color)) });
  return (
    <section className="fab-streams">
      <h3>{toggles ? t.routes : t.onLinks}</h3>
      <ul>
        {program.streams.map(({ color, letter, meaning }) => {
          const words = (
            <span className="name" title={meaning}>
              {letter} <span className="t11 t3">{toggles ? TEXT.color(color) : t.stream(color, directionsOf(program, color))}</span>
            </span>
          );
          return (
            <li key={color}>
              <Line color={color} />
              {toggles ? (
                <label className="name">
                  <input type="checkbox" checked={shown.includes(color)} onChange={() => toggle(color)} /> {words}
                </label>
              ) : (
                words
              )}
              <span className="num">{grouped(onLinks[color])}</span>
            </li>
          );
        })}
      </ul>
    </section>
  );
}

/** A sample of the stream's line: hue and dash. */
function Line({ color }: { readonly color: number }) {
  const palette = usePalette();
  return (
    <svg width="14" height="14" viewBox="0 0 14 14" aria-hidden="true" data-kind="line">
      <path d="M0 7h14" stroke={waveletColor(palette, color)} strokeWidth="2" strokeDasharray={waveletDash(color).join(' ')} />
    </svg>
  );
}
