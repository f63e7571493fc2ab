/** The sum in the accumulator at the paused playhead, beside the plain loop's and float64's sum of the same products. */
import type { PeDetail } from '../../store/types.ts';
import { Define } from '../controls/Definition.tsx';
import { real } from '../format.ts';
import { EXACT_TEXT } from './strings.ts';

const t = EXACT_TEXT.sum;

export function SumUnderWay({ partial }: Pick<PeDetail, 'partial'>) {
  if (partial === null) return <p className="t12 t3">{t.none}</p>;
  const { row, token, from, count, of, value, plainLoop, f64 } = partial;
  const pairs: readonly (readonly [string, string])[] = [
    [t.accumulator, real(value, 9)],
    [t.float64, real(f64, 9)],
    [t.difference, real(value - f64, 3)],
  ];
  return (
    <dl className="facts partial" aria-label={t.label}>
      <div>
        <dt>
          {t.name(row, token)} <Define term="partialSum" />
        </dt>
        <dd>{from === 0 ? t.products(count, of) : t.productsFrom(count, of, from)}</dd>
      </div>
      {pairs.map(([name, text]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{text}</dd>
        </div>
      ))}
      <div>
        <dt>{t.plainLoop}</dt>
        <dd>
          {Object.is(value, plainLoop) || value === plainLoop ? (
            <span className="badge ok">{t.same}</span>
          ) : (
            <span className="badge err">{real(plainLoop, 9)}</span>
          )}
        </dd>
      </div>
    </dl>
  );
}
