/**
 * A bounds-checked little-endian cursor over the first bytes of a GGUF file. It knows two ends: the bytes loaded so far and
 * the file's size. Running over the first asks for more (`MoreBytes`); running over the second is the user's error.
 */
import { WeftError } from '../base/error.ts';
import { grouped } from '../base/numbers.ts';
import { decodeUtf8, invalidUtf8At } from './utf8.ts';

/**
 * The header (all that precedes the data) must fit in this many bytes; a 256,000-token vocabulary takes about 10 MB.
 * Bounds what a hostile file can make the reader load.
 */
export const MAX_HEADER_BYTES = 256 * 1024 * 1024;

/** Thrown to the reading loop, never to the user: the bytes up to `upTo` are needed to go on. */
export class MoreBytes extends Error {
  readonly upTo: number;
  constructor(upTo: number) {
    super(`the header needs bytes up to ${upTo}`);
    this.upTo = upTo;
  }
}

/** The error of a malformed file: which field, at which byte. */
export function malformed(field: string, byte: number, problem: string, fixes: readonly string[] = []): WeftError {
  return new WeftError(field, `at byte ${grouped(byte)}: ${problem}`, fixes);
}

const DOWNLOAD_AGAIN = 'Download or copy the file again, it is cut short or damaged';

export class Cursor {
  readonly bytes: Uint8Array;
  readonly fileSize: number;
  /** Byte offset in the file (the loaded bytes start at 0). */
  at: number;
  private readonly view: DataView;

  constructor(bytes: Uint8Array, fileSize: number, at = 0) {
    this.bytes = bytes;
    this.fileSize = fileSize;
    this.at = at;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** Bytes of the file from here on. */
  remaining(): number {
    return this.fileSize - this.at;
  }

  /** Makes sure `length` bytes are loaded here. */
  need(length: number, field: string): void {
    const end = this.at + length;
    if (end <= this.bytes.length) return;
    if (end > this.fileSize) {
      throw malformed(field, this.at, `${grouped(length)} bytes are needed but the file ends at byte ${grouped(this.fileSize)}`, [DOWNLOAD_AGAIN]);
    }
    if (end > MAX_HEADER_BYTES) throw malformed(field, this.at, `the header is larger than ${grouped(MAX_HEADER_BYTES)} bytes, no model needs that`);
    throw new MoreBytes(end);
  }

  /** Skips `length` bytes and returns where they began. */
  take(length: number, field: string): number {
    this.need(length, field);
    const start = this.at;
    this.at += length;
    return start;
  }

  u8(field: string): number {
    return this.view.getUint8(this.take(1, field));
  }
  i8(field: string): number {
    return this.view.getInt8(this.take(1, field));
  }
  u16(field: string): number {
    return this.view.getUint16(this.take(2, field), true);
  }
  i16(field: string): number {
    return this.view.getInt16(this.take(2, field), true);
  }
  u32(field: string): number {
    return this.view.getUint32(this.take(4, field), true);
  }
  i32(field: string): number {
    return this.view.getInt32(this.take(4, field), true);
  }
  f32(field: string): number {
    return this.view.getFloat32(this.take(4, field), true);
  }
  f64(field: string): number {
    return this.view.getFloat64(this.take(8, field), true);
  }
  u64(field: string): bigint {
    return this.view.getBigUint64(this.take(8, field), true);
  }
  i64(field: string): bigint {
    return this.view.getBigInt64(this.take(8, field), true);
  }

  /**
   * A u64 that counts things of at least `each` bytes which follow. It is compared with the bytes left in the file before
   * anything is allocated or looped over, so a hostile count costs nothing.
   */
  count(field: string, each: number, what: string): number {
    const start = this.at;
    const n = this.u64(field);
    if (n * BigInt(each) > BigInt(this.remaining())) {
      const room = `${what} need at least ${grouped(n * BigInt(each))} bytes but ${grouped(this.remaining())} are left in the file`;
      throw malformed(field, start, `${grouped(n)} ${room}`, [DOWNLOAD_AGAIN]);
    }
    return Number(n);
  }

  /** A u64 length and that many bytes of UTF-8, checked but not decoded. Returns [start, end). */
  skipString(field: string, maxBytes: number): [number, number] {
    const start = this.at;
    const length = this.count(field, 1, 'bytes of text');
    if (length > maxBytes) throw malformed(field, start, `the text is ${grouped(length)} bytes long, the limit is ${grouped(maxBytes)}`);
    const first = this.take(length, field);
    const bad = invalidUtf8At(this.bytes, first, this.at);
    if (bad >= 0) throw malformed(field, bad, `0x${this.bytes[bad]!.toString(16).padStart(2, '0')} is not valid UTF-8 here`);
    return [first, this.at];
  }

  /** A string: u64 length in bytes, then UTF-8. */
  string(field: string, maxBytes: number): string {
    const [start, end] = this.skipString(field, maxBytes);
    return decodeUtf8(this.bytes, start, end);
  }
}
