/** A growing little-endian buffer for the GGUF header; strings are a u64 length and UTF-8, as GGUF stores them. */
import { encodeUtf8 } from './utf8.ts';

export class ByteWriter {
  /** Bytes written so far. */
  size = 0;
  private buffer = new Uint8Array(4096);
  private view = new DataView(this.buffer.buffer);

  /** What was written; a view, valid until the next write. */
  bytes(): Uint8Array {
    return this.buffer.subarray(0, this.size);
  }

  u8(value: number): void {
    const at = this.reserve(1);
    this.view.setUint8(at, value);
  }
  i8(value: number): void {
    const at = this.reserve(1);
    this.view.setInt8(at, value);
  }
  u16(value: number): void {
    const at = this.reserve(2);
    this.view.setUint16(at, value, true);
  }
  i16(value: number): void {
    const at = this.reserve(2);
    this.view.setInt16(at, value, true);
  }
  u32(value: number): void {
    const at = this.reserve(4);
    this.view.setUint32(at, value, true);
  }
  i32(value: number): void {
    const at = this.reserve(4);
    this.view.setInt32(at, value, true);
  }
  f32(value: number): void {
    const at = this.reserve(4);
    this.view.setFloat32(at, value, true);
  }
  f64(value: number): void {
    const at = this.reserve(8);
    this.view.setFloat64(at, value, true);
  }
  u64(value: bigint): void {
    const at = this.reserve(8);
    this.view.setBigUint64(at, value, true);
  }
  i64(value: bigint): void {
    const at = this.reserve(8);
    this.view.setBigInt64(at, value, true);
  }

  string(text: string): void {
    const encoded = encodeUtf8(text);
    this.u64(BigInt(encoded.length));
    const start = this.reserve(encoded.length);
    this.buffer.set(encoded, start);
  }

  /** Makes room for `length` bytes (which may replace `view`, so it comes first), doubling the buffer when needed, and returns where they begin. */
  private reserve(length: number): number {
    const start = this.size;
    this.size += length;
    if (this.size > this.buffer.length) {
      const grown = new Uint8Array(Math.max(this.size, 2 * this.buffer.length));
      grown.set(this.buffer.subarray(0, start));
      this.buffer = grown;
      this.view = new DataView(grown.buffer);
    }
    return start;
  }
}
