/** The results against their references: totals, and the rows that differ most from float64. */

import { type ReactNode, useCallback, useMemo } from 'react';
import { peName } from '../../machine/fabric.ts';
import { lab } from '../../store/lab.ts';
import type { ValuedRun } from '../../store/types.ts';
import { Define } from '../controls/Definition.tsx';
import { ScrollRegion } from '../controls/ScrollRegion.tsx';
import { rowErrorsOf } from '../derived.ts';
import { grouped, real } from '../format.ts';
import { peOfRow } from '../inspector/rows.ts';
import type { Definition } from '../strings.ts';
import { useOffered } from '../table/on-screen.ts';
import { errorsData } from '../table/run-data.ts';
import { OriginalFormat } from './OriginalFormat.tsx';
import { DOCK_TEXT } from './strings.ts';

/** Rows shown; the rest differ less. */
const SHOWN = 200;

function Fact({ term, name, children }: { term: Definition; name: string; children: ReactNode }) {
  return (
    <div>
      <dt>
        {name}
        <Define term={term} />
      </dt>
      <dd>{children}</dd>
    </div>
  );
}

function Totals({ result }: { result: ValuedRun }) {
  const { errors, y } = result;
  return (
    <dl className="facts rule">
      <Fact term="vsPlainLoop" name={DOCK_TEXT.numerics.vsPlainLoop}>
        {DOCK_TEXT.numerics.of(errors.vsPlainLoop, y.length)}
      </Fact>
      {errors.vsF32Sequential !== null && (
        <Fact term="vsSequential" name={DOCK_TEXT.numerics.vsSequential}>
          {DOCK_TEXT.numerics.of(errors.vsF32Sequential, y.length)}
        </Fact>
      )}
      <Fact term="vsF64" name={DOCK_TEXT.numerics.vsF64}>
        {real(errors.maxAbsVsF64, 3)}
      </Fact>
      <Fact term="relRms" name={DOCK_TEXT.numerics.relRms}>
        {real(errors.relRmsVsF64, 3)}
      </Fact>
      <Fact term="relSum" name={DOCK_TEXT.numerics.relSum}>
        {real(errors.maxRelVsSumAbs, 3)}
      </Fact>
      {errors.relRmsVsUnquantised !== null && (
        <Fact term="unquantised" name={DOCK_TEXT.numerics.unquantised}>
          {real(errors.relRmsVsUnquantised, 3)}
        </Fact>
      )}
      {errors.relRmsVsIntegerDot !== null && (
        <Fact term="vsInteger" name={DOCK_TEXT.numerics.vsInteger}>
          {real(errors.relRmsVsIntegerDot, 3)}
        </Fact>
      )}
    </dl>
  );
}

export function NumericsTab({ result }: { result: ValuedRun }) {
  const rows = useMemo(() => rowErrorsOf(result, SHOWN), [result]);
  const { m } = result.plan.shape;
  useOffered(useCallback(() => [errorsData(rowErrorsOf(result))], [result]));
  const peOf = (row: number): number => peOfRow(result.rows, row);
  // What a layer's PEs hold are rows of its matrices, not of its result.
  const isHeld = result.plan.shape.layer === undefined;
  return (
    <div className="two-col">
      <ScrollRegion label={DOCK_TEXT.numerics.table}>
        <table className="t">
          <thead>
            <tr>
              <th scope="col">{DOCK_TEXT.numerics.row}</th>
              {isHeld && <th scope="col">PE</th>}
              <th scope="col" className="num">
                {DOCK_TEXT.numerics.token}
              </th>
              <th scope="col" className="num">
                {DOCK_TEXT.numerics.y}
              </th>
              <th scope="col" className="num">
                {DOCK_TEXT.numerics.yF64}
              </th>
              <th scope="col" className="num">
                {DOCK_TEXT.numerics.difference}
              </th>
            </tr>
          </thead>
          <tbody>
            {rows.map((r) => (
              <tr key={r.row}>
                <th scope="row">{grouped(r.row)}</th>
                {isHeld && (
                  <td>
                    <button type="button" className="link" onClick={() => lab.setState({ pe: peOf(r.row) })}>
                      {peName(peOf(r.row), result.trace.width)}
                    </button>
                  </td>
                )}
                <td className="num">{grouped(r.column)}</td>
                <td className="num">{real(r.y, 9)}</td>
                <td className="num">{real(r.yF64, 9)}</td>
                <td className="num b5">{real(r.error, 3)}</td>
              </tr>
            ))}
          </tbody>
        </table>
        {m > SHOWN && <p className="t11 t3">{DOCK_TEXT.numerics.notListed(m - SHOWN)}</p>}
      </ScrollRegion>
      <div className="aside">
        <Totals result={result} />
        {result.plan.shape.format.startsWith('q4_k') && result.plan.shape.layer === undefined && <OriginalFormat result={result} />}
      </div>
    </div>
  );
}
