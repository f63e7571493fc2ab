/** The critical path as a line over the fabric. The path is a matter of the run, where it is of the playhead. */
import type { PathPiece } from '../../analysis/critical-path.ts';
import { once } from '../../base/once.ts';
import type { TraceReader } from '../../trace/reader.ts';
import type { PathLine } from '../canvas/scene.ts';
import { pathOf } from '../derived.ts';

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

const knownWays = once((reader: TraceReader) => waysOf(pathOf(reader)));

export function pathLine(reader: TraceReader, cycle: number): PathLine {
  return { ways: knownWays(reader), at: pathOf(reader).find((p) => p.begin <= cycle && p.end > cycle)?.pe ?? -1 };
}
