/** The sum in the accumulator at the paused playhead, beside the plain loop's and float64's sum of the same products. */
import type { PeDetail } from '../../store/types.ts';
import { Define } from '../controls/Definition.tsx';
import { grouped, real } from '../format.ts';

export function SumUnderWay({ partial }: Pick<PeDetail, 'partial'>) {
  if (partial === null) return <p className="t12 t3">No row is being added up in this cycle.</p>;
  const { row, token, from, count, of, value, plainLoop, f64 } = partial;
  const place = from === 0 ? '' : ` from column ${grouped(from)} on`;
  const pairs: readonly (readonly [string, string])[] = [
    ['Accumulator, f32', real(value, 9)],
    ['float64, same words', real(f64, 9)],
    ['Difference', real(value - f64, 3)],
  ];
  return (
    <dl className="facts partial" aria-label="Partial sum">
      <div>
        <dt>
          Partial y[{grouped(row)},{token}] <Define term="partialSum" />
        </dt>
        <dd>
          {grouped(count)} of {grouped(of)}
          {place}
        </dd>
      </div>
      {pairs.map(([name, text]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{text}</dd>
        </div>
      ))}
      <div>
        <dt>Plain loop</dt>
        <dd>
          {Object.is(value, plainLoop) || value === plainLoop ? (
            <span className="badge ok">✓ same bits</span>
          ) : (
            <span className="badge err">{real(plainLoop, 9)}</span>
          )}
        </dd>
      </div>
    </dl>
  );
}
