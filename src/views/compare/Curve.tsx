/** Cycles a column against N for both mappings, from closed forms, with the N of these runs marked. */
import { useEffect, useState } from 'react';
import type { SideId } from '../../store/compare.ts';
import type { TimedRun } from '../../store/types.ts';
import { LogLines } from '../charts/LogLines.tsx';
import { useSize } from '../charts/size.ts';
import { grouped, percent, signed } from '../format.ts';
import { chartsOf, SaveMenu } from '../picture/SavePicture.tsx';
import type { ChartData } from '../table/chart-data.ts';
import { Tables } from '../table/Tables.tsx';
import { TableToggle } from '../table/TableToggle.tsx';
import { useCompare, useCompareActions, useTable } from './context.ts';
import { COMPARE_TEXT } from './strings.ts';

type Points = ReadonlyArray<readonly [number, number]>;

/** The closed form of a side once it has run; made anew for another run. */
function usePoints(id: SideId, result: TimedRun): Points {
  const { curve } = useCompareActions();
  const done = useCompare((s) => s[id].status === 'done');
  const [points, setPoints] = useState<Points>([]);
  useEffect(() => {
    let left = false;
    if (done && result) void curve(id).then((list) => !left && setPoints(list));
    return () => {
      left = true;
    };
  }, [id, curve, done, result]);
  return points;
}

/** Every N that either mapping can be placed with. */
function curveData(lines: readonly { readonly name: string; readonly points: Points }[]): ChartData {
  const all = [...new Set(lines.flatMap(({ points }) => points.map(([n]) => n)))].sort((p, q) => p - q);
  const keyOf = (name: string): string => `${name.toLowerCase().replace(/\W+/g, '_')}_cycles_per_column`;
  return {
    title: COMPARE_TEXT.perColumn,
    columns: [{ name: 'N', key: 'n' }, ...lines.map(({ name }) => ({ name, key: keyOf(name), show: (v: number) => grouped(v, 1) }))],
    rows: all.map((n) => [n, ...lines.map(({ points }) => points.find(([at]) => at === n)?.[1] ?? null)]),
  };
}

export function Curve({ a, b }: { a: TimedRun; b: TimedRun }) {
  const { say } = useCompareActions();
  const [table, setTable] = useTable('curve');
  const [ref, size] = useSize<HTMLDivElement>();
  const curves = [usePoints('a', a), usePoints('b', b)];
  const [nA, nB] = [a.plan.shape.n, b.plan.shape.n];
  const change = b.metrics.cycles / nB / (a.metrics.cycles / nA) - 1;
  const mark = nA === nB ? { x: nA, text: `N = ${nA}: ${signed(change * 100, 1)}\u202f%` } : undefined;
  const lines = [a, b]
    .map((run, i) => ({ name: `${'AB'[i]} ${run.plan.kernel}`, points: curves[i], ...(i === 1 ? { dash: '4 2' } : {}) }))
    .filter(({ points }) => points.length > 0);
  return (
    <section className="curve" aria-label={COMPARE_TEXT.perColumn}>
      <header className="ph">
        <h2>{COMPARE_TEXT.perColumn}</h2>
        <span className="sp" />
        <span className="t11 t3 curve-note">
          {COMPARE_TEXT.closedForms(mark === undefined ? COMPARE_TEXT.noCurve : COMPARE_TEXT.simulatedAt(percent(Math.abs(change)), nA))}
        </span>
        <SaveMenu
          of={COMPARE_TEXT.perColumn}
          stem="weft-compare"
          pictures={[chartsOf('.curve-chart', 'weft-compare-columns', COMPARE_TEXT.perColumn)]}
          data={() => [curveData(lines)]}
          say={say}
        />
        <TableToggle table={table} onChange={setTable} of={COMPARE_TEXT.perColumn} short />
      </header>
      <div ref={ref} className="curve-chart">
        {table && <Tables label={COMPARE_TEXT.perColumn} data={[curveData(lines)]} />}
        {!table && lines.length === 0 && <p className="t12 t3 no-forms">{COMPARE_TEXT.noForms}</p>}
        {!table && (
          <LogLines
            lines={lines}
            width={size.width}
            height={size.height}
            xTitle="N"
            yTitle={COMPARE_TEXT.perColumnUnit}
            mark={mark}
            label={COMPARE_TEXT.perColumn}
          />
        )}
      </div>
    </section>
  );
}
