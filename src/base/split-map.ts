const MAPS = 64;
/** A prime, so that keys that rise by a fixed step are in all of the maps. */
const SLOTS = 1021;

/** The map of each slot. One map has 2^(1 / MAPS) times the slots of the one before it: maps of equal shares would all double at once. */
const MAP_OF = Uint8Array.from({ length: SLOTS }, (_, slot) => Math.floor(MAPS * Math.log2(1 + (slot + 0.5) / SLOTS)));

/**
 * A map of whole numbers in many maps: one of a million entries doubles in one piece, which nothing can cut, while these double one after the other, at
 * even distances of their growth.
 */
export class SplitMap<Value> {
  private readonly maps = Array.from({ length: MAPS }, () => new Map<number, Value>());

  get(key: number): Value | undefined {
    return this.maps[MAP_OF[key % SLOTS]].get(key);
  }

  /** `key` is not negative. */
  set(key: number, value: Value): void {
    this.maps[MAP_OF[key % SLOTS]].set(key, value);
  }
}
