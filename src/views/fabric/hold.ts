/**
 * What keeps a fast run from flickering (WCAG 2.3.1, at most three flashes a second): a PE that has changed what it shows
 * keeps it for a while, each PE by itself, so that fronts still travel smoothly.
 */

/** Six changes a second are at most three flashes. */
export const HOLD_MS = 167;

export class StateHold {
  readonly shown: Uint8Array;
  private readonly since: Float64Array;
  /** Whether any PE has changed since the last {@link reset}. */
  private isHeld = false;

  constructor(pes: number) {
    this.shown = new Uint8Array(pes);
    this.since = new Float64Array(pes).fill(Number.NEGATIVE_INFINITY);
  }

  /** Takes the states over at once: the user moved the playhead. */
  reset(states: Uint8Array): void {
    this.shown.set(states);
    if (this.isHeld) this.since.fill(Number.NEGATIVE_INFINITY);
    this.isHeld = false;
  }

  /** Takes over what may change at `now` (ms). True if anything did. */
  update(states: Uint8Array, now: number): boolean {
    let changed = false;
    for (let pe = 0; pe < states.length; pe++) {
      if (states[pe] === this.shown[pe] || now - this.since[pe] < HOLD_MS) continue;
      this.shown[pe] = states[pe];
      this.since[pe] = now;
      changed = true;
    }
    this.isHeld ||= changed;
    return changed;
  }
}

/** Moves values towards their targets with a time constant of 200 ms; what has no value jumps. */
export function smooth(shown: Float32Array, target: Float32Array, elapsedMs: number): void {
  const share = 1 - Math.exp(-elapsedMs / 200);
  for (let i = 0; i < shown.length; i++) shown[i] = target[i] < 0 || shown[i] < 0 ? target[i] : shown[i] + (target[i] - shown[i]) * share;
}
