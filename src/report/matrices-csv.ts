/** A report over many products as CSV: the products, the constants, the calibration. */
import { csv } from './csv.ts';
import type { MatricesReport } from './matrices.ts';

const HEAD = [
  'product',
  'm',
  'k',
  'k_padded',
  'n',
  'count',
  'format',
  'pes_width',
  'pes_height',
  'used_pes',
  'rows_per_pe',
  'sram_used_bytes',
  'closed_form_cycles',
  'lower_bound_cycles',
  'bound_by',
  'microseconds',
  'utilisation_mac',
  'simulated_cycles',
  'scale_sim_cycles',
  'not_placed',
] as const;

export function matricesCsv({ entries, constants, calibration }: MatricesReport): ReturnType<typeof csv>[] {
  const rows = entries.map(({ name, m, k, n, count, format, sourceK, placed: p, reason, scaleSim }) => [
    name,
    m,
    sourceK,
    k,
    n,
    count,
    format,
    p?.pes.width,
    p?.pes.height,
    p?.usedPes,
    p?.rowsPerPe,
    p?.sram.usedBytes,
    p?.closedForm,
    p?.lowerBound,
    p?.boundBy,
    p?.microseconds,
    p?.utilisation,
    p?.simulated?.cycles,
    scaleSim ?? undefined,
    reason,
  ]);
  return [
    csv('products.csv', HEAD, rows),
    csv(
      'constants.csv',
      ['key', 'constant', 'value', 'source', 'assumed'],
      constants.map((c) => [c.key, c.name, c.value, c.source, String(c.assumed)]),
    ),
    csv(
      'calibration.csv',
      ['family', 'configuration', 'source', 'published_cycles', 'our_cycles', 'error_share'],
      calibration.rows.map((r) => [r.family, r.what, r.source, r.published, r.ours, r.ours / r.published - 1]),
    ),
  ];
}
