/** Why the timing engine leaves a program to the wavelet engine. */

/**
 * `arbitration`: two colors want a port at one tick, or may; `data-dependent control`: a branch, count, address or switch depends on data;
 * `threads`: several tasks, or microthreads that do more than receive, share an element; `host`: host steps, lanes that begin later or have a timetable; `relay`: a PE passes on what
 * it takes before it has taken all; `backpressure`: results are held up while a PE still takes words, or, of the
 * shared way alone, a stream is held up by more than its first ramps; `routes`: a shape of
 * routes it has no rule for; `error`: the program will fail, and the wavelet engine says how.
 */
export type DeclineReason = 'arbitration' | 'data-dependent control' | 'threads' | 'host' | 'relay' | 'backpressure' | 'routes' | 'error';

/** Thrown by the timing engine, never a mistake of the user. */
export class Declined extends Error {
  readonly reason: DeclineReason;
  /** The place, in words. */
  readonly where: string;

  constructor(reason: DeclineReason, where: string) {
    super(`the timing engine declines: ${reason}, ${where}`);
    this.name = 'Declined';
    this.reason = reason;
    this.where = where;
  }
}
