/**
 * The small parts of a trace file (docs/trace-format.md): little-endian words, varints, columns of repeated values, checks.
 * Values are whole numbers from 0 to 2^34, so they are taken apart by arithmetic where 32-bit operators would not hold them.
 */
import { WeftError } from '../base/error.ts';
import { Hash } from '../base/hash.ts';

/** Bytes of a check: the 64-bit hash over everything of its section before it. */
export const CHECK_BYTES = 8;
/** A varint holds at most 7 * this many bits. */
const VARINT_BYTES = 5;

/** The error of a damaged file: which field, at which byte. */
export function malformed(field: string, byte: number, problem: string, fixes: readonly string[] = []): WeftError {
  return new WeftError(field, `at byte ${byte}: ${problem}`, fixes);
}

export const COPY_AGAIN = 'copy the file again, or run again with --trace';

/** A growing buffer. */
export class ByteWriter {
  size = 0;
  private buffer = new Uint8Array(256);

  /** What was written; a view, valid until the next write. */
  bytes(): Uint8Array<ArrayBuffer> {
    return this.buffer.subarray(0, this.size);
  }

  clear(): void {
    this.size = 0;
  }

  u8(value: number): void {
    if (this.size === this.buffer.length) this.grow(1);
    this.buffer[this.size++] = value;
  }

  u32(value: number): void {
    for (let shift = 0; shift < 32; shift += 8) this.u8((value >>> shift) & 255);
  }

  /** Seven bits a byte, lowest first; the top bit says that more follow. */
  varint(value: number): void {
    let rest = value;
    while (rest >= 128) {
      this.u8((rest % 128) + 128);
      rest = Math.floor(rest / 128);
    }
    this.u8(rest);
  }

  raw(bytes: Uint8Array): void {
    if (this.size + bytes.length > this.buffer.length) this.grow(bytes.length);
    this.buffer.set(bytes, this.size);
    this.size += bytes.length;
  }

  /** A column or another part of known length. */
  sized(bytes: Uint8Array): void {
    this.varint(bytes.length);
    this.raw(bytes);
  }

  /** The check over everything written so far. */
  check(): void {
    this.raw(checkOf(this.bytes()));
  }

  private grow(more: number): void {
    const grown = new Uint8Array(Math.max(this.size + more, 2 * this.buffer.length));
    grown.set(this.bytes());
    this.buffer = grown;
  }
}

/** 16 hexadecimal digits as 8 bytes, and back. */
export const hexBytes = (hex: string): Uint8Array => Uint8Array.from({ length: hex.length / 2 }, (_, i) => Number.parseInt(hex.slice(2 * i, 2 * i + 2), 16));
export const bytesHex = (bytes: Uint8Array): string => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');

export const checkOf = (bytes: Uint8Array): Uint8Array => hexBytes(new Hash().words(bytes).hex());

/** Text of plain ASCII; the header's JSON escapes everything else. */
export function asciiBytes(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  return bytes;
}

export function asciiText(bytes: Uint8Array): string {
  const parts: string[] = [];
  // A call takes only so many arguments.
  for (let at = 0; at < bytes.length; at += 8192) parts.push(String.fromCharCode(...bytes.subarray(at, at + 8192)));
  return parts.join('');
}

/** A number of either sign as one that is not negative: 0, -1, 1, -2, 2 become 0, 1, 2, 3, 4. */
export const zigzag = (value: number): number => (value < 0 ? -2 * value - 1 : 2 * value);
export const unzigzag = (value: number): number => (value % 2 === 1 ? -(value + 1) / 2 : value / 2);

/** A column: equal values in a row are written once. 2v stands for one v, 2v + 1 and a number n for n + 2 of them. */
export class ColumnWriter {
  private readonly out = new ByteWriter();
  private value = 0;
  private repeats = 0;

  put(value: number): void {
    if (value === this.value && this.repeats > 0) this.repeats++;
    else {
      this.flush();
      this.value = value;
      this.repeats = 1;
    }
  }

  private flush(): void {
    if (this.repeats === 0) return;
    this.out.varint(2 * this.value + (this.repeats > 1 ? 1 : 0));
    if (this.repeats > 1) this.out.varint(this.repeats - 2);
    this.repeats = 0;
  }

  /** The bytes of the column; a view, valid until the next value. The column is empty after that. */
  take(): Uint8Array {
    this.flush();
    const bytes = this.out.bytes();
    this.out.clear();
    return bytes;
  }
}

/** Reads a section of a file whose bytes are all there; `base` is where they begin in the file. */
export class ByteReader {
  readonly bytes: Uint8Array;
  at = 0;
  private readonly base: number;

  constructor(bytes: Uint8Array, base: number) {
    this.bytes = bytes;
    this.base = base;
  }

  /** The error of the field that begins here. */
  wrong(field: string, problem: string, at = this.at): WeftError {
    return malformed(field, this.base + at, problem, [COPY_AGAIN]);
  }

  take(length: number, field: string): Uint8Array {
    if (length > this.bytes.length - this.at) throw this.wrong(field, `${length} bytes are needed but its part ends after ${this.bytes.length - this.at}`);
    this.at += length;
    return this.bytes.subarray(this.at - length, this.at);
  }

  u8(field: string): number {
    return this.take(1, field)[0];
  }

  u32(field: string): number {
    const [a, b, c, d] = this.take(4, field);
    return a + b * 2 ** 8 + c * 2 ** 16 + d * 2 ** 24;
  }

  varint(field: string): number {
    const from = this.at;
    let [value, scale] = [0, 1];
    for (let i = 0; i < VARINT_BYTES; i++) {
      const byte = this.u8(field);
      value += (byte & 127) * scale;
      if (byte < 128) return value;
      scale *= 128;
    }
    throw this.wrong(field, 'the number has no end', from);
  }

  sized(field: string): ByteReader {
    const length = this.varint(field);
    const from = this.at;
    return new ByteReader(this.take(length, field), this.base + from);
  }

  /** A column of exactly `rows` values, which must be all of this reader's bytes. */
  column(rows: number, into: Float64Array, field: string): void {
    let row = 0;
    while (row < rows) {
      const from = this.at;
      const token = this.varint(field);
      const repeats = token % 2 === 1 ? this.varint(field) + 2 : 1;
      if (repeats > rows - row) throw this.wrong(field, `${repeats} values where ${rows - row} are left`, from);
      into.fill(Math.floor(token / 2), row, row + repeats);
      row += repeats;
    }
    this.end(field);
  }

  end(field: string): void {
    if (this.at < this.bytes.length) throw this.wrong(field, `${this.bytes.length - this.at} bytes too many`);
  }
}
