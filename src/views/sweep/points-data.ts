/** The points of a sweep as data files hold them; what cannot run has its reason. */
import type { PointRecord } from '../../store/sweep.ts';
import type { ChartData } from '../table/chart-data.ts';
import { DATA_COLUMNS, SWEEP_TEXT } from './strings.ts';

export function pointsData(records: readonly PointRecord[], names: readonly string[]): ChartData {
  return {
    title: SWEEP_TEXT.points,
    columns: [...names.map((name) => ({ name, key: name })), ...DATA_COLUMNS.map(([key, name]) => ({ key, name }))],
    rows: records.map((record) => {
      const place = names.map((name) => record.config[name] ?? null);
      if (!('result' in record))
        return [...place, ...Array.from({ length: DATA_COLUMNS.length - 1 }, () => null), `${record.error.field}: ${record.error.message}`];
      const r = record.result;
      return [...place, r.cycles, r.closedForm, r.lowerBound, r.microseconds, r.utilisationMac, r.sramBytes, r.usedPes, r.plainLoopDifferences, null];
    }),
  };
}
