/**
 * The op table: what each vector operation does to bits, and how many elements of it one issue handles.
 * Rates: machine.md section 3, "Elements per cycle" (S1, official); an op not listed there runs at one a cycle.
 * Arithmetic rounds after every operation (multiply, round, add, round): no fused multiply-add anywhere.
 */

/** Width of one element in bytes, per operand role. */
type Width = 2 | 4;

interface OpInfo {
  /** Element width of sources and destination, bytes. */
  readonly src: Width;
  readonly dst: Width;
  /** Vector sources: 1 (a), 2 (a and b). */
  readonly sources: 1 | 2;
  /** Whether a scalar is read. */
  readonly scalar: boolean;
  /** Whether the destination is a scalar register that accumulates over the elements. */
  readonly reduces: boolean;
  readonly meaning: string;
}

const op = (src: Width, dst: Width, sources: 1 | 2, scalar: boolean, reduces: boolean, meaning: string): OpInfo => ({
  src,
  dst,
  sources,
  scalar,
  reduces,
  meaning,
});

/** Every vector op. i is the element index; s the scalar; acc the scalar destination. */
export const VECTOR_OPS = {
  and16: op(2, 2, 1, true, false, 'd[i] = a[i] & s'),
  shr16: op(2, 2, 1, true, false, 'd[i] = a[i] >>> s'),
  add16: op(2, 2, 2, false, false, 'd[i] = a[i] + b[i] mod 2^16'),
  mov16: op(2, 2, 1, false, false, 'd[i] = a[i]'),
  mov32: op(4, 4, 1, false, false, 'd[i] = a[i]'),
  i16_f32: op(2, 4, 1, false, false, 'd[i] = f32(i16 a[i])'),
  f32_add: op(4, 4, 2, false, false, 'd[i] = a[i] + b[i]'),
  f32_mul: op(4, 4, 2, false, false, 'd[i] = a[i] * b[i]'),
  f32_scale: op(4, 4, 1, true, false, 'd[i] = a[i] * s'),
  f32_mac: op(4, 4, 2, true, false, 'd[i] = a[i] + b[i] * s'),
  f32_sum: op(4, 4, 1, false, true, 'acc = acc + a[i]'),
  f32_dot: op(4, 4, 2, false, true, 'acc = acc + a[i] * b[i]'),
} as const satisfies Record<string, OpInfo>;

export type VectorOp = keyof typeof VECTOR_OPS;
export const VECTOR_OP_NAMES = Object.keys(VECTOR_OPS) as VectorOp[];

/** Elements per issue; 0.5 means two cycles an element. */
export type OpRates = Readonly<Record<VectorOp, number>>;

const ONE_EACH = Object.fromEntries(VECTOR_OP_NAMES.map((name) => [name, 1])) as Record<VectorOp, number>;

export const TEACHING_RATES: OpRates = ONE_EACH;

export const WSE2_RATES: OpRates = { ...ONE_EACH, and16: 4, add16: 4, mov16: 4, mov32: 2, f32_add: 2, f32_sum: 0.5 };

export const WSE3_RATES: OpRates = { ...ONE_EACH, and16: 8, add16: 8, mov16: 8, shr16: 4, mov32: 4, i16_f32: 4, f32_add: 4, f32_sum: 0.5 };

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
  /** word at [a + imm] = b */
  st32: 'store',
} as const;

export type ScalarOp = keyof typeof SCALAR_OPS;
