/**
 * A moment of a run in words: what is to be seen on the fabric at a cycle, and one PE in a line. The page shows it beside a
 * paused fabric and gives it to screen readers; every word follows from the trace, none from the kernel's name.
 */
import { count, grouped, percent } from '../base/numbers.ts';
import { peName } from '../machine/fabric.ts';
import { usedBytes } from '../machine/memory.ts';
import { MAIN_THREAD, type MarkDigit } from '../machine/program.ts';
import { IDLE, type TraceReader } from '../trace/reader.ts';
import { KIND, KINDS } from '../trace/schema.ts';
import { type FabricFrame, IDLE_COUNT } from './fabric-frame.ts';
import { markDigits, phaseRange } from './phases.ts';

/** What a PE does, as a predicate after "PEs", by kind of schema.ts; the last one is for idle PEs. */
const DOES = ['compute', 'dequantise', 'send', 'receive', 'load', 'wait for data', 'are blocked', 'wait for the issue slot', 'are idle'] as const;
/** The same for one PE. */
const STATE = ['compute', 'dequantise', 'send', 'receive', 'load', 'wait for data', 'blocked', 'wait for the issue slot', 'idle'] as const;

/** A state that fewer PEs are in is not worth a sentence. */
const WORTH = 0.02;
/** A picture is called a front or a band when this share of the PEs fits it. */
const FITS = 0.9;
/** A stream that does not move for this many cycles is held. */
const HELD_CYCLES = 4;

export const stateName = (kind: number): string => STATE[kind === IDLE ? IDLE_COUNT : kind];

/** "column 1 of 2, block 3 of 16"; digits of size 1 say nothing and are left out. Empty before the first mark. */
export function markWords(marks: readonly MarkDigit[], mark: number): string {
  const digits = markDigits(marks, mark) ?? [];
  return digits.flatMap((d, i) => (marks[i].size > 1 ? [`${marks[i].name} ${d} of ${marks[i].size}`] : [])).join(', ');
}

/** "PE 12,7: dequantise, block 3 of 16, SRAM 16 %". */
export function describePe(reader: TraceReader, pe: number, cycle: number): string {
  const { program, trace } = reader;
  const span = reader.spanAt(pe, MAIN_THREAD, cycle);
  const mark = span === null ? '' : markWords(program.marks, span.mark);
  const memory = usedBytes(program.classes[program.classOf[pe]].memory) / program.machine.sramBytes;
  const parts = [stateName(reader.stateOf(pe, cycle)), mark, `SRAM ${percent(memory, 0)}`];
  return `${peName(pe, trace.width)}: ${parts.filter((p) => p !== '').join(', ')}`;
}

/** What is to be seen at the frame's cycle, in two to four sentences. */
export function describeMoment(frame: FabricFrame): string {
  const { reader, cycle } = frame;
  const { received, expected } = results(reader, cycle);
  if (frame.counts[IDLE_COUNT] === reader.pes && received === expected) return `The run is over: all ${count(expected, 'result')} left the fabric.`;
  return [phaseSentence(reader, cycle), pictureSentence(frame), ...heldSentences(reader, cycle), blockedSentence(frame), resultSentence(received, expected)]
    .filter((s) => s !== '')
    .join(' ');
}

function phaseSentence(reader: TraceReader, cycle: number): string {
  const range = phaseRange(reader, cycle);
  const { marks } = reader.program;
  if (range === null || marks[0].size < 2) return '';
  const { name, from, to } = range;
  if (from === to) return `All PEs at work are in ${name} ${from} of ${marks[0].size}.`;
  return `${name[0].toUpperCase()}${name.slice(1)} ${from} ends and ${name} ${to} begins.`;
}

/** States by distance (hops) from the PE where the first stream enters. */
interface Picture {
  readonly entry: number;
  /** histogram[distance * (KINDS + 1) + state]. */
  readonly histogram: Uint32Array;
  readonly distances: number;
}

const STATES = KINDS.length + 1;

function picture(frame: FabricFrame): Picture {
  const { reader, states } = frame;
  const { width, height } = reader.trace;
  const entry = reader.program.sources[0]?.pe ?? 0;
  const distances = width + height - 1;
  const histogram = new Uint32Array(distances * STATES);
  const [entryX, entryY] = [entry % width, Math.floor(entry / width)];
  for (let y = 0, pe = 0; y < height; y++) {
    for (let x = 0; x < width; x++, pe++) {
      const distance = Math.abs(x - entryX) + Math.abs(y - entryY);
      histogram[distance * STATES + (states[pe] === IDLE ? IDLE_COUNT : states[pe])]++;
    }
  }
  return { entry, histogram, distances };
}

function pictureSentence(frame: FabricFrame): string {
  const { reader, counts } = frame;
  const order = Array.from(counts.keys()).sort((x, y) => counts[y] - counts[x]);
  const [a, b, c] = order.filter((s) => counts[s] >= WORTH * reader.pes);
  if (b === undefined) return `${counts[a] === reader.pes ? 'All' : 'Nearly all'} PEs ${DOES[a]}.`;
  const view = picture(frame);
  const at = peName(view.entry, reader.trace.width);
  const front = frontBetween(view, a, b, counts[a] + counts[b]);
  if (front !== null) {
    const thin = c === undefined ? '' : ` Along the front ${count(counts[c], 'PE')} ${DOES[c]}.`;
    return `A front lies ${count(front.hops, 'hop')} from ${at}: nearer to it PEs ${DOES[front.near]}, beyond it they ${DOES[front.near === a ? b : a]}.${thin}`;
  }
  // On a single row or column every PE is a band of its own.
  if (Math.min(reader.trace.width, reader.trace.height) > 1 && inBands(view, reader.pes))
    return `Diagonal bands: PEs equally far from ${at} do the same, ${count(counts[a], 'PE')} ${DOES[a]}, ${grouped(counts[b])} ${DOES[b]}.`;
  return `${percent(counts[a] / reader.pes, 0)} of the PEs ${DOES[a]}, ${percent(counts[b] / reader.pes, 0)} ${DOES[b]}.`;
}

/** The distance that parts two states best, if it parts them well: how many hops out it lies, and which state is inside. */
function frontBetween({ histogram, distances }: Picture, a: number, b: number, total: number): { hops: number; near: number } | null {
  let [nearA, nearB] = [0, 0];
  let best = { right: 0, hops: 0, near: a };
  const all = (state: number): number => sum(distances, (d) => histogram[d * STATES + state]);
  const [allA, allB] = [all(a), all(b)];
  for (let d = 0; d < distances - 1; d++) {
    nearA += histogram[d * STATES + a];
    nearB += histogram[d * STATES + b];
    const [aInside, bInside] = [nearA + allB - nearB, nearB + allA - nearA];
    const right = Math.max(aInside, bInside);
    if (right > best.right) best = { right, hops: d + 1, near: aInside >= bInside ? a : b };
  }
  return best.right >= FITS * total ? best : null;
}

/** Whether PEs at the same distance do the same. */
function inBands({ histogram, distances }: Picture, pes: number): boolean {
  const agreeing = sum(distances, (d) => Math.max(...histogram.subarray(d * STATES, (d + 1) * STATES)));
  return agreeing >= FITS * pes;
}

const sum = (n: number, of: (i: number) => number): number => {
  let total = 0;
  for (let i = 0; i < n; i++) total += of(i);
  return total;
};

/** One sentence for each stream that the host cannot go on sending: stalls show at the source. */
function heldSentences(reader: TraceReader, cycle: number): string[] {
  const { sources, streams } = reader.program;
  return sources.flatMap((source, i) => {
    const sent = reader.sourceCount(i, cycle + 1);
    const next = sent < source.words.length ? reader.sourceTick(i, sent) : -1;
    if (sent === 0 || next - cycle < HELD_CYCLES) return [];
    const letter = streams.find((s) => s.color === source.color)?.letter ?? source.name;
    return [`The ${letter} stream is held at ${peName(source.pe, reader.trace.width)} and moves on in ${count(next - cycle, 'cycle')}.`];
  });
}

function blockedSentence({ counts }: FabricFrame): string {
  const n = counts[KIND.blocked];
  return n === 0 ? '' : `${count(n, 'PE')} ${n === 1 ? 'has' : 'have'} no room in the output queue.`;
}

/** Words the sinks received before `cycle`, and in all. */
function results(reader: TraceReader, cycle: number): { received: number; expected: number } {
  let [received, expected] = [0, 0];
  reader.program.sinks.forEach((sink, i) => {
    received += reader.sinkCount(i, cycle);
    expected += sink.expect;
  });
  return { received, expected };
}

const resultSentence = (received: number, expected: number): string =>
  received === 0 ? '' : `${grouped(received)} of ${count(expected, 'result')} left the fabric.`;
