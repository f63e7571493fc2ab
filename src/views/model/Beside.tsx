/** Our decode rate beside the bound and what others publish, on one logarithmic line; who counted with which clock. */
import { scaleLog } from 'd3';
import type { ModelEstimate } from '../../store/whole.ts';
import { Explain } from '../controls/Definition.tsx';
import { clock, grouped, real } from '../format.ts';
import type { ChartData } from '../table/chart-data.ts';
import { Charted } from './Charted.tsx';
import { SPEED_TEXT } from './strings.ts';

const t = SPEED_TEXT.beside;

interface Mark {
  readonly name: string;
  readonly value: number;
  readonly meaning: string;
  readonly kind: 'ours' | 'bound' | 'published';
}

const marksOf = ({ decodeTokensPerSecond, bound, published, throughHost, machine }: ModelEstimate): Mark[] => [
  { name: `Weft, ${machine.name}`, value: decodeTokensPerSecond, meaning: t.ours, kind: 'ours' },
  { name: t.throughHost, value: throughHost.decodeTokensPerSecond, meaning: throughHost.meaning, kind: 'ours' },
  { name: t.bound, value: bound.tokensPerSecond, meaning: bound.meaning, kind: 'bound' },
  ...published
    .filter(({ unit, value }) => unit === 'tokens/s' && value > 0)
    .map(({ name, model, value, meaning, source, clockHz }): Mark => {
      const at = clockHz === null ? t.noClock : clock(clockHz);
      return { name: `${name}, ${model}`, value, meaning: `${meaning} ${source} (${at}).`, kind: 'published' };
    }),
];

const rate = (value: number): string => (value >= 1000 ? grouped(Math.round(value)) : real(value, 3));

const dataOf = (marks: readonly Mark[]): ChartData => ({
  title: t.data,
  columns: [
    { name: t.columns.who, key: 'who' },
    { name: t.data, key: 'tokens_per_second', show: rate },
    { name: t.columns.kind, key: 'kind' },
    { name: t.columns.meaning, key: 'meaning' },
  ],
  rows: marks.map(({ name, value, kind, meaning }) => [name, value, t.kinds[kind], meaning]),
});

export function Beside({ e }: { e: ModelEstimate }) {
  const marks = marksOf(e).filter(({ value }) => value > 0 && Number.isFinite(value));
  const values = marks.map(({ value }) => value);
  const x = scaleLog()
    .domain([Math.min(...values) / 1.5, Math.max(...values) * 1.5])
    .range([0, 100]);
  return (
    <section>
      <Charted
        id="beside"
        title={t.title}
        head={
          <h3>
            {t.title} <span className="t11 t3">{t.scale}</span>
          </h3>
        }
        data={[dataOf(marks)]}
      >
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
              <span className="num">{rate(mark.value)}</span>
            </li>
          ))}
        </ul>
      </Charted>
    </section>
  );
}
