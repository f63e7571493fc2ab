/**
 * The key-value part of a GGUF header: 13 value types, arrays of any of them, arrays of arrays. Arrays are walked and
 * checked once and decoded only on demand from the header's bytes, which stay in memory (GGUF specification, "gguf_kv").
 */
import { assert } from '../base/error.ts';
import { Cursor, MAX_HEADER_BYTES, malformed } from './gguf-cursor.ts';
import {
  MAX_ARRAY_DEPTH,
  MAX_NAME_BYTES,
  type MetadataArray,
  type MetadataEntry,
  type MetadataValue,
  MIN_VALUE_BYTES,
  VALUE_TYPES,
  type ValueType,
} from './gguf-types.ts';

/** An entry as read, with the byte where its value begins (for later complaints about it). */
export interface ReadEntry extends MetadataEntry {
  readonly index: number;
  readonly valueOffset: number;
}

/** Reads `count` pairs. Throws WeftError with field `metadata[i].key`, `.type` or `.value`, and the byte. */
export function readMetadata(cursor: Cursor, count: number): ReadEntry[] {
  const entries: ReadEntry[] = [];
  const seen = new Map<string, number>();
  for (let index = 0; index < count; index++) {
    const field = `metadata[${index}]`;
    const start = cursor.at;
    const key = cursor.string(`${field}.key`, MAX_NAME_BYTES);
    if (key === '') throw malformed(`${field}.key`, start, 'the key is empty');
    const earlier = seen.get(key);
    if (earlier !== undefined) throw malformed(`${field}.key`, start, `the key '${key}' already is metadata[${earlier}]`);
    seen.set(key, index);
    const type = readType(cursor, `${field}.type`);
    const valueOffset = cursor.at;
    entries.push({ index, key, type, valueOffset, value: readValue(cursor, type, `${field}.value`, 0) });
  }
  return entries;
}

function readType(cursor: Cursor, field: string): ValueType {
  const start = cursor.at;
  const id = cursor.u32(field);
  const type = VALUE_TYPES[id];
  if (type === undefined) throw malformed(field, start, `${id} is not a metadata type, they are 0 to ${VALUE_TYPES.length - 1}`);
  return type;
}

function readValue(cursor: Cursor, type: ValueType, field: string, depth: number): MetadataValue {
  switch (type) {
    case 'u64':
      return narrow(cursor.u64(field));
    case 'i64':
      return narrow(cursor.i64(field));
    case 'bool':
      return readBool(cursor, field);
    case 'string':
      return cursor.string(field, MAX_HEADER_BYTES);
    case 'array':
      return readArray(cursor, field, depth);
    default:
      return cursor[type](field);
  }
}

/** A number where a double holds the integer exactly, else the bigint. */
function narrow(value: bigint): number | bigint {
  return value >= BigInt(Number.MIN_SAFE_INTEGER) && value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : value;
}

/** The specification calls any byte but 0 and 1 an invalid model. */
function readBool(cursor: Cursor, field: string): boolean {
  const start = cursor.at;
  const byte = cursor.u8(field);
  if (byte > 1) throw malformed(field, start, `a bool is 0 or 1, not ${byte}`);
  return byte === 1;
}

/** Element type, count, elements: walks and checks them all, decodes none. */
function readArray(cursor: Cursor, field: string, depth: number): MetadataArray {
  if (depth >= MAX_ARRAY_DEPTH) throw malformed(field, cursor.at, `arrays are nested more than ${MAX_ARRAY_DEPTH} deep`);
  const elementType = readType(cursor, field);
  const length = cursor.count(field, MIN_VALUE_BYTES[elementType], `values of type ${elementType}`);
  const start = cursor.at;
  if (elementType === 'string') {
    for (let i = 0; i < length; i++) cursor.skipString(`${field}[${i}]`, MAX_HEADER_BYTES);
  } else if (elementType === 'array') {
    for (let i = 0; i < length; i++) readArray(cursor, `${field}[${i}]`, depth + 1);
  } else if (elementType === 'bool') {
    cursor.need(length, field);
    for (let i = 0; i < length; i++) readBool(cursor, `${field}[${i}]`);
  } else {
    cursor.take(length * MIN_VALUE_BYTES[elementType], field);
  }
  return new HeaderArray(cursor.bytes, elementType, length, start, depth);
}

/** An array that lives in the header's bytes; they were checked when it was made. */
class HeaderArray implements MetadataArray {
  readonly elementType: ValueType;
  readonly length: number;
  private readonly bytes: Uint8Array;
  private readonly start: number;
  private readonly depth: number;

  constructor(bytes: Uint8Array, elementType: ValueType, length: number, start: number, depth: number) {
    this.elementType = elementType;
    this.length = length;
    this.bytes = bytes;
    this.start = start;
    this.depth = depth;
  }

  items(limit = this.length): MetadataValue[] {
    assert(limit >= 0, `items(${limit}): a limit cannot be negative`);
    const cursor = new Cursor(this.bytes, this.bytes.length, this.start);
    const values: MetadataValue[] = [];
    for (let i = 0; i < this.length && i < limit; i++) values.push(readValue(cursor, this.elementType, 'value', this.depth + 1));
    return values;
  }
}
