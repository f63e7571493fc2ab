/**
 * The page's state, in slices: setup, run, playback, selection, view. Vanilla zustand; React only at the edge.
 * `cycle` may have a fraction while playing (wavelets slide); everything discrete uses Math.floor(cycle).
 */
import type { ModelSummary, PlanSummary, Progress, RunConfig, RunResult, WireError } from '../api/protocol.ts';
import type { TraceReader } from '../trace/reader.ts';

export const LAYERS = ['state', 'utilisation', 'latency', 'sram', 'queues', 'links', 'colors'] as const;
export type Layer = (typeof LAYERS)[number];
export type Theme = 'light' | 'dark' | 'system';
export type PhoneTab = 'setup' | 'fabric' | 'timeline' | 'inspect';
export type DockTab = 'utilisation' | 'latency' | 'lanes' | 'numerics' | 'physics';

export interface SetupSlice {
  readonly config: RunConfig;
  readonly model: ModelSummary | null;
  readonly plan: PlanSummary | null;
  /** What is wrong with the setup, if it cannot run. */
  readonly planError: WireError | null;
}

export interface RunSlice {
  readonly status: 'empty' | 'running' | 'done' | 'failed';
  readonly progress: Progress | null;
  readonly result: RunResult | null;
  /** Reader of result.trace; made once per run. */
  readonly reader: TraceReader | null;
  readonly error: WireError | null;
}

export interface PlaybackSlice {
  /** Playhead, 0 to result.trace.cycles. */
  readonly cycle: number;
  readonly playing: boolean;
  readonly direction: 1 | -1;
  /** Cycles per second. */
  readonly speed: number;
}

export interface SelectionSlice {
  readonly pe: number | null;
  readonly hover: number | null;
}

export interface ViewSlice {
  readonly layer: Layer;
  readonly latencyStage: 'firstX' | 'firstMac' | 'sent' | 'atEdge';
  readonly theme: Theme;
  readonly phoneTab: PhoneTab;
  readonly dockTab: DockTab;
  readonly describe: boolean;
}

export interface LabState extends SetupSlice, RunSlice, PlaybackSlice, SelectionSlice, ViewSlice {}
