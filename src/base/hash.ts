/**
 * A small 64-bit hash for traces and states (two FNV-1a lanes over 32-bit words with different primes and a final
 * avalanche). Not cryptographic: it tells equal runs from unequal ones, in any engine, on any machine.
 */
export class Hash {
  private a = 0x811c9dc5;
  private b = 0x9747b28c;

  /** Adds one 32-bit word. */
  word(value: number): this {
    this.a = Math.imul(this.a ^ value, FACTOR_A);
    this.a = (this.a << 13) | (this.a >>> 19);
    this.b = Math.imul(this.b ^ value, FACTOR_B);
    this.b = (this.b << 7) | (this.b >>> 25);
    return this;
  }

  /** Adds four words. In locals: a wafer with many tokens has hundreds of millions of rows. */
  four(first: number, second: number, third: number, fourth: number): this {
    let a = Math.imul(this.a ^ first, FACTOR_A);
    let b = Math.imul(this.b ^ first, FACTOR_B);
    a = Math.imul(((a << 13) | (a >>> 19)) ^ second, FACTOR_A);
    b = Math.imul(((b << 7) | (b >>> 25)) ^ second, FACTOR_B);
    a = Math.imul(((a << 13) | (a >>> 19)) ^ third, FACTOR_A);
    b = Math.imul(((b << 7) | (b >>> 25)) ^ third, FACTOR_B);
    a = Math.imul(((a << 13) | (a >>> 19)) ^ fourth, FACTOR_A);
    b = Math.imul(((b << 7) | (b >>> 25)) ^ fourth, FACTOR_B);
    this.a = (a << 13) | (a >>> 19);
    this.b = (b << 7) | (b >>> 25);
    return this;
  }

  /** Adds a non-negative integer up to 2^53 as two words. */
  wide(value: number): this {
    return this.word(value | 0).word(Math.floor(value / 4294967296));
  }

  /** Adds every 32-bit word of an array (or of its bytes, four at a time, the tail zero-padded). */
  words(values: ArrayLike<number>): this {
    for (let i = 0; i < values.length; i++) this.word(values[i] as number);
    return this;
  }

  text(value: string): this {
    for (let i = 0; i < value.length; i++) this.word(value.charCodeAt(i));
    return this.word(value.length);
  }

  /** Takes up the hash of lane `at`, kept by {@link save} in an array of two words a lane. */
  resume(kept: Int32Array, at: number): this {
    this.a = kept[2 * at];
    this.b = kept[2 * at + 1];
    return this;
  }

  /** Keeps the hash so far for {@link resume}. */
  save(kept: Int32Array, at: number): void {
    kept[2 * at] = this.a;
    kept[2 * at + 1] = this.b;
  }

  /** 16 hexadecimal digits. */
  hex(): string {
    return this.end.map((half) => (half >>> 0).toString(16).padStart(8, '0')).join('');
  }

  /** The two words whose digits are {@link hex}. */
  get end(): readonly [number, number] {
    return [mix(this.a ^ (this.b >>> 3)), mix(this.b ^ (this.a >>> 5))];
  }

  /** Adds the {@link hex} of a hash as text does, without making it. */
  ending({ a, b }: Hash): this {
    return this.ended(mix(a ^ (b >>> 3)), mix(b ^ (a >>> 5)));
  }

  /** Adds the {@link hex} of a hash with this {@link end} as text does, without making it. */
  ended(first: number, second: number): this {
    return this.digits(first)
      .digits(second)
      .word(2 * DIGITS);
  }

  /** Adds the hexadecimal digits of a word. In locals and without a branch: on a whole wafer these are fifty million digits, most of the hash. */
  private digits(word: number): this {
    let { a, b } = this;
    for (let shift = 4 * DIGITS - 4; shift >= 0; shift -= 4) {
      const digit = (word >>> shift) & 15;
      const code = ZERO + digit + ((digit + 6) >> 4) * LETTERS;
      a = Math.imul(a ^ code, FACTOR_A);
      a = (a << 13) | (a >>> 19);
      b = Math.imul(b ^ code, FACTOR_B);
      b = (b << 7) | (b >>> 25);
    }
    this.a = a;
    this.b = b;
    return this;
  }
}

/** Adds four words to the hash that {@link Hash.save} kept of lane `at`. */
export function addFour(kept: Int32Array, at: number, first: number, second: number, third: number, fourth: number): void {
  SCRATCH.resume(kept, at).four(first, second, third, fourth).save(kept, at);
}

/** No object for each of a hundred million rows. */
const SCRATCH = new Hash();

/** Hexadecimal digits of a word. */
const DIGITS = 8;
const FACTOR_A = 0x01000193;
const FACTOR_B = 0x5bd1e995;

const ZERO = '0'.charCodeAt(0);
/** From the code that would follow that of 9 to that of a. */
const LETTERS = 'a'.charCodeAt(0) - ZERO - 10;

function mix(value: number): number {
  let h = value;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}
