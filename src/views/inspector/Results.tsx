/** The results of a PE's rows, each token, beside float64: of the whole run, or of the PE by itself. */

import { hasValues, type PeResult, type PeValues, type TimedRun, type ValuedRun } from '../../store/types.ts';
import { grouped, real } from '../format.ts';
import { rowsOf } from './rows.ts';
import { INSPECTOR_TEXT } from './strings.ts';
import { usePeValues } from './view.ts';

const t = INSPECTOR_TEXT.now;

/** More results than this are only counted. */
const SHOWN = 4;

interface PeResults {
  readonly list: readonly PeResult[];
  readonly of: number;
  readonly isExact: boolean;
}

/** Row by row. */
function ofRun({ plan, y, yF64, errors, rows: map }: ValuedRun, pe: number): PeResults {
  const { m, n } = plan.shape;
  const rows = rowsOf(map, pe);
  const list: PeResult[] = [];
  for (let i = 0; i < rows.count && list.length < SHOWN; i++) {
    for (let column = 0; column < n && list.length < SHOWN; column++) {
      const [row, at] = [rows.first + i, column * m + rows.first + i];
      list.push({ row, column, y: y[at], yF64: yF64[at] });
    }
  }
  return { list, of: rows.count * n, isExact: errors.vsPlainLoop === 0 };
}

const ofPe = ({ results, of, vsPlainLoop }: PeValues): PeResults => ({ list: results.slice(0, SHOWN), of, isExact: vsPlainLoop === 0 });

export function Results({ result, pe }: { result: TimedRun; pe: number }) {
  const alone = usePeValues(pe);
  const results = hasValues(result) ? ofRun(result, pe) : alone?.ok ? ofPe(alone.value) : null;
  // The rows of a layer's PE are no rows of its result.
  if (results === null || results.of === 0 || result.plan.shape.layer) return null;
  const { list, of, isExact } = results;
  const hasRows = rowsOf(result.rows, pe).count > 1;
  return (
    <>
      {list.map(({ row, column, y, yF64 }) => [
        <dt key={`${row},${column} name`}>
          y[{hasRows ? `${grouped(row)},` : ''}
          {grouped(column)}]
        </dt>,
        <dd key={`${row},${column}`}>
          {real(y, 9)} <span className="t3">{t.float64(yF64)}</span>
        </dd>,
      ])}
      <dt>{of > list.length ? t.more(of - list.length) : ''}</dt>
      <dd>{isExact && <span className="badge ok">{t.exact}</span>}</dd>
    </>
  );
}
