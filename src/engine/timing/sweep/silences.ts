/**
 * When the streams of a sweep, whose departures nobody keeps, leave the links to what PEs send before they have taken all: from the last
 * departure before a PE sends to the next one. Of most kernels all columns of results pass in these times.
 */
export class Silences {
  /** By place, the tick of a send whose silence is not over; the last departure of all. */
  private readonly asked: Int32Array;
  private readonly last: Int32Array;
  /** By number, then place: the departures before and after a silence. */
  private readonly froms: Int32Array[] = [];
  private readonly tos: Int32Array[] = [];
  private readonly counts: Uint16Array;

  constructor(places: number) {
    this.asked = new Int32Array(places).fill(-1);
    this.last = new Int32Array(places);
    this.counts = new Uint16Array(places);
  }

  /** The PE at place p sends at `tick`, where the last two departures that are known were at `before` and `leave`. */
  send(p: number, tick: number, before: number, leave: number): void {
    if (leave > tick) {
      if (before <= tick) this.add(p, before, leave);
    } else if (this.asked[p] < 0) this.asked[p] = tick;
  }

  /** A word leaves place p at `tick`, the one before left at `before`. */
  leave(p: number, before: number, tick: number): void {
    const sent = this.asked[p];
    if (sent < 0 || tick <= sent) return;
    this.asked[p] = -1;
    if (before <= sent) this.add(p, before, tick);
  }

  private add(p: number, from: number, to: number): void {
    const { froms, tos, counts, last } = this;
    const k = counts[p];
    if (k > 0 && tos[k - 1][p] >= to) return;
    counts[p]++;
    froms[k] ??= new Int32Array(last.length);
    tos[k] ??= new Int32Array(last.length);
    [froms[k][p], tos[k][p]] = [from, to];
  }

  /** The last word left place p at `tick`. */
  end(p: number, tick: number): void {
    this.last[p] = tick;
  }

  /** Whether no word is known to leave place p at any tick of [begin, end]. */
  has(p: number, begin: number, end: number): boolean {
    const { froms, tos, counts, last } = this;
    if (begin > last[p]) return true;
    for (let k = 0; k < counts[p]; k++) if (froms[k][p] < begin && end < tos[k][p]) return true;
    return false;
  }
}
