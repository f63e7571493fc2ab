/**
 * The page's state, in slices: setup, run, playback, selection, view. Vanilla zustand; React only at the edge.
 * `cycle` may have a fraction while playing (wavelets slide); everything discrete uses Math.floor(cycle).
 */
import type { LinkOrder } from '../analysis/link-demand.ts';
import type {
  ExportFormat,
  ExportProgress,
  Failure,
  KernelSummary,
  ModelSummary,
  OpenedTrace,
  Outcome,
  PeDetail,
  PeValues,
  PlanSummary,
  ProgramRun,
  Progress,
  RunConfig,
  StudyQuestion,
  TimedRun,
  WireError,
} from '../api/protocol.ts';
import type { TopologyLayer } from '../model/topology.ts';
import type { TraceReader } from '../trace/reader.ts';
import type { Remote } from './remote.ts';
import type { TimeSpan } from './span.ts';

export const LAYERS = ['state', 'utilisation', 'latency', 'sram', 'queues', 'links', 'demand', 'colors'] as const;
export type Layer = (typeof LAYERS)[number];
export type Theme = 'light' | 'dark' | 'system';
export const PHONE_TABS = ['fabric', 'setup', 'timeline', 'inspect'] as const;
export type PhoneTab = (typeof PHONE_TABS)[number];
export const DOCK_TAB_IDS = ['utilisation', 'latency', 'lanes', 'links', 'events', 'numerics', 'path', 'physics', 'estimate', 'study'] as const;
export type DockTab = (typeof DOCK_TAB_IDS)[number];
export const STAGES = ['firstX', 'firstMac', 'sent', 'atEdge'] as const;
export const LINK_ORDERS = ['demand', 'place', 'colors', 'wavelets', 'utilisation'] as const satisfies readonly LinkOrder[];
/** What is shown or open beyond the usual: lines over the fabric, an order, tables in place of charts, sections of the inspector. */
export const TOGGLES = [
  ...(['path', 'longest', 'fabric-table', 'dock-table', 'sram-table', 'roofline-table'] as const),
  ...(['why', 'registers', 'router', 'blocks', 'values', 'error'] as const),
] as const;
export type Toggle = (typeof TOGGLES)[number];

export interface SetupSlice {
  /** The kernels there are; empty until the worker has said it. */
  readonly kernels: readonly KernelSummary[];
  readonly config: RunConfig;
  readonly model: ModelSummary | null;
  /** Opening the model: `missing` waits for a file that only the user can give. */
  readonly modelStatus: 'loading' | 'ready' | 'missing' | 'failed';
  /** What is wrong with the file opened last, whatever it was to be. */
  readonly modelError: WireError | null;
  /** Layers of a topology file, to choose from. */
  readonly topology: { readonly file: string; readonly layers: readonly TopologyLayer[] } | null;
  readonly plan: PlanSummary | null;
  /** What is wrong with the setup, if it cannot run. */
  readonly planError: WireError | null;
}

export interface RunSlice {
  /** The moment of a link that was opened, until its run is there. */
  readonly wish: LinkMoment | null;
  readonly status: 'empty' | 'running' | 'done' | 'failed';
  readonly progress: Progress | null;
  readonly result: TimedRun | null;
  /** In place of a result: the run on screen ended with an error of its program. */
  readonly failure: Failure | null;
  /** In place of a result: the run of a hand-written program that came to its end. */
  readonly program: ProgramRun | null;
  /** In place of all: the run of a trace file, which has no configuration and no numbers. */
  readonly opened: OpenedTrace | null;
  /** Reader of the trace of the run on screen; made once per run. */
  readonly reader: TraceReader | null;
  readonly error: WireError | null;
}

/** A cycle or a range of cycles the user marked, with the PE that was selected; by coordinates, so that it survives another rectangle. */
export interface Mark {
  readonly cycle: number;
  /** Where a range ends; absent for a single cycle. */
  readonly end?: number;
  readonly at: { readonly x: number; readonly y: number } | null;
  readonly name: string;
  /** 1 to 9: the key that goes there. */
  readonly digit?: number;
}

export interface PlaybackSlice {
  /** Playhead, 0 to the trace's last cycle. */
  readonly cycle: number;
  readonly playing: boolean;
  readonly direction: 1 | -1;
  /** Cycles per second. */
  readonly speed: number;
  /** Slow motion for so many cycles before and after each event; 0 is off. */
  readonly slowAround: number;
  /** Whether the playhead is in slow motion now. */
  readonly slowed: boolean;
  readonly marks: readonly Mark[];
  /** Where a range of cycles begins that reaches to the playhead; null while none is chosen. */
  readonly anchor: number | null;
  /** The part of the run that charts over time show; null is the whole run. */
  readonly span: TimeSpan | null;
}

/** What only the worker can say about the paused machine; null until it has said it. */
export interface MomentSlice {
  readonly stateHash: { readonly cycle: number; readonly hash: string } | null;
  /** Of the selected PE, or why that cannot be had. */
  readonly detail: Outcome<PeDetail> | null;
  /** Of a run that is timed only: what a PE computes by itself, or why that cannot be had. */
  readonly peValues: { readonly pe: number; readonly outcome: Outcome<PeValues> } | null;
}

export interface SelectionSlice {
  readonly pe: number | null;
  /** A rectangle of PEs by two opposite corners. It is selected as long as `from` is the selected PE. */
  readonly area: { readonly from: number; readonly to: number } | null;
  readonly hover: number | null;
  /** The link that was chosen; it is shown while its PE is the selected one. */
  readonly link: { readonly pe: number; readonly port: number } | null;
}

/** A view of a fabric in shares, so that it means the same on a fabric or a screen of another size. */
export interface CameraShare {
  /** Times as large as when the whole fabric is shown. */
  readonly zoom: number;
  /** The point of the fabric in the middle, in shares of its width and height. */
  readonly x: number;
  readonly y: number;
}

export interface ViewSlice {
  readonly layer: Layer;
  readonly latencyStage: (typeof STAGES)[number];
  /** What of the fabric is on screen; null is all of it. */
  readonly camera: CameraShare | null;
  /** Colors whose routes are shown; null shows all of them. */
  readonly routes: readonly number[] | null;
  readonly linkOrder: LinkOrder;
  readonly study: StudyQuestion;
  /** The stored block that is shown: its row among the PE's, and its place in the row. */
  readonly block: { readonly row: number; readonly block: number };
  /** A range of the PE's memory, in order of address; null while none is chosen. */
  readonly memoryRange: number | null;
  readonly on: readonly Toggle[];
  readonly theme: Theme;
  readonly phoneTab: PhoneTab;
  readonly dockTab: DockTab;
  readonly describe: boolean;
  /** Height of the dock in CSS pixels. */
  readonly dockHeight: number;
  /** Whether the dock, and the setup beside the fabric, are open on wide screens. */
  readonly dockOpen: boolean;
  readonly setupOpen: boolean;
  readonly help: boolean;
  /** A file that a link names elsewhere, to be asked about. */
  readonly remote: Remote | null;
  /** Whether the palette is open. */
  readonly palette: boolean;
  /** Whether keys of a single character do anything (WCAG 2.1.4). */
  readonly singleKeys: boolean;
  /** The file of a run that is being written; null while none is. */
  readonly exporting: ({ readonly format: ExportFormat } & ExportProgress) | null;
  /** Last thing worth saying; the status bar shows and announces it. */
  readonly message: string | null;
}

export { hasValues, isVisitable, MOST_PE_CYCLES, OPTIONS } from '../api/protocol.ts';
export type { TopologyLayer };

/** Of the fabric. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

/** What a link says of the moment; what is absent is as usual. A PE is given by its coordinates: its index depends on a rectangle that is not known yet. */
export interface LinkMoment {
  readonly cycle?: number | null;
  readonly sel?: Point | null;
  /** The corner opposite to `sel` where a rectangle of PEs is selected. */
  readonly to?: Point | null;
  /** The side of `sel` whose link is shown. */
  readonly port?: number | null;
  /** The part of the run that charts over time show. */
  readonly span?: TimeSpan | null;
  /** Where a range of cycles begins that reaches to `cycle`. */
  readonly anchor?: number | null;
  /** Cycles a second, where it is not the one that suits the run. */
  readonly speed?: number | null;
}

export interface LabState extends SetupSlice, RunSlice, PlaybackSlice, MomentSlice, SelectionSlice, ViewSlice {}

/** The protocol's types as the views see them. */
export type {
  Failure,
  KernelSummary,
  ModelSummary,
  OpenedTrace,
  OptionId,
  OptionSpec,
  OriginalFormatReport,
  Outcome,
  PeDetail,
  PeResult,
  PeValues,
  PlanSummary,
  ProgramRun,
  Progress,
  RunConfig,
  RunResult,
  Study,
  StudyQuestion,
  TensorSummary,
  TimedRun,
  ValuedRun,
  Wait,
  WireError,
} from '../api/protocol.ts';
