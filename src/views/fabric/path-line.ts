/** The critical path as a line over the fabric. The path is a matter of the run, where it is of the playhead. */
import type { PathPiece } from '../../analysis/critical-path.ts';
import type { TraceReader } from '../../trace/reader.ts';
import type { PathLine } from '../canvas/scene.ts';
import { pathOf } from '../derived.ts';

const ways = new WeakMap<TraceReader, PathLine['ways']>();

/** Every way between two PEs that follow one another on the path, once; what happens at the host lies between them unseen. */
export function waysOf(pieces: readonly PathPiece[]): PathLine['ways'] {
  const list = new Map<string, readonly [number, number]>();
  let last = -1;
  for (const { pe } of pieces) {
    if (pe < 0) continue;
    if (last >= 0 && pe !== last) list.set(`${last} ${pe}`, [last, pe]);
    last = pe;
  }
  return [...list.values()];
}

export function pathLine(reader: TraceReader, cycle: number): PathLine {
  const pieces = pathOf(reader);
  const known = ways.get(reader) ?? waysOf(pieces);
  ways.set(reader, known);
  return { ways: known, at: pieces.find((p) => p.begin <= cycle && p.end > cycle)?.pe ?? -1 };
}
