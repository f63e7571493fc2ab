/** The numbers behind the charts of a run; none is computed here. */
import type { RunEvent } from '../../analysis/events.ts';
import { peCycles } from '../../analysis/lanes.ts';
import type { LinkPart } from '../../analysis/link-demand.ts';
import type { LinkLoad } from '../../analysis/link-load.ts';
import type { RowError } from '../../analysis/numerics.ts';
import type { Leg } from '../../analysis/path-legs.ts';
import { latencyCurves, reachedIn, stateShares, summary } from '../../analysis/timeline.ts';
import { PORT_NAMES, peName } from '../../machine/fabric.ts';
import type { TimeSpan } from '../../store/span.ts';
import type { TraceReader } from '../../trace/reader.ts';
import { KIND } from '../../trace/schema.ts';
import { latencyOf } from '../derived.ts';
import { grouped, percent } from '../format.ts';
import { EVENT_NAMES, REASON_NAMES, STAGE_NAMES, STATE_NAMES, STATE_ORDER } from '../strings.ts';
import type { ChartData, Column } from './chart-data.ts';
import { TABLE_TEXT } from './strings.ts';

/** Rows of a chart over time. */
export const PARTS = 40;

/** "cycles 1 000 to 1 250": what is shown of a run. */
export const spanText = ({ from, to }: TimeSpan): string => TABLE_TEXT.span(grouped(from), grouped(to));

/** A title that says what part of a run of so many cycles it is about, where it is not all of it. */
const titled = (title: string, span: TimeSpan, cycles: number): string => (span.to - span.from < cycles ? `${title}, ${spanText(span)}` : title);

const wholeOf = ({ trace }: TraceReader): TimeSpan => ({ from: 0, to: trace.cycles });

const CYCLE: Column = { name: TABLE_TEXT.fromCycle, key: 'from_cycle' };
const STAGES = Object.keys(STAGE_NAMES) as readonly (keyof typeof STAGE_NAMES)[];
const snake = (name: string): string => name.replace(/[A-Z]/g, (c) => `_${c.toLowerCase()}`);

/** Share of PEs in each state over time; states that never occur are left out. */
export function sharesData(reader: TraceReader, span = wholeOf(reader), title: string = TABLE_TEXT.states): ChartData {
  const { shares, idle, buckets, bucketCycles, from } = stateShares(reader, span.to, PARTS, span.from);
  const names = STATE_ORDER.filter((name) => shares[KIND[name]].some((share) => share > 0));
  return {
    title: titled(title, span, reader.trace.cycles),
    columns: [CYCLE, ...[...names, 'idle' as const].map((name) => ({ name: STATE_NAMES[name], key: `share_${name}`, show: percent }))],
    rows: Array.from({ length: buckets }, (_, b) => [from + b * bucketCycles, ...names.map((name) => shares[KIND[name]][b]), idle[b]]),
  };
}

/** What all PEs did together. */
export function peCyclesData(peCycles: Readonly<Record<string, number>>): ChartData {
  const all = Object.values(peCycles).reduce((sum, n) => sum + n, 0) || 1;
  return {
    title: TABLE_TEXT.peCycles,
    columns: [
      { name: TABLE_TEXT.state, key: 'state' },
      { name: TABLE_TEXT.peCycles, key: 'pe_cycles' },
      { name: TABLE_TEXT.share, key: 'share', show: percent },
    ],
    rows: [...STATE_ORDER, 'idle' as const].map((name) => [STATE_NAMES[name], peCycles[name] ?? 0, (peCycles[name] ?? 0) / all]),
  };
}

/** Where some PEs spend their cycles. */
export function lanesData(reader: TraceReader, pes: readonly number[], span: TimeSpan): ChartData {
  const names = [...STATE_ORDER, 'idle'] as const;
  return {
    title: titled(TABLE_TEXT.lanes, span, reader.trace.cycles),
    columns: [{ name: TABLE_TEXT.pe, key: 'pe' }, ...names.map((name) => ({ name: STATE_NAMES[name], key: `${name}_cycles` }))],
    rows: pes.map((pe) => {
      const by = peCycles(reader, pe, span.to, span.from);
      return [peName(pe, reader.trace.width), ...names.map((name) => by[name])];
    }),
  };
}

/** First, mean and last PE of each stage; and how many PEs have reached each by a cycle. */
export function latencyData(reader: TraceReader, span: TimeSpan): readonly ChartData[] {
  const map = latencyOf(reader);
  const cycles = span.to - span.from;
  const parts = Math.min(PARTS, cycles);
  const curves = latencyCurves(map, span.to, parts, span.from);
  const stages: ChartData = {
    title: titled(TABLE_TEXT.latency, span, reader.trace.cycles),
    columns: [
      { name: TABLE_TEXT.stage, key: 'stage' },
      { name: TABLE_TEXT.pes, key: 'pes' },
      { name: TABLE_TEXT.first, key: 'first_cycle' },
      { name: TABLE_TEXT.mean, key: 'mean_cycles', show: (v) => grouped(v, 1) },
      { name: TABLE_TEXT.p95, key: 'p95_cycles' },
      { name: TABLE_TEXT.last, key: 'last_cycle' },
    ],
    rows: STAGES.map((stage) => {
      const s = summary(reachedIn(map[stage], span));
      return [STAGE_NAMES[stage], ...(s ? [s.count, s.min, s.mean, s.p95, s.max] : [0, null, null, null, null])];
    }),
  };
  const reached: ChartData = {
    title: titled(TABLE_TEXT.reached, span, reader.trace.cycles),
    columns: [{ name: TABLE_TEXT.byCycle, key: 'by_cycle' }, ...STAGES.map((stage) => ({ name: STAGE_NAMES[stage], key: `${snake(stage)}_pes` }))],
    rows: Array.from({ length: parts }, (_, i) => [span.from + Math.ceil(((i + 1) * cycles) / parts), ...STAGES.map((stage) => curves[stage][i])]),
  };
  return [stages, reached];
}

/** "PE 3,2 east", and for a ramp "PE 3,2 ramp". */
export const linkName = ({ pe, port }: Pick<LinkLoad, 'pe' | 'port'>, width: number): string => `${peName(pe, width)} ${PORT_NAMES[port]}`;

/** A link over time, in parts of the whole run or of a span of it. */
export function linkData(name: string, parts: readonly LinkPart[], span: TimeSpan | null): ChartData {
  const share = (name: string, key: string): Column => ({ name, key, show: percent });
  return {
    title: span === null ? name : `${name}, ${spanText(span)}`,
    columns: [
      CYCLE,
      { name: TABLE_TEXT.toCycle, key: 'to_cycle' },
      share(TABLE_TEXT.utilisation, 'moved_per_cycle'),
      share(TABLE_TEXT.waiting, 'waiting_per_cycle'),
      share(TABLE_TEXT.demand, 'demand_per_cycle'),
    ],
    rows: parts.map(({ begin, end, moved, waited }) => [begin, end, moved, waited, moved + waited]),
  };
}

/** "PE 3,2", or nothing for what is nowhere in particular. */
const placeOf = (pe: number, reader: TraceReader): string => (pe < 0 ? '' : peName(pe, reader.trace.width));

/** The moments of a run, as the list of events has them. */
export const eventsData = (events: readonly RunEvent[], reader: TraceReader, span: TimeSpan): ChartData => ({
  title: titled(TABLE_TEXT.events, span, reader.trace.cycles),
  columns: [
    { name: TABLE_TEXT.cycle, key: 'cycle' },
    { name: TABLE_TEXT.event, key: 'event' },
    { name: TABLE_TEXT.pe, key: 'pe' },
    { name: TABLE_TEXT.what, key: 'what' },
    { name: TABLE_TEXT.value, key: 'value' },
  ],
  rows: events.map((event) => [event.cycle, EVENT_NAMES[event.kind], placeOf(event.pe, reader), event.what, event.value]),
});

/** The critical path step by step. */
export const pathData = (legs: readonly Leg[], reader: TraceReader, span: TimeSpan): ChartData => ({
  title: titled(TABLE_TEXT.path, span, reader.trace.cycles),
  columns: [
    { name: TABLE_TEXT.fromCycle, key: 'begin_cycle' },
    { name: TABLE_TEXT.toCycle, key: 'end_cycle' },
    { name: TABLE_TEXT.step, key: 'step' },
    { name: TABLE_TEXT.from, key: 'from' },
    { name: TABLE_TEXT.to, key: 'to' },
  ],
  rows: legs.map(({ work, pe, to, begin, end }) => [begin, end, work === null ? TABLE_TEXT.way : REASON_NAMES[work], placeOf(pe, reader), placeOf(to, reader)]),
});

/** Rows by their largest difference from float64. */
export const errorsData = (rows: readonly RowError[]): ChartData => ({
  title: TABLE_TEXT.errors,
  columns: [
    { name: TABLE_TEXT.row, key: 'row' },
    { name: TABLE_TEXT.token, key: 'token' },
    { name: TABLE_TEXT.y, key: 'y' },
    { name: TABLE_TEXT.yF64, key: 'y_float64' },
    { name: TABLE_TEXT.difference, key: 'abs_difference' },
  ],
  rows: rows.map((r) => [r.row, r.column, r.y, r.yF64, r.error]),
});
