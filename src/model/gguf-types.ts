/**
 * What a GGUF file holds, as types and constants shared by the reader and the writer. Source: the GGUF specification, v3
 * (ggml/docs/gguf.md) and ggml 0.21.0, gguf.cpp.
 * Left out: v1 (32-bit lengths) and big-endian files, both of which the reader names and refuses.
 */

/** 'GGUF' read as a little-endian u32. */
export const GGUF_MAGIC = 0x46554747;
/** Data alignment of a file without `general.alignment`, bytes. */
export const DEFAULT_ALIGNMENT = 32;
/** ggml's GGML_MAX_DIMS. */
export const MAX_DIMS = 4;
/** The specification's limit for keys, bytes. Tensor names get the same: ggml stops at 63, but forks raise it. */
export const MAX_NAME_BYTES = 65535;
/** Arrays may nest; a hostile file must not turn that into a stack overflow. */
export const MAX_ARRAY_DEPTH = 16;

/** Metadata value types; the index is the number in the file. */
export const VALUE_TYPES = ['u8', 'i8', 'u16', 'i16', 'u32', 'i32', 'f32', 'bool', 'string', 'array', 'u64', 'i64', 'f64'] as const;
export type ValueType = (typeof VALUE_TYPES)[number];

/** Bytes of one value; for string and array the smallest possible (a length; a type and a count). */
export const MIN_VALUE_BYTES: Readonly<Record<ValueType, number>> = {
  u8: 1,
  i8: 1,
  u16: 2,
  i16: 2,
  u32: 4,
  i32: 4,
  f32: 4,
  bool: 1,
  string: 8,
  array: 12,
  u64: 8,
  i64: 8,
  f64: 8,
};

/** u64 and i64 are numbers up to 2^53 - 1 in magnitude, bigints beyond. */
export type MetadataValue = number | bigint | boolean | string | MetadataArray;

/** An array of metadata; a reader decodes it only when asked, since a vocabulary has 150,000 strings. */
export interface MetadataArray {
  readonly elementType: ValueType;
  readonly length: number;
  /** The first `limit` elements (default all). */
  items(limit?: number): MetadataValue[];
}

/** One key-value pair with its declared type, so that a file can be written back as it was. */
export interface MetadataEntry {
  readonly key: string;
  readonly type: ValueType;
  readonly value: MetadataValue;
}

export function isMetadataArray(value: MetadataValue): value is MetadataArray {
  return typeof value === 'object';
}

/** An array to write. */
export function metadataArray(elementType: ValueType, values: readonly MetadataValue[]): MetadataArray {
  return { elementType, length: values.length, items: (limit = values.length) => values.slice(0, limit) };
}

/** `n` rounded up to a multiple of `alignment`; exact up to 2^53 (bit operations would stop at 2^31). */
export function alignUp(n: number, alignment: number): number {
  return Math.ceil(n / alignment) * alignment;
}

/** The rule for `general.alignment`: ggml wants a power of two, the specification a multiple of 8. */
export function isValidAlignment(alignment: number): boolean {
  return Number.isInteger(alignment) && alignment >= 8 && alignment <= 2 ** 31 && Number.isInteger(Math.log2(alignment));
}
