/** The tables of a trace as a file numbers them, and the lanes each of them has in a program. */
import type { Channels } from '../machine/channels.ts';
import type { Program } from '../machine/program.ts';

/** In the order of the hash; a file calls them 1 to 7. */
export const TABLES = ['intervals', 'moves', 'uses', 'sends', 'hostIn', 'hostOut', 'hostSteps'] as const;
export type TableName = (typeof TABLES)[number];

export const isRunTable = (name: TableName): boolean => name !== 'intervals' && name !== 'hostSteps';

/** Rows of a chunk at most. */
export const CHUNK_ROWS = 65536;

/** Version 1 was never a file. The version itself is TRACE_VERSION: one number for what a trace means and for its bytes. */
export const MAGIC = 'WEFTRACE';
/** Magic, version, length of the JSON, length of the arrays. */
export const PROLOGUE_BYTES = 20;
/** Table, rows, length of the payload. */
export const SECTION_BYTES = 9;

export function lanesOf(program: Program, channels: Channels): Readonly<Record<TableName, number>> {
  return {
    intervals: program.width * program.height * 9,
    moves: channels.count,
    uses: channels.inputCount,
    sends: channels.outputCount,
    hostIn: program.sources.length,
    hostOut: program.sinks.length,
    hostSteps: program.host?.length ?? 0,
  };
}
