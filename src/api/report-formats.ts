import type { ExportFormat } from './protocol.ts';

/** What a report can be written as; apart from report.ts, so that flags can be read without loading it. */
export const REPORT_FORMATS = ['md', 'html', 'csv', 'json'] as const;
export type ReportFormat = (typeof REPORT_FORMATS)[number];

/** What the page saves of a run that is a report, by what `weft report --format` calls it. */
export const REPORTS = { markdown: 'md', html: 'html', json: 'json' } as const satisfies Partial<Record<ExportFormat, ReportFormat>>;

export const isReport = (format: ExportFormat): format is keyof typeof REPORTS => Object.hasOwn(REPORTS, format);
