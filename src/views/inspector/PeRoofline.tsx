/** The roofline of the selected PE: both scales logarithmic, the roofs as lines, the PE as a marker. */
import { line, scaleLog } from 'd3';
import { memo } from 'react';
import { macsOfRows, peRoofline, type Roofline, roofline, wordsTaken } from '../../analysis/roofline.ts';
import { peName } from '../../machine/fabric.ts';
import type { TimedRun } from '../../store/types.ts';
import type { TraceReader } from '../../trace/reader.ts';
import { Explain } from '../controls/Definition.tsx';
import { real } from '../format.ts';
import { useActions, useToggle } from '../hooks.ts';
import { chartsOf, SaveMenu } from '../picture/SavePicture.tsx';
import type { ChartData } from '../table/chart-data.ts';
import { DataTable } from '../table/DataTable.tsx';
import { TableToggle } from '../table/TableToggle.tsx';
import { INSPECTOR_TEXT } from './strings.ts';

const t = INSPECTOR_TEXT.roofline;

const [WIDTH, HEIGHT] = [296, 150];
const BOX = { left: 40, right: WIDTH - 6, top: 14, bottom: HEIGHT - 30 } as const;

interface Shown {
  readonly roof: Roofline;
  /** Whether it is this PE's own, or the mean of the PEs that hold rows. */
  readonly own: boolean;
}

/** The PE's roofline where its multiply-adds are known, else the run's. */
export function shownRoofline({ metrics, plan, rows }: TimedRun, reader: TraceReader, pe: number): Shown {
  const run = roofline(metrics, plan);
  const macs = macsOfRows(metrics, plan, rows, pe);
  if (macs === null) return { roof: run, own: false };
  return { roof: peRoofline(run, { macs, words: wordsTaken(reader, pe) }, metrics.cycles, plan.macRate), own: true };
}

/** Powers of ten in a domain. */
function powers(from: number, to: number): number[] {
  const first = Math.ceil(Math.log10(from) - 1e-9);
  return Array.from({ length: Math.max(0, Math.floor(Math.log10(to) + 1e-9) - first + 1) }, (_, i) => 10 ** (first + i));
}

function Chart({ roof }: { roof: Roofline }) {
  const lowest = 10 ** Math.floor(Math.log10(Math.min(roof.achieved, roof.withOverheads) / 2));
  const [from, to] = [Math.min(0.01, roof.intensity / 4), Math.max(16, roof.intensity * 8)];
  const x = scaleLog([from, to], [BOX.left, BOX.right]);
  const y = scaleLog([lowest, Math.max(2, roof.peak * 2)], [BOX.bottom, BOX.top]).clamp(true);
  const start = Math.max(from, lowest);
  const roofOf = (level: number): string =>
    line<readonly [number, number]>(
      ([at]) => x(at),
      ([, rate]) => y(rate),
    ).digits(1)([
      [start, start],
      [level, level],
      [to, level],
    ]) ?? '';
  const isLeft = x(roof.intensity) > WIDTH / 2;
  return (
    <svg
      className="chart"
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      style={{ height: 'auto' }}
      role="img"
      aria-label={t.shows(roof.achieved, roof.intensity, roof.peak)}
    >
      {powers(from, to).map((v) => (
        <text key={`x${v}`} x={x(v)} y={BOX.bottom + 13} textAnchor={x(v) > BOX.left + 1 ? 'middle' : 'start'}>
          {real(v, 3)}
        </text>
      ))}
      {powers(lowest, y.domain()[1]).map((v) => (
        <text key={`y${v}`} x={BOX.left - 5} y={y(v) + 4} textAnchor="end">
          {real(v, 3)}
        </text>
      ))}
      <path d={roofOf(roof.peak)} fill="none" stroke="var(--text-2)" strokeWidth="1.5" />
      <path d={roofOf(roof.withOverheads)} fill="none" stroke="var(--text-2)" strokeWidth="1" strokeDasharray="4 2" />
      <circle cx={x(roof.intensity)} cy={y(roof.achieved)} r="4" fill="var(--s-compute)" stroke="var(--bg-panel)" />
      <text className="on" x={x(roof.intensity) + (isLeft ? -8 : 8)} y={y(roof.achieved) + 14} textAnchor={isLeft ? 'end' : 'start'}>
        {real(roof.achieved, 3)}
      </text>
      <text x={BOX.right} y={9} textAnchor="end">
        {t.bound[roof.bound]}
      </text>
      <text x={BOX.right} y={HEIGHT - 3} textAnchor="end">
        {t.x}
      </text>
      <text x={0} y={9}>
        {t.y}
      </text>
    </svg>
  );
}

const tableOf = (roof: Roofline): ChartData => ({
  title: t.bound[roof.bound],
  columns: [
    { name: t.columns.rate, key: 'rate' },
    { name: t.columns.macs, key: 'macs_per_cycle', show: (v) => real(v, 4) },
  ],
  rows: [
    [t.achieved(roof.intensity), roof.achieved],
    [t.withOverheads, roof.withOverheads],
    [t.peak, roof.peak],
    [t.byRamp, roof.intensity],
  ],
});

/** Of the whole run: it stays while the playhead moves. */
export const PeRoofline = memo(function PeRoofline({ result, reader, pe }: { result: TimedRun; reader: TraceReader; pe: number }) {
  const { say } = useActions();
  const [table, setTable] = useToggle('roofline-table');
  const { roof, own } = shownRoofline(result, reader, pe);
  if (roof.achieved <= 0 || roof.intensity <= 0) return null;
  return (
    <section className="sec" aria-label={t.name}>
      <div className="sec-head">
        <h3>{own ? t.ofPe(peName(pe, reader.trace.width)) : t.ofMean}</h3>
        <Explain name={t.name} text={t.meaning} />
        <span className="sp" />
        <SaveMenu
          of={t.name}
          stem="weft-roofline"
          pictures={table ? [] : [chartsOf('#pe-roofline', 'weft-roofline', t.name)]}
          data={() => [tableOf(roof)]}
          say={say}
        />
        <TableToggle table={table} onChange={setTable} of={t.name} short />
      </div>
      {table ? (
        <DataTable data={tableOf(roof)} />
      ) : (
        <div id="pe-roofline">
          <Chart roof={roof} />
        </div>
      )}
    </section>
  );
});
