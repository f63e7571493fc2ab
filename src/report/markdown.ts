/**
 * The report as Markdown: the first page answers (cycles, time, three numbers, bottleneck, memory, confidence), the rest is the
 * evidence (experience.md section 4). Plain GitHub Markdown, so that it can be pasted into a review.
 */

import { grouped, percent } from '../base/numbers.ts';
import { markdown as text } from './escape.ts';
import { evidence } from './markdown-evidence.ts';
import { table } from './markdown-table.ts';
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

/** The whole report, ending in a line break. */
export function toMarkdown(report: Report): string {
  return `${[...firstPage(report), ...evidence(report)].join('\n\n')}\n`;
}

function firstPage(report: Report): string[] {
  const { verdict, summary } = report;
  return [
    `# ${text(report.title)}`,
    `Cycle estimate by Weft, model version ${report.summary.modelVersion}${report.date === null ? '' : `, ${text(report.date)}`}. ${placeWord(report)}, ${shapeWord(report)} weights, f32 arithmetic.`,
    ...(report.attribution === '' ? [] : [text(report.attribution)]),
    table(['', ''], ['left', 'right', 'left'], answers(report)),
    `**Bottleneck.** ${verdict.bottleneck.sentence}`,
    `**Memory.** The fullest PE ${fitsWord(report)}; ${grouped(summary.config.usedPes)} of ${grouped(summary.config.pes.width * summary.config.pes.height)} PEs hold rows, ${grouped(summary.config.rowsPerPe)} each at most.`,
    `**Checks.** Physics: ${text(checksWord(report))}. Results against the plain loop: ${plainLoopWord(report)}; ${errorWord(report)}.`,
    `**Confidence.** ${verdict.confidence.sentence}`,
  ];
}

/** The numbers that answer: name, value, what it is held against. */
function answers(report: Report): string[][] {
  const { verdict, summary } = report;
  const { utilisation, latency } = summary;
  return [
    [summary.includesLoad ? 'Cycles with load and host' : 'Simulated cycles', `**${grouped(verdict.cycles)}**`, includesWord(report)],
    ['Time', `**${timeWord(report)}**`, `at ${clockWord(report)}`],
    ['Closed form', `**${grouped(verdict.closedForm.cycles)}**`, closedFormWord(report)],
    ['Lower bound', `**${grouped(verdict.lowerBound.cycles)}**`, boundWord(report)],
    ['Utilisation', `**${percent(utilisation.mac)}**`, `busy ${percent(utilisation.busy)}, mapping ${percent(utilisation.mapping)}`],
    ['Latency, last row', `**${grouped(latency.max)}**`, `first row ${cyclesWord(latency.first)}, mean ${grouped(latency.mean, 1)}`],
    ['SRAM, fullest PE', `**${percent(verdict.sram.share)}**`, sramWord(report)],
  ];
}
