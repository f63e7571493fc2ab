/**
 * Vector ops and scalar steps of sixteen PEs at once in WebAssembly SIMD, a PE a lane. A word of all lanes is one row of 64 bytes,
 * so every lane has its own order of operations and its own rounding: that of alu.ts, but for the sign and payload of a NaN.
 */
import { assemble, type Code, code, get, i32, loop, type Routine, set, v128 } from '../../quant/simd/assembler.ts';

export const LANES = 16;
/** Bytes of a row: one word of every lane. */
export const ROW = 4 * LANES;

const QUARTERS = [0, 1, 2, 3];
const [N, D, A, B, STEP_D, STEP_A, STEP_B, S] = [0, 1, 2, 3, 4, 5, 6, 7];
const PARAMETERS = 8;
/** Locals: four vectors of scalars or sums, and one to work with. */
const [HELD, WORK] = [PARAMETERS, PARAMETERS + 4];

const each = (make: (q: number) => Code): Code => code(...QUARTERS.map(make));
const row = (address: number, q: number): Code => v128.load(get(address), 16 * q);
const step = (place: number, by: number): Code => set(place, i32.add(get(place), get(by)));
const STEPS = code(step(D, STEP_D), step(A, STEP_A), step(B, STEP_B));
const repeat = (body: Code): Code => loop(N, i32.const(-1), i32.const(0), body);

const routine = (name: string, body: Code, words = 0): Routine => ({ name, parameters: PARAMETERS, words, vectors: 5, body });

/** d[i] = make(a[i], b[i], s) for n rows: s is a row where `held`, else the number S itself. */
function elementwise(name: string, make: (a: Code, b: Code, q: number) => Code, held = false): Routine {
  const scalars = held ? each((q) => set(HELD + q, row(S, q))) : [];
  return routine(
    name,
    code(
      scalars,
      repeat(
        code(
          each((q) => v128.store(get(D), 16 * q, make(row(A, q), row(B, q), q))),
          STEPS,
        ),
      ),
    ),
  );
}

/** d = d + make(a[i], b[i]) for n rows, one after the other; d is a row. */
function reduction(name: string, make: (q: number) => Code): Routine {
  const body = code(
    each((q) => set(HELD + q, v128.addFloats(get(HELD + q), make(q)))),
    step(A, STEP_A),
    step(B, STEP_B),
  );
  return routine(
    name,
    code(
      each((q) => set(HELD + q, row(D, q))),
      repeat(body),
      each((q) => v128.store(get(D), 16 * q, get(HELD + q))),
    ),
  );
}

const s = get(S);
const both = (word: Code): Code => v128.splatWords(i32.or(word, i32.shl(word, 16)));
const low = i32.and(s, i32.const(0xffff));

/** Pairs of signed half-words in words of a as f32: the low one, then the high one. */
const widened: Routine = routine(
  'i16_f32',
  repeat(
    code(
      each((q) => v128.store(get(D), 16 * q, v128.toFloats(v128.asrWords(v128.shlWords(row(A, q), i32.const(16)), i32.const(16))))),
      step(D, STEP_D),
      each((q) => v128.store(get(D), 16 * q, v128.toFloats(v128.asrWords(row(A, q), i32.const(16))))),
      step(D, STEP_D),
      step(A, STEP_A),
    ),
  ),
);

/** The words at a, one for all lanes, as rows at d. */
const spread: Routine = routine(
  'spread',
  repeat(
    code(
      set(WORK, v128.loadSplat(get(A), 0)),
      each((q) => v128.store(get(D), 16 * q, get(WORK))),
      step(D, STEP_D),
      step(A, STEP_A),
    ),
  ),
);

/** The f16 in the low half of each word as f32: the exponent's bias grows from 15 to 127, that of infinities and NaN to 255. */
function halfToFloat(q: number): Code {
  const word = row(A, q);
  const rest = v128.shlWords(v128.and(word, v128.splatWords(i32.const(0x7fff))), i32.const(13));
  const sign = v128.shlWords(v128.and(word, v128.splatWords(i32.const(0x8000))), i32.const(16));
  const finite = v128.mulFloats(get(WORK), v128.splatWords(i32.const(0x77800000)));
  const wild = v128.and(v128.greaterWords(get(WORK), v128.splatWords(i32.const(0x0f7fffff))), v128.splatWords(i32.const(0x7f800000)));
  return code(set(WORK, rest), v128.store(get(D), 16 * q, v128.or(v128.or(finite, wild), sign)));
}

/** Vector ops: (n, d, a, b, steps of d, a and b, s). Places and steps are bytes; of 16-bit ops a row holds two elements a lane. */
const VECTORS: readonly Routine[] = [
  elementwise('f32_mac', (a, b, q) => v128.addFloats(a, v128.mulFloats(b, get(HELD + q))), true),
  elementwise('f32_scale', (a, _, q) => v128.mulFloats(a, get(HELD + q)), true),
  elementwise('f32_mul', (a, b) => v128.mulFloats(a, b)),
  elementwise('f32_add', (a, b) => v128.addFloats(a, b)),
  elementwise('f32_sub', (a, b) => v128.subFloats(a, b)),
  elementwise('mov32', (a) => a),
  elementwise('mov16', (a) => a),
  elementwise('and16', (a) => v128.and(a, both(low))),
  elementwise('or16', (a, b) => v128.or(a, b)),
  elementwise('xor16', (a, b) => v128.xor(a, b)),
  elementwise('add16', (a, b) => v128.addHalves(a, b)),
  elementwise('sub16', (a, b) => v128.subHalves(a, b)),
  elementwise('shl16', (a) => v128.shlHalves(a, s)),
  elementwise('shr16', (a) => v128.shrHalves(a, s)),
  elementwise('asr16', (a) => v128.asrHalves(a, s)),
  reduction('f32_sum', (q) => row(A, q)),
  reduction('f32_dot', (q) => v128.mulFloats(row(A, q), row(B, q))),
  widened,
  spread,
];

/** Scalar steps: the same with n = 1; s is the immediate. */
const SCALARS: readonly Routine[] = [
  elementwise('li', () => v128.splatWords(s)),
  elementwise('mov', (a) => a),
  elementwise('addi', (a) => v128.addWords(a, v128.splatWords(s))),
  elementwise('add', (a, b) => v128.addWords(a, b)),
  elementwise('sub', (a, b) => v128.subWords(a, b)),
  elementwise('mul', (a, b) => v128.mulWords(a, b)),
  elementwise('and', (a, b) => v128.and(a, b)),
  elementwise('andi', (a) => v128.and(a, v128.splatWords(s))),
  elementwise('or', (a, b) => v128.or(a, b)),
  elementwise('xor', (a, b) => v128.xor(a, b)),
  elementwise('shli', (a) => v128.shlWords(a, s)),
  elementwise('shri', (a) => v128.shrWords(a, s)),
  elementwise('fneg', (a) => v128.xor(a, v128.splatWords(i32.const(-(2 ** 31))))),
  elementwise('fadd', (a, b) => v128.addFloats(a, b)),
  elementwise('fsub', (a, b) => v128.subFloats(a, b)),
  elementwise('fmul', (a, b) => v128.mulFloats(a, b)),
  elementwise('i32_f32', (a) => v128.toFloats(a)),
  routine('f16_f32', each(halfToFloat)),
  elementwise('ld32', (a) => a),
  elementwise('st32', (_, b) => b),
  // s: the bits by which the half lies above the word's lowest.
  elementwise('ld16', (a) => v128.and(v128.shrWords(a, s), v128.splatWords(i32.const(0xffff)))),
];

export const VECTOR_NAMES: ReadonlySet<string> = new Set(VECTORS.map(({ name }) => name));
export const SCALAR_NAMES: ReadonlySet<string> = new Set(SCALARS.map(({ name }) => name));

/** The module: vector ops by their names, scalar steps with a `$` before them, and `memory`. */
export const lanesModule = (): Uint8Array<ArrayBuffer> => assemble([...VECTORS, ...SCALARS.map((each) => ({ ...each, name: `$${each.name}` }))], 1);
