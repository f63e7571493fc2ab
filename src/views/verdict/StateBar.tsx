/** PE-cycles by state as one stacked bar, with its legend in numbers. */
import { percent } from '../format.ts';
import { StateSwatch, stateFill } from '../icons.tsx';
import { STATE_NAMES, STATE_ORDER, type StateName } from '../strings.ts';

/** The id of the element that holds the bar of the run on screen. */
export const PE_CYCLES = 'pe-cycles';
/** Below this share a segment has no line in the legend; the bar still draws it. */
const NAMED = 0.001;

export function StateBar({ peCycles, label }: { peCycles: Readonly<Record<string, number>>; label: string }) {
  const total = Object.values(peCycles).reduce((a, b) => a + b, 0) || 1;
  const parts = ([...STATE_ORDER, 'idle'] as const)
    .map((name): readonly [StateName, number] => [name, (peCycles[name] ?? 0) / total])
    .filter(([, share]) => share > 0);
  const sentence = parts.map(([name, share]) => `${STATE_NAMES[name]} ${percent(share)}`).join(', ');
  return (
    <>
      <div className="bar" role="img" aria-label={`${label}: ${sentence}`}>
        {parts.map(([name, share]) => (
          <i key={name} className={name === 'idle' ? 'idle' : ''} style={{ flex: `${share} 0 0`, background: name === 'idle' ? undefined : stateFill(name) }} />
        ))}
      </div>
      <ul className="legend">
        {parts
          .filter(([, share]) => share >= NAMED)
          .map(([name, share]) => (
            <li key={name}>
              <StateSwatch name={name} />
              {STATE_NAMES[name]} {percent(share)}
            </li>
          ))}
      </ul>
    </>
  );
}
