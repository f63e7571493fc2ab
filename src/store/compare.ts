/**
 * Two runs in lock-step. One clock for both: `t` counts cycles of A, and B is shifted so that the chosen landmark of both lies on
 * one another. `t` may be before A's begin or after its end, where B is longer; it has a fraction while playing.
 */
import { createStore, type StoreApi } from 'zustand/vanilla';
import type { Failure, KernelSummary, ModelSummary, ProgramRun, Progress, RunConfig, TimedRun, WireError } from '../api/protocol.ts';
import type { TraceReader } from '../trace/reader.ts';
import { type Alignment, type CompareLink, type CompareLooks, USUAL_LOOKS } from './compare-url.ts';
import { INITIAL } from './lab.ts';
import { defaultSpeed, nextSpeed } from './playback.ts';

export type SideId = 'a' | 'b';
export const SIDES: readonly SideId[] = ['a', 'b'];

export interface Side {
  readonly config: RunConfig;
  /** `missing` waits for a file that only the user can give. */
  readonly status: 'empty' | 'missing' | 'running' | 'done' | 'failed';
  readonly progress: Progress | null;
  /** The last run that ended, in one of these ways; kept while another runs. */
  readonly result: TimedRun | null;
  readonly failure: Failure | null;
  readonly program: ProgramRun | null;
  readonly reader: TraceReader | null;
  /** Cycle of each landmark. */
  readonly marks: Readonly<Record<Alignment, number>> | null;
  readonly error: WireError | null;
}

/** A PE by its coordinates, because the rectangles may differ. */
export interface Spot {
  readonly x: number;
  readonly y: number;
}

export interface CompareState extends CompareLooks {
  readonly a: Side;
  readonly b: Side;
  readonly t: number;
  readonly playing: boolean;
  readonly direction: 1 | -1;
  /** Cycles a second. */
  readonly speed: number;
  readonly spot: Spot | null;
  /** The one under the pointer. */
  readonly hover: Spot | null;
  readonly kernels: readonly KernelSummary[];
  /** The models opened so far, by name. */
  readonly models: Readonly<Record<string, ModelSummary>>;
  readonly message: string | null;
  /** Hash of a comparison that a project file holds, until the page shows it. */
  readonly waiting: string | null;
}

const emptySide = (config: RunConfig): Side => ({
  config,
  status: 'empty',
  progress: null,
  result: null,
  failure: null,
  program: null,
  reader: null,
  marks: null,
  error: null,
});

/** Hand-written programs that do the same in another way. */
const RIVALS: Readonly<Record<string, string>> = {
  line: 'store-and-forward',
  'store-and-forward': 'line',
  'reduce-star': 'reduce-chain',
  'reduce-chain': 'reduce-tree',
  'reduce-tree': 'reduce-chain',
  'reduce-two-phase': 'reduce-chain',
  'all-reduce-chain-broadcast': 'all-reduce-ring',
  'all-reduce-ring': 'all-reduce-chain-broadcast',
};

/** The other side when only one run is known: the mapping or program that it is most often held against. */
export function rivalOf(config: RunConfig): RunConfig {
  const { scenario } = config;
  if (scenario !== undefined) return { ...config, scenario: RIVALS[scenario] ?? scenario };
  return { ...config, kernel: config.kernel === 'stationary' ? 'streaming' : 'stationary' };
}

export const compare: StoreApi<CompareState> = createStore<CompareState>(() => ({
  a: emptySide(INITIAL.config),
  b: emptySide(rivalOf(INITIAL.config)),
  ...USUAL_LOOKS,
  t: 0,
  playing: false,
  direction: 1,
  speed: 100,
  spot: null,
  hover: null,
  kernels: [],
  models: {},
  message: null,
  waiting: null,
}));

/** Cycles by which B's clock is ahead of A's. */
export const shiftOf = ({ a, b, align }: CompareState): number => (a.marks && b.marks ? b.marks[align] - a.marks[align] : 0);

/** The playhead of a side, whole or not; outside of its run before it begins and after it ended. */
export const cycleOf = (state: CompareState, id: SideId): number => (id === 'a' ? state.t : state.t + shiftOf(state));

/** The playhead of a side as a cycle that it has. */
export const cycleIn = (state: CompareState, id: SideId): number => clamp(cycleOf(state, id), 0, state[id].reader?.trace.cycles ?? 0);

/** First and last cycle of both runs together, on the clock of A. */
export function rangeOf(state: CompareState): readonly [from: number, to: number] {
  const [endA, endB] = [state.a.reader?.trace.cycles ?? 0, state.b.reader?.trace.cycles ?? 0];
  const shift = shiftOf(state);
  return [shift > 0 ? -shift : 0, Math.max(endA, endB - shift)];
}

const clamp = (value: number, least: number, most: number): number => Math.min(most, Math.max(least, value));

/** Puts the playhead on a whole cycle and pauses. */
export function seekPair(t: number): void {
  compare.setState((s) => ({ t: clamp(Math.round(t), ...rangeOf(s)), playing: false }));
}

/** What the pointer is on. */
export function hoverPair(hover: Spot | null): void {
  const before = compare.getState().hover;
  if (before?.x !== hover?.x || before?.y !== hover?.y) compare.setState({ hover });
}

export const stepPair = (by: number): void => seekPair(Math.floor(compare.getState().t) + by);

/** Plays in a direction, from the other end if nothing is left that way; pauses when it already runs so. */
export function playPair(direction: 1 | -1): void {
  compare.setState((s) => {
    if (s.playing && s.direction === direction) return { playing: false, t: Math.floor(s.t) };
    const [from, to] = rangeOf(s);
    if (to <= from) return {};
    const spent = direction === 1 ? s.t >= to : s.t <= from;
    return { playing: true, direction, t: spent ? (direction === 1 ? from : to) : s.t };
  });
}

/** Space: pauses what plays, else plays on in the last direction. */
export const togglePair = (): void => playPair(compare.getState().direction);

/** The next faster (+1) or slower (-1) speed. */
export const changePairSpeed = (by: 1 | -1): void => compare.setState(({ speed }) => ({ speed: nextSpeed(speed, by) }));

/** A tab that slept does not jump. */
const MAX_STEP_MS = 250;
/** With reduced motion the playhead jumps, by this share of the whole, at most once a second. */
const JUMP = 1 / 24;

/** The playhead moved by so many cycles in the direction of playing; it stops at the ends. */
function moved(s: CompareState, cycles: number): Partial<CompareState> {
  const [from, to] = rangeOf(s);
  const t = clamp(s.t + s.direction * cycles, from, to);
  return { t, playing: s.direction === 1 ? t < to : t > from };
}

/** Moves the playhead by `ms` of playing and stops at the end. */
export function advancePair(ms: number): void {
  compare.setState((s) => (s.playing ? moved(s, (s.speed * Math.min(ms, MAX_STEP_MS)) / 1000) : {}));
}

/** The same without motion: waits a second, then jumps to a whole cycle. Returns what to call with the milliseconds of each frame. */
export function pairJumper(): (ms: number) => void {
  let waited = 0;
  return (ms) => {
    waited += Math.min(ms, MAX_STEP_MS);
    if (waited < 1000) return;
    waited = 0;
    compare.setState((s) => {
      const [from, to] = rangeOf(s);
      const t = Math.floor(s.t);
      return s.playing ? moved({ ...s, t }, Math.max(1, Math.round((to - from) * JUMP))) : {};
    });
  };
}

/** The speed at which both runs together take about ten seconds. */
export function usualSpeed(state: CompareState): number {
  const [from, to] = rangeOf(state);
  return defaultSpeed(to - from);
}

/** What is on screen, as a link holds it. */
export function compareLinkOf(state: CompareState): CompareLink {
  const { a, b, t, spot, speed } = state;
  const isShown = a.reader !== null && b.reader !== null;
  const [cycle, pace] = isShown ? [Math.floor(t), speed === usualSpeed(state) ? null : speed] : [null, null];
  return { a: a.config, b: b.config, cycle, sel: spot, speed: pace, looks: state };
}
