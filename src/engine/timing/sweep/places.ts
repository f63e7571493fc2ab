/** What a sweep knows of every place of its trees after a word. */
import type { Passage } from './passage.ts';
import { OpenSpans, type SpanSink } from './rows.ts';

export class Places {
  /** Their last departures and uses. */
  readonly passage: Passage;
  /** Begins of the open runs of departures and uses, whose last event is the last one. */
  readonly leaveBegin: Int32Array;
  readonly useBegin: Int32Array;
  /** Begin of the words that are being taken without a pause. */
  readonly taking: Int32Array;
  readonly open: OpenSpans;

  constructor(passage: Passage, sink: SpanSink) {
    const count = passage.classAt.length;
    this.passage = passage;
    [this.leaveBegin, this.useBegin, this.taking] = [new Int32Array(count), new Int32Array(count), new Int32Array(count)];
    this.open = new OpenSpans(count, sink);
  }

  /** Their ticks that stay where they are as long as something goes on; the ends of open spans first. */
  begins(from: number, to: number): Int32Array[] {
    const { leaveBegin, useBegin, taking, open } = this;
    return [open.end, open.begin, leaveBegin, useBegin, taking].map((ticks) => ticks.subarray(from, to));
  }

  /** What tells, beside marks and ticks, how their rows go on. */
  kinds(from: number, to: number): Array<Uint8Array | Int8Array> {
    const { leavePeriod, usePeriod } = this.passage;
    return [leavePeriod, usePeriod, this.open.kind].map((kinds) => kinds.subarray(from, to));
  }
}
