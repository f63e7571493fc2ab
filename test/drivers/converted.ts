/** Converted traces read back by readers that are not ours: JSON.parse, protobufjs with the schema beside, an RFC 4180 reader. */
import { readFileSync } from 'node:fs';
import protobuf from 'protobufjs';
import { expect } from 'vitest';
import { convertTrace, type TraceFormat } from '../../src/api/trace-convert.ts';
import type { Program } from '../../src/machine/program.ts';
import type { Notes } from '../../src/report/trace/notes.ts';
import type { Trace } from '../../src/trace/schema.ts';
import { encodeTrace } from '../../src/trace/writer.ts';
import { MODEL } from './trace-file.ts';

const SCHEMA = protobuf.parse(readFileSync(new URL('./perfetto.proto', import.meta.url), 'utf8'), { keepCase: true }).root.lookupType('Trace');

/** The whole file of a run in a format. */
export async function converted(program: Program, trace: Trace, to: TraceFormat, notes?: Notes): Promise<Buffer> {
  const pieces: Buffer[] = [];
  await convertTrace(encodeTrace(program, trace, MODEL), { to, ...(notes && { notes }) }, (piece) => void pieces.push(Buffer.from(piece as string)));
  return Buffer.concat(pieces);
}

/** A slice as a viewer draws it; times in cycles. */
export interface Drawn {
  readonly process: string;
  readonly track: string;
  readonly category: string;
  readonly name: string;
  readonly begin: number;
  readonly end: number;
  readonly args: Readonly<Record<string, number | string>>;
}

interface ChromeEvent {
  readonly ph: string;
  readonly cat: string;
  readonly name: string;
  readonly pid: number;
  readonly tid: number;
  readonly ts: number;
  readonly dur: number;
  readonly args: Readonly<Record<string, never>>;
}

/** What must hold of a Trace Event file: the fields of every event and their types, and that X events nest in every (pid, tid). */
export function readChrome(file: Buffer): Drawn[] {
  const { traceEvents, displayTimeUnit, otherData } = JSON.parse(file.toString()) as { traceEvents: ChromeEvent[]; displayTimeUnit: string; otherData: object };
  expect(displayTimeUnit).toBe('ns');
  expect(otherData).toMatchObject({ unit: '1 µs stands for 1 cycle', modelVersion: MODEL });
  const names = new Map<string, string>();
  const spans = new Map<string, { begin: number; end: number }[]>();
  const drawn: Drawn[] = [];
  for (const event of traceEvents) {
    expect(Object.keys(event).filter((key) => !['ph', 'cat', 'name', 'pid', 'tid', 'ts', 'dur', 'args', 's'].includes(key))).toEqual([]);
    expect([typeof event.name, Number.isInteger(event.pid), typeof event.args]).toEqual(['string', true, 'object']);
    if (event.ph === 'M') {
      if (event.name === 'process_name') names.set(`${event.pid}`, event.args.name);
      if (event.name === 'thread_name') names.set(`${event.pid} ${event.tid}`, event.args.name);
      continue;
    }
    if (event.ph === 'i') {
      drawn.push({ process: 'all', track: 'all', category: event.cat, name: event.name, begin: event.ts, end: event.ts, args: event.args });
      continue;
    }
    expect(event.ph).toBe('X');
    for (const whole of [event.tid, event.ts, event.dur]) expect(Number.isSafeInteger(whole) && whole >= 0).toBe(true);
    const [track, begin, end] = [`${event.pid} ${event.tid}`, event.ts, event.ts + event.dur];
    spans.set(track, [...(spans.get(track) ?? []), { begin, end }]);
    const { cat: category, name, args } = event;
    drawn.push({ process: names.get(`${event.pid}`)!, track: names.get(track)!, category, name, begin, end, args });
  }
  for (const [track, list] of spans) expectNested(track, list);
  const tids = [...spans.keys()].map((track) => track.split(' ')[1]);
  expect(new Set(tids).size).toBe(tids.length);
  return drawn;
}

function expectNested(track: string, spans: { begin: number; end: number }[]): void {
  const open: number[] = [];
  for (const { begin, end } of [...spans].sort((a, b) => a.begin - b.begin || b.end - a.end)) {
    while (open.length > 0 && open.at(-1)! <= begin) open.pop();
    expect(open.length === 0 || end <= open.at(-1)!, `${track}: [${begin}, ${end}) in [.., ${open.at(-1)})`).toBe(true);
    open.push(end);
  }
}

interface Packet {
  readonly timestamp: number;
  readonly trusted_packet_sequence_id: number;
  readonly sequence_flags: number;
  readonly track_descriptor?: { readonly uuid: number; readonly name: string; readonly parent_uuid?: number };
  readonly interned_data?: Readonly<Record<'event_categories' | 'event_names' | 'debug_annotation_names', { iid: number; name: string }[]>>;
  readonly track_event?: {
    readonly type: string;
    readonly track_uuid: number;
    readonly name_iid: number;
    readonly category_iids: number[];
    readonly debug_annotations?: { name_iid: number; uint_value?: number; string_value?: string }[];
  };
}

/** What must hold of the packets: tracks described before use, names numbered before use, begins and ends balanced on every track. */
export function readPerfetto(file: Buffer): Drawn[] {
  const { packet } = SCHEMA.toObject(SCHEMA.decode(file), { longs: Number, enums: String }) as { packet: Packet[] };
  const tracks = new Map<number, { name: string; parent?: number }>();
  const names = new Map<string, string>();
  const events: { at: number; type: string; track: number; drawn?: Omit<Drawn, 'begin' | 'end'> }[] = [];
  for (const [i, { track_descriptor: track, interned_data: interned, track_event: event, ...rest }] of packet.entries()) {
    expect([rest.trusted_packet_sequence_id, rest.sequence_flags]).toEqual([1, i === 0 ? 1 : 2]);
    for (const [kind, list] of Object.entries(interned ?? {})) for (const { iid, name } of list) names.set(`${kind} ${iid}`, name);
    const named = (kind: string, iid: number): string => {
      expect(names.has(`${kind} ${iid}`)).toBe(true);
      return names.get(`${kind} ${iid}`)!;
    };
    if (track) {
      expect(tracks.has(track.uuid)).toBe(false);
      expect(track.parent_uuid === undefined || tracks.has(track.parent_uuid)).toBe(true);
      tracks.set(track.uuid, { name: track.name, parent: track.parent_uuid });
    }
    if (!event) continue;
    expect(tracks.has(event.track_uuid)).toBe(true);
    const place = { at: rest.timestamp / 1000, type: event.type, track: event.track_uuid };
    if (event.type === 'TYPE_SLICE_END') {
      events.push(place);
      continue;
    }
    const args = (event.debug_annotations ?? []).map((a) => [named('debug_annotation_names', a.name_iid), a.uint_value ?? a.string_value]);
    const [category, name] = [named('event_categories', event.category_iids[0]), named('event_names', event.name_iid)];
    events.push({ ...place, drawn: { ...pathOf(tracks, event.track_uuid), category, name, args: Object.fromEntries(args) } });
  }
  return slicesOf(events);
}

/** The process of a track, and its name with its PE's. */
function pathOf(tracks: ReadonlyMap<number, { name: string; parent?: number }>, uuid: number): { process: string; track: string } {
  const names: string[] = [];
  for (let at: number | undefined = uuid; at !== undefined; at = tracks.get(at)!.parent) names.unshift(tracks.get(at)!.name);
  return { process: names[1], track: names.slice(2).join(' ') };
}

/** As the viewer does it: events by time, those of one time in the order of the file; an end closes the slice opened last. */
function slicesOf(events: readonly { at: number; type: string; track: number; drawn?: Omit<Drawn, 'begin' | 'end'> }[]): Drawn[] {
  const open = new Map<number, Drawn[]>();
  const done: Drawn[] = [];
  for (const { at, type, track, drawn } of events.toSorted((a, b) => a.at - b.at)) {
    const stack = open.get(track) ?? [];
    open.set(track, stack);
    if (drawn && type === 'TYPE_INSTANT') done.push({ ...drawn, begin: at, end: at });
    else if (drawn) stack.push({ ...drawn, begin: at, end: -1 });
    else {
      const last = stack.pop();
      expect(last).toBeDefined();
      done.push({ ...last!, end: at });
    }
  }
  expect([...open.values()].filter((stack) => stack.length > 0)).toEqual([]);
  return done;
}

/** Rows of cells of a CSV file: quoted cells, doubled quotes, CR LF after every line. */
export function readCsv(file: Buffer): string[][] {
  const text = file.toString();
  expect(text.endsWith('\r\n')).toBe(true);
  const cell = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/gy;
  const rows: string[][] = [[]];
  while (cell.lastIndex < text.length) {
    const match = cell.exec(text);
    expect(match).not.toBeNull();
    rows.at(-1)!.push(match![1]?.replaceAll('""', '"') ?? match![2]);
    if (match![3] === '\r\n') rows.push([]);
  }
  return rows.slice(0, -1);
}
