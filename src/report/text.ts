/** The verdict for a terminal: the report's first page in aligned lines, names made printable, no colors. */
import { grouped, percent } from '../base/numbers.ts';
import { printable } from './escape.ts';
import type { Report } from './types.ts';
import {
  boundWord,
  checksWord,
  clockWord,
  closedFormWord,
  cyclesWord,
  errorWord,
  fitsWord,
  includesWord,
  placeWord,
  plainLoopWord,
  shapeWord,
  sramWord,
  timeWord,
} from './words.ts';

/** Several lines, the last one with its line break. */
export function toText(report: Report): string {
  const { verdict, summary } = report;
  const head = [report.title, `${placeWord(report)}, ${shapeWord(report)}`, ...(report.attribution === '' ? [] : [report.attribution])];
  const words = [`Bottleneck: ${verdict.bottleneck.sentence}`, `Confidence: ${verdict.confidence.sentence}`];
  const hashes = `trace ${summary.traceHash}, state ${summary.stateHash}, ${summary.engine} engine, model version ${summary.modelVersion}`;
  return `${[...head, '', ...aligned(rows(report)), '', ...words, '', hashes].map(printable).join('\n')}\n`;
}

/** Name, number, remark. */
function rows(report: Report): ReadonlyArray<readonly [string, string, string]> {
  const { verdict, summary } = report;
  const { utilisation, latency } = summary;
  return [
    [
      summary.includesLoad ? 'With load and host' : 'Simulated',
      grouped(verdict.cycles),
      `cycles, ${timeWord(report)} at ${clockWord(report)}; ${includesWord(report)}`,
    ],
    ['Closed form', grouped(verdict.closedForm.cycles), closedFormWord(report)],
    ['Lower bound', grouped(verdict.lowerBound.cycles), boundWord(report)],
    ['Utilisation', percent(utilisation.mac), `busy ${percent(utilisation.busy)}, mapping ${percent(utilisation.mapping)}`],
    ['Latency, last row', grouped(latency.max), `first row ${cyclesWord(latency.first)}, mean ${grouped(latency.mean, 1)}`],
    ['SRAM, fullest PE', percent(verdict.sram.share), `${sramWord(report)}; ${fitsWord(report)}`],
    ['Results', grouped(summary.config.m * summary.config.n), `plain loop: ${plainLoopWord(report)}; ${errorWord(report)}`],
    ['Physics checks', grouped(summary.conservation.length), checksWord(report)],
  ];
}

/** Names to the left, numbers to the right of their column, remarks after them. */
function aligned(list: ReadonlyArray<readonly [string, string, string]>): string[] {
  const [names, numbers] = [0, 1].map((column) => Math.max(...list.map((row) => row[column].length)));
  return list.map(([name, number, remark]) => `  ${name.padEnd(names)}  ${number.padStart(numbers)}  ${remark}`);
}
