/** A finished run as a file, for whoever saves it; the page loads this module when it is first asked for. */
import { toJson } from '../report/json.ts';
import { toMarkdown } from '../report/markdown.ts';
import { reportData } from '../report/report.ts';
import type { Piece } from '../report/trace/types.ts';
import { encodeTrace } from '../trace/writer.ts';
import type { ExportFormat, RunResult } from './protocol.ts';
import { convertTrace } from './trace-convert.ts';

/** The pieces of the file that `weft run` or `weft trace convert` writes for the same run: the same text, the same bytes. */
export async function exportRun(result: RunResult, format: ExportFormat): Promise<readonly Piece[]> {
  if (format === 'markdown') return [toMarkdown(reportData(result))];
  if (format === 'json') return [toJson(reportData(result))];
  const file = encodeTrace(result.program, result.trace, result.modelVersion);
  if (format === 'trace') return file;
  const pieces: Piece[] = [];
  await convertTrace(file, { to: format }, (piece) => void pieces.push(piece));
  return pieces;
}
