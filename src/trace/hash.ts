/**
 * The trace hash (architecture.md, "Hashes"): per lane, hash the intervals or runs relative to the lane's first event;
 * combine (lane, offset, lane hash) in lane order. Engine, encoding and chunking stay outside, so equal runs have equal
 * hashes whoever made them, and lanes equal up to a shift share a lane hash.
 */
import { Hash } from '../base/hash.ts';
import type { HostSteps, Intervals, Runs, Trace } from './schema.ts';

/** 16 hexadecimal digits for a whole run. */
export function traceHash(trace: Trace): string {
  const total = new Hash().word(trace.version).word(trace.width).word(trace.height).wide(trace.cycles);
  hashIntervals(total, trace.intervals);
  for (const runs of [trace.moves, trace.uses, trace.sends, trace.hostIn, trace.hostOut]) hashRuns(total.word(0x5eed), runs);
  hashSteps(total.word(0x5eed), trace.hostSteps);
  return total.hex();
}

function hashRuns(total: Hash, runs: Runs): void {
  for (let i = 0; i < runs.lane.length; ) {
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
    total.word(lane).word(offset).text(hash.hex());
  }
}

function hashIntervals(total: Hash, rows: Intervals): void {
  for (let i = 0; i < rows.pe.length; ) {
    const [pe, thread, offset] = [rows.pe[i], rows.thread[i], rows.begin[i]];
    const hash = new Hash();
    for (; i < rows.pe.length && rows.pe[i] === pe && rows.thread[i] === thread; i++) {
      hash
        .word(rows.kind[i])
        .word(rows.mark[i])
        .word(rows.begin[i] - offset)
        .word(rows.end[i] - offset);
    }
    total.word(pe).word(thread).word(offset).text(hash.hex());
  }
}

function hashSteps(total: Hash, { step, begin, end }: HostSteps): void {
  for (let i = 0; i < step.length; i++) total.word(step[i]).word(begin[i]).word(end[i]);
}
