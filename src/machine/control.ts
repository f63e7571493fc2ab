/**
 * Control wavelets: a wavelet whose control bit is set carries up to eight switch commands, the control task it starts where
 * it goes up a ramp, and a little data. Every switch-configured router it passes executes the first command and may take it
 * off (machine.md section 2).
 *
 * Bits, as the vendor's example programs build them (S5): 21..16 the task (31 = none; bit 21 *assumed*); then eight groups of
 * a command (2 bits) and a filter bit: 22..24, 25..27, 28..29 with bit 0, and 1..3 up to 13..15. A wavelet of one command has
 * data in bits 15..0 instead. Bits 31 and 30 are unused.
 */
import { assert } from '../base/error.ts';

export const COMMANDS = ['nop', 'advance', 'reset', 'teardown'] as const;
export type Command = (typeof COMMANDS)[number];
export const COMMAND = Object.fromEntries(COMMANDS.map((name, i) => [name, i])) as Readonly<Record<Command, number>>;

/** When a router takes a control wavelet's first command off as it passes: `onAdvance` if the command moved its switch, `onAdvanceOrNop` also if it is a nop. */
export const POPS = ['never', 'always', 'onAdvance', 'onAdvanceOrNop'] as const;
export type Pop = (typeof POPS)[number];

/** Most commands one wavelet carries. */
export const MAX_COMMANDS = 8;
/** The task field of a control wavelet that starts none. */
export const NO_TASK = 31;
/** What follows the last command: a nop that is not given to the compute element. */
const END = 4;

/** What a control wavelet carries besides its commands. */
export interface ControlFields {
  readonly task?: number;
  /** Below 65,536; only with at most one command. */
  readonly data?: number;
  /** True keeps it from the compute elements: it does not go up the ramps it passes. */
  readonly filtered?: boolean;
}

/** The word of a control wavelet: commands in the order in which routers meet them, at most 8. */
export function encodeControl(commands: readonly Command[], more: ControlFields = {}): number {
  const { task = NO_TASK, data, filtered = false } = more;
  assert(commands.length <= MAX_COMMANDS, `a control wavelet carries ${MAX_COMMANDS} commands, not ${commands.length}`);
  assert(task >= 0 && task < 64, `a control wavelet names a task below 64, not ${task}`);
  const bit = filtered ? 4 : 0;
  if (commands.length <= 1) {
    assert(data === undefined || (data >= 0 && data < 1 << 16), `a control wavelet's data is below 65536, not ${data}`);
    return (((COMMAND[commands[0] ?? 'nop'] | bit) << 22) | (task << 16) | (data ?? 0)) >>> 0;
  }
  assert(data === undefined, 'a control wavelet of several commands has no room for data');
  const groups = Array.from({ length: MAX_COMMANDS }, (_, i) => (i < commands.length ? COMMAND[commands[i]] | bit : END));
  return (task << 16) | listed(groups.reduce((list, group, i) => list | (group << (3 * i)), 0));
}

/** The word's bits of a list of eight groups. */
const listed = (list: number): number => (((list & 0xff) << 22) | (list >>> 8)) >>> 0;

/** Number of the first command. */
export const firstCommand = (word: number): number => (word >>> 22) & 3;
/** Whether the wavelet is kept from the compute element of the router it is at. */
export const isFiltered = (word: number): boolean => ((word >>> 24) & 1) === 1;
/** Number of the task it starts, or {@link NO_TASK}. */
export const controlTask = (word: number): number => (word >>> 16) & 63;
export const controlData = (word: number): number => word & 0xffff;

/**
 * The word as it leaves a switch-configured router with this pop mode; all copies are alike. `moved`: its command changed the
 * switch's position. Signed, as words in queues are.
 */
export function popped(word: number, pop: Pop, moved: boolean): number {
  const pops = pop === 'always' || (moved && pop !== 'never') || (pop === 'onAdvanceOrNop' && firstCommand(word) === COMMAND.nop);
  if (!pops) return word | 0;
  const list = ((word >>> 22) & 0xff) | ((word & 0xffff) << 8);
  return (word & 0xc03f0000) | listed((list >>> 3) | (END << 21)) | 0;
}

/** A switch position after a command or an `advance`; {@link CLOSED} stays closed. */
export function nextPosition(position: number, command: number, positions: number, ring: boolean): number {
  if (position === CLOSED || command === COMMAND.nop) return position;
  if (command === COMMAND.teardown) return CLOSED;
  if (command === COMMAND.reset) return 0;
  if (position + 1 < positions) return position + 1;
  return ring ? 0 : position;
}

/** The position of a route that was torn down: it receives from nowhere. */
export const CLOSED = 4;
