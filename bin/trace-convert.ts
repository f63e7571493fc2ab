/** `weft trace convert`: a trace file in another format, a chunk of rows at a time; the file appears when it is whole. */
import { stat } from 'node:fs/promises';
import { convertTrace, formatOfName, type TableName, type TraceFormat } from '../src/api/trace-convert.ts';
import { WeftError } from '../src/base/error.ts';
import { bytes, count } from '../src/base/numbers.ts';
import { printable } from '../src/report/escape.ts';
import { toJson } from '../src/report/json.ts';
import type { ScannedTrace } from '../src/trace/scan.ts';
import { Interrupted } from './fail.ts';
import { checkWritable, OutputFile, readPieces } from './files.ts';
import { progressBar, SILENT } from './progress.ts';

export interface ConvertFlags {
  readonly to?: TraceFormat;
  readonly tables?: readonly TableName[];
  readonly quiet?: boolean;
  readonly json?: boolean;
}

export async function convertCommand(from: string, out: string, flags: ConvertFlags, signal: AbortSignal): Promise<void> {
  const to = flags.to ?? formatOfName(out);
  if (to === undefined) {
    throw new WeftError('OUT', `'${out}' does not say by its name which format it is to have`, [
      'name it .json, .pftrace, .ndjson, .csv or .weft-trace',
      'add --to',
    ]);
  }
  const pieces = await readPieces('IN', from);
  await checkWritable('OUT', out, [from]);
  const file = await OutputFile.create('OUT', out);
  let written = 0;
  const write = async (piece: string | Uint8Array): Promise<void> => {
    written += typeof piece === 'string' ? Buffer.byteLength(piece) : piece.length;
    await file.write(piece);
  };
  let scanned: ScannedTrace;
  try {
    scanned = await convertTrace(await watched(pieces, from, flags, signal), { to, ...(flags.tables && { tables: flags.tables }) }, write);
    await file.finish();
  } catch (error) {
    await file.discard();
    throw error instanceof WeftError && error.field === 'tables' ? new WeftError('--tables', error.message, error.fixes) : error;
  }
  say({ from, to, written, flags, out }, scanned);
}

/** Bytes between looks at the progress and at an interrupt: a chunk of rows or two. */
const BITE = 2 ** 16;

/** The pieces, with a progress bar beside them, until somebody interrupts. */
async function watched(pieces: AsyncIterable<Uint8Array>, path: string, { quiet }: ConvertFlags, signal: AbortSignal): Promise<AsyncIterable<Uint8Array>> {
  const expected = (await stat(path)).size;
  const bar = quiet ? SILENT : await progressBar(process.stderr, 'byte');
  return (async function* () {
    let cycle = 0;
    try {
      for await (const piece of pieces) {
        for (let at = 0; at < piece.length; at += BITE) {
          if (signal.aborted) throw new Interrupted();
          const bite = piece.subarray(at, at + BITE);
          yield bite;
          cycle += bite.length;
          bar.update({ phase: 'converting', cycle, expected });
        }
      }
    } finally {
      bar.stop();
    }
  })();
}

interface Done {
  readonly from: string;
  readonly out: string;
  readonly to: TraceFormat;
  readonly written: number;
  readonly flags: ConvertFlags;
}

function say({ from, out, to, written, flags }: Done, { rows, cycles, traceHash }: ScannedTrace): void {
  const tables = Object.entries(rows).filter(([table]) => flags.tables === undefined || flags.tables.includes(table as TableName));
  const total = tables.reduce((sum, [, n]) => sum + n, 0);
  if (flags.json)
    process.stdout.write(
      toJson({ file: from, format: to, cycles, traceHash, rows: Object.fromEntries(tables), rowCount: total, bytes: written, written: [out] }),
    );
  else if (!flags.quiet) process.stdout.write(`${printable(`wrote ${out}: ${to}, ${count(total, 'row')} of ${count(cycles, 'cycle')}, ${bytes(written)}`)}\n`);
}
