/**
 * Wavelets on their way between routers at a cycle, by color. In a run whose lanes share shapes the FIFOs are put together
 * once, into groups, so that a whole wafer is counted in a few thousand steps.
 */
import { each, toEnd } from '../base/pieces.ts';
import { neighbour, Port } from '../machine/fabric.ts';
import type { LaneIndex, LaneRange } from '../trace/lane-index.ts';
import type { TraceReader } from '../trace/reader.ts';

const COLORS = 24;

/** Wavelets between two routers in `cycle`, by color (24 entries); those that leave the fabric are gone at once (docs/tick.md, 6). */
export function waveletsOnLinks(reader: TraceReader, cycle: number): Uint32Array {
  const { channels, program, moves } = reader;
  const counts = new Uint32Array(COLORS);
  const since = Math.max(0, cycle - program.machine.hop + 1);
  if (moves.isShared) {
    countGroups(reader, linkGroupsOf(reader), since, cycle + 1, counts);
    return counts;
  }
  for (let c = 0; c < channels.count; c++) {
    const moved = moves.countIn(c, since, cycle + 1);
    if (moved === 0) continue;
    const mask = moves.mask(c);
    if (mask >= 0) counts[channels.color[c]] += moved * linksOf(reader, c, mask);
    else for (let t = since; t <= cycle; t++) counts[channels.color[c]] += linksOf(reader, c, reader.departureAt(c, t));
  }
  return counts;
}

/** Ports of a mask behind which there is another PE. */
function linksOf({ channels, trace }: TraceReader, fifo: number, mask: number): number {
  let links = 0;
  for (let port = 0; port < Port.RAMP; port++) if ((mask >> port) & 1 && neighbour(channels.pe[fifo], port, trace.width, trace.height) >= 0) links++;
  return links;
}

/** FIFOs that have the same departures: one of them, and how many links all of them lead to. */
interface FixedGroup {
  readonly fifo: number;
  readonly color: number;
  links: number;
}

/** FIFOs of PEs one after the other, the floating ones of which move in [begin, end) only. */
interface FloatingGroup extends LaneRange {
  past: number;
  begin: number;
  end: number;
}

export interface LinkGroups {
  readonly fixed: readonly FixedGroup[];
  readonly floating: readonly FloatingGroup[];
}

const groupsOf = new WeakMap<TraceReader, LinkGroups>();

/** The groups of a run whose lanes share shapes, put together once. */
export const linkGroupsOf = (reader: TraceReader): LinkGroups => toEnd(findingLinkGroups(reader));

/** The same in pieces. */
export function* findingLinkGroups(reader: TraceReader): Generator<void, LinkGroups> {
  const known = groupsOf.get(reader) ?? (yield* makeGroups(reader));
  groupsOf.set(reader, known);
  return known;
}

/** Keeps groups that were made elsewhere for the same run. */
export const keepLinkGroups = (reader: TraceReader, groups: LinkGroups): void => void groupsOf.set(reader, groups);

function* makeGroups(reader: TraceReader): Generator<void, LinkGroups> {
  const { moves, channels } = reader;
  const fixed = new Map<number, FixedGroup>();
  const floating: FloatingGroup[] = [];
  yield* each(channels.count, (fifo) => {
    const links = moves.from(fifo) === moves.to(fifo) ? 0 : linksOf(reader, fifo, moves.mask(fifo));
    if (links === 0) return;
    if (moves.floats(fifo)) addFloating(moves, fifo, floating);
    else {
      const color = channels.color[fifo];
      const key = moves.shapeOf(fifo) * COLORS + color;
      const group = fixed.get(key);
      if (group === undefined) fixed.set(key, { fifo, color, links });
      else group.links += links;
    }
  });
  return { fixed: [...fixed.values()], floating };
}

function addFloating(moves: LaneIndex, fifo: number, groups: FloatingGroup[]): void {
  const offset = moves.offset(fifo);
  let last = groups[groups.length - 1];
  if (last === undefined || last.offset !== offset) {
    last = { first: fifo, past: fifo, offset, begin: Number.POSITIVE_INFINITY, end: -1 };
    groups.push(last);
  }
  last.past = fifo + 1;
  last.begin = Math.min(last.begin, moves.firstTick(fifo));
  last.end = Math.max(last.end, moves.lastTick(fifo) + 1);
}

/** Adds the wavelets that departed over links in [from, to) to their colors. */
function countGroups(reader: TraceReader, { fixed, floating }: LinkGroups, from: number, to: number, counts: Uint32Array): void {
  const { moves, channels } = reader;
  for (const { fifo, color, links } of fixed) counts[color] += links * moves.countIn(fifo, from, to);
  const add = (fifo: number, moved: number): void => {
    counts[channels.color[fifo]] += moved * linksOf(reader, fifo, moves.mask(fifo));
  };
  for (const group of floating) if (group.begin < to && group.end > from) moves.eachFloating(group, from, to, add);
}
