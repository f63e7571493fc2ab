/**
 * Where things are in the flat arrays that make up the fabric's state (fabric-state.ts): fields, codes, masks. The fields of a FIFO lie side
 * by side, because an event touches most of them; a column per field made an event about twice as dear.
 */

export const FIFO = {
  /** head | length << 8 | capacity << 16, in entries. */
  QUEUE: 0,
  /** First entry in the ring. */
  RING: 1,
  /** Who sleeps until there is room: a FIFO upstream (its id), the own element, or a host source (-3 - index). */
  WAITER: 2,
  /** Tick of the last departure, -1 for never; it may be still to come (fabric-trains.ts). Above every tick: a code (fabric-pipes.ts). */
  LAST: 3,
  /**
   * Open run for the recorder: departures through the slot's tx at equal distances, the last of them at LAST; those to come are among
   * them. Tick of the first * 4 + distance - 1, which is 0 as long as it is the only one; -1 when all are told.
   */
  RUN: 4,
  /**
   * Where its wavelets go if that is simple: the one FIFO over a link, or NOWHERE; SHARED_WAY less that if the router must
   * arbitrate; GENERAL if the slot's record must be asked.
   */
  LINK: 5,
  /** The input queue they go to as well, or NOWHERE. */
  INTO: 6,
  FIELDS: 7,
} as const;

export const NOWHERE = -1;
export const GENERAL = -2;
export const SHARED_WAY = -4;

/**
 * An input queue. A stream (element-streams.ts) may use a word as it is delivered, before its tick comes: such words are not
 * in the ring, but take room until then. They are those used at the ticks FROM to USED that are still to come.
 */
export const LANE = {
  QUEUE: 0,
  RING: 1,
  /** The FIFO that sleeps until there is room. */
  WAITER: 2,
  /** One of the states below. */
  STATE: 3,
  /** Words the stream still wants. */
  LEFT: 4,
  /** Tick of the last use of the stream, and of the first one of its last uses in consecutive ticks. */
  USED: 5,
  FROM: 6,
  /** Places of the next element of the source and of the destination in the memories, in words (of f16 in half-words). */
  A: 7,
  D: 8,
  FIELDS: 9,
} as const;

/** Nobody cares; the element sleeps until a word comes; streams: d[i] = a[i] * word with strides of 1, and all others. */
export const QUIET = 0;
export const SLEEPING = 1;
export const MULTIPLYING = 2;
export const STREAMING = 3;

export const NOBODY = -1;
export const OWN_ELEMENT = -2;
/** The link targets of a slot record begin here; -2 - s is sink s. */
export const LINKS = 2;

/** A slot's masks in one number: rx, tx << 5, flags, count of links << 16, position << 20. */
export const SPECIAL = 1 << 10;
export const SHARED = 1 << 11;
export const SEVERAL_RX = 1 << 12;
export const SWITCHED = 1 << 13;
export const LINK_COUNT = 16;
export const POSITION = 20;
export const rxOf = (masks: number): number => masks & 31;
export const txOf = (masks: number): number => (masks >> 5) & 31;
export const linksOf = (masks: number): number => (masks >> LINK_COUNT) & 15;
export const positionOf = (masks: number): number => masks >> POSITION;

/** The longest distance of departures that RUN holds, and the distance of those of a run. */
export const FARTHEST = 4;
export const distanceOf = (run: number): number => (run & 3) + 1;

/** A queue's QUEUE after its head has left. */
export const withoutHead = (queue: number): number => (queue & ~255) - 256 + ((queue & 255) + 1 === queue >> 16 ? 0 : (queue & 255) + 1);

/** Ticks above this do not fit an entry's tag, or a run. */
export const MAX_TICK = 2 ** 29;
