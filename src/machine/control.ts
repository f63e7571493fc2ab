/**
 * Control wavelets: a wavelet whose control bit is set carries up to eight switch commands, the control task it starts
 * where it goes up a ramp, and a little data. Every switch-configured router it passes executes the first command and may
 * take it off (machine.md section 2).
 *
 * The vendor's bit layout is not public; ours holds the same fields (*assumed*): bits 31..16 eight commands of two bits,
 * the first in the lowest; bits 15..10 the task; bits 9..0 data.
 */
import { assert } from '../base/error.ts';

export const COMMANDS = ['nop', 'advance', 'reset', 'teardown'] as const;
export type Command = (typeof COMMANDS)[number];
export const COMMAND = Object.fromEntries(COMMANDS.map((name, i) => [name, i])) as Readonly<Record<Command, number>>;

/** When a router takes a control wavelet's first command off as it passes. */
export const POPS = ['never', 'always', 'onAdvance'] as const;
export type Pop = (typeof POPS)[number];

/** Most commands one wavelet carries. */
export const MAX_COMMANDS = 8;
/** The task field of a control wavelet that starts none. */
export const NO_TASK = 63;
const DATA_BITS = 10;

/** The word of a control wavelet: commands in the order in which routers meet them, at most 8; data below 1024. */
export function encodeControl(commands: readonly Command[], more: { readonly task?: number; readonly data?: number } = {}): number {
  const { task = NO_TASK, data = 0 } = more;
  assert(commands.length <= MAX_COMMANDS, `a control wavelet carries ${MAX_COMMANDS} commands, not ${commands.length}`);
  assert(data >= 0 && data < 1 << DATA_BITS, `a control wavelet's data is below ${1 << DATA_BITS}, not ${data}`);
  const list = commands.reduce((bits, name, i) => bits | (COMMAND[name] << (2 * i)), 0);
  return ((list << 16) | (task << DATA_BITS) | data) >>> 0;
}

/** Number of the first command. */
export const firstCommand = (word: number): number => (word >>> 16) & 3;
/** Number of the task it starts, or {@link NO_TASK}. */
export const controlTask = (word: number): number => (word >>> DATA_BITS) & 63;
export const controlData = (word: number): number => word & ((1 << DATA_BITS) - 1);

/** The word as it leaves a switch-configured router with this pop mode: all copies are alike. Signed, as words in queues are. */
export function popped(word: number, pop: Pop): number {
  if (pop === 'never' || (pop === 'onAdvance' && firstCommand(word) !== COMMAND.advance)) return word | 0;
  return (((word >>> 18) << 16) | (word & 0xffff)) | 0;
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
