/** The report of a finished run as text, for whoever saves it; the page loads this file when it is first asked for. */
import { toJson } from '../report/json.ts';
import { toMarkdown } from '../report/markdown.ts';
import { reportData } from '../report/report.ts';
import type { RunResult } from './protocol.ts';

export type ReportFormat = 'markdown' | 'json';

/** The same text that `weft run` writes for the same run. */
export function reportText(result: RunResult, format: ReportFormat): string {
  const report = reportData(result);
  return format === 'markdown' ? toMarkdown(report) : toJson(report);
}
