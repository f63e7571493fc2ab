/** A prime, so that keys that rise by a fixed step are in all of them. */
const MAPS = 61;

/** A map of whole numbers in many maps: one of a million entries doubles in one piece, which nothing can cut, while these double one after the other: pieces that fill it are to be short. */
export class SplitMap<Value> {
  private readonly maps = Array.from({ length: MAPS }, () => new Map<number, Value>());

  get(key: number): Value | undefined {
    return this.maps[key % MAPS].get(key);
  }

  /** `key` is not negative. */
  set(key: number, value: Value): void {
    this.maps[key % MAPS].set(key, value);
  }
}
