/** A finished run as a file, for whoever saves it; the page loads this module when it is first asked for. */
import { toJson } from '../report/json.ts';
import { toMarkdown } from '../report/markdown.ts';
import { reportData } from '../report/report.ts';
import { encodeTrace } from '../trace/writer.ts';
import type { RunResult } from './protocol.ts';

export type ExportFormat = 'markdown' | 'json' | 'trace';

/** The pieces of the file that `weft run` writes for the same run: the same text, the same bytes. */
export function exportRun(result: RunResult, format: ExportFormat): ReadonlyArray<string | Uint8Array<ArrayBuffer>> {
  if (format === 'trace') return encodeTrace(result.program, result.trace, result.modelVersion);
  const report = reportData(result);
  return [format === 'markdown' ? toMarkdown(report) : toJson(report)];
}
