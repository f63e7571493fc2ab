/** Ticks of places kept as how much earlier they were than others: half the memory where 16 bits hold that, which is nearly everywhere. */
export class Earlier {
  private readonly near: Uint16Array;
  /** All of them, where one is too far away for 16 bits. */
  private far: Int32Array | undefined;

  constructor(places: number) {
    this.near = new Uint16Array(places);
  }

  /** By place, how much earlier the ticks kept are than those they were kept with. */
  get by(): Uint16Array | Int32Array {
    return this.far ?? this.near;
  }

  /** Keeps `ticks`, place by place, as what they are before `last`. */
  keep(ticks: Int32Array, last: Int32Array): void {
    const { near } = this;
    let all = 0;
    for (let p = 0; p < near.length; p++) {
      const by = last[p] - ticks[p];
      near[p] = by;
      all |= by;
    }
    this.far = all >>> 16 === 0 ? undefined : last.map((tick, p) => tick - ticks[p]);
  }

  /** Whether `ticks` are as much before `last` as those kept were. */
  areAgain(ticks: Int32Array, last: Int32Array): boolean {
    const { by } = this;
    for (let p = 0; p < by.length; p++) if (last[p] - ticks[p] !== by[p]) return false;
    return true;
  }
}
