/** What a report can be written as; apart from report.ts, so that flags can be read without loading it. */
export const REPORT_FORMATS = ['md', 'html', 'csv', 'json'] as const;
export type ReportFormat = (typeof REPORT_FORMATS)[number];
