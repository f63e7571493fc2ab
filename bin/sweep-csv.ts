/** Points of a sweep as lines of a CSV file, in columns that are the same for every sweep. */
import { OPTION_IDS, TUNABLE_IDS } from '../src/api/protocol.ts';
import { csvCell } from '../src/report/escape.ts';
import type { PointRecord } from '../src/sweep/journal.ts';

/** Of the configuration; what a point does not set is empty. */
const CONFIG = ['model', 'tensor', 'm', 'k', 'n', 'format', 'as', 'seed', 'kernel', 'machine', 'pes', 'engine', ...OPTION_IDS, ...TUNABLE_IDS] as const;

/** Columns of the result and their fields. */
const RESULT = [
  ['placed_m', 'm'],
  ['placed_k', 'k'],
  ['placed_n', 'n'],
  ['pes_width', 'pesWidth'],
  ['pes_height', 'pesHeight'],
  ['used_pes', 'usedPes'],
  ['rows_per_pe', 'rowsPerPe'],
  ['sram_bytes', 'sramBytes'],
  ['closed_form_cycles', 'closedForm'],
  ['lower_bound_cycles', 'lowerBound'],
  ['cycles', 'cycles'],
  ['microseconds', 'microseconds'],
  ['utilisation_mac', 'utilisationMac'],
  ['utilisation_busy', 'utilisationBusy'],
  ['latency_first_cycles', 'latencyFirst'],
  ['latency_mean_cycles', 'latencyMean'],
  ['load_cycles', 'loadCycles'],
  ['results_unlike_plain_loop', 'plainLoopDifferences'],
  ['max_abs_error_vs_float64', 'maxAbsErrorF64'],
  ['checks_hold', 'checksHold'],
  ['trace_hash', 'traceHash'],
] as const;

const line = (cells: ReadonlyArray<string | number | undefined>): string => `${cells.map(csvCell).join(',')}\r\n`;

export const CSV_HEAD = line(['hash', 'mode', 'model_version', ...CONFIG, ...RESULT.map(([column]) => column), 'error_field', 'error']);

export function csvLine(record: PointRecord): string {
  const { hash, mode, modelVersion, config } = record;
  const result = 'result' in record ? record.result : null;
  const error = 'error' in record ? record.error : null;
  const numbers = RESULT.map(([, field]) => {
    const value = result?.[field] ?? undefined;
    return typeof value === 'boolean' ? String(value) : value;
  });
  return line([hash, mode, modelVersion, ...CONFIG.map((key) => config[key]), ...numbers, error?.field, error?.message]);
}
