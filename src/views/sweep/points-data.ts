/** The points of a sweep as data files hold them; what cannot run has its reason. */
import type { PointRecord } from '../../store/sweep.ts';
import type { ChartData } from '../table/chart-data.ts';

const COLUMNS = [
  ['cycles', 'Cycles'],
  ['closed_form_cycles', 'Closed form'],
  ['lower_bound_cycles', 'Lower bound'],
  ['microseconds', 'Time, µs'],
  ['utilisation_mac', 'Utilisation'],
  ['sram_bytes', 'SRAM, B'],
  ['used_pes', 'PEs'],
  ['results_unlike_plain_loop', 'Bits off'],
  ['error', 'Why there are none'],
] as const;

export function pointsData(records: readonly PointRecord[], names: readonly string[]): ChartData {
  return {
    title: 'Points',
    columns: [...names.map((name) => ({ name, key: name })), ...COLUMNS.map(([key, name]) => ({ key, name }))],
    rows: records.map((record) => {
      const place = names.map((name) => record.config[name] ?? null);
      if (!('result' in record)) return [...place, ...Array.from({ length: COLUMNS.length - 1 }, () => null), `${record.error.field}: ${record.error.message}`];
      const r = record.result;
      return [...place, r.cycles, r.closedForm, r.lowerBound, r.microseconds, r.utilisationMac, r.sramBytes, r.usedPes, r.plainLoopDifferences, null];
    }),
  };
}
