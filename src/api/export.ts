/** A finished run as a file, for whoever saves it; the page has a worker of its own for this module (exporter.ts). */
import { WeftError } from '../base/error.ts';
import type { Notes } from '../report/trace/notes.ts';
import type { Piece } from '../report/trace/types.ts';
import type { Sensitivity } from '../report/types.ts';
import type { Trace } from '../trace/schema.ts';
import { expandTrace } from '../trace/shared.ts';
import { expandedRows, isShared, sharedOf } from '../trace/shared-columns.ts';
import { encodeTrace } from '../trace/writer.ts';
import { linkOf } from './link.ts';
import { type ExportFormat, hasValues, isVisitable, type RunResult, type Traced } from './protocol.ts';
import { reportFiles } from './report.ts';
import { isReport, REPORTS, type ReportFormat } from './report-formats.ts';
import { convertTrace } from './trace-convert.ts';

/** Where the page is, and what the constants would move; a report without an address says less. */
export interface ExportAid {
  readonly address?: string;
  readonly sensitivity?: Sensitivity;
  /** Marks and setup beside the run, for the formats of traces that hold them. */
  readonly notes?: Notes;
}

/** The pieces of a whole file; see {@link writeRun}. */
export async function exportRun(run: Traced, format: ExportFormat): Promise<readonly Piece[]> {
  const pieces: Piece[] = [];
  await writeRun(run, format, {}, (piece) => void pieces.push(piece));
  return pieces;
}

/**
 * Hands `write` the pieces of the file that `weft run` or `weft trace convert` writes for the same run: the same text, the same bytes.
 * `write` is told, too, what share of the file that makes, where it is known. Throws WeftError when a report is asked of a run without numbers.
 */
export async function writeRun(run: Traced, format: ExportFormat, aid: ExportAid, write: (piece: Piece, share: number | null) => void): Promise<void> {
  if (isReport(format)) return write(written(measured(run), REPORTS[format], aid), null);
  const file = encodeTrace(run.program, columnsOf(run), run.modelVersion);
  const bytes = file.reduce((sum, piece) => sum + piece.length, 0);
  let taken = 0;
  const taking = function* (): Generator<Uint8Array> {
    for (const piece of file) {
      taken += piece.length;
      yield piece;
    }
  };
  const conversion = { to: format === 'trace' ? 'weft' : format, ...(aid.notes && { notes: aid.notes }) } as const;
  await convertTrace(taking(), conversion, (piece) => write(piece, taken / bytes));
}

/** More rows than this are not made of a trace that shares them: they would need more than 1 GB. */
const MOST_ROWS = 25e6;

/** The trace in columns. Throws WeftError where PEs share so much that the columns do not fit. */
function columnsOf({ trace }: Traced): Trace {
  if (!isShared(trace)) return trace;
  const rows = expandedRows(trace);
  if (rows <= MOST_ROWS) return expandTrace(sharedOf(trace));
  const millions = Math.round(rows / 1e6);
  throw new WeftError('trace', `written out the trace has ${millions} million rows, which do not fit here: on the page PEs share them`, ['run fewer PEs']);
}

function measured(run: Traced): RunResult {
  // Results that were computed afterwards: the trace of that run is made of rows that PEs share.
  if (hasValues(run)) return isVisitable(run) ? run : { ...run, trace: columnsOf(run), stateHash: '' };
  if ('metrics' in run)
    throw new WeftError('run', 'a run that is timed only has no values for a report', ['compute its results', 'run it with the wavelet engine']);
  throw new WeftError('run', 'a run that has only a trace has no numbers for a report', ['save its trace']);
}

/** As `weft report` writes it: on a page with the day, the whole address as its link, and what the constants would move. */
function written(result: RunResult, format: ReportFormat, { address, sensitivity }: ExportAid): string {
  if (address === undefined) return reportFiles(result, [format])[0].content;
  const date = new Date().toISOString().slice(0, 10);
  const link = new URL(linkOf(result.config), address).href;
  return reportFiles(result, [format], { date, link, ...(sensitivity && { sensitivity }) })[0].content;
}
