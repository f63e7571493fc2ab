/** What the Lab's actions are given: the store they write, the worker they ask, and what only the page can do. */
import type { StoreApi } from 'zustand/vanilla';
import type { Ahead } from '../analysis/ahead.ts';
import type { Client } from '../api/client.ts';
import type { ExportFormat, ExportProgress, Traced } from '../api/protocol.ts';
import type { Program } from '../machine/program.ts';
import type { Topology } from '../model/topology.ts';
import type { Notes } from '../report/trace/notes.ts';
import type { TraceReader } from '../trace/reader.ts';
import type { AnyTrace } from '../trace/shared-columns.ts';
import type { LabState } from './types.ts';

/** Who waits for a file. */
export interface Waiting {
  readonly onProgress: (progress: ExportProgress) => void;
  readonly signal: AbortSignal;
}

export interface Deps {
  readonly lab: StoreApi<LabState>;
  readonly client: Client;
  readonly makeReader: (program: Program, trace: AnyTrace, ahead?: Ahead) => TraceReader;
  /** Address of the demo model. */
  readonly demoUrl: string;
  /** Reads a SCALE-Sim topology; throws WeftError. */
  readonly readTopology: (text: string, file: string) => Promise<Topology>;
  /** Goes to the compare page, which shows the comparison that waits there. */
  readonly showCompare: () => void;
  /** A run as a file: its report, or its trace with what was noted beside it. Rejects with the reason of `signal` once that is given up. */
  readonly exportRun: (run: Traced, format: ExportFormat, notes: Notes, waiting: Waiting) => Promise<Blob>;
}
