/**
 * Perfetto's trace file: a sequence of TracePackets. Tracks are a tree of TrackDescriptors (row of PEs, PE, thread or FIFO or
 * queue), slices are pairs of TrackEvents; names are written once and then numbered. Timestamps are nanoseconds; 1000 of
 * them stand for one cycle, so that what the viewer calls a microsecond is a cycle, as in Chrome JSON.
 * Field numbers: protos/perfetto/trace of Perfetto's repository.
 */
import type { Header } from '../../trace/header.ts';
import type { ChunkRows, ScannedTrace } from '../../trace/scan.ts';
import { TABLES, type TableName } from '../../trace/tables.ts';
import { markEvent, type Notes } from './notes.ts';
import { Message } from './protobuf.ts';
import { type Detail, type Slice, Slices } from './slices.ts';
import { Tracks } from './tracks.ts';
import { about, type Piece, type TraceConverter } from './types.ts';

const PACKET = 1;
const TracePacket = { timestamp: 8, sequence: 10, trackEvent: 11, internedData: 12, flags: 13, trackDescriptor: 60 } as const;
const TrackDescriptor = { uuid: 1, name: 2, parent: 5, ordering: 11, rank: 12 } as const;
const TrackEvent = { category: 3, annotation: 4, type: 9, nameIid: 10, track: 11 } as const;
const InternedData = { categories: 1, names: 2, annotationNames: 3 } as const;
const Annotation = { nameIid: 1, uint: 3, string: 6 } as const;
const [SLICE_BEGIN, SLICE_END, INSTANT] = [1, 2, 3];
const EXPLICIT = 3;
/** Sequence flags: this packet begins the numbering of names; this packet needs it. */
const [CLEARED, NEEDS] = [1, 2];
const NS_PER_CYCLE = 1000;
const SEQUENCE = 1;

/** An event with a name. */
interface Named {
  readonly category: string;
  readonly name: string;
  readonly uuid: number;
  readonly at: number;
  readonly details: readonly Detail[];
}

/** Numbers of names of one kind. */
type Interned = keyof typeof InternedData;

export class PerfettoConverter implements TraceConverter {
  private readonly notes: Notes | undefined;
  private tracks!: Tracks;
  private slices!: Slices;
  private out = new Message();
  /** Messages that are written again and again. */
  private readonly parts = { event: new Message(), packet: new Message(), annotation: new Message(), interned: new Message() };
  /** 1 for tracks that are described; rows and PEs by uuid. */
  private named!: Readonly<Record<TableName, Uint8Array>>;
  private readonly described = new Set<number>();
  private readonly iids: Readonly<Record<Interned, Map<string, number>>> = { categories: new Map(), names: new Map(), annotationNames: new Map() };

  constructor(notes?: Notes) {
    this.notes = notes;
  }

  begin(header: Header): Piece {
    this.tracks = new Tracks(header.program, header.channels);
    this.slices = new Slices(this.tracks);
    this.named = Object.fromEntries(TABLES.map((table) => [table, new Uint8Array(this.tracks.lanes[table])])) as Record<TableName, Uint8Array>;
    const root = new Message().number(TrackDescriptor.uuid, ROOT).text(TrackDescriptor.name, title(header)).number(TrackDescriptor.ordering, EXPLICIT);
    this.packet(new Message().message(TracePacket.trackDescriptor, root), CLEARED);
    if (this.notes) this.note(this.notes);
    return this.take();
  }

  /** Marks as instants of a track of their own, after one that holds the project. */
  private note({ marks, project }: Notes): void {
    this.describe(NOTES, ROOT, 'marks', 0);
    this.event(INSTANT, { category: 'marks', name: 'project', uuid: NOTES, at: 0, details: [['project', `\n${project}\n`]] });
    for (const mark of marks) this.event(INSTANT, { category: 'marks', ...markEvent(mark), uuid: NOTES, at: mark.cycle });
  }

  rows(table: TableName, rows: ChunkRows): Piece {
    for (let i = 0; i < rows.length; i++) this.slice(this.slices.slice(table, rows, i));
    return this.take();
  }

  end(_: ScannedTrace): Piece {
    return this.take();
  }

  private slice({ table, lane, name, begin, end, details }: Slice): void {
    const uuid = this.track(table, lane);
    this.event(SLICE_BEGIN, { category: table, name, uuid, at: begin, details });
    const ending = this.parts.event.again().number(TrackEvent.type, SLICE_END).number(TrackEvent.track, uuid);
    this.packet(
      this.parts.packet
        .again()
        .number(TracePacket.timestamp, end * NS_PER_CYCLE)
        .message(TracePacket.trackEvent, ending),
    );
  }

  /** Something that begins, or happens, at a cycle. */
  private event(type: number, { category, name, uuid, at, details }: Named): void {
    const interned = this.parts.interned.again();
    const event = this.parts.event
      .again()
      .number(TrackEvent.category, this.iid('categories', category, interned))
      .number(TrackEvent.type, type);
    event.number(TrackEvent.nameIid, this.iid('names', name, interned)).number(TrackEvent.track, uuid);
    for (const detail of details) event.message(TrackEvent.annotation, this.annotation(detail, interned));
    const packet = this.parts.packet.again();
    packet.number(TracePacket.timestamp, at * NS_PER_CYCLE).message(TracePacket.trackEvent, event);
    if (interned.out.size > 0) packet.message(TracePacket.internedData, interned);
    this.packet(packet);
  }

  private annotation([name, value]: Detail, interned: Message): Message {
    const message = this.parts.annotation.again().number(Annotation.nameIid, this.iid('annotationNames', name, interned));
    return typeof value === 'number' ? message.number(Annotation.uint, value) : message.text(Annotation.string, value);
  }

  /** The number of a name; a new one is put into `interned`. */
  private iid(kind: Interned, name: string, interned: Message): number {
    const known = this.iids[kind].get(name);
    if (known !== undefined) return known;
    const iid = this.iids[kind].size + 1;
    this.iids[kind].set(name, iid);
    interned.message(InternedData[kind], new Message().number(1, iid).text(2, name));
    return iid;
  }

  /** The uuid of a track, which is described, with those above it, when it is first needed. */
  private track(table: TableName, lane: number): number {
    const { tracks } = this;
    const uuid = ROOT + tracks.id(table, lane);
    if (this.named[table][lane] === 1) return uuid;
    this.named[table][lane] = 1;
    const process = tracks.process(table, lane);
    const row = ROOT * 2 + process;
    this.describe(row, ROOT, tracks.processName(process), process);
    const pe = tracks.pe(table, lane);
    const parent = pe < 0 ? row : ROOT * 3 + pe;
    if (pe >= 0) this.describe(parent, row, tracks.peName(table, lane), pe % tracks.program.width);
    this.describe(uuid, parent, tracks.name(table, lane), tracks.rank(table, lane));
    return uuid;
  }

  private describe(uuid: number, parent: number, name: string, rank: number): void {
    if (this.described.has(uuid)) return;
    this.described.add(uuid);
    const descriptor = new Message().number(TrackDescriptor.uuid, uuid).text(TrackDescriptor.name, name).number(TrackDescriptor.parent, parent);
    descriptor.number(TrackDescriptor.ordering, EXPLICIT).number(TrackDescriptor.rank, rank);
    this.packet(new Message().message(TracePacket.trackDescriptor, descriptor));
  }

  private packet(packet: Message, flags = NEEDS): void {
    this.out.message(PACKET, packet.number(TracePacket.sequence, SEQUENCE).number(TracePacket.flags, flags));
  }

  private take(): Uint8Array<ArrayBuffer> {
    const bytes = this.out.out.bytes().slice();
    this.out = new Message();
    return bytes;
  }
}

/** uuids: the root, then in blocks the tracks by their numbers, the rows, the PEs, the marks; tracks are fewer than 2^40. */
const ROOT = 2 ** 40;
const NOTES = ROOT * 4;

function title(header: Header): string {
  const { machine, width, height, modelVersion } = about(header);
  return `Weft ${machine}, ${width} × ${height} PEs, model version ${modelVersion}; 1 µs stands for 1 cycle`;
}
