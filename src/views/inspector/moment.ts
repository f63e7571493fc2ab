/** One PE at one cycle in words: what the trace says it does, how far it is, what it waits for. */
import type { Leg } from '../../analysis/path-legs.ts';
import { markDigits } from '../../analysis/phases.ts';
import { waitingFor } from '../../analysis/waiting.ts';
import { peName } from '../../machine/fabric.ts';
import { MAIN_THREAD, type Program } from '../../machine/program.ts';
import { IDLE, type TraceReader } from '../../trace/reader.ts';
import { KINDS } from '../../trace/schema.ts';
import { grouped } from '../format.ts';
import { REASON_NAMES, type StateName, TEXT } from '../strings.ts';
import { INSPECTOR_TEXT } from './strings.ts';

export function stateName(reader: TraceReader, pe: number, cycle: number): StateName {
  const kind = reader.stateOf(pe, cycle);
  return kind === IDLE ? 'idle' : KINDS[kind];
}

/** "block 0 of 16, column 1 of 2": the mark, its last digit first. */
export function placeInWork(reader: TraceReader, pe: number, cycle: number): string {
  const t = INSPECTOR_TEXT.now;
  const span = reader.spanAt(pe, MAIN_THREAD, cycle);
  const { marks } = reader.program;
  // Programs of a single piece of work have no marks.
  if (span !== null && marks.length === 0) return t.inProgram;
  const digits = span === null ? null : markDigits(marks, span.mark);
  if (digits === null && span === null) return reader.spansAt(pe, cycle).length > 0 ? t.inThread : t.nothing;
  if (digits === null) return t.beforeFirst;
  const words = marks.map((m, i) => t.mark(m.name, digits[i], m.size));
  return words.reverse().join(', ');
}

/** Letter of a color's stream, as wavelets are labelled. */
const letterOf = (program: Program, color: number): string => program.streams.find((s) => s.color === color)?.letter ?? TEXT.color(color);

export function waitsFor(reader: TraceReader, pe: number, cycle: number): { readonly text: string; readonly at: number | null } {
  const t = INSPECTOR_TEXT.waits;
  const waiting = waitingFor(reader, pe, cycle);
  if (waiting.kind === 'nothing') return { text: t.nothing, at: null };
  if (waiting.kind === 'slot') return { text: t.slot, at: null };
  const letter = letterOf(reader.program, waiting.color);
  if (waiting.kind === 'room') return { text: t.room(letter, waiting.waiting), at: null };
  const word = `${letter}[${grouped(waiting.ordinal)}]`;
  if (waiting.kind === 'unsent') return { text: t.unsent(word, peName(waiting.by, reader.trace.width)), at: waiting.by };
  if (waiting.heldAt === 'host') return { text: t.unsent(word, INSPECTOR_TEXT.host), at: null };
  if (waiting.heldAt === 'link') return { text: t.link(word), at: null };
  if (waiting.heldAt === pe) return { text: t.router(word), at: null };
  return { text: t.at(word, peName(waiting.heldAt, reader.trace.width)), at: waiting.heldAt };
}

/** Wavelets in each input queue of a PE: letter, how many, capacity. */
export function queuesOf(
  reader: TraceReader,
  pe: number,
  cycle: number,
): readonly { readonly letter: string; readonly count: number; readonly capacity: number }[] {
  const { inputFirst, inputColor, inputCapacity } = reader.channels;
  const lanes = Array.from({ length: inputFirst[pe + 1] - inputFirst[pe] }, (_, i) => inputFirst[pe] + i);
  return lanes.map((lane) => ({
    letter: letterOf(reader.program, inputColor[lane]),
    count: reader.inputAt(lane, pe, cycle).count,
    capacity: inputCapacity[lane],
  }));
}

/** A step of the critical path: "Compute at PE 1,0". */
export function legWords({ work, pe, to }: Leg, width: number): string {
  const t = INSPECTOR_TEXT.leg;
  const place = (at: number): string => (at < 0 ? INSPECTOR_TEXT.host : peName(at, width));
  if (work !== null) return t.work(REASON_NAMES[work], place(pe));
  return pe === to ? t.stays(place(pe)) : t.goes(place(pe), place(to));
}
