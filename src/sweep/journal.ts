/**
 * The journal of a sweep: a line of JSON a point, only ever appended. A point is known by a hash of its configuration, how it
 * is computed and the model version, so that what was computed once is not computed again, by whatever grid asks for it.
 */
import type { PointMode, PointResult } from '../api/point.ts';
import { WeftError } from '../base/error.ts';
import { Hash } from '../base/hash.ts';
import type { PointConfig } from './grid.ts';

/** What one and the same configuration may still differ in. */
export interface PointSetting {
  readonly mode: PointMode;
  readonly modelVersion: string;
  /** Tells one model file from another of the same name; empty without a file. */
  readonly modelHash: string;
}

export interface PointError {
  readonly field: string;
  readonly message: string;
  readonly fixes: readonly string[];
}

interface Known extends PointSetting {
  readonly hash: string;
  readonly config: PointConfig;
}

/** A finished point: its numbers, or why there are none. */
export type PointRecord = (Known & { readonly result: PointResult }) | (Known & { readonly error: PointError });

/** Errors of the computer, not of the point: it is computed again when it is asked for again. */
const PASSING: ReadonlySet<string> = new Set(['worker', 'memory', 'internal']);

/** The same for equal points, whatever the order of their keys. */
export function pointHash(config: PointConfig, { mode, modelVersion, modelHash }: PointSetting): string {
  const pairs = Object.entries(config).sort(([a], [b]) => (a < b ? -1 : 1));
  return new Hash().text(JSON.stringify([mode, modelVersion, modelHash, pairs])).hex();
}

/** A line of the journal, with its line break. */
export const journalLine = (record: PointRecord): string => `${JSON.stringify(record)}\n`;

/** Whether a point with this record is done for good. */
export const isFinal = (record: PointRecord): boolean => 'result' in record || !PASSING.has(record.error.field);

/**
 * Reads a journal. `whole` is the length of the text up to its last line break: what follows was being written when somebody
 * pulled the plug, and is to be cut off. Throws WeftError on `field` for lines that are no records.
 */
export function readJournal(field: string, name: string, text: string): { readonly records: ReadonlyMap<string, PointRecord>; readonly whole: number } {
  const whole = text.lastIndexOf('\n') + 1;
  const records = new Map<string, PointRecord>();
  const lines = text.slice(0, whole).split('\n');
  lines.forEach((line, i) => {
    if (line.trim() === '') return;
    const record = recordOf(line);
    if (record === null) throw new WeftError(field, `'${name}', line ${i + 1} is no record of a sweep`, ['give another file', 'remove the line']);
    records.set(record.hash, record);
  });
  return { records, whole };
}

function recordOf(line: string): PointRecord | null {
  try {
    const value: unknown = JSON.parse(line);
    const isRecord = typeof value === 'object' && value !== null && 'hash' in value && typeof value.hash === 'string' && 'config' in value;
    return isRecord && ('result' in value || 'error' in value) ? (value as PointRecord) : null;
  } catch {
    return null;
  }
}
