/**
 * The notable moments of a run, from its trace: when the first x arrives, when every phase begins to multiply, when switches
 * turn, who stalls first and longest, what the host does, first and last result, the end. Of one PE: its own such moments.
 */
import type { Cycle, PeId } from '../base/units.ts';
import { MAIN_THREAD } from '../machine/program.ts';
import type { TraceReader } from '../trace/reader.ts';
import { isStall, KIND, KINDS } from '../trace/schema.ts';
import { latencyOf } from './magnitudes.ts';
import { markDigits } from './phases.ts';
import { type SwitchTurn, switchTurns } from './switches.ts';

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
export function runEvents(reader: TraceReader): RunEvent[] {
  const end: RunEvent = { kind: 'end', cycle: reader.trace.cycles, pe: -1, what: '', value: 0 };
  return ordered([
    ...arrival(reader),
    ...firstMacs(reader),
    ...turns(switchTurns(reader)),
    ...stalls(reader, 0, reader.trace.intervals.pe.length),
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
  return ordered([...stages, ...own, ...stalls(reader, ...reader.spanRows(pe, MAIN_THREAD))]);
}

const ordered = (events: readonly RunEvent[]): RunEvent[] => events.toSorted((a, b) => a.cycle - b.cycle);

function arrival(reader: TraceReader): RunEvent[] {
  const { firstX } = latencyOf(reader);
  let first = -1;
  for (let pe = 0; pe < firstX.length; pe++) if (firstX[pe] >= 0 && (first < 0 || firstX[pe] < firstX[first])) first = pe;
  return first < 0 ? [] : [{ kind: 'firstX', cycle: firstX[first], pe: first, what: '', value: 0 }];
}

/** First multiply-add of every phase (the first digit of a mark); of a program without marks, of the run. */
function firstMacs(reader: TraceReader): RunEvent[] {
  const { marks } = reader.program;
  const { pe, kind, mark, begin, end } = reader.trace.intervals;
  const { firstMac } = latencyOf(reader);
  const rows = new Map<number, number>();
  const at = (row: number): number => Math.max(begin[row], firstMac[pe[row]]);
  for (let row = 0; row < pe.length; row++) {
    // What a PE does before it has taken a word is no multiply-add (latency.ts).
    if (kind[row] !== KIND.compute || firstMac[pe[row]] < 0 || end[row] <= firstMac[pe[row]]) continue;
    const phase = markDigits(marks, mark[row])?.[0] ?? 0;
    const known = rows.get(phase);
    if (known === undefined || at(row) < at(known)) rows.set(phase, row);
  }
  const name = (phase: number): string => (marks.length === 0 ? '' : `${marks[0].name} ${phase}`);
  const list = [...rows].map(([phase, row]): RunEvent => ({ kind: 'firstMac', cycle: at(row), pe: pe[row], what: name(phase), value: 0 }));
  return list.length > MOST_PHASES ? ordered(list).slice(0, 1) : list;
}

/** First and last turn of each color. */
function turns(all: readonly SwitchTurn[]): RunEvent[] {
  const list: RunEvent[] = [];
  for (const color of new Set(all.map((t) => t.color))) {
    const own = all.filter((t) => t.color === color);
    const event = (kind: EventKind, { cycle, pe }: SwitchTurn): RunEvent => ({ kind, cycle, pe, what: '', value: color });
    list.push(event('firstTurn', own[0]));
    if (own.length > 1) list.push(event('lastTurn', own[own.length - 1]));
  }
  return list;
}

/** First and longest stall of each kind among the rows [from, to); main threads only. */
function stalls({ trace }: TraceReader, from: number, to: number): RunEvent[] {
  const { pe, thread, kind, begin, end } = trace.intervals;
  const first = new Map<number, number>();
  const longest = new Map<number, number>();
  for (let row = from; row < to; row++) {
    if (thread[row] !== MAIN_THREAD || !isStall(kind[row])) continue;
    const [f, l] = [first.get(kind[row]), longest.get(kind[row])];
    if (f === undefined || begin[row] < begin[f]) first.set(kind[row], row);
    if (l === undefined || end[row] - begin[row] > end[l] - begin[l]) longest.set(kind[row], row);
  }
  const event = (name: EventKind, row: number): RunEvent => ({
    kind: name,
    cycle: begin[row],
    pe: pe[row],
    what: KINDS[kind[row]],
    value: end[row] - begin[row],
  });
  return [
    ...[...first.values()].map((row) => event('firstStall', row)),
    ...[...longest].filter(([k, row]) => first.get(k) !== row).map(([, row]) => event('longestStall', row)),
  ];
}

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
function results({ program, trace }: TraceReader): RunEvent[] {
  const { lane, begin, count, period } = trace.hostOut;
  if (lane.length === 0) return [];
  const lastOf = (row: number): number => begin[row] + (count[row] - 1) * period[row];
  let [first, last] = [0, 0];
  for (let row = 1; row < lane.length; row++) {
    if (begin[row] < begin[first]) first = row;
    if (lastOf(row) > lastOf(last)) last = row;
  }
  const event = (kind: EventKind, row: number, cycle: number): RunEvent => ({ kind, cycle, pe: program.sinks[lane[row]].pe, what: '', value: 0 });
  return [event('firstResult', first, begin[first]), event('lastResult', last, lastOf(last))];
}
