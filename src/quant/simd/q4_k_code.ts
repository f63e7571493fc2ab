/**
 * Q4_K in WebAssembly SIMD: blocks to f32, and dot products of sixteen rows at once, a row a lane, so that every row is
 * added up in its own order (k ascending, rounded after the product and after the sum). The arithmetic is that of q4_k.ts:
 * products of d, scale and quant are exact in f32, the subtraction is the only rounding. Scales must be finite.
 */
import { assemble, type Code, code, f32, get, i32, loop, type Routine, set, v128 } from './assembler.ts';

/** Rows that are added up at once. */
export const LANES = 16;

const BLOCK_BYTES = 144;
const QUANTS = 16;

/** Where the module's memory holds what: 8 scales and 8 minimums of every lane, 32 vectors of turned bytes, the sums. */
const TABLE = 0;
const TURNED = 1024;
/** Byte address of the sixteen sums, in and out. */
export const SUMS = 1536;
/** First byte address that is the caller's. */
export const FREE = 2048;

/** An f16 at address + offset as f32, for all but infinities and NaN: the exponent's bias grows from 15 to 127. */
function half(address: Code, offset: number, bits: number): Code {
  const load = set(bits, i32.load16(address, offset));
  const sign = i32.shl(i32.and(get(bits), i32.const(0x8000)), 16);
  const rest = i32.shl(i32.and(get(bits), i32.const(0x7fff)), 13);
  return code(load, f32.mul(f32.ofBits(i32.or(sign, rest)), f32.const(2 ** 112)));
}

/** Four bytes of a word as f32, times a factor. */
const scaled = (word: Code, factor: number): Code => v128.mulFloats(v128.toFloats(v128.widenHalves(v128.widenBytes(v128.splatWords(word), 0), 0)), get(factor));

/** The scales (d * scale) and minimums (dmin * min) of the block at `block` into four vectors; needs four words and two vectors more. */
function unpackScales(block: number, words: number, factors: number, to: number): Code {
  const [a, b, c, bits] = [words, words + 1, words + 2, words + 3];
  const [d, dmin] = [factors, factors + 1];
  const low6 = (word: number): Code => i32.and(get(word), i32.const(0x3f3f3f3f));
  const top2 = (word: number): Code => i32.and(i32.shr(get(word), 2), i32.const(0x30303030));
  const nibbles = (word: Code): Code => i32.and(word, i32.const(0x0f0f0f0f));
  return code(
    ...[a, b, c].map((word, i) => set(word, i32.load(get(block), 4 + 4 * i))),
    set(d, v128.splatFloats(half(get(block), 0, bits))),
    set(dmin, v128.splatFloats(half(get(block), 2, bits))),
    set(to, scaled(low6(a), d)),
    set(to + 1, scaled(i32.or(nibbles(get(c)), top2(a)), d)),
    set(to + 2, scaled(low6(b), dmin)),
    set(to + 3, scaled(i32.or(nibbles(i32.shr(get(c), 4)), top2(b)), dmin)),
  );
}

/** The low (0) or high (1) nibbles of sixteen bytes. */
const nibblesOf = (bytes: Code, high: number): Code => (high ? v128.shrBytes(bytes, 4) : v128.and(bytes, v128.splatBytes(i32.const(15))));

/** Bytes 4 g .. 4 g + 3 of sixteen as f32. */
const quarter = (bytes: Code, g: number): Code => v128.toFloats(v128.widenHalves(v128.widenBytes(bytes, g < 2 ? 0 : 1), g % 2 === 0 ? 0 : 1));

/** dequantise(block, end, out): the blocks at [block, end) as f32 at out. */
function dequantise(): Routine {
  const [block, end, out, words] = [0, 1, 2, 3];
  const [factors, table, bytes] = [7, 9, 13];
  const zero = i32.const(0);
  const scales = code(...[0, 1, 2, 3].map((i) => v128.store(zero, TABLE + 16 * i, get(table + i))));
  const sub = (j: number, half: number): Code => {
    const [scale, min] = [table, table + 1];
    const q = v128.load(get(block), QUANTS + 32 * (j >> 1) + 16 * half);
    return code(
      set(scale, v128.loadSplat(zero, TABLE + 4 * j)),
      set(min, v128.loadSplat(zero, TABLE + 32 + 4 * j)),
      set(bytes, nibblesOf(q, j & 1)),
      ...[0, 1, 2, 3].map((g) =>
        v128.store(get(out), 4 * (32 * j + 16 * half + 4 * g), v128.subFloats(v128.mulFloats(quarter(get(bytes), g), get(scale)), get(min))),
      ),
    );
  };
  const subBlocks = code(...Array.from({ length: 16 }, (_, i) => sub(i >> 1, i & 1)));
  const body = code(unpackScales(block, words, factors, table), scales, subBlocks, set(out, i32.add(get(out), i32.const(1024))));
  return { name: 'dequantise', parameters: 3, words: 4, vectors: 7, body: loop(block, i32.const(BLOCK_BYTES), get(end), body) };
}

/** Bytes of a and b in turn: of their low halves, then of their high halves. */
const WOVEN = [0, 8].map((from) => Array.from({ length: 16 }, (_, i) => from + (i >> 1) + 16 * (i & 1)));

/** Sixteen vectors of sixteen bytes turned: byte r of vector i becomes byte i of vector r. `from` and `to` are two sets of locals. */
function turn(from: number, to: number): Code {
  const stage = (a: number, b: number): Code =>
    code(...Array.from({ length: 16 }, (_, i) => set(b + i, v128.shuffle(get(a + (i >> 1)), get(a + 8 + (i >> 1)), WOVEN[i & 1]))));
  return code(stage(from, to), stage(to, from), stage(from, to), stage(to, from));
}

/** Locals of dot, in order. */
const DOT = { block: 0, end: 1, stride: 2, x: 3, row: 4, lane: 5, words: 6, quants: 10, place: 11, stop: 12, vectors: 13 } as const;

/** dot(block, end, stride, x): adds the products of sixteen rows, `stride` bytes apart, with x to the sums. */
function dot(): Routine {
  const { block, end, stride, x, row, lane, words, quants, place, stop, vectors } = DOT;
  const [sums, spare] = [vectors, vectors + 4];
  const [zero, sixteen] = [i32.const(0), i32.const(16)];
  const eachSum = (make: (g: number) => Code): Code => code(...[0, 1, 2, 3].map(make));
  const tables = code(set(row, get(block)), set(lane, zero), loop(lane, i32.const(4), i32.const(4 * LANES), laneScales(spare)));
  const halves = code(set(place, zero), loop(place, i32.const(256), i32.const(512), turnedBytes(spare)));
  const pair = code(halves, ...[0, 1].map((high) => subBlock(high, sums, spare)), set(lane, i32.add(get(lane), i32.const(128))));
  const pairs = code(set(quants, i32.add(get(block), sixteen)), set(stop, i32.add(get(block), i32.const(BLOCK_BYTES))), set(lane, zero));
  const body = code(
    eachSum((g) => set(sums + g, v128.load(zero, SUMS + 16 * g))),
    loop(block, i32.const(BLOCK_BYTES), get(end), code(tables, pairs, loop(quants, zero, get(stop), pair))),
    eachSum((g) => v128.store(zero, SUMS + 16 * g, get(sums + g))),
  );
  return { name: 'dot', parameters: 4, words: 9, vectors: 4 + 32, body };

  /** The scales of one lane into the table, which holds vector j of all lanes at 64 j. */
  function laneScales(factors: number): Code {
    const to = factors + 2;
    const lanes = Array.from({ length: 16 }, (_, j) => v128.storeLane(get(lane), TABLE + 64 * j, get(to + (j >> 2)), j & 3));
    return code(unpackScales(row, words, factors, to), ...lanes, set(row, i32.add(get(row), get(stride))));
  }

  /** Sixteen bytes of every row, turned; moves on in the quants. */
  function turnedBytes(from: number): Code {
    const loads = Array.from({ length: 16 }, (_, r) => code(set(from + r, v128.load(get(row), 0)), set(row, i32.add(get(row), get(stride)))));
    const stores = Array.from({ length: 16 }, (_, i) => v128.store(get(place), TURNED + 16 * i, get(from + i)));
    return code(set(row, get(quants)), ...loads, turn(from, from + 16), ...stores, set(quants, i32.add(get(quants), sixteen)));
  }

  /** The 32 weights of the low or high nibbles: sum += (scale q - min) x, in every lane. */
  function subBlock(high: number, acc: number, free: number): Code {
    const [scales, mins, bytes, factor] = [free, free + 4, free + 8, free + 9];
    const weight = (g: number): Code => v128.subFloats(v128.mulFloats(quarter(get(bytes), g), get(scales + g)), get(mins + g));
    const add = (g: number): Code => set(acc + g, v128.addFloats(get(acc + g), v128.mulFloats(weight(g), get(factor))));
    const step = (i: number): Code =>
      code(set(bytes, nibblesOf(v128.load(get(place), TURNED + 16 * i), high)), set(factor, v128.loadSplat(get(x), 4 * i)), eachSum(add));
    const steps = code(...Array.from({ length: UNROLLED }, (_, i) => step(i)), set(x, i32.add(get(x), i32.const(4 * UNROLLED))));
    return code(
      eachSum((g) => set(scales + g, v128.load(get(lane), TABLE + 64 * high + 16 * g))),
      eachSum((g) => set(mins + g, v128.load(get(lane), TABLE + 512 + 64 * high + 16 * g))),
      set(place, zero),
      loop(place, i32.const(16 * UNROLLED), i32.const(512), steps),
    );
  }
}

/** Weights of a lane between two jumps. */
const UNROLLED = 2;

/** The module: `memory`, `dequantise(block, end, out)` and `dot(block, end, stride, x)`; all arguments are byte addresses. */
export const q4kModule = (): Uint8Array<ArrayBuffer> => assemble([dequantise(), dot()], 1);
