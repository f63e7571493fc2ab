/**
 * Chrome JSON (the Trace Event Format, object form), which chrome://tracing, Perfetto and speedscope open: X events that nest
 * in each (pid, tid), names and order as M events. The format counts microseconds; one of them stands for one cycle, so
 * that every time is a whole number and none is rounded. `otherData` says so, with the clock.
 */
import type { Header } from '../../trace/header.ts';
import type { ChunkRows, ScannedTrace } from '../../trace/scan.ts';
import { TABLES, type TableName } from '../../trace/tables.ts';
import { markEvent, type Notes } from './notes.ts';
import { type Slice, Slices } from './slices.ts';
import { Tracks } from './tracks.ts';
import { about, type Piece, type TraceConverter } from './types.ts';

export class ChromeConverter implements TraceConverter {
  private readonly notes: Notes | undefined;
  private tracks!: Tracks;
  private slices!: Slices;
  /** 1 for tracks that have their names. */
  private named!: Readonly<Record<TableName, Uint8Array>>;
  private readonly processes = new Set<number>();
  private readonly texts = new Map<string, string>();

  constructor(notes?: Notes) {
    this.notes = notes;
  }

  begin(header: Header): Piece {
    this.tracks = new Tracks(header.program, header.channels);
    this.slices = new Slices(this.tracks);
    this.named = Object.fromEntries(TABLES.map((table) => [table, new Uint8Array(this.tracks.lanes[table])])) as Record<TableName, Uint8Array>;
    const said = JSON.stringify({ ...about(header), unit: '1 µs stands for 1 cycle' });
    const otherData = this.notes ? `${said.slice(0, -1)},"project":\n${this.notes.project}\n}` : said;
    const first = [...this.process(this.tracks.hostProcess), ...this.marks()].join(',\n');
    return `{"displayTimeUnit":"ns","otherData":${otherData},"traceEvents":[\n${first}`;
  }

  /** Marks as instants over all tracks. */
  private marks(): string[] {
    return (this.notes?.marks ?? []).map((mark) => {
      const { name, details } = markEvent(mark);
      return JSON.stringify({ ph: 'i', s: 'g', cat: 'marks', name, pid: this.tracks.hostProcess, tid: 0, ts: mark.cycle, args: Object.fromEntries(details) });
    });
  }

  rows(table: TableName, rows: ChunkRows): Piece {
    let text = '';
    for (let i = 0; i < rows.length; i++) {
      const slice = this.slices.slice(table, rows, i);
      if (this.named[table][slice.lane] === 0) text += `,\n${this.track(table, slice.lane).join(',\n')}`;
      text += `,\n${this.event(slice)}`;
    }
    return text;
  }

  end({ cycles, traceHash }: ScannedTrace): Piece {
    return `,\n${JSON.stringify({ ph: 'M', name: 'process_labels', pid: this.tracks.hostProcess, args: { labels: `${cycles} cycles, hash ${traceHash}` } })}\n]}\n`;
  }

  private event({ table, lane, name, begin, end, details }: Slice): string {
    const [pid, tid] = [this.tracks.process(table, lane), this.tracks.id(table, lane)];
    const args = details.map(([key, value]) => `${this.quoted(key)}:${typeof value === 'number' ? value : this.quoted(value)}`).join();
    return `{"ph":"X","cat":"${table}","name":${this.quoted(name)},"pid":${pid},"tid":${tid},"ts":${begin},"dur":${end - begin},"args":{${args}}}`;
  }

  /** A text as JSON; the few that there are come again and again. */
  private quoted(text: string): string {
    const known = this.texts.get(text);
    if (known !== undefined) return known;
    const made = JSON.stringify(text);
    this.texts.set(text, made);
    return made;
  }

  /** Names and order of a track, and of its process where it is the first of it. */
  private track(table: TableName, lane: number): string[] {
    const { tracks } = this;
    this.named[table][lane] = 1;
    const [pid, tid] = [tracks.process(table, lane), tracks.id(table, lane)];
    const name = `${tracks.peName(table, lane)} ${tracks.name(table, lane)}`.trim();
    return [
      ...this.process(pid),
      JSON.stringify({ ph: 'M', name: 'thread_name', pid, tid, args: { name } }),
      JSON.stringify({ ph: 'M', name: 'thread_sort_index', pid, tid, args: { sort_index: tracks.rank(table, lane) } }),
    ];
  }

  private process(pid: number): string[] {
    if (this.processes.has(pid)) return [];
    this.processes.add(pid);
    return [
      JSON.stringify({ ph: 'M', name: 'process_name', pid, args: { name: this.tracks.processName(pid) } }),
      JSON.stringify({ ph: 'M', name: 'process_sort_index', pid, args: { sort_index: pid } }),
    ];
  }
}
