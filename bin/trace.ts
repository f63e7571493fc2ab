/** `weft trace`: what a trace file holds and where its cycles went, for people or as JSON. */
import { basename } from 'node:path';
import { inspectTrace, type TraceInspection } from '../src/api/trace-file.ts';
import { bytes, count, grouped, percent } from '../src/base/numbers.ts';
import { printable } from '../src/report/escape.ts';
import { toJson } from '../src/report/json.ts';
import { readPieces } from './files.ts';

export async function traceCommand(path: string, flags: { readonly json?: boolean }): Promise<void> {
  const trace = await inspectTrace(await readPieces('FILE', path), basename(path));
  process.stdout.write(flags.json ? toJson(trace) : describe(trace));
}

function describe(trace: TraceInspection): string {
  const { machine, pes, cycles, rows, shares } = trace;
  const perRow = trace.rowCount > 0 ? `, ${grouped(trace.bytes / trace.rowCount, 2)} B a row` : '';
  const lines = [
    `${trace.file}: trace version ${trace.version}, model version ${trace.modelVersion}, ${bytes(trace.bytes)} in ${count(trace.chunks, 'chunk')}${perRow}`,
    `${machine.name}, ${grouped(pes.width)} × ${grouped(pes.height)} PEs, ${count(cycles, 'cycle')}, busy ${percent(trace.busy)}, hash ${trace.traceHash}`,
    '',
    `${count(trace.rowCount, 'row')}`,
    ...columns(Object.entries(rows).map(([table, n]) => [table, grouped(n)])),
    '',
    'Shares of all PE-cycles',
    ...columns(Object.entries(shares).map(([kind, share]) => [kind, percent(share, 2)])),
    ...(trace.hostSteps.length > 0 ? ['', 'Host steps, first cycle and end'] : []),
    ...columns(trace.hostSteps.map(({ name, kind, begin, end }) => [`${kind} ${name}`, `${grouped(begin)} to ${grouped(end)}`])),
  ];
  return `${lines.map(printable).join('\n')}\n`;
}

/** Names to the left, numbers to the right of their column. */
function columns(rows: ReadonlyArray<readonly [string, string]>): string[] {
  const [name, number] = [0, 1].map((i) => Math.max(0, ...rows.map((row) => row[i].length)));
  return rows.map((row) => `  ${row[0].padEnd(name)}  ${row[1].padStart(number)}`);
}
