/**
 * Jumps over whole periods. Before a word that begins a stretch everything is compared with what was before an earlier one: if
 * every tick is later by one shift, or was not touched since, and the code of all classes goes on as it did, then what comes is
 * what came, a shift later, for as long as the code repeats, and its rows are those of the period (tape.ts) again. Nothing else is
 * assumed: what is compared is all that the next words and rows depend on (places.ts, codes.ts).
 */
import { markAfter } from '../../../trace/sequences.ts';
import type { Codes } from './codes.ts';
import { Earlier } from './earlier.ts';
import type { HostLane, HostRun } from './host-lane.ts';
import type { Places } from './places.ts';
import type { Tape } from './tape.ts';

/** The places [from, to) of one tree and what goes through it. */
export interface Flow {
  readonly places: Places;
  readonly codes: Codes;
  readonly host: HostLane;
  readonly tape: Tape;
  readonly classAt: Uint16Array;
  readonly from: number;
  readonly to: number;
}

export class Jumps {
  private readonly flow: Flow;
  /** What it was before an earlier word; the tape has the rows since then. */
  private readonly snapshot: Snapshot;
  /** Words that began stretches since then, and how many make it too old: twice as many each time, so a period of any length is found. */
  private seen = 0;
  private most = 1;
  /** By class, how much further on its marks are after a period. */
  private readonly steps: Int32Array;

  constructor(flow: Flow) {
    this.flow = flow;
    this.snapshot = new Snapshot(flow);
    this.steps = new Int32Array(flow.codes.at.length);
  }

  /** Looks at what it is before word `i`, the next one; the word to go on with. */
  *before(i: number): Generator<void, number> {
    const { flow, snapshot } = this;
    if (!flow.codes.begins(i)) return i;
    if (snapshot.word >= 0) {
      const times = yield* this.times(i);
      if (times > 0) return yield* this.jump(i, times);
      if (++this.seen < this.most) return i;
      this.most *= 2;
    }
    this.seen = 0;
    yield* flow.tape.stop();
    yield* snapshot.take(i);
    flow.tape.start(flow.from, snapshot.last);
    return i;
  }

  /** How often what happened from the snapshot to word `i` happens again. */
  private *times(i: number): Generator<void, number> {
    const { snapshot, steps } = this;
    const { codes, host, tape } = this.flow;
    if (!tape.isRunning) return 0;
    const times = Math.floor(codes.recur(snapshot.at, snapshot.word, i, steps) / (i - snapshot.word));
    const shift = host.last - snapshot.host.last;
    return times > 0 && (yield* snapshot.recurs(shift, steps)) ? times : 0;
  }

  /** The period that ended before word `i` follows `times` times; the word after all of them. */
  private *jump(i: number, times: number): Generator<void, number> {
    const { flow, snapshot, steps } = this;
    const next = i + times * (i - snapshot.word);
    const shift = flow.host.last - snapshot.host.last;
    yield* flow.tape.stop(1 + times, shift, steps);
    yield* snapshot.repeat(times, shift, steps);
    flow.codes.leapTo(next);
    snapshot.word = -1;
    [this.seen, this.most] = [0, 1];
    return next;
  }
}

/** All that the next words and rows of a tree depend on, before a word. */
class Snapshot {
  /** The word, -1 before there is one. */
  word = -1;
  readonly at: Int32Array;
  host: HostRun;
  private readonly flow: Flow;
  /** When each place used the last word: its other ticks are kept as how much earlier they were. */
  readonly last: Int32Array;
  private readonly lasts: readonly Earlier[];
  private readonly begins: readonly Earlier[];
  private readonly kinds: readonly Int8Array[];
  private readonly marks: Int32Array;

  constructor(flow: Flow) {
    const { host, codes, from, to } = flow;
    this.flow = flow;
    this.at = codes.at.slice();
    this.host = host.run;
    const places = to - from;
    this.last = new Int32Array(places);
    this.lasts = flow.places.passage
      .lasts(from, to)
      .slice(1)
      .map(() => new Earlier(places));
    this.begins = flow.places.begins(from, to).map(() => new Earlier(places));
    // Kinds and periods are below 32.
    this.kinds = flow.places.kinds(from, to).map(() => new Int8Array(places));
    this.marks = new Int32Array(places);
  }

  /** What it is before word `i`, the next one. Yields now and then. */
  *take(i: number): Generator<void, void> {
    const { places, host, codes, from, to } = this.flow;
    this.word = i;
    this.at.set(codes.at);
    this.host = host.run;
    this.marks.set(places.open.mark.subarray(from, to));
    for (const [k, now] of places.kinds(from, to).entries()) this.kinds[k].set(now);
    const [last, ...lasts] = places.passage.lasts(from, to);
    this.last.set(last);
    const ticks = [...lasts, ...places.begins(from, to)];
    for (const [k, then] of [...this.lasts, ...this.begins].entries()) {
      then.keep(ticks[k], last);
      yield;
    }
  }

  /** Whether it is now what it was then, `shift` ticks later, with the marks of class c `steps[c]` further on. Yields now and then. */
  *recurs(shift: number, steps: Int32Array): Generator<void, boolean> {
    const { places, host, from, to } = this.flow;
    if (!host.recurs(this.host, shift) || !this.areMarksLater(steps)) return false;
    for (const [k, now] of places.kinds(from, to).entries()) if (now.some((kind, p) => kind !== this.kinds[k][p])) return false;
    const [last, ...lasts] = places.passage.lasts(from, to);
    if (last.some((tick, p) => tick - this.last[p] !== shift)) return false;
    for (const [k, now] of lasts.entries()) {
      yield;
      if (!this.lasts[k].areAgain(now, last)) return false;
    }
    for (const [k, now] of places.begins(from, to).entries()) {
      yield;
      if (!this.areLater(now, this.begins[k], shift)) return false;
    }
    return true;
  }

  /** What was `shift` ticks later than a period before, or not touched since, goes on so `times` times. Yields now and then. */
  *repeat(times: number, shift: number, steps: Int32Array): Generator<void, void> {
    const { places, host, classAt, from, to } = this.flow;
    const { mark } = places.open;
    const begins = places.begins(from, to);
    host.repeat(this.host, times);
    for (let p = from; p < to; p++) if (this.isTouched(begins[0], p - from)) mark[p] = markAfter(mark[p], times * steps[classAt[p]]);
    for (const [k, now] of begins.entries()) {
      yield;
      const { last } = this;
      const { by } = this.begins[k];
      for (let p = 0; p < now.length; p++) if (now[p] !== last[p] - by[p]) now[p] += times * shift;
    }
    yield* places.passage.goOn(from, to, times * shift);
  }

  /** Whether the mark of each open span that was touched since is the one that follows: what comes next joins the span if marks are equal. */
  private areMarksLater(steps: Int32Array): boolean {
    const { places, classAt, from, to } = this.flow;
    const { mark } = places.open;
    const [ends] = places.begins(from, to);
    for (let p = from; p < to; p++) {
      const then = this.marks[p - from];
      if (mark[p] !== (this.isTouched(ends, p - from) ? markAfter(then, steps[classAt[p]]) : then)) return false;
    }
    return true;
  }

  /** Whether the open span of the p-th place, which ends at `ends[p]`, is not what it was. */
  private isTouched(ends: Int32Array, p: number): boolean {
    return ends[p] !== this.last[p] - this.begins[0].by[p];
  }

  /** Whether all that is now is what was then, or `shift` more. */
  private areLater(now: Int32Array, { by }: Earlier, shift: number): boolean {
    const { last } = this;
    for (let p = 0; p < now.length; p++) {
      const since = now[p] - last[p] + by[p];
      if (since !== shift && since !== 0) return false;
    }
    return true;
  }
}
