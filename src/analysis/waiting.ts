/**
 * What a PE waits for at a cycle, and where that thing is: the wavelet its main thread lacks is followed upstream along its
 * color to the first place that holds one. One step of blame; the whole chain of causes is another analysis.
 */
import { neighbour, Port } from '../machine/fabric.ts';
import type { TraceReader } from '../trace/reader.ts';
import { isStall, KIND } from '../trace/schema.ts';

export type Waiting =
  /** It issues, or has nothing to do. */
  | { readonly kind: 'nothing' }
  /** The next wavelet of a color; `ordinal` counts those the PE has used. `heldAt` is a PE, or 'host' before it entered. */
  | { readonly kind: 'wavelet'; readonly color: number; readonly ordinal: number; readonly heldAt: number | 'host' | 'link' }
  /** The same, not sent yet by the PE it comes from. */
  | { readonly kind: 'unsent'; readonly color: number; readonly ordinal: number; readonly by: number }
  /** Room in the output queue of a color. */
  | { readonly kind: 'room'; readonly color: number; readonly waiting: number }
  /** The issue slot, held by another thread. */
  | { readonly kind: 'slot' };

export function waitingFor(reader: TraceReader, pe: number, cycle: number): Waiting {
  const state = reader.stateOf(pe, cycle);
  if (!isStall(state) || state > KIND.slot) return { kind: 'nothing' };
  if (state === KIND.slot) return { kind: 'slot' };
  return state === KIND.wait ? missing(reader, pe, cycle) : full(reader, pe, cycle);
}

function missing(reader: TraceReader, pe: number, cycle: number): Waiting {
  const { inputFirst, inputColor } = reader.channels;
  const lane = inputFirst[pe];
  if (lane === inputFirst[pe + 1]) return { kind: 'nothing' };
  const color = inputColor[lane];
  const { head: ordinal } = reader.inputAt(lane, pe, cycle);
  const held = holder(reader, pe, color, cycle);
  return typeof held === 'object' ? { kind: 'unsent', color, ordinal, by: held.sender } : { kind: 'wavelet', color, ordinal, heldAt: held };
}

/** The first router upstream whose FIFO of `color` holds a wavelet at the start of `cycle`, else where the color begins. */
function holder(reader: TraceReader, pe: number, color: number, cycle: number): number | 'host' | 'link' | { readonly sender: number } {
  const { width, height } = reader.trace;
  let at = pe;
  for (let hops = 0; hops <= width + height; hops++) {
    const fifo = feeding(reader, at, color);
    if (fifo < 0) return atSender(reader, at, color, cycle);
    if (reader.fifoAt(fifo, cycle).count > 0) return at;
    const up = neighbour(at, reader.channels.port[fifo], width, height);
    if (up < 0) return 'host';
    at = up;
  }
  return 'link';
}

/** A wavelet of a PE's own that has not left its router yet, or else the PE, which has sent none. */
function atSender(reader: TraceReader, pe: number, color: number, cycle: number): number | 'link' | { readonly sender: number } {
  const ramp = reader.channel(pe, Port.RAMP, color);
  if (ramp < 0) return 'link';
  return reader.fifoAt(ramp, cycle).count > 0 ? pe : { sender: pe };
}

/** The link-fed FIFO of a color at a PE, or -1. */
function feeding(reader: TraceReader, pe: number, color: number): number {
  const { first, port, color: colors } = reader.channels;
  for (let c = first[pe]; c < first[pe + 1]; c++) if (colors[c] === color && port[c] !== Port.RAMP) return c;
  return -1;
}

function full(reader: TraceReader, pe: number, cycle: number): Waiting {
  const { program } = reader;
  for (const { color } of program.classes[program.classOf[pe]].outputs) {
    const fifo = reader.channel(pe, Port.RAMP, color);
    const waiting = fifo < 0 ? 0 : reader.fifoAt(fifo, cycle).count;
    if (waiting > 0) return { kind: 'room', color, waiting };
  }
  return { kind: 'nothing' };
}
