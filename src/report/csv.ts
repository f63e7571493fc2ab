/** The report's tables as CSV files (RFC 4180): a header with units in the names, numbers plain, columns in a fixed order. */
import { csvCell } from './escape.ts';
import type { Report } from './types.ts';

interface CsvFile {
  readonly name: string;
  readonly content: string;
}

type Cell = string | number | undefined;

/** One table; lines end as RFC 4180 says. */
export function csv(name: string, head: readonly string[], rows: ReadonlyArray<readonly Cell[]>): CsvFile {
  return { name, content: [head, ...rows].map((row) => `${row.map(csvCell).join(',')}\r\n`).join('') };
}

/** All tables of a report, one file each. */
export function csvFiles(report: Report): CsvFile[] {
  return [summary(report), phases(report), peTime(report), overTime(report), ...perPe(report), links(report), ...rest(report)];
}

function summary({ summary: s, verdict, clockHz }: Report): CsvFile {
  const { config, errors } = s;
  const rows: ReadonlyArray<readonly [string, Cell]> = [
    ['model', config.model],
    ['tensor', config.tensor],
    ['m', config.m],
    ['k', config.k],
    ['n', config.n],
    ['format', config.format],
    ['kernel', config.kernel],
    ...Object.entries(config.options).map(([name, value]) => [`option_${name}`, value] as const),
    ['machine', config.machine],
    ...Object.entries(config.tuning).map(([name, value]) => [`machine_${name}`, value] as const),
    ['pes_width', config.pes.width],
    ['pes_height', config.pes.height],
    ['used_pes', config.usedPes],
    ['rows_per_pe', config.rowsPerPe],
    ['seed', config.seed],
    ['clock_hz', clockHz],
    ['cycles', s.cycles],
    ['microseconds', s.microseconds],
    ['closed_form_cycles', s.closedForm],
    ['lower_bound_cycles', s.lowerBound],
    ['utilisation_mac', s.utilisation.mac],
    ['utilisation_busy', s.utilisation.busy],
    ['utilisation_mapping', s.utilisation.mapping],
    ['load_cycles', s.loadCycles],
    ['host_in_cycles', s.hostInCycles],
    ['host_out_cycles', s.hostOutCycles],
    ['sram_used_bytes', s.sram.usedBytes],
    ['sram_capacity_bytes', s.sram.capacityBytes],
    ['bottleneck', verdict.bottleneck.kind],
    ['results_unlike_plain_loop', errors.vsPlainLoop],
    ['max_abs_error_vs_float64', errors.maxAbsVsF64],
    ['rel_rms_error_vs_float64', errors.relRmsVsF64],
    ['trace_hash', s.traceHash],
    ['state_hash', s.stateHash],
    ['model_version', s.modelVersion],
  ];
  return csv('summary.csv', ['metric', 'value'], rows);
}

const phases = ({ phases: list }: Report): CsvFile =>
  csv(
    'phases.csv',
    ['phase', 'begin_cycle', 'end_cycle', 'cycles'],
    list.map((p) => [p.name, p.begin, p.end, p.end - p.begin]),
  );

const peTime = ({ peCycles }: Report): CsvFile =>
  csv(
    'pe_time.csv',
    ['kind', 'pe_cycles', 'share'],
    peCycles.map((k) => [k.kind, k.cycles, k.share]),
  );

const overTime = ({ overTime: o }: Report): CsvFile =>
  csv(
    'utilisation.csv',
    ['from_cycle', 'to_cycle', ...o.kinds.map((kind) => `share_${kind}`)],
    o.buckets.map((b) => [b.from, b.to, ...b.shares]),
  );

/** Maps as rows: the cell's first PE, the PEs a side of it, and both values. */
function perPe({ peBusy, peFinish }: Report): CsvFile[] {
  const { width, block, values } = peBusy.map;
  const rows = values.map((busy, i) => [(i % width) * block, Math.floor(i / width) * block, block, busy, peFinish.map.values[i]]);
  return [csv('pes.csv', ['x', 'y', 'pes_per_side', 'busy_share', 'finish_cycle'], rows)];
}

function links({ links: report }: Report): CsvFile {
  const rows = (report?.busiest ?? []).map((l) => [l.x, l.y, l.direction, l.colors.join(' '), l.wavelets, l.utilisation, l.demand]);
  return csv('links.csv', ['x', 'y', 'direction', 'colors', 'wavelets', 'utilisation', 'demand'], rows);
}

function rest({ memory, stages, constants, sensitivity, comparison, calibration, summary: s, definitions }: Report): CsvFile[] {
  return [
    csv(
      'sram.csv',
      ['allocation', 'kind', 'address', 'bytes'],
      memory.map((a) => [a.name, a.kind, a.address, a.bytes]),
    ),
    csv(
      'latency.csv',
      ['stage', 'pes', 'first_cycle', 'mean_cycles', 'p95_cycles', 'last_cycle'],
      stages.map((l) => [l.name, l.count, l.first, l.mean, l.p95, l.last]),
    ),
    csv(
      'constants.csv',
      ['key', 'constant', 'value', 'source', 'assumed'],
      constants.map((c) => [c.key, c.name, c.value, c.source, String(c.assumed)]),
    ),
    csv(
      'sensitivity.csv',
      ['constant', 'now', 'less', 'less_cycles', 'less_microseconds', 'more', 'more_cycles', 'more_microseconds'],
      (sensitivity?.bars ?? []).map((b) => [b.parameter, b.value, ...[b.less, b.more].flatMap((e) => [e?.value, e?.cycles, e?.microseconds])]),
    ),
    csv(
      'difference.csv',
      ['metric', 'baseline', 'here', 'difference', 'share'],
      (comparison?.changes ?? []).map((c) => [c.metric, c.a ?? undefined, c.b ?? undefined, c.difference ?? undefined, c.share ?? undefined]),
    ),
    csv(
      'checks.csv',
      ['check', 'holds', 'detail'],
      s.conservation.map((c) => [c.name, String(c.holds), c.detail]),
    ),
    csv(
      'calibration.csv',
      ['family', 'configuration', 'source', 'published_cycles', 'our_cycles', 'error_share'],
      calibration.rows.map((r) => [r.family, r.what, r.source, r.published, r.ours, r.ours / r.published - 1]),
    ),
    csv(
      'definitions.csv',
      ['key', 'name', 'unit', 'meaning'],
      Object.entries(definitions).map(([key, d]) => [key, d.name, d.unit, d.meaning]),
    ),
  ];
}
