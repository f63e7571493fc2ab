/** A report over many products as Markdown. */
import { duration, grouped } from '../base/numbers.ts';
import { markdown as text } from './escape.ts';
import { calibration } from './markdown-measures.ts';
import { table } from './markdown-table.ts';
import { type MatricesReport, SEQUENCE } from './matrices.ts';
import { matricesWords, matrixFormats, matrixHead, matrixRow } from './matrices-table.ts';

export function matricesMarkdown(report: MatricesReport): string {
  const { totals, entries } = report;
  const head = matrixHead(report);
  const unplaced = entries.filter((e) => e.placed === null);
  const parts = [
    `# ${text(report.title)}`,
    `Cycle estimate by Weft, model version ${report.modelVersion}${report.date === null ? '' : `, ${text(report.date)}`}. ${text(report.machineName)} preset, weights ${text(matrixFormats(report))}.`,
    ...(report.attribution === '' ? [] : [text(report.attribution)]),
    table(
      ['', ''],
      ['left', 'right'],
      [
        ['Closed form, all products', `**${grouped(totals.cycles)}** cycles`],
        ['Time', `**${duration(totals.microseconds)}**`],
        ['Lower bound', `${grouped(totals.lowerBound)} cycles`],
        ['Products placed', `${grouped(totals.products - totals.unplaced)} of ${grouped(totals.products)}`],
      ],
    ),
    ...matricesWords(report).map(text),
    SEQUENCE,
    '## Products',
    table(
      head,
      head.map((_, i) => (i === 0 ? 'left' : 'right')),
      entries.map((entry) => matrixRow(report, entry).map(text)),
    ),
    ...(unplaced.length === 0 ? [] : ['## Not placed', unplaced.map((e) => `- ${text(e.name)}: ${text(e.reason)}`).join('\n')]),
    '## How rows become products',
    report.rules.map((rule) => `- ${text(rule)}`).join('\n'),
    `## Constants of the ${text(report.machineName)} preset`,
    table(
      ['constant', 'value', 'source'],
      ['left', 'left', 'left'],
      report.constants.map((c) => [c.name, c.value, text(c.source)]),
    ),
    '## Known limits of the model',
    report.limits.map((limit) => `- ${text(limit)}`).join('\n'),
    ...calibration(report),
    '## Reproduce',
    `\`\`\`sh\n${report.reproduce.command}\n\`\`\``,
    text(report.reproduce.note),
  ];
  return `${parts.join('\n\n')}\n`;
}
