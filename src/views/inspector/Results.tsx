/** The results of a PE's rows, each token, beside float64. */

import type { RunResult } from '../../store/types.ts';
import { grouped, real } from '../format.ts';
import { rowsOf } from './rows.ts';
import { INSPECTOR_TEXT } from './strings.ts';

const t = INSPECTOR_TEXT.now;

/** More results than this stay in the Numerics tab. */
const SHOWN = 4;

export function Results({ result, pe }: { result: RunResult; pe: number }) {
  const { plan, y, yF64, errors } = result;
  const { m, n } = plan.shape;
  const rows = rowsOf(result.rows, pe);
  const list: { row: number; column: number }[] = [];
  for (let i = 0; i < rows.count && list.length < SHOWN; i++) {
    for (let column = 0; column < n && list.length < SHOWN; column++) list.push({ row: rows.first + i, column });
  }
  const total = rows.count * n;
  return (
    <>
      {list.map(({ row, column }) => [
        <dt key={`${row},${column} name`}>
          y[{rows.count > 1 ? `${grouped(row)},` : ''}
          {grouped(column)}]
        </dt>,
        <dd key={`${row},${column}`}>
          {real(y[column * m + row], 9)} <span className="t3">{t.float64(yF64[column * m + row])}</span>
        </dd>,
      ])}
      <dt>{total > SHOWN ? t.more(total - SHOWN) : ''}</dt>
      <dd>{errors.vsPlainLoop === 0 && total > 0 && <span className="badge ok">{t.exact}</span>}</dd>
    </>
  );
}
