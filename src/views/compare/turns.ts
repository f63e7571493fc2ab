/**
 * Whose turn it is to be brought up to date. Of fabrics as large as a wafer each of A, B and their difference takes about as long as a
 * frame has: they take turns, a frame each, the difference last. Smaller ones are brought up to date together.
 */
const TURNS = ['a', 'b', 'difference'] as const;
type Turn = (typeof TURNS)[number];

/** PEs from which on a fabric has a frame for itself. */
const LARGE = 1 << 17;

export class Turns<S> {
  private last: Turn = 'difference';
  /** The state that each is of. */
  readonly taken: Record<Turn, S>;

  constructor(state: S) {
    this.taken = { a: state, b: state, difference: state };
  }

  /** Gives the state to the next, or to all: of few PEs, or at once as after another run. Returns whether all are of this state now. */
  take(state: S, pes: number, atOnce: boolean): boolean {
    if (pes < LARGE || atOnce) {
      for (const turn of TURNS) this.taken[turn] = state;
      this.last = 'difference';
      return true;
    }
    if (this.isDone(state)) return true;
    this.last = TURNS[(TURNS.indexOf(this.last) + 1) % TURNS.length];
    this.taken[this.last] = state;
    return this.isDone(state);
  }

  private isDone(state: S): boolean {
    return this.last === 'difference' && TURNS.every((turn) => this.taken[turn] === state);
  }
}
