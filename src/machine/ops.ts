/**
 * The op table: what each vector operation does to bits, and how many elements of it one issue handles.
 * Rates: machine.md section 3, "Elements per cycle" (S1, official); an op not listed there runs at one a cycle.
 * Arithmetic rounds after every operation (multiply, round, add, round): no fused multiply-add anywhere.
 */

/** Width of one element in bytes, per operand role. */
type Width = 2 | 4;

export interface OpInfo {
  /** Element widths of sources a and b and of the destination, bytes; b is 0 for an op of one source. */
  readonly a: Width;
  readonly b: Width | 0;
  readonly dst: Width;
  /** Whether a scalar is read: at the start, for the whole op. */
  readonly scalar: boolean;
  /** Whether the destination is a scalar register that accumulates over the elements. */
  readonly reduces: boolean;
  /** Elements an issue on WSE-2 and WSE-3; below 1 the issue is longer. */
  readonly rates: readonly [number, number];
  readonly meaning: string;
}

type More = { readonly scalar?: true; readonly reduces?: true };
const op = (a: Width, b: Width | 0, dst: Width, rates: readonly [number, number], meaning: string, more: More = {}): OpInfo => ({
  a,
  b,
  dst,
  scalar: more.scalar ?? false,
  reduces: more.reduces ?? false,
  rates,
  meaning,
});

const SCALAR = { scalar: true } as const;
const REDUCES = { reduces: true } as const;
/** 16-bit integer and f16 arithmetic and moves (S1). */
const HALF = [4, 8] as const;
/** f32 add, sub, neg, abs and moves; mixed mac and add (S1). */
const WORD = [2, 4] as const;
/** Not in S1's table. */
const ONE = [1, 1] as const;
/** Running reductions: 2 cycles an element, measured for f16 on WSE-3 (S2); *assumed* for f32 and WSE-2. */
const RUNNING = [0.5, 0.5] as const;

/** Every vector op. i is the element index; s the scalar; acc the scalar destination. f16 results are rounded to nearest even. */
export const VECTOR_OPS = {
  and16: op(2, 0, 2, HALF, 'd[i] = a[i] & s', SCALAR),
  shr16: op(2, 0, 2, [1, 4], 'd[i] = a[i] >>> s', SCALAR),
  add16: op(2, 2, 2, HALF, 'd[i] = a[i] + b[i] mod 2^16'),
  mov16: op(2, 0, 2, HALF, 'd[i] = a[i]'),
  mov32: op(4, 0, 4, WORD, 'd[i] = a[i]'),
  i16_f32: op(2, 0, 4, [1, 4], 'd[i] = f32(i16 a[i])'),
  f32_add: op(4, 4, 4, WORD, 'd[i] = a[i] + b[i]'),
  f32_mul: op(4, 4, 4, ONE, 'd[i] = a[i] * b[i]'),
  f32_scale: op(4, 0, 4, ONE, 'd[i] = a[i] * s', SCALAR),
  f32_mac: op(4, 4, 4, ONE, 'd[i] = a[i] + b[i] * s', SCALAR),
  f32_sum: op(4, 0, 4, RUNNING, 'acc = acc + a[i]', REDUCES),
  f32_dot: op(4, 4, 4, ONE, 'acc = acc + a[i] * b[i] (fused, assumed)', REDUCES),
  sub16: op(2, 2, 2, HALF, 'd[i] = a[i] - b[i] mod 2^16'),
  or16: op(2, 2, 2, HALF, 'd[i] = a[i] | b[i]'),
  xor16: op(2, 2, 2, HALF, 'd[i] = a[i] ^ b[i]'),
  shl16: op(2, 0, 2, [1, 4], 'd[i] = a[i] << s mod 2^16', SCALAR),
  asr16: op(2, 0, 2, [1, 4], 'd[i] = i16 a[i] >> s', SCALAR),
  addc16: op(2, 2, 2, [1, 8], 'd[i] = a[i] + b[i] + carry mod 2^16; the carry starts as s and goes on to element i + 1', SCALAR),
  f16_add: op(2, 2, 2, HALF, 'd[i] = a[i] + b[i]'),
  f16_sub: op(2, 2, 2, HALF, 'd[i] = a[i] - b[i]'),
  f16_mul: op(2, 2, 2, HALF, 'd[i] = a[i] * b[i]'),
  f16_scale: op(2, 0, 2, HALF, 'd[i] = a[i] * s', SCALAR),
  f16_mac: op(2, 2, 2, HALF, 'd[i] = a[i] + b[i] * s', SCALAR),
  f16_neg: op(2, 0, 2, HALF, 'd[i] = -a[i]'),
  f16_abs: op(2, 0, 2, HALF, 'd[i] = |a[i]|'),
  f16_max: op(2, 2, 2, [1, 8], 'd[i] = max(a[i], b[i]); a NaN gives the other'),
  f16_sum: op(2, 0, 2, RUNNING, 'acc = acc + a[i], in f16', REDUCES),
  f32_sub: op(4, 4, 4, WORD, 'd[i] = a[i] - b[i]'),
  f32_neg: op(4, 0, 4, WORD, 'd[i] = -a[i]'),
  f32_abs: op(4, 0, 4, WORD, 'd[i] = |a[i]|'),
  f32_max: op(4, 4, 4, [1, 4], 'd[i] = max(a[i], b[i]); a NaN gives the other'),
  f16_mac_f32: op(4, 2, 4, WORD, 'd[i] = a[i] + f16 b[i] * f16 s, in f32 (the product is exact)', SCALAR),
  f16_add_f32: op(4, 2, 4, WORD, 'd[i] = a[i] + f16 b[i], in f32'),
  f16_sum_f32: op(2, 0, 4, RUNNING, 'acc = acc + f16 a[i], in f32', REDUCES),
  f16_dot_f32: op(2, 2, 4, ONE, 'acc = acc + f16 a[i] * f16 b[i], in f32 (fused, assumed)', REDUCES),
  f16_f32: op(2, 0, 4, [1, 4], 'd[i] = f32(f16 a[i])'),
  f32_f16: op(4, 0, 2, [1, 4], 'd[i] = f16(a[i])'),
  f32_i16: op(4, 0, 2, [1, 4], 'd[i] = i16(a[i]), to nearest even, saturating'),
  f16_i16: op(2, 0, 2, [1, 8], 'd[i] = i16(f16 a[i]), to nearest even, saturating'),
  i16_f16: op(2, 0, 2, [1, 8], 'd[i] = f16(i16 a[i])'),
} as const satisfies Record<string, OpInfo>;

export type VectorOp = keyof typeof VECTOR_OPS;
export const VECTOR_OP_NAMES = Object.keys(VECTOR_OPS) as VectorOp[];

/** Elements per issue; 0.5 means two cycles an element. */
export type OpRates = Readonly<Record<VectorOp, number>>;

const ratesOf = (rate: (info: OpInfo) => number): OpRates =>
  Object.fromEntries(VECTOR_OP_NAMES.map((name) => [name, rate(VECTOR_OPS[name])])) as Record<VectorOp, number>;

export const TEACHING_RATES: OpRates = ratesOf(() => 1);
export const WSE2_RATES: OpRates = ratesOf((info) => info.rates[0]);
export const WSE3_RATES: OpRates = ratesOf((info) => info.rates[1]);

/** Scalar instructions: name -> cost class of {@link ScalarCosts}. Registers are 32-bit words, read as i32 or f32. */
export const SCALAR_OPS = {
  /** d = imm */
  li: 'alu',
  /** d = a */
  mov: 'alu',
  /** d = a + imm (i32) */
  addi: 'alu',
  add: 'alu',
  and: 'alu',
  andi: 'alu',
  or: 'alu',
  shli: 'alu',
  /** d = a >>> imm */
  shri: 'alu',
  sub: 'alu',
  xor: 'alu',
  /** d = low 32 bits of a * b */
  mul: 'alu',
  /** d = 1 if i32 a < b, else 0 */
  lt: 'alu',
  /** d = 1 if f32 a < b, else 0 (0 with a NaN) */
  flt: 'fp',
  fsub: 'fp',
  fmax: 'fp',
  fdiv: 'div',
  /** d = f16(f32 a) in the low half */
  f32_f16: 'fp',
  /** d = i32(f32 a), towards zero, saturating; NaN gives 0 */
  f32_i32: 'fp',
  /** d = f32 bits with the sign flipped */
  fneg: 'alu',
  fadd: 'fp',
  fmul: 'fp',
  /** d = f32(f16 in the low half of a) */
  f16_f32: 'fp',
  /** d = f32(i32 a) */
  i32_f32: 'fp',
  /** d = u16 at [a + imm] */
  ld16: 'load',
  /** d = word at [a + imm] */
  ld32: 'load',
  /** u16 at [a + imm] = low half of b */
  st16: 'store',
  /** word at [a + imm] = b */
  st32: 'store',
  /** d = low 32 bits of the time-stamp counter: the cycle in which this instruction starts */
  tsc: 'timestamp',
} as const;

export type ScalarOp = keyof typeof SCALAR_OPS;
