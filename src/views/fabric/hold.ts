/**
 * What keeps a fast run from flickering (WCAG 2.3.1, at most three flashes a second): a PE that has changed what it shows
 * keeps it for a while, each PE by itself, so that fronts still travel smoothly.
 */

/** Six changes a second are at most three flashes. */
export const HOLD_MS = 167;

export class StateHold {
  readonly shown: Uint8Array;
  /** When each PE changed last; null while none has. */
  private since: Float64Array | null = null;

  constructor(pes: number) {
    this.shown = new Uint8Array(pes);
  }

  /** Takes the states over at once: the user moved the playhead. */
  reset(states: Uint8Array): void {
    this.shown.set(states);
    this.since = null;
  }

  /** Takes over what may change at `now` (ms). True if anything did. */
  update(states: Uint8Array, now: number): boolean {
    this.since ??= new Float64Array(states.length).fill(Number.NEGATIVE_INFINITY);
    const { shown, since } = this;
    let changed = false;
    for (let pe = 0; pe < states.length; pe++) {
      if (states[pe] === shown[pe] || now - since[pe] < HOLD_MS) continue;
      shown[pe] = states[pe];
      since[pe] = now;
      changed = true;
    }
    return changed;
  }
}

/** Moves values towards their targets with a time constant of 200 ms; what has no value jumps. */
export function smooth(shown: Float32Array, target: Float32Array, elapsedMs: number): void {
  const share = 1 - Math.exp(-elapsedMs / 200);
  for (let i = 0; i < shown.length; i++) shown[i] = target[i] < 0 || shown[i] < 0 ? target[i] : shown[i] + (target[i] - shown[i]) * share;
}
