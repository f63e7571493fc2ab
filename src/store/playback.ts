/**
 * The playback clock. The store's `cycle` is the playhead: whole when paused, with a fraction while playing. Everything
 * here is a function of the state and elapsed time; who calls it, and when, is the page's business.
 */
import type { StoreApi } from 'zustand/vanilla';
import { type RunSlots, shownRun } from './shown.ts';
import { followed } from './span.ts';
import type { LabState, Wait } from './types.ts';

/** Cycles per second offered. */
export const SPEEDS = [1, 2, 4, 8, 30, 60, 100, 1000, 10_000] as const;
/** Cycles per second in slow motion, and how many cycles around an event it can last; 0 is off. */
export const SLOW_SPEED = 4;
export const SLOW_AROUND = [0, 4, 8, 16, 32] as const;
/** A whole run should take about this long at the default speed. */
const SHOW_SECONDS = 10;
/** A tab that slept does not jump: longer gaps count as this. */
const MAX_STEP_MS = 250;

type Lab = StoreApi<LabState>;

/** The offered speed at which `cycles` take nearest to ten seconds, by ratio. */
export function defaultSpeed(cycles: number): number {
  const wanted = Math.log(Math.max(1, cycles / SHOW_SECONDS));
  return [...SPEEDS].sort((a, b) => Math.abs(Math.log(a) - wanted) - Math.abs(Math.log(b) - wanted))[0];
}

/** What says where the playhead is, and of which run. */
export type Moment = Pick<LabState, 'cycle'> & RunSlots;

export const lastCycle = (state: Omit<Moment, 'cycle'>): number => shownRun(state)?.trace.cycles ?? 0;

/** The playhead as a whole cycle inside the run. */
export const wholeCycle = (state: Moment): number => Math.min(lastCycle(state), Math.floor(state.cycle));

const NO_WAITS: readonly Wait[] = [];

/** The waits to show at the playhead: those a stuck run ended in, at its end. */
export const stuckWaits = (state: Moment): readonly Wait[] =>
  state.failure !== null && wholeCycle(state) === lastCycle(state) ? state.failure.waits : NO_WAITS;

const clampCycle = (state: LabState, cycle: number): number => Math.min(lastCycle(state), Math.max(0, cycle));

/** The playhead elsewhere, and the charts' span with it where it leaves that. */
const moved = (state: LabState, cycle: number): Pick<LabState, 'cycle' | 'span'> => ({
  cycle,
  span: followed(state.span, lastCycle(state), state.cycle, cycle),
});

/** Puts the playhead on a whole cycle, clamped to the run, and pauses. */
export function seek(lab: Lab, cycle: number): void {
  lab.setState((s) => ({ ...moved(s, clampCycle(s, Math.round(cycle))), playing: false }));
}

/** Steps by whole cycles and pauses; a fractional playhead first falls to its cycle. */
export function step(lab: Lab, by: number): void {
  seek(lab, wholeCycle(lab.getState()) + by);
}

/** Starts in a direction, from the other end when there is nothing left to play that way; pauses when it already runs so. */
export function play(lab: Lab, direction: 1 | -1): void {
  lab.setState((s) => {
    if (s.playing && s.direction === direction) return { playing: false, cycle: wholeCycle(s) };
    if (shownRun(s) === null) return {};
    const last = lastCycle(s);
    const spent = direction === 1 ? s.cycle >= last : s.cycle <= 0;
    return { playing: true, direction, ...moved(s, spent ? (direction === 1 ? 0 : last) : s.cycle) };
  });
}

export function pause(lab: Lab): void {
  lab.setState((s) => (s.playing ? { playing: false, cycle: wholeCycle(s) } : {}));
}

/** Space: pauses what plays, else plays on in the last direction. */
export function toggle(lab: Lab): void {
  const { playing, direction } = lab.getState();
  if (playing) pause(lab);
  else play(lab, direction);
}

/** The next faster (+1) or slower (-1) of the speeds offered. */
export function nextSpeed(speed: number, by: 1 | -1): number {
  const at = SPEEDS.findIndex((v) => v >= speed);
  return SPEEDS[Math.min(SPEEDS.length - 1, Math.max(0, (at < 0 ? SPEEDS.length - 1 : at) + by))];
}

export const changeSpeed = (lab: Lab, by: 1 | -1): void => lab.setState(({ speed }) => ({ speed: nextSpeed(speed, by) }));

/**
 * Moves the playhead by `ms` of playing; stops at the ends. Around `places` (cycles, ascending) it is slow, if the state says
 * for how many cycles. True while it still plays.
 */
export function advance(lab: Lab, ms: number, places: readonly number[] = []): boolean {
  const state = lab.getState();
  if (!state.playing) return false;
  const { cycle: glided, slowed } = glide(state, Math.min(ms, MAX_STEP_MS) / 1000, state.slowAround > 0 ? places : []);
  const cycle = clampCycle(state, glided);
  const playing = state.direction === 1 ? cycle < lastCycle(state) : cycle > 0;
  lab.setState({ ...moved(state, cycle), playing, slowed: slowed && playing });
  return playing;
}

/** Where the playhead is after `seconds`: piece by piece, each at one speed, so that no fast frame jumps over a slow place. */
function glide(state: LabState, seconds: number, places: readonly number[]): { readonly cycle: number; readonly slowed: boolean } {
  const { direction, speed, slowAround } = state;
  // Backwards is forwards on the mirrored axis.
  const ahead = direction === 1 ? places : places.toReversed().map((p) => -p);
  let at = direction * state.cycle;
  let left = seconds;
  let next = ahead.findIndex((p) => p + slowAround > at);
  for (; next >= 0 && next < ahead.length; next++) {
    const [from, to] = [ahead[next] - slowAround, ahead[next] + slowAround];
    if (at < from) {
      if ((from - at) / speed >= left) break;
      left -= (from - at) / speed;
      at = from;
    }
    const slow = Math.min(speed, SLOW_SPEED);
    if ((to - at) / slow > left) return { cycle: direction * (at + slow * left), slowed: true };
    left -= Math.max(0, to - at) / slow;
    at = Math.max(at, to);
  }
  return { cycle: direction * (at + speed * left), slowed: false };
}

/** Reduced motion: instead of gliding, plays by jumping to `next` (a phase boundary) at most once a second. */
export function jumper(lab: Lab, next: (cycle: number, direction: 1 | -1) => number): (ms: number) => boolean {
  let waited = 0;
  return (ms) => {
    const state = lab.getState();
    if (!state.playing) {
      waited = 0;
      return false;
    }
    waited += Math.min(ms, MAX_STEP_MS);
    if (waited < 1000) return true;
    waited = 0;
    const cycle = clampCycle(state, next(wholeCycle(state), state.direction));
    const playing = state.direction === 1 ? cycle < lastCycle(state) : cycle > 0;
    lab.setState({ ...moved(state, cycle), playing });
    return playing;
  };
}
