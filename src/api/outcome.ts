/** How the API answers: a value, or an error whose fields survive the way out of a worker. */
import { WeftError } from '../base/error.ts';
import type { Outcome, WireError } from './protocol.ts';

/** Somebody asked to stop. */
export class Cancelled extends Error {}

/** The value of `work`, or what it threw as {@link WireError}. */
export async function outcome<T>(work: () => Promise<T>, wire: (error: unknown) => WireError = toWire): Promise<Outcome<T>> {
  try {
    return { ok: true, value: await work() };
  } catch (error) {
    return { ok: false, error: wire(error) };
  }
}

export function toWire(error: unknown): WireError {
  if (error instanceof Cancelled) return { field: 'run', message: 'cancelled', fixes: [], cancelled: true };
  if (error instanceof WeftError) return { field: error.field, message: error.message, fixes: error.fixes, cancelled: false };
  if (error instanceof RangeError) {
    return {
      field: 'memory',
      message: `the run does not fit into memory here: ${error.message}`,
      fixes: ['simulate a smaller tensor or fewer columns'],
      cancelled: false,
    };
  }
  return { field: 'internal', message: error instanceof Error ? error.message : String(error), fixes: ['report this as a bug of Weft'], cancelled: false };
}
