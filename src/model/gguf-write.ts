/**
 * Writes a GGUF v3 file: metadata and tensors in, bytes out. Layout as ggml's gguf_write_to_file: header, padding to the
 * alignment, then the tensors in order, each padded with zeros (the last one too). The inverse of gguf-read.ts.
 */
import { WeftError } from '../base/error.ts';
import { ggmlType } from '../quant/formats.ts';
import { ByteWriter } from './byte-writer.ts';
import {
  alignUp,
  DEFAULT_ALIGNMENT,
  GGUF_MAGIC,
  isMetadataArray,
  isValidAlignment,
  MAX_DIMS,
  type MetadataArray,
  type MetadataEntry,
  type MetadataValue,
  VALUE_TYPES,
  type ValueType,
} from './gguf-types.ts';

/** A tensor to write: raw bytes in ggml's layout, dimensions in ggml's order (shape[0] = K is contiguous). */
export interface TensorToWrite {
  readonly name: string;
  /** ggml's type number. */
  readonly typeId: number;
  readonly shape: readonly number[];
  readonly data: Uint8Array;
}

export interface WriteOptions {
  /** Data alignment, bytes: a power of two, at least 8. Recorded as general.alignment when given. Default 32. */
  readonly alignment?: number;
}

/**
 * The whole file. Throws WeftError on a value that its declared type cannot hold, a duplicate key or name, and data whose
 * length is not what shape and type say (fields `metadata[i].…` and `tensor[i].…`, as the reader names them).
 */
export function writeGguf(entries: readonly MetadataEntry[], tensors: readonly TensorToWrite[], options: WriteOptions = {}): Uint8Array {
  const { alignment, all } = withAlignment(entries, options);
  checkNames(all, tensors);
  const header = new ByteWriter();
  header.u32(GGUF_MAGIC);
  header.u32(3);
  header.u64(BigInt(tensors.length));
  header.u64(BigInt(all.length));
  all.forEach((entry, index) => {
    writeEntry(header, entry, `metadata[${index}]`);
  });
  let relative = 0;
  tensors.forEach((tensor, index) => {
    writeTensorInfo(header, tensor, relative, `tensor[${index}]`);
    relative += alignUp(tensor.data.length, alignment);
  });
  const dataOffset = alignUp(header.size, alignment);
  const file = new Uint8Array(dataOffset + relative);
  file.set(header.bytes());
  let at = dataOffset;
  for (const tensor of tensors) {
    file.set(tensor.data, at);
    at += alignUp(tensor.data.length, alignment);
  }
  return file;
}

/** The alignment and the entries that state it; the option and a `general.alignment` entry must not disagree. */
function withAlignment(entries: readonly MetadataEntry[], options: WriteOptions): { alignment: number; all: readonly MetadataEntry[] } {
  const stated = entries.find((entry) => entry.key === 'general.alignment');
  const alignment = options.alignment ?? (stated === undefined ? DEFAULT_ALIGNMENT : Number(stated.value));
  if (!isValidAlignment(alignment)) throw new WeftError('general.alignment', `${alignment} is not a power of two and a multiple of 8`);
  if (stated !== undefined && (stated.type !== 'u32' || stated.value !== alignment)) {
    throw new WeftError('general.alignment', `the metadata say ${String(stated.value)} (${stated.type}), the option says ${alignment} (u32)`);
  }
  if (stated !== undefined || options.alignment === undefined) return { alignment, all: entries };
  return { alignment, all: [...entries, { key: 'general.alignment', type: 'u32', value: alignment }] };
}

function checkNames(entries: readonly MetadataEntry[], tensors: readonly TensorToWrite[]): void {
  const unique = (names: readonly string[], field: (index: number) => string): void => {
    const seen = new Set<string>();
    names.forEach((name, index) => {
      if (name === '' || seen.has(name)) throw new WeftError(field(index), name === '' ? 'the name is empty' : `'${name}' is there twice`);
      seen.add(name);
    });
  };
  unique(
    entries.map((entry) => entry.key),
    (index) => `metadata[${index}].key`,
  );
  unique(
    tensors.map((tensor) => tensor.name),
    (index) => `tensor[${index}].name`,
  );
}

function writeEntry(out: ByteWriter, entry: MetadataEntry, field: string): void {
  out.string(entry.key);
  out.u32(VALUE_TYPES.indexOf(entry.type));
  writeValue(out, entry.type, entry.value, `${field}.value`);
}

function writeValue(out: ByteWriter, type: ValueType, value: MetadataValue, field: string): void {
  if (type === 'array' && isMetadataArray(value)) writeArray(out, value, field);
  else if (type === 'string' && typeof value === 'string') out.string(value);
  else if (type === 'bool' && typeof value === 'boolean') out.u8(value ? 1 : 0);
  else if ((type === 'f32' || type === 'f64') && typeof value === 'number') out[type](value);
  else if (isIntegerType(type)) writeInteger(out, type, value, field);
  else throw mismatch(field, type, value);
}

function writeArray(out: ByteWriter, array: MetadataArray, field: string): void {
  out.u32(VALUE_TYPES.indexOf(array.elementType));
  out.u64(BigInt(array.length));
  array.items().forEach((item, index) => {
    writeValue(out, array.elementType, item, `${field}[${index}]`);
  });
}

type IntegerType = 'u8' | 'i8' | 'u16' | 'i16' | 'u32' | 'i32' | 'u64' | 'i64';

function isIntegerType(type: ValueType): type is IntegerType {
  return /^[ui]\d+$/.test(type);
}

/** Writes an integer after checking that the type holds it: u types 0 to 2^bits - 1, i types -2^(bits-1) to 2^(bits-1) - 1. */
function writeInteger(out: ByteWriter, type: IntegerType, value: MetadataValue, field: string): void {
  if (typeof value !== 'bigint' && !(typeof value === 'number' && Number.isSafeInteger(value))) throw mismatch(field, type, value);
  const bits = Number(type.slice(1));
  const signed = type.startsWith('i');
  const wide = BigInt(value);
  const fits = signed ? BigInt.asIntN(bits, wide) === wide : BigInt.asUintN(bits, wide) === wide;
  if (!fits) throw mismatch(field, type, value);
  if (type === 'u64' || type === 'i64') out[type](wide);
  else out[type](Number(wide));
}

function mismatch(field: string, type: ValueType, value: MetadataValue): WeftError {
  return new WeftError(field, `${typeof value === 'object' ? 'an array' : `${typeof value} ${String(value)}`} cannot be stored as ${type}`);
}

function writeTensorInfo(out: ByteWriter, tensor: TensorToWrite, relative: number, field: string): void {
  const { name, shape, typeId, data } = tensor;
  if (shape.length < 1 || shape.length > MAX_DIMS || !shape.every((ne) => Number.isSafeInteger(ne) && ne > 0)) {
    throw new WeftError(`${field}.ne`, `tensor '${name}' has dimensions [${shape.join(', ')}], ggml has 1 to ${MAX_DIMS} positive ones`);
  }
  const type = ggmlType(typeId);
  if (type === undefined) throw new WeftError(`${field}.type`, `${typeId} is none of ggml's types`);
  const expected = (shape.reduce((product, ne) => product * ne, 1) / type.blockSize) * type.blockBytes;
  if (shape[0]! % type.blockSize !== 0 || data.length !== expected) {
    throw new WeftError(`${field}.data`, `tensor '${name}' [${shape.join(', ')}] of type ${type.name} takes ${expected} bytes, ${data.length} were given`);
  }
  out.string(name);
  out.u32(shape.length);
  for (const ne of shape) out.u64(BigInt(ne));
  out.u32(typeId);
  out.u64(BigInt(relative));
}
