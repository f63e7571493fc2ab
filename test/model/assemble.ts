/** GGUF bytes put together by hand, right or wrong, without the writer under test (GGUF specification, v3). */

const encoder = new TextEncoder();

export const u8 = (...values: number[]): Uint8Array => Uint8Array.from(values);
export function u32(value: number): Uint8Array {
  const out = new Uint8Array(4);
  new DataView(out.buffer).setUint32(0, value, true);
  return out;
}
export function u64(value: number | bigint): Uint8Array {
  const out = new Uint8Array(8);
  new DataView(out.buffer).setBigUint64(0, BigInt(value), true);
  return out;
}
export function join(...parts: Uint8Array[]): Uint8Array {
  const out = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}
export const text = (value: string): Uint8Array => join(u64(encoder.encode(value).length), encoder.encode(value));
/** A key-value pair: key, type number, raw value. */
export const pair = (key: string, type: number, value: Uint8Array): Uint8Array => join(text(key), u32(type), value);
/** A tensor entry; by default a vector of 8 f32 at relative offset 0 (32 bytes of data). */
export function tensor(name: string, fields: { dims?: number; ne?: readonly (number | bigint)[]; type?: number; offset?: number | bigint } = {}): Uint8Array {
  const ne = fields.ne ?? [8];
  return join(text(name), u32(fields.dims ?? ne.length), ...ne.map(u64), u32(fields.type ?? 0), u64(fields.offset ?? 0));
}

export interface FileParts {
  readonly magic?: string;
  readonly version?: number;
  readonly tensorCount?: number | bigint;
  readonly pairCount?: number | bigint;
  readonly pairs?: readonly Uint8Array[];
  readonly tensors?: readonly Uint8Array[];
  /** Bytes of data after the padding. */
  readonly data?: number;
  readonly alignment?: number;
}

/** A file of these parts; the counts are right unless given. Pairs begin at byte 24. */
export function assemble(parts: FileParts): Uint8Array {
  const { pairs = [], tensors = [], alignment = 32 } = parts;
  const counts = join(u64(parts.tensorCount ?? tensors.length), u64(parts.pairCount ?? pairs.length));
  const header = join(encoder.encode(parts.magic ?? 'GGUF'), u32(parts.version ?? 3), counts, ...pairs, ...tensors);
  if (parts.data === undefined) return header;
  return join(header, new Uint8Array((alignment - (header.length % alignment)) % alignment), new Uint8Array(parts.data));
}
