/** What a trace file says, for the command line: the machine, the rows, and where the cycles went, all from the file alone. */
import { cyclesByKind } from '../analysis/metrics.ts';
import { type OpenedTrace, TraceOpener } from '../trace/open.ts';
import { TraceReader } from '../trace/reader.ts';
import { isStall, KIND, type Kind } from '../trace/schema.ts';
import type { TableName } from '../trace/tables.ts';
import type { OpenedTrace as TraceOnWire } from './protocol.ts';

export interface TraceInspection {
  readonly file: string;
  readonly version: number;
  readonly modelVersion: string;
  readonly machine: { readonly id: string; readonly name: string; readonly clockHz: number };
  readonly pes: { readonly width: number; readonly height: number };
  readonly cycles: number;
  readonly traceHash: string;
  readonly bytes: number;
  readonly chunks: number;
  readonly rows: Readonly<Record<TableName, number>>;
  /** Of all tables. */
  readonly rowCount: number;
  readonly hostSteps: ReadonlyArray<{ readonly name: string; readonly kind: string; readonly begin: number; readonly end: number }>;
  /** Issue cycles / (PEs x cycles). */
  readonly busy: number;
  /** Share of all PE-cycles by what the PE did or waited for; they sum to 1. */
  readonly shares: Readonly<Record<string, number>>;
}

/** Opens a trace and looks at it. Throws WeftError that names field and byte for a damaged file. */
export async function inspectTrace(pieces: AsyncIterable<Uint8Array>, name: string): Promise<TraceInspection> {
  const opener = new TraceOpener();
  for await (const piece of pieces) opener.push(piece);
  return describe(opener.finish(), name);
}

/** Bytes read at a time from a file that somebody chose. */
const BITE = 4 * 2 ** 20;

/** The run of a trace file, to be looked at. Throws WeftError that names field and byte for a damaged file. */
export async function openedTrace(file: Blob, name: string): Promise<TraceOnWire> {
  const opener = new TraceOpener();
  for (let at = 0; at < file.size; at += BITE) opener.push(new Uint8Array(await file.slice(at, at + BITE).arrayBuffer()));
  const { program, modelVersion, trace, traceHash } = opener.finish();
  return { file: name, title: name, modelVersion, program, trace, traceHash };
}

function describe({ program, modelVersion, trace, traceHash, bytes, chunks }: OpenedTrace, file: string): TraceInspection {
  const { id, name, clockHz } = program.machine;
  const rows = rowsOf(trace);
  const all = Math.max(1, trace.width * trace.height * trace.cycles);
  const shares = Object.fromEntries(Object.entries(cyclesByKind(new TraceReader(program, trace), trace.cycles)).map(([kind, n]) => [kind, n / all]));
  const isBusy = (kind: string): boolean => kind !== 'idle' && !isStall(KIND[kind as Kind]);
  return {
    file,
    version: trace.version,
    modelVersion,
    machine: { id, name, clockHz },
    pes: { width: trace.width, height: trace.height },
    cycles: trace.cycles,
    traceHash,
    bytes,
    chunks,
    rows,
    rowCount: Object.values(rows).reduce((sum, n) => sum + n, 0),
    hostSteps: Array.from(trace.hostSteps.step, (step, i) => {
      const { name, kind } = program.host?.[step] ?? { name: '', kind: '' };
      return { name, kind, begin: trace.hostSteps.begin[i], end: trace.hostSteps.end[i] };
    }),
    busy: Object.entries(shares).reduce((sum, [kind, share]) => (isBusy(kind) ? sum + share : sum), 0),
    shares,
  };
}

function rowsOf({ intervals, moves, uses, sends, hostIn, hostOut, hostSteps }: OpenedTrace['trace']): Record<TableName, number> {
  return {
    intervals: intervals.pe.length,
    moves: moves.lane.length,
    uses: uses.lane.length,
    sends: sends.lane.length,
    hostIn: hostIn.lane.length,
    hostOut: hostOut.lane.length,
    hostSteps: hostSteps.step.length,
  };
}
