/**
 * The report of a run in every format, as files: what the page saves and what the command line writes are these same texts.
 */
import { replayBins } from '../analysis/replay-bins.ts';
import { csvFiles } from '../report/csv.ts';
import { toHtml } from '../report/html/sheet.ts';
import { toJson } from '../report/json.ts';
import { toMarkdown } from '../report/markdown.ts';
import { overTime, type Report, type ReportOptions, reportData } from '../report/report.ts';
import { TraceReader } from '../trace/reader.ts';
import type { RunResult } from './protocol.ts';
import type { ReportFormat } from './report-formats.ts';

/** A file of a report; the CSV bundle is several. */
export interface ReportFile {
  readonly name: string;
  readonly content: string;
}

/** Parts of the run in the page's chart of PE time. */
const FINE = 240;

/** The files of the formats asked for. The same run and options give the same bytes. */
export function reportFiles(result: RunResult, formats: readonly ReportFormat[], options: ReportOptions = {}): ReportFile[] {
  return reportFilesOf(reportData(result, options), result, formats);
}

/** The same for a report that was made already. */
export const reportFilesOf = (report: Report, result: RunResult, formats: readonly ReportFormat[]): ReportFile[] =>
  formats.flatMap((format) => filesOf(report, result, format));

function filesOf(report: Report, result: RunResult, format: ReportFormat): ReportFile[] {
  switch (format) {
    case 'md':
      return [{ name: 'report.md', content: toMarkdown(report) }];
    case 'json':
      return [{ name: 'report.json', content: toJson(report) }];
    case 'csv':
      return csvFiles(report);
    case 'html': {
      const reader = new TraceReader(result.program, result.trace);
      const { cycles } = result.metrics;
      return [{ name: 'report.html', content: toHtml(report, { fine: overTime(reader, cycles, FINE), film: replayBins(reader, cycles) }) }];
    }
  }
}
