/**
 * The header of a trace file: the program without what it loads, as JSON, its typed arrays beside it in binary. Keys are
 * sorted, so that equal programs have equal headers however they were put together.
 */
import { assert, WeftError } from '../base/error.ts';
import { type Channels, enumerateChannels } from '../machine/channels.ts';
import { withoutLoads } from '../machine/loads.ts';
import type { Program } from '../machine/program.ts';
import { validateProgram } from '../machine/validate.ts';
import { asciiBytes, asciiText, ByteReader, ByteWriter, ColumnWriter } from './bytes.ts';
import { TRACE_VERSION } from './schema.ts';
import { MAGIC, PROLOGUE_BYTES } from './tables.ts';

export interface Header {
  readonly program: Program;
  readonly channels: Channels;
  readonly modelVersion: string;
}

type Arrays = Uint8Array | Uint16Array | Uint32Array | Float64Array;
/** Types of arrays, by their number in the file. */
const TYPES = [Uint8Array, Uint16Array, Uint32Array, Float64Array] as const;
const RAW = 0;
const REPEATED = 1;
/** Where a typed array is left out of the JSON, its index in the list behind it. */
const PLACE = '$array';

/** The whole header, its check included. */
export function encodeHeader(program: Program, modelVersion: string): Uint8Array<ArrayBuffer> {
  const arrays: Arrays[] = [];
  const json = JSON.stringify({ modelVersion, program: pack(withoutLoads(program), arrays) });
  const text = asciiBytes(json.replace(/[^ -~]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`));
  const list = new ByteWriter();
  for (const array of arrays) writeArray(list, array);
  const out = new ByteWriter();
  out.raw(asciiBytes(MAGIC));
  out.u32(TRACE_VERSION);
  out.u32(text.length);
  out.u32(list.size);
  out.raw(text);
  out.raw(list.bytes());
  out.check();
  return out.bytes().slice();
}

/** Plain data with its typed arrays taken out into `arrays`. */
function pack(value: unknown, arrays: Arrays[]): unknown {
  if (ArrayBuffer.isView(value)) {
    arrays.push(value as Arrays);
    return { [PLACE]: arrays.length - 1 };
  }
  if (Array.isArray(value)) return value.map((item) => pack(item, arrays));
  assert(typeof value !== 'number' || Number.isFinite(value), `a program holds the number ${value}`);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([, item]) => item !== undefined);
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, item]) => [key, pack(item, arrays)]));
}

/** Type, encoding, length in elements, bytes: little-endian elements, or a column where that is shorter. */
function writeArray(out: ByteWriter, array: Arrays): void {
  const type = TYPES.findIndex((Type) => array instanceof Type);
  assert(type >= 0, `a program holds a ${array.constructor.name}`);
  const raw = rawBytes(array);
  const column = new ColumnWriter();
  if (type < 3) for (let i = 0; i < array.length; i++) column.put(array[i]);
  const repeated = column.take();
  const isShorter = type < 3 && repeated.length < raw.length;
  out.u8(type);
  out.u8(isShorter ? REPEATED : RAW);
  out.varint(array.length);
  out.sized(isShorter ? repeated : raw);
}

function rawBytes(array: Arrays): Uint8Array {
  const out = new DataView(new ArrayBuffer(array.byteLength));
  const size = array.BYTES_PER_ELEMENT;
  for (let i = 0; i < array.length; i++) {
    if (size === 1) out.setUint8(i, array[i]);
    else if (size === 2) out.setUint16(2 * i, array[i], true);
    else if (size === 4) out.setUint32(4 * i, array[i], true);
    else out.setFloat64(8 * i, array[i], true);
  }
  return new Uint8Array(out.buffer);
}

/** Reads a header whose check holds. Throws a WeftError when it does not say what a header must say. */
export function decodeHeader(bytes: Uint8Array, jsonLength: number): Header {
  const reader = new ByteReader(bytes, 0);
  reader.take(PROLOGUE_BYTES, 'header');
  const text = asciiText(reader.take(jsonLength, 'header.json'));
  const arrays: Arrays[] = [];
  while (reader.at < bytes.length) arrays.push(readArray(reader, `header.arrays[${arrays.length}]`));
  try {
    const { modelVersion, program } = unpack(JSON.parse(text), arrays) as { modelVersion: unknown; program: Program };
    if (typeof modelVersion !== 'string') throw new Error('modelVersion is missing');
    validateProgram(program);
    return { program, channels: enumerateChannels(program), modelVersion };
  } catch (cause) {
    const why = cause instanceof WeftError ? cause.message : 'it is not what this version writes';
    throw reader.wrong('header.program', `the program cannot be used: ${why}`, PROLOGUE_BYTES);
  }
}

function unpack(value: unknown, arrays: readonly Arrays[]): unknown {
  if (Array.isArray(value)) return value.map((item) => unpack(item, arrays));
  if (typeof value !== 'object' || value === null) return value;
  const place = (value as Record<string, unknown>)[PLACE];
  if (typeof place === 'number') return arrays[place];
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, unpack(item, arrays)]));
}

function readArray(reader: ByteReader, field: string): Arrays {
  const from = reader.at;
  const Type = TYPES[reader.u8(field)];
  const encoding = reader.u8(field);
  const length = reader.varint(field);
  const part = reader.sized(field);
  if (!Type || encoding > REPEATED) throw reader.wrong(field, 'the type or encoding of the array is unknown', from);
  if (encoding === RAW && length * Type.BYTES_PER_ELEMENT !== part.bytes.length) throw reader.wrong(field, `${length} elements do not fit its bytes`, from);
  if (length > MOST_ELEMENTS) throw reader.wrong(field, `${length} elements, no program needs that`, from);
  if (encoding === REPEATED) {
    const values = new Float64Array(length);
    part.column(length, values, field);
    return Type.from(values);
  }
  const view = new DataView(part.bytes.buffer, part.bytes.byteOffset, part.bytes.length);
  if (Type === Uint8Array) return part.bytes.slice();
  if (Type === Uint16Array) return Uint16Array.from({ length }, (_, i) => view.getUint16(2 * i, true));
  if (Type === Uint32Array) return Uint32Array.from({ length }, (_, i) => view.getUint32(4 * i, true));
  return Float64Array.from({ length }, (_, i) => view.getFloat64(8 * i, true));
}

/** Bounds what a file can make the reader allocate for one array whose values repeat. */
const MOST_ELEMENTS = 2 ** 28;
