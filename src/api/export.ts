/** A finished run as a file, for whoever saves it; the page loads this module when it is first asked for. */
import { WeftError } from '../base/error.ts';
import type { Notes } from '../report/trace/notes.ts';
import type { Piece } from '../report/trace/types.ts';
import type { Trace } from '../trace/schema.ts';
import { expandTrace } from '../trace/shared.ts';
import { expandedRows, isShared, sharedOf } from '../trace/shared-columns.ts';
import { encodeTrace } from '../trace/writer.ts';
import { linkOf } from './link.ts';
import { type ExportFormat, hasValues, isVisitable, type RunResult, type Session, type Traced } from './protocol.ts';
import { reportFiles } from './report.ts';
import type { ReportFormat } from './report-formats.ts';
import { convertTrace } from './trace-convert.ts';

/** Whom to ask what the constants would move, and where the page is; a report without them says less. */
export interface ExportAid {
  readonly session?: Pick<Session, 'sensitivity'>;
  readonly address?: string;
  /** Marks and setup beside the run, for the formats of traces that hold them. */
  readonly notes?: Notes;
}

/**
 * The pieces of the file that `weft run` or `weft trace convert` writes for the same run: the same text, the same bytes.
 * Throws WeftError when a report is asked of a run without numbers.
 */
export async function exportRun(run: Traced, format: ExportFormat, aid: ExportAid = {}): Promise<readonly Piece[]> {
  if (isReport(format)) return [await written(measured(run), REPORTS[format], aid)];
  const file = encodeTrace(run.program, columnsOf(run), run.modelVersion);
  if (format === 'trace') return file;
  const pieces: Piece[] = [];
  await convertTrace(file, { to: format, ...(aid.notes && { notes: aid.notes }) }, (piece) => void pieces.push(piece));
  return pieces;
}

/** Exports that are reports, by what `weft report --format` calls them. */
const REPORTS = { markdown: 'md', html: 'html', json: 'json' } as const;

const isReport = (format: ExportFormat): format is keyof typeof REPORTS => Object.hasOwn(REPORTS, format);

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

/** As `weft report` writes it: on a page with what the constants would move, and the whole address as its link. */
async function written(result: RunResult, format: ReportFormat, { session, address }: ExportAid): Promise<string> {
  if (session === undefined) return reportFiles(result, [format])[0].content;
  const asked = await session.sensitivity(result.config);
  const date = new Date().toISOString().slice(0, 10);
  const hash = linkOf(result.config);
  const link = address === undefined ? hash : new URL(hash, address).href;
  return reportFiles(result, [format], { date, link, ...(asked.ok ? { sensitivity: asked.value } : {}) })[0].content;
}
