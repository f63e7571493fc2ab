/**
 * The one error a user sees: which field, which value, what to do about it.
 * Everything a user can cause is a WeftError; anything else is a bug of ours.
 */
export class WeftError extends Error {
  /** The field, flag or place in a file the error is about, e.g. `--pes` or `tensor[3].offset`. */
  readonly field: string;
  /** What would mend it, as full sentences; the page shows them as buttons where it can. */
  readonly fixes: readonly string[];

  constructor(field: string, message: string, fixes: readonly string[] = []) {
    super(message);
    this.name = 'WeftError';
    this.field = field;
    this.fixes = fixes;
  }

  /** One line: field, problem, fix. */
  oneLine(): string {
    const stop = /[.!?]$/.test(this.message) ? '' : '.';
    const fix = this.fixes.length > 0 ? `${stop} Fix: ${this.fixes.join('; or ')}.` : '';
    return `${this.field}: ${this.message}${fix}`.replace(/\s*\n\s*/g, ' ');
  }
}

/** Checks an invariant of our own code; the message is for developers. */
export function assert(condition: boolean, message: string): asserts condition {
  if (!condition) throw new Error(`invariant broken: ${message}`);
}
