/**
 * The inner loop of a sweep in WebAssembly SIMD, four places at once. What a word's departures wait for along a line is a running
 * maximum, leave(p) = max(leave(p - 1) + hop, x(p)): two shifts of four lanes and the carry of the four before give it. Twin: passage.ts.
 */
import { assemble, type Code, code, get, i32, loop, type Routine, set, v128, when } from '../../../quant/simd/assembler.ts';

/** What the module is told, in the first words of its memory; all that end in "At" are byte addresses. */
const TOLD = [
  ...(['hop', 'ramp', 'pace', 'leaveAt', 'lastLeaveAt', 'nextLeaveAt', 'useAt', 'lastUseAt', 'usedAt'] as const),
  ...(['leavePeriodAt', 'usePeriodAt', 'classAt', 'costAt', 'notedAt'] as const),
] as const;
type Told = (typeof TOLD)[number];
/**
 * Words of the memory: those; what it tells, the departure at the last place and where the noted places end; one, two, three and
 * four hops; four words that stay 0 as long as all go at the pace.
 */
export const HEAD = { ...(Object.fromEntries(TOLD.map((name, k) => [name, k])) as Record<Told, number>), before: 14, notedEnd: 15, hops: 16, uneven: 20 };
export const HEAD_BYTES = 96;
/** Places at once. */
export const LANES = 4;

/** Parameters: four times the first place and the one after the last, and the departure before the first. */
const [AT, END, CAME] = [0, 1, 2];
const PARAMETERS = 3;
/** Words: what is told, in order; where the next noted place goes; bits of places to be noted. */
const word = (name: Told): Code => get(PARAMETERS + TOLD.indexOf(name));
const NOTE = PARAMETERS + TOLD.length;
const BITS = NOTE + 1;
const WORDS = TOLD.length + 2;
/** Vectors. */
const FIRST = PARAMETERS + WORDS;
const [ONES, HOP, HOPS, RAMP, PACE, NEVER, CARRY, UNEVEN] = [0, 1, 2, 3, 4, 5, 6, 7].map((k) => FIRST + k);
const [PREV, LEAVE, LAST, COST, FREE, USE, GAP, USE_GAP, NEWS] = [8, 9, 10, 11, 12, 13, 14, 15, 16].map((k) => FIRST + k);
const VECTORS = 17;

const ZERO = i32.const(0);
const LANE_NUMBERS = [0, 1, 2, 3];
const head = (name: keyof typeof HEAD): number => 4 * HEAD[name];
const splat = (value: number): Code => v128.splatWords(i32.const(value));
/** Address of something of `1 << (2 - shift)` bytes a place. */
const at = (base: Told, shift = 0): Code => i32.add(word(base), shift === 0 ? get(AT) : i32.shr(get(AT), shift));
const bytesOfLanes = (lanes: readonly number[]): number[] => lanes.flatMap((lane) => [0, 1, 2, 3].map((byte) => 4 * lane + byte));
/** Four lanes of a (0 to 3) and b (4 to 7). */
const lanesOf = (a: Code, b: Code, lanes: readonly number[]): Code => v128.shuffle(a, b, bytesOfLanes(lanes));
const max = (first: Code, ...others: readonly Code[]): Code => others.reduce((a, b) => v128.maxWords(a, b), first);
const or = (first: Code, ...others: readonly Code[]): Code => others.reduce((a, b) => v128.or(a, b), first);
/** Four bytes of memory as words. */
const periods = (base: Told): Code => v128.widenHalves(v128.widenBytes(v128.loadFirst(at(base, 2), 0), 0), 0);

const SETUP = code(
  ...TOLD.map((name, k) => set(PARAMETERS + k, i32.load(ZERO, head(name)))),
  set(NOTE, word('notedAt')),
  set(ONES, splat(1)),
  set(HOP, v128.splatWords(word('hop'))),
  set(RAMP, v128.splatWords(word('ramp'))),
  set(PACE, v128.splatWords(word('pace'))),
  // Before all ticks, hops from there included.
  set(NEVER, splat(-(2 ** 30))),
  set(CARRY, v128.splatWords(get(CAME))),
  set(UNEVEN, v128.load(ZERO, head('uneven'))),
  set(HOPS, v128.load(ZERO, head('hops'))),
);

/** Departures: those of the places before in the four first, then those of the four before. */
const LEAVES = code(
  set(PREV, v128.load(at('lastLeaveAt'), 0)),
  set(LEAVE, v128.addWords(max(get(PREV), v128.load(at('usedAt'), 0), v128.load(at('nextLeaveAt'), 4)), get(ONES))),
  set(LEAVE, max(get(LEAVE), v128.addWords(lanesOf(get(NEVER), get(LEAVE), [0, 4, 5, 6]), get(HOP)))),
  set(LEAVE, max(get(LEAVE), v128.addWords(lanesOf(get(NEVER), get(LEAVE), [0, 1, 4, 5]), v128.addWords(get(HOP), get(HOP))))),
  set(LEAVE, max(get(LEAVE), v128.addWords(get(CARRY), get(HOPS)))),
  set(CARRY, lanesOf(get(LEAVE), get(LEAVE), [3, 3, 3, 3])),
  v128.store(at('leaveAt'), 0, get(LEAVE)),
);

const USES = code(
  set(LAST, v128.load(at('lastUseAt'), 0)),
  set(COST, get(NEVER)),
  ...LANE_NUMBERS.map((lane) => set(COST, v128.loadLane(i32.add(word('costAt'), i32.shl(i32.load16(at('classAt', 1), 2 * lane), 2)), 0, get(COST), lane))),
  set(FREE, v128.addWords(get(LAST), v128.asrWords(get(COST), i32.const(1)))),
  set(USE, max(v128.addWords(get(LEAVE), get(RAMP)), get(FREE))),
  v128.store(at('useAt'), 0, get(USE)),
);

const NOTES = code(
  set(GAP, v128.subWords(get(LEAVE), get(PREV))),
  set(USE_GAP, v128.subWords(get(USE), get(LAST))),
  set(UNEVEN, or(get(UNEVEN), v128.xor(get(GAP), get(PACE)), v128.xor(get(USE_GAP), get(PACE)))),
  set(
    NEWS,
    or(
      v128.xor(get(GAP), periods('leavePeriodAt')),
      v128.xor(get(USE_GAP), periods('usePeriodAt')),
      v128.xor(get(USE), get(FREE)),
      v128.and(get(COST), get(ONES)),
    ),
  ),
  set(BITS, v128.unequalWords(get(NEWS), splat(0))),
  when(
    get(BITS),
    code(
      ...LANE_NUMBERS.map((lane) =>
        code(
          i32.store(get(NOTE), 0, i32.add(i32.shr(get(AT), 2), i32.const(lane))),
          set(NOTE, i32.add(get(NOTE), i32.and(lane < 2 ? i32.shl(get(BITS), 2 - lane) : lane === 2 ? get(BITS) : i32.shr(get(BITS), 1), i32.const(4)))),
        ),
      ),
    ),
  ),
);

const TELL = code(
  v128.store(ZERO, head('uneven'), get(UNEVEN)),
  v128.storeLane(ZERO, head('before'), get(CARRY), 3),
  i32.store(ZERO, head('notedEnd'), get(NOTE)),
);

const passage: Routine = {
  name: 'passage',
  parameters: PARAMETERS,
  words: WORDS,
  vectors: VECTORS,
  body: code(SETUP, loop(AT, i32.const(4 * LANES), get(END), code(LEAVES, USES, NOTES)), TELL),
};

/** The module: `memory` and `passage(4 * from, 4 * to, came)` for places [from, to), a positive multiple of {@link LANES} of them. */
export const passageModule = (): Uint8Array<ArrayBuffer> => assemble([passage], 1);
