/** How both runs spend their time, one strip over the other on one clock, with one playhead. */
import { type ScaleLinear, scaleLinear } from 'd3';
import type { ReactNode } from 'react';
import { rangeOf, type SideId, seekPair, shiftOf, stepPair } from '../../store/compare.ts';
import type { TraceReader } from '../../trace/reader.ts';
import { Playhead } from '../charts/Scrubber.tsx';
import { StackedShares } from '../charts/StackedShares.tsx';
import { useSize } from '../charts/size.ts';
import { timeTicks } from '../charts/time.ts';
import { sharesOf } from '../derived.ts';
import { grouped } from '../format.ts';
import { chartsOf, SaveMenu } from '../picture/SavePicture.tsx';
import type { ChartData } from '../table/chart-data.ts';
import { sharesData } from '../table/run-data.ts';
import { Tables } from '../table/Tables.tsx';
import { TableToggle } from '../table/TableToggle.tsx';
import { useCompare, useCompareActions, useTable } from './context.ts';
import { PairSpeed } from './PairTransport.tsx';
import { COMPARE_TEXT } from './strings.ts';

const [TOP, STRIP, GAP, RIGHT] = [14, 26, 6, 16];
export const STRIPS_HEIGHT = TOP + 2 * (STRIP + GAP) + 22;

interface StripProps {
  readonly id: SideId;
  readonly reader: TraceReader;
  readonly scale: ScaleLinear<number, number>;
  readonly top: number;
  /** Cycles that the other run ends later; nothing to say for less than one. */
  readonly earlier: number;
  readonly left: number;
}

function Strip({ id, reader, scale, top, earlier, left }: StripProps) {
  const { cycles } = reader.trace;
  const end = scale(cycles);
  const [, right] = scale.range();
  const text = COMPARE_TEXT.endsAt(grouped(cycles), grouped(earlier));
  return (
    <g>
      <text x={left - 8} y={top + STRIP / 2 + 4} textAnchor="end" className="strong">
        {id.toUpperCase()}
      </text>
      <rect className="idle-lane" x={scale(0)} y={top} width={Math.max(0, end - scale(0))} height={STRIP} />
      <StackedShares shares={sharesOf(reader)} scale={scale} top={top} bottom={top + STRIP} />
      {earlier > 0 && right - end > text.length * 6 + 12 && (
        <text className="on" x={end + 10} y={top + STRIP / 2 + 4}>
          {text}
        </text>
      )}
    </g>
  );
}

interface HeadProps {
  readonly a: TraceReader;
  readonly b: TraceReader;
  readonly table: boolean;
  readonly setTable: (table: boolean) => void;
  readonly children: ReactNode;
}

function StripsHead({ a, b, table, setTable, children }: HeadProps) {
  const { say } = useCompareActions();
  return (
    <header className="ph">
      <h2>{COMPARE_TEXT.strips}</h2>
      <span className="sp" />
      {children}
      <SaveMenu
        of={COMPARE_TEXT.strips}
        stem="weft-compare"
        pictures={[chartsOf('.strips', 'weft-compare-states', COMPARE_TEXT.strips)]}
        data={() => stripsData(a, b)}
        say={say}
      />
      <TableToggle table={table} onChange={setTable} of={COMPARE_TEXT.strips} />
    </header>
  );
}

const stripsData = (a: TraceReader, b: TraceReader): readonly ChartData[] => [
  sharesData(a, undefined, COMPARE_TEXT.runA(COMPARE_TEXT.strips)),
  sharesData(b, undefined, COMPARE_TEXT.runB(COMPARE_TEXT.strips)),
];

/** With the speed of playing in its head where the transport has no room for it. */
export function Strips({ speed }: { speed: boolean }) {
  const [table, setTable] = useTable('strips');
  const [ref, { width }] = useSize<HTMLDivElement>();
  const a = useCompare((s) => s.a.reader);
  const b = useCompare((s) => s.b.reader);
  const shift = useCompare(shiftOf);
  const from = useCompare((s) => rangeOf(s)[0]);
  const to = useCompare((s) => rangeOf(s)[1]);
  const t = useCompare((s) => s.t);
  const left = width < 600 ? 28 : 44;
  const scale = scaleLinear([from, Math.max(from + 1, to)], [left, Math.max(left + 1, width - RIGHT)]);
  const onB = scaleLinear([from + shift, Math.max(from + 1, to) + shift], scale.range());
  const axis = TOP + 2 * (STRIP + GAP);
  const [endA, endB] = [a?.trace.cycles ?? 0, (b?.trace.cycles ?? 0) - shift];
  return (
    <section className="strips" aria-label={COMPARE_TEXT.strips}>
      {a && b && (
        <StripsHead a={a} b={b} table={table} setTable={setTable}>
          {speed && <PairSpeed />}
        </StripsHead>
      )}
      <div ref={ref} className="strips-body" style={{ height: STRIPS_HEIGHT }}>
        {a && b && table && <Tables label={COMPARE_TEXT.strips} data={stripsData(a, b)} />}
        {a && b && !table && width > 0 && (
          <>
            <svg className="chart" width={width} height={STRIPS_HEIGHT} aria-hidden="true">
              <Strip id="a" reader={a} scale={scale} top={TOP} earlier={endB - endA} left={left} />
              <Strip id="b" reader={b} scale={onB} top={TOP + STRIP + GAP} earlier={endA - endB} left={left} />
              {timeTicks(scale)
                .filter((tick) => scale(tick) < width - 130 || tick === 0)
                .map((tick) => (
                  <g key={tick} transform={`translate(${scale(tick)},${axis})`}>
                    <line y2="4" className="axis" />
                    <text y="15" textAnchor="middle">
                      {grouped(tick)}
                    </text>
                  </g>
                ))}
              <text x={width - RIGHT} y={axis + 15} textAnchor="end">
                {COMPARE_TEXT.cyclesOfA(grouped(to))}
              </text>
            </svg>
            <Playhead
              width={width}
              height={STRIPS_HEIGHT}
              plot={axis}
              scale={scale}
              at={t}
              whole={Math.floor(t)}
              from={from}
              to={to}
              onSeek={seekPair}
              onStep={stepPair}
            />
          </>
        )}
      </div>
    </section>
  );
}
