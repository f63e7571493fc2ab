/** What each constant of the machine would move, by closed form. */
import type { Study } from '../../store/types.ts';
import { useSize } from '../charts/size.ts';
import { Tornado, type TornadoBar } from '../charts/Tornado.tsx';
import { ScrollRegion } from '../controls/ScrollRegion.tsx';
import { duration } from '../format.ts';
import type { ChartData } from '../table/chart-data.ts';
import { DOCK_TEXT } from './strings.ts';

const t = DOCK_TEXT.constants;

export type ConstantsStudy = Extract<Study, { kind: 'constants' }>;

export function constantsData({ sensitivity: { bars, microseconds } }: ConstantsStudy): readonly ChartData[] {
  const rows = bars.flatMap(({ parameter, value, less, more }) => {
    const ends = [less, more].filter((end) => end !== null);
    return ends.map((end) => [parameter, value, end.value, end.cycles, end.microseconds, end.microseconds / microseconds - 1]);
  });
  const columns = t.columns.map(([key, name]) => ({ key, name }));
  return [{ title: t.moves, columns, rows }];
}

export function ConstantsChart({ study: { sensitivity } }: { study: ConstantsStudy }) {
  const [ref, { width }] = useSize<HTMLDivElement>();
  const { bars, cycles, microseconds } = sensitivity;
  const shown = bars.map(({ parameter, value, less, more }): TornadoBar => {
    const ends = [less, more].filter((end) => end !== null);
    return { name: t.bar(parameter, value), ends: ends.map((end) => ({ value: end.value, change: end.microseconds / microseconds - 1 })) };
  });
  return (
    <ScrollRegion label={t.moves}>
      <div ref={ref}>
        <p className="t12 answers">
          {t.closedForm(cycles, duration(microseconds))} <span className="t3">{t.method}</span>
        </p>
        <Tornado bars={shown} width={width} label={t.moves} />
      </div>
    </ScrollRegion>
  );
}
