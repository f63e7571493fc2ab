/**
 * The notable moments of a run, from its trace: when the first x arrives, when every phase begins to multiply, when switches
 * turn, who stalls first and longest, what the host does, first and last result, the end. Of one PE: its own such moments.
 */
import { each, toEnd } from '../base/pieces.ts';
import type { Cycle, PeId } from '../base/units.ts';
import { MAIN_THREAD } from '../machine/program.ts';
import type { TraceReader } from '../trace/reader.ts';
import { isStall, KIND, KINDS } from '../trace/schema.ts';
import type { SpanVisitor } from '../trace/span-part.ts';
import { findingLatency, type LatencyMap, latencyOf } from './latency.ts';
import { firstDigits } from './phases.ts';
import { type ColorTurns, type SwitchTurn, switchTurns, turnsByColor } from './switches.ts';

export type EventKind =
  | 'firstX'
  | 'firstMac'
  | 'firstTurn'
  | 'lastTurn'
  | 'turn'
  | 'firstStall'
  | 'longestStall'
  | 'hostBegin'
  | 'hostEnd'
  | 'firstResult'
  | 'lastResult'
  | 'sent'
  | 'atEdge'
  | 'end';

export interface RunEvent {
  readonly kind: EventKind;
  readonly cycle: Cycle;
  /** Where; -1 for what is at no PE. */
  readonly pe: PeId;
  /** The phase, the kind of stall or the host's step; empty where there is none. */
  readonly what: string;
  /** Of turns a color, of stalls their cycles; else 0. */
  readonly value: number;
}

/** More phases than this are told by the first of them only. */
const MOST_PHASES = 200;

/** The run's events in order of time. */
export const runEvents = (reader: TraceReader): RunEvent[] => toEnd(findingEvents(reader));

/** The same in pieces. */
export function* findingEvents(reader: TraceReader): Generator<void, RunEvent[]> {
  const end: RunEvent = { kind: 'end', cycle: reader.trace.cycles, pe: -1, what: '', value: 0 };
  return ordered([
    ...arrival(yield* findingLatency(reader)),
    ...(yield* firstMacs(reader)),
    ...turns(yield* turnsByColor(reader)),
    ...(yield* stalls((visit) => reader.spans.telling(visit))),
    ...host(reader),
    ...results(reader),
    end,
  ]);
}

/** A PE's own events in order of time: its stages of latency, every turn of its switches, its stalls. */
export function peEvents(reader: TraceReader, pe: PeId): RunEvent[] {
  const map = latencyOf(reader);
  const stages = (['firstX', 'firstMac', 'sent', 'atEdge'] as const).flatMap((kind): RunEvent[] =>
    map[kind][pe] < 0 ? [] : [{ kind, cycle: map[kind][pe], pe, what: '', value: 0 }],
  );
  const own = switchTurns(reader, pe).map(({ cycle, color }): RunEvent => ({ kind: 'turn', cycle, pe, what: '', value: color }));
  return ordered([...stages, ...own, ...toEnd(stalls((visit) => each(1, () => reader.spans.forThread(pe, MAIN_THREAD, visit))))]);
}

const ordered = (events: readonly RunEvent[]): RunEvent[] => events.toSorted((a, b) => a.cycle - b.cycle);

function arrival({ firstX }: LatencyMap): RunEvent[] {
  let first = -1;
  for (let pe = 0; pe < firstX.length; pe++) if (firstX[pe] >= 0 && (first < 0 || firstX[pe] < firstX[first])) first = pe;
  return first < 0 ? [] : [{ kind: 'firstX', cycle: firstX[first], pe: first, what: '', value: 0 }];
}

interface Place {
  readonly cycle: Cycle;
  readonly pe: PeId;
}

/** Whether something is before what is known: earlier, or as early at a PE of a smaller number. */
const isEarlier = (cycle: Cycle, pe: PeId, known: Place | undefined): boolean =>
  known === undefined || cycle < known.cycle || (cycle === known.cycle && pe < known.pe);

/** First multiply-add of every phase (the first digit of a mark); of a program without marks, of the run. */
function* firstMacs(reader: TraceReader): Generator<void, RunEvent[]> {
  const { marks } = reader.program;
  const { firstMac } = latencyOf(reader);
  const digitOf = firstDigits(marks);
  const firsts = new Map<number, Place>();
  yield* reader.spans.telling((kind, mark, begin, end, pe) => {
    // What a PE does before it has taken a word is no multiply-add (latency.ts).
    if (kind !== KIND.compute || firstMac[pe] < 0 || end <= firstMac[pe]) return;
    const phase = Math.max(0, digitOf(mark));
    const cycle = Math.max(begin, firstMac[pe]);
    if (isEarlier(cycle, pe, firsts.get(phase))) firsts.set(phase, { cycle, pe });
  });
  const name = (phase: number): string => (marks.length === 0 ? '' : `${marks[0].name} ${phase}`);
  const list = [...firsts].map(([phase, { cycle, pe }]): RunEvent => ({ kind: 'firstMac', cycle, pe, what: name(phase), value: 0 }));
  return list.length > MOST_PHASES ? ordered(list).slice(0, 1) : list;
}

/** First and last turn of each color. */
function turns(all: readonly ColorTurns[]): RunEvent[] {
  const event = (kind: EventKind, { cycle, pe, color }: SwitchTurn): RunEvent => ({ kind, cycle, pe, what: '', value: color });
  return all.flatMap(({ first, last, count }) => [event('firstTurn', first), ...(count > 1 ? [event('lastTurn', last)] : [])]);
}

/** First and longest stall of each kind among spans that are told one by one; main threads only. */
function* stalls(telling: (visit: SpanVisitor) => Generator<void, void>): Generator<void, RunEvent[]> {
  const first = new Map<number, Stall>();
  const longest = new Map<number, Stall>();
  yield* telling((kind, _, begin, end, pe, thread) => {
    if (thread !== MAIN_THREAD || !isStall(kind)) return;
    const l = longest.get(kind);
    const length = end - begin;
    if (isEarlier(begin, pe, first.get(kind))) first.set(kind, { kind, cycle: begin, pe, length });
    if (l === undefined || length > l.length || (length === l.length && (pe < l.pe || (pe === l.pe && begin < l.cycle))))
      longest.set(kind, { kind, cycle: begin, pe, length });
  });
  const event = (name: EventKind, { kind, cycle, pe, length }: Stall): RunEvent => ({ kind: name, cycle, pe, what: KINDS[kind], value: length });
  return [
    ...[...first.values()].map((stall) => event('firstStall', stall)),
    ...[...longest.values()].filter((stall) => !isSame(stall, first.get(stall.kind))).map((stall) => event('longestStall', stall)),
  ];
}

interface Stall extends Place {
  readonly kind: number;
  readonly length: number;
}

const isSame = (a: Stall, b: Stall | undefined): boolean => a.cycle === b?.cycle && a.pe === b.pe;

function host({ program, trace }: TraceReader): RunEvent[] {
  const { step, begin, end } = trace.hostSteps;
  return [...step].flatMap((s, i): RunEvent[] => {
    const what = program.host?.[s]?.name ?? '';
    return [
      { kind: 'hostBegin', cycle: begin[i], pe: -1, what, value: 0 },
      { kind: 'hostEnd', cycle: end[i], pe: -1, what, value: 0 },
    ];
  });
}

/** First and last word at the edge. */
function results({ program, hostOut }: TraceReader): RunEvent[] {
  let [first, last] = [-1, -1];
  for (let sink = 0; sink < hostOut.lanes; sink++) {
    const [begin, end] = [hostOut.firstTick(sink), hostOut.lastTick(sink)];
    if (begin < 0) continue;
    if (first < 0 || begin < hostOut.firstTick(first)) first = sink;
    if (last < 0 || end > hostOut.lastTick(last)) last = sink;
  }
  if (first < 0) return [];
  const event = (kind: EventKind, sink: number, cycle: number): RunEvent => ({ kind, cycle, pe: program.sinks[sink].pe, what: '', value: 0 });
  return [event('firstResult', first, hostOut.firstTick(first)), event('lastResult', last, hostOut.lastTick(last))];
}
