/** Our decode rate beside the bound and what others publish, on one logarithmic line; who counted with which clock. */
import { scaleLog } from 'd3';
import type { ModelEstimate } from '../../store/whole.ts';
import { Explain } from '../controls/Definition.tsx';
import { clock, grouped, real } from '../format.ts';

interface Mark {
  readonly name: string;
  readonly value: number;
  readonly meaning: string;
  readonly kind: 'ours' | 'bound' | 'published';
}

const marksOf = ({ decodeTokensPerSecond, bound, published, throughHost, machine }: ModelEstimate): Mark[] => [
  { name: `Weft, ${machine.name}`, value: decodeTokensPerSecond, meaning: 'This estimate.', kind: 'ours' },
  { name: 'Through the host', value: throughHost.decodeTokensPerSecond, meaning: throughHost.meaning, kind: 'ours' },
  { name: 'One row a PE, at most', value: bound.tokensPerSecond, meaning: bound.meaning, kind: 'bound' },
  ...published
    .filter(({ unit, value }) => unit === 'tokens/s' && value > 0)
    .map(({ name, model, value, meaning, source, clockHz }): Mark => {
      const at = clockHz === null ? 'no clock said' : clock(clockHz);
      return { name: `${name}, ${model}`, value, meaning: `${meaning} ${source} (${at}).`, kind: 'published' };
    }),
];

export function Beside({ e }: { e: ModelEstimate }) {
  const marks = marksOf(e).filter(({ value }) => value > 0 && Number.isFinite(value));
  const values = marks.map(({ value }) => value);
  const x = scaleLog()
    .domain([Math.min(...values) / 1.5, Math.max(...values) * 1.5])
    .range([0, 100]);
  return (
    <section>
      <h3>
        Beside others <span className="t11 t3">tokens a second, logarithmic</span>
      </h3>
      <ul className="dots">
        {marks.map((mark) => (
          <li key={mark.name}>
            <span className="term">
              {mark.name}
              <Explain name={mark.name} text={mark.meaning} />
            </span>
            <span className="track">
              <i className={mark.kind} style={{ left: `${x(mark.value)}%` }} />
            </span>
            <span className="num">{mark.value >= 1000 ? grouped(Math.round(mark.value)) : real(mark.value, 3)}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}
