/**
 * WebAssembly written by hand: instructions as lists of bytes that are joined, and the module around them. Only what the
 * kernels of this folder use; a program unrolls its loops in TypeScript. No compiler and no binary file is needed.
 * Numbers of the instructions: WebAssembly Core Specification 2.0, "Index of Instructions".
 */

/** Instructions, one after the other, as bytes. */
export type Code = readonly number[];

export const code = (...parts: Code[]): Code => parts.flat();

/** An integer in LEB128, unsigned. */
function unsigned(value: number): Code {
  const bytes: number[] = [];
  for (let rest = value; ; rest >>>= 7) {
    if (rest < 128) return [...bytes, rest];
    bytes.push((rest & 127) | 128);
  }
}

/** An integer in LEB128, signed. */
function signed(value: number): Code {
  const bytes: number[] = [];
  for (let rest = value; ; rest >>= 7) {
    if (rest >= -64 && rest < 64) return [...bytes, rest & 127];
    bytes.push((rest & 127) | 128);
  }
}

/** An access to memory at the address on the stack + offset; no alignment is promised. */
const at = (offset: number): Code => [0, ...unsigned(offset)];
const simd = (opcode: number): Code => [0xfd, ...unsigned(opcode)];

export const get = (local: number): Code => [0x20, ...unsigned(local)];
export const set = (local: number, value: Code): Code => [...value, 0x21, ...unsigned(local)];

export const i32 = {
  const: (value: number): Code => [0x41, ...signed(value)],
  add: (a: Code, b: Code): Code => [...a, ...b, 0x6a],
  and: (a: Code, b: Code): Code => [...a, ...b, 0x71],
  or: (a: Code, b: Code): Code => [...a, ...b, 0x72],
  shl: (a: Code, bits: number): Code => [...a, ...i32.const(bits), 0x74],
  shr: (a: Code, bits: number): Code => [...a, ...i32.const(bits), 0x76],
  load: (address: Code, offset: number): Code => [...address, 0x28, ...at(offset)],
  load16: (address: Code, offset: number): Code => [...address, 0x2f, ...at(offset)],
  store: (address: Code, offset: number, value: Code): Code => [...address, ...value, 0x36, ...at(offset)],
};

export const f32 = {
  const: (value: number): Code => [0x43, ...new Uint8Array(new Float32Array([value]).buffer)],
  mul: (a: Code, b: Code): Code => [...a, ...b, 0x94],
  ofBits: (bits: Code): Code => [...bits, 0xbe],
};

/** 128 bits: 16 bytes, four words or four f32. */
export const v128 = {
  load: (address: Code, offset: number): Code => [...address, ...simd(0x00), ...at(offset)],
  /** One word of memory in all four lanes. */
  loadSplat: (address: Code, offset: number): Code => [...address, ...simd(0x09), ...at(offset)],
  /** One word of memory into a lane of a, and into the first lane with zeros in the others. */
  loadLane: (address: Code, offset: number, a: Code, lane: number): Code => [...address, ...a, ...simd(0x56), ...at(offset), lane],
  loadFirst: (address: Code, offset: number): Code => [...address, ...simd(0x5c), ...at(offset)],
  store: (address: Code, offset: number, value: Code): Code => [...address, ...value, ...simd(0x0b), ...at(offset)],
  storeLane: (address: Code, offset: number, value: Code, lane: number): Code => [...address, ...value, ...simd(0x5a), ...at(offset), lane],
  /** Sixteen bytes chosen among the 32 of a and b. */
  shuffle: (a: Code, b: Code, bytes: readonly number[]): Code => [...a, ...b, ...simd(0x0d), ...bytes],
  and: (a: Code, b: Code): Code => [...a, ...b, ...simd(0x4e)],
  or: (a: Code, b: Code): Code => [...a, ...b, ...simd(0x50)],
  xor: (a: Code, b: Code): Code => [...a, ...b, ...simd(0x51)],
  splatBytes: (value: Code): Code => [...value, ...simd(0x0f)],
  splatWords: (value: Code): Code => [...value, ...simd(0x11)],
  splatFloats: (value: Code): Code => [...value, ...simd(0x13)],
  /** Every byte shifted to the right. */
  shrBytes: (a: Code, bits: number): Code => [...a, ...i32.const(bits), ...simd(0x6d)],
  /** The low (0) or high (1) eight bytes as half-words. */
  widenBytes: (a: Code, half: 0 | 1): Code => [...a, ...simd(0x89 + half)],
  /** The low (0) or high (1) four half-words as words. */
  widenHalves: (a: Code, half: 0 | 1): Code => [...a, ...simd(0xa9 + half)],
  addHalves: (a: Code, b: Code): Code => [...a, ...b, ...simd(0x8e)],
  subHalves: (a: Code, b: Code): Code => [...a, ...b, ...simd(0x91)],
  /** Half-words shifted by a number of bits modulo 16: to the left, to the right with and without sign. */
  shlHalves: (a: Code, bits: Code): Code => [...a, ...bits, ...simd(0x8b)],
  asrHalves: (a: Code, bits: Code): Code => [...a, ...bits, ...simd(0x8c)],
  shrHalves: (a: Code, bits: Code): Code => [...a, ...bits, ...simd(0x8d)],
  /** Words likewise, modulo 32. */
  shlWords: (a: Code, bits: Code): Code => [...a, ...bits, ...simd(0xab)],
  asrWords: (a: Code, bits: Code): Code => [...a, ...bits, ...simd(0xac)],
  shrWords: (a: Code, bits: Code): Code => [...a, ...bits, ...simd(0xad)],
  addWords: (a: Code, b: Code): Code => [...a, ...b, ...simd(0xae)],
  subWords: (a: Code, b: Code): Code => [...a, ...b, ...simd(0xb1)],
  mulWords: (a: Code, b: Code): Code => [...a, ...b, ...simd(0xb5)],
  /** The greater of two words, as signed numbers. */
  maxWords: (a: Code, b: Code): Code => [...a, ...b, ...simd(0xb8)],
  /** A bit for each word of a that is not that of b. */
  unequalWords: (a: Code, b: Code): Code => [...a, ...b, ...simd(0x38), ...simd(0xa4)],
  /** All ones in the words where a > b, as signed numbers. */
  greaterWords: (a: Code, b: Code): Code => [...a, ...b, ...simd(0x3b)],
  /** Four words as f32, signed. */
  toFloats: (a: Code): Code => [...a, ...simd(0xfa)],
  addFloats: (a: Code, b: Code): Code => [...a, ...b, ...simd(0xe4)],
  subFloats: (a: Code, b: Code): Code => [...a, ...b, ...simd(0xe5)],
  mulFloats: (a: Code, b: Code): Code => [...a, ...b, ...simd(0xe6)],
};

/** Repeats `body` with `local` stepping by `step` from what it holds until it is `end`; at least once. */
export const loop = (local: number, step: Code, end: Code, body: Code): Code => [
  ...[0x03, 0x40],
  ...body,
  ...set(local, i32.add(get(local), step)),
  ...[...get(local), ...end, 0x47, 0x0d, 0, 0x0b],
];

/** Does `body` where the word `condition` is not 0. */
export const when = (condition: Code, body: Code): Code => [...condition, 0x04, 0x40, ...body, 0x0b];

/** A function of i32 parameters and no result; locals are numbered after the parameters: `words` i32, then `vectors` v128. */
export interface Routine {
  readonly name: string;
  readonly parameters: number;
  readonly words: number;
  readonly vectors: number;
  readonly body: Code;
}

const I32 = 0x7f;
const V128 = 0x7b;
const sized = (bytes: Code): Code => [...unsigned(bytes.length), ...bytes];
const vector = (items: readonly Code[]): Code => [...unsigned(items.length), ...items.flat()];
const section = (id: number, items: readonly Code[]): Code => [id, ...sized(vector(items))];
const named = (name: string): Code => sized(Array.from(name, (letter) => letter.charCodeAt(0)));

/** A module with these functions and one memory of `pages` x 64 KiB, all exported. */
export function assemble(routines: readonly Routine[], pages: number): Uint8Array<ArrayBuffer> {
  const types = routines.map(({ parameters }): Code => [0x60, ...vector(new Array<Code>(parameters).fill([I32])), 0]);
  const exported = routines.map(({ name }, i): Code => [...named(name), 0x00, i]);
  const bodies = routines.map(({ words, vectors, body }) => sized([2, ...unsigned(words), I32, ...unsigned(vectors), V128, ...body, 0x0b]));
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, types),
    ...section(
      3,
      routines.map((_, i) => [i]),
    ),
    ...section(5, [[0, ...unsigned(pages)]]),
    ...section(7, [...exported, [...named('memory'), 0x02, 0]]),
    ...section(10, bodies),
  ]);
}
