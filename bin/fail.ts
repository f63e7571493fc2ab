/**
 * How the command line ends: 0 success, 1 a run or a gate that failed, 2 bad usage or bad input, 130 interrupted; always with one
 * line on stderr, never a stack.
 */
import { CommanderError } from 'commander';
import { OPTION_IDS, TUNABLE_IDS, type WireError } from '../src/api/protocol.ts';
import { WeftError } from '../src/base/error.ts';
import { printable } from '../src/report/escape.ts';

export const EXIT = { success: 0, failed: 1, usage: 2, interrupted: 130 } as const;

/** A run that ended badly or gave wrong numbers: exit code 1. */
export class RunFailed extends Error {}

/** Somebody pressed Ctrl+C: exit code 130. */
export class Interrupted extends Error {}

/** Fields that fail while simulating, not while reading what the user gave. */
const RUN_FIELDS: readonly string[] = ['program', 'engine', 'internal', 'memory', 'worker'];

/** The flag that sets what an error calls by the name of the thing. */
const FLAGS: Readonly<Record<string, string>> = {
  rectangle: '--pes',
  pes: '--pes',
  kernel: '--kernel',
  input: '--input',
  machine: '--machine',
  tensor: '--tensor',
  format: '--tensor',
  model: '--model',
  seed: '--seed',
  M: '--m',
  m: '--m',
  K: '--k',
  k: '--k',
  N: '--n',
  n: '--n',
  context: '--context',
  batch: '--batch',
  prompt: '--prompt',
  cache: '--kv',
};

/** What a session answered instead of a value, as an error to throw. */
export function fromWire(error: WireError): Error {
  if (error.cancelled) return new Interrupted('interrupted');
  const isOption = ([...OPTION_IDS, ...TUNABLE_IDS] as readonly string[]).includes(error.field);
  const line = new WeftError(FLAGS[error.field] ?? (isOption ? `--${error.field}` : error.field), error.message, error.fixes);
  return RUN_FIELDS.includes(error.field) ? new RunFailed(line.oneLine()) : line;
}

/** One line and the exit code for anything thrown. `bug` asks for the stack of an error of ours (WEFT_DEBUG). */
export function ending(error: unknown, debug = false): { readonly line: string; readonly code: number } {
  if (error instanceof CommanderError)
    return { line: printable(oneLine(error.message.replace(/^error: /, ''))), code: error.exitCode === 0 ? EXIT.success : EXIT.usage };
  if (error instanceof WeftError) return { line: printable(error.oneLine()), code: EXIT.usage };
  if (error instanceof Interrupted) return { line: 'interrupted', code: EXIT.interrupted };
  if (error instanceof RunFailed) return { line: printable(oneLine(error.message)), code: EXIT.failed };
  const what = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  const text = debug && error instanceof Error ? (error.stack ?? what) : oneLine(what);
  return { line: `internal error: ${text} (please report it)`, code: EXIT.failed };
}

/** Line breaks with the space around them become one space. */
const oneLine = (text: string): string => text.replace(/\s*\n\s*/g, ' ').trim();
