/**
 * The trace hash (architecture.md, "Hashes"): per lane, hash the intervals or runs relative to the lane's first event;
 * combine (lane, offset, lane hash) in lane order. Engine, encoding and chunking stay outside, so equal runs have equal
 * hashes whoever made them, and lanes equal up to a shift share a lane hash.
 */
import { addFour, Hash } from '../base/hash.ts';
import { toEnd } from '../base/pieces.ts';
import { Tuples } from '../base/tuples.ts';
import { MAIN_THREAD } from '../machine/program.ts';
import { Column } from './rows.ts';
import type { HostSteps, Intervals, Runs, Trace } from './schema.ts';
import { markAfter, type Repeats, ROW_WORDS } from './sequences.ts';

/** Lanes at most that {@link LaneHashes.again} knows apart: 28 B each. */
const MOST_KNOWN = 1 << 20;

/** Hashes of the lanes of one table whose rows come one by one, those of a lane in their order. The same as the functions below. */
export class LaneHashes {
  private readonly isRuns: boolean;
  private readonly kept: Int32Array;
  /** Tick of the lane's first event + 1; 0 before it, so that memory of lanes without rows is never touched. */
  private readonly begun: Int32Array;
  private readonly hash = new Hash();
  private readonly threads: number;

  /** Of intervals a PE has `threads` lanes: all of them, or main alone. */
  constructor(lanes: number, isRuns: boolean, threads: 1 | 9 = 9) {
    this.isRuns = isRuns;
    this.threads = threads;
    this.kept = new Int32Array(2 * lanes);
    this.begun = new Int32Array(lanes);
  }

  /** A row of rows.ts. */
  add(lane: number, what: number, begin: number, extent: number, extra: number): void {
    if (this.begun[lane] === 0) this.open(lane, begin);
    const offset = this.begun[lane] - 1;
    const from = begin - offset;
    if (this.isRuns) addFour(this.kept, lane, what, from, extent, extra);
    else addFour(this.kept, lane, what, extra, from, extent - offset);
  }

  /** The first row of a lane begins. */
  private open(lane: number, begin: number): void {
    this.begun[lane] = begin + 1;
    new Hash().save(this.kept, lane);
  }

  /**
   * Takes lists of rows of lanes ({@link Repeats}): the function adds those of a lane, whose list counts from tick `base` and
   * whose marks are `step` more each time. What was computed of a lane serves all that are alike.
   */
  again({ sequences, times, shift }: Repeats): (lane: number, list: number, base: number, step: number) => void {
    const { kept, begun } = this;
    const known = new Tuples(MOST_KNOWN);
    const ends = new Column();
    return (lane, list, base, step) => {
      if (begun[lane] === 0) this.open(lane, base + sequences.begin(list));
      const like = known.of(kept[2 * lane], kept[2 * lane + 1], base - begun[lane], list, step);
      if (like >= 0 && 2 * like < ends.length) {
        kept[2 * lane] = ends.at(2 * like);
        kept[2 * lane + 1] = ends.at(2 * like + 1);
        return;
      }
      const words = sequences.unroll(list);
      for (let time = 0; time < times; time++) this.addAll(lane, sequences.data, words, base + time * shift, time * step);
      if (like < 0) return;
      ends.push(kept[2 * lane]);
      ends.push(kept[2 * lane + 1]);
    };
  }

  private addAll(lane: number, rows: Int32Array, words: number, base: number, step: number): void {
    const { isRuns } = this;
    for (let w = 0; w < words; w += ROW_WORDS) {
      const [extent, extra] = [rows[w + 2], rows[w + 3]];
      this.add(lane, rows[w], base + rows[w + 1], isRuns ? extent : base + extent, isRuns ? extra : markAfter(extra, step));
    }
  }

  /** Lanes that differ by more than a shift in time. */
  get distinct(): number {
    const ends = new Float64Array(this.lanes);
    let count = 0;
    for (let lane = 0; lane < ends.length; lane++) {
      // 53 bits are as many as a number holds: enough to count by.
      if (this.begun[lane] > 0) ends[count++] = (this.kept[2 * lane] >>> 0) * 2 ** 21 + (this.kept[2 * lane + 1] >>> 11);
    }
    const sorted = ends.subarray(0, count).sort();
    return sorted.reduce((sum, end, i) => (i === 0 || end !== sorted[i - 1] ? sum + 1 : sum), 0);
  }

  get lanes(): number {
    return this.begun.length;
  }

  /** The lanes [from, to) that have rows, in order. */
  into(total: Hash, from = 0, to = this.lanes): void {
    for (let lane = from; lane < to; lane++) {
      if (this.begun[lane] === 0) continue;
      if (this.isRuns) total.word(lane);
      else total.word(Math.floor(lane / this.threads)).word(this.threads === 1 ? MAIN_THREAD : lane % 9);
      total.word(this.begun[lane] - 1).ending(this.hash.resume(this.kept, lane));
    }
  }
}

/** What a trace hash begins with. */
export const hashHead = (version: number, width: number, height: number, cycles: number): Hash =>
  new Hash().word(version).word(width).word(height).wide(cycles);
/** Stands between the tables. */
export const NEXT_TABLE = 0x5eed;

/** 16 hexadecimal digits for a whole run. */
export const traceHash = (trace: Trace): string => toEnd(traceHashing(trace));

/** Rows from one yield of {@link traceHashing} to the next, at least. */
const BREATH = 1 << 16;

/** What {@link traceHash} does, in pieces. */
export function* traceHashing(trace: Trace): Generator<void, string> {
  const total = hashHead(trace.version, trace.width, trace.height, trace.cycles);
  for (let row = 0; row < trace.intervals.pe.length; yield) row = hashIntervals(total, trace.intervals, row);
  for (const runs of [trace.moves, trace.uses, trace.sends, trace.hostIn, trace.hostOut]) {
    total.word(NEXT_TABLE);
    for (let row = 0; row < runs.lane.length; yield) row = hashRuns(total, runs, row);
  }
  hashSteps(total.word(NEXT_TABLE), trace.hostSteps);
  return total.hex();
}

/** Hashes whole lanes from row `from` on until a breath is over; the row after them. */
function hashRuns(total: Hash, runs: Runs, from: number): number {
  let i = from;
  while (i < runs.lane.length && i < from + BREATH) {
    const lane = runs.lane[i];
    const offset = runs.begin[i];
    const hash = new Hash();
    for (; i < runs.lane.length && runs.lane[i] === lane; i++) {
      hash
        .word(runs.tx[i])
        .word(runs.begin[i] - offset)
        .word(runs.count[i])
        .word(runs.period[i]);
    }
    total.word(lane).word(offset).ending(hash);
  }
  return i;
}

/** The same of intervals. */
function hashIntervals(total: Hash, rows: Intervals, from: number): number {
  let i = from;
  while (i < rows.pe.length && i < from + BREATH) {
    const [pe, thread, offset] = [rows.pe[i], rows.thread[i], rows.begin[i]];
    const hash = new Hash();
    for (; i < rows.pe.length && rows.pe[i] === pe && rows.thread[i] === thread; i++) {
      hash
        .word(rows.kind[i])
        .word(rows.mark[i])
        .word(rows.begin[i] - offset)
        .word(rows.end[i] - offset);
    }
    total.word(pe).word(thread).word(offset).ending(hash);
  }
  return i;
}

export function hashSteps(total: Hash, { step, begin, end }: HostSteps): void {
  for (let i = 0; i < step.length; i++) total.word(step[i]).word(begin[i]).word(end[i]);
}
