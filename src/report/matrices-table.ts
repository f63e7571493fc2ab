/** The rows of a report over many products as cells, the same for every format. */
import { count, duration, factor, grouped, percent, prefixed } from '../base/numbers.ts';
import type { MatricesReport, MatrixEntry } from './matrices.ts';
import { formatWord } from './words.ts';

/** Columns that occur only where something fills them. */
const hasSimulated = ({ entries }: MatricesReport): boolean => entries.some((e) => e.placed !== null && e.placed.simulated !== null);
const hasScaleSim = ({ totals }: MatricesReport): boolean => totals.scaleSim !== null;

export function matrixHead(report: MatricesReport): string[] {
  return [
    'product',
    'M × K × N',
    'PEs',
    'SRAM',
    'closed form',
    'time',
    'bound',
    'utilisation',
    ...(hasSimulated(report) ? ['simulated'] : []),
    ...(hasScaleSim(report) ? ['SCALE-Sim', 'ratio'] : []),
  ];
}

export function matrixRow(report: MatricesReport, entry: MatrixEntry): string[] {
  const { placed } = entry;
  const cells = placed === null ? ['', '', 'not placed', '', '', ''] : placedCells(placed);
  const simulated = placed?.simulated ? grouped(placed.simulated.cycles) : '';
  return [nameOf(entry), sizesOf(entry), ...cells, ...(hasSimulated(report) ? [simulated] : []), ...(hasScaleSim(report) ? scaleSimCells(entry) : [])];
}

const nameOf = ({ name, count: times }: MatrixEntry): string => (times === 1 ? name : `${name}, ${grouped(times)} times`);

const sizesOf = ({ m, k, n, sourceK }: MatrixEntry): string => `${grouped(m)} × ${grouped(sourceK)}${k === sourceK ? '' : ` (${grouped(k)})`} × ${grouped(n)}`;

function placedCells(placed: NonNullable<MatrixEntry['placed']>): string[] {
  const { pes, sram, closedForm, microseconds, lowerBound, utilisation } = placed;
  return [
    `${grouped(pes.width)} × ${grouped(pes.height)}`,
    percent(sram.usedBytes / sram.capacityBytes),
    grouped(closedForm),
    duration(microseconds),
    factor(closedForm / lowerBound),
    percent(utilisation),
  ];
}

function scaleSimCells({ placed, scaleSim, count: times }: MatrixEntry): string[] {
  if (scaleSim === null) return ['', ''];
  return [grouped(scaleSim), placed === null || scaleSim === 0 ? '' : factor((placed.closedForm * times) / scaleSim)];
}

/** The first page's sentences. */
export function matricesWords({ totals, kernel, machineName, entries }: MatricesReport): string[] {
  const placed = totals.products - totals.unplaced;
  const worst = entries.filter((e) => e.placed !== null).sort((a, b) => b.count * (b.placed?.closedForm ?? 0) - a.count * (a.placed?.closedForm ?? 0))[0];
  const share = worst?.placed ? percent((worst.count * worst.placed.closedForm) / totals.cycles) : '';
  return [
    `${count(placed, 'product')} of ${grouped(totals.products)} can be placed on the ${machineName} preset with the kernel ${kernel}; ${prefixed(totals.multiplyAdds)} multiply-adds.`,
    ...(worst === undefined ? [] : [`The largest part is ${worst.name}, ${share} of the cycles.`]),
    ...(totals.scaleSim === null
      ? []
      : [`SCALE-Sim reports ${grouped(totals.scaleSim)} cycles for its own array; that is another machine, not a reference for this one.`]),
  ];
}

export const matrixFormats = ({ entries }: MatricesReport): string => [...new Set(entries.map((e) => formatWord(e.format)))].join(', ');
