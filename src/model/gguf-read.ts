/**
 * Opens a GGUF v2 or v3 file through ranges: the header in growing pieces, then only the rows of the tensors asked for.
 * The header is parsed synchronously from the bytes loaded so far; when they run out, twice as many are loaded and the parse
 * starts again, so the whole costs at most about twice one pass and the parser stays free of awaits.
 * Source: GGUF specification, v3, and ggml 0.21.0's gguf.cpp. Left out: v1, big-endian files, files split over several parts.
 */
import { assert, WeftError } from '../base/error.ts';
import { grouped } from '../base/numbers.ts';
import { Cursor, MoreBytes, malformed } from './gguf-cursor.ts';
import { type ReadEntry, readMetadata } from './gguf-metadata.ts';
import { checkLayout, MIN_TENSOR_INFO_BYTES, readTensorInfos, type TensorInfo } from './gguf-tensors.ts';
import { alignUp, DEFAULT_ALIGNMENT, GGUF_MAGIC, isValidAlignment, type MetadataEntry, type MetadataValue } from './gguf-types.ts';
import { nearestNames } from './nearest.ts';
import { type RangeReader, readExactly } from './range.ts';

export type { TensorInfo } from './gguf-tensors.ts';

/** The first read; most headers without a vocabulary fit. */
const FIRST_READ_BYTES = 64 * 1024;
/** Smallest key-value pair: a length, one byte of key, a type, one byte of value. */
const MIN_ENTRY_BYTES = 8 + 1 + 4 + 1;

/** An open file: what it says, and its tensors' bytes on demand. */
export interface GgufFile {
  /** File name, when the reader knows it. */
  readonly name: string | undefined;
  readonly version: number;
  /** Alignment of the tensor data, bytes. */
  readonly alignment: number;
  readonly metadata: ReadonlyMap<string, MetadataValue>;
  /** The same pairs in file order, with their declared types. */
  readonly entries: readonly MetadataEntry[];
  readonly tensors: readonly TensorInfo[];
  /** Byte where the tensor data begins. */
  readonly dataOffset: number;
  /** The raw bytes of `rowCount` rows (a row is ne[0] elements) from `rowStart`; by default the whole tensor. */
  readTensor(info: TensorInfo, rowStart?: number, rowCount?: number): Promise<Uint8Array>;
}

interface Header {
  readonly version: number;
  readonly alignment: number;
  readonly entries: readonly ReadEntry[];
  readonly tensors: readonly TensorInfo[];
  readonly dataOffset: number;
}

/**
 * Reads and checks the header. Every malformed file is one WeftError whose field is the header field (`magic`, `version`,
 * `tensor_count`, `metadata_kv_count`, `metadata[i].key|type|value`, `tensor[i].name|n_dims|ne[j]|type|offset|data`,
 * `file.size`) and whose message begins with the byte.
 */
export async function openGguf(reader: RangeReader): Promise<GgufFile> {
  const header = await loadHeader(reader);
  return {
    name: reader.name,
    version: header.version,
    alignment: header.alignment,
    metadata: new Map(header.entries.map((entry) => [entry.key, entry.value])),
    entries: header.entries,
    tensors: header.tensors,
    dataOffset: header.dataOffset,
    readTensor: (info, rowStart = 0, rowCount = info.rows - rowStart) => readRows(reader, info, rowStart, rowCount),
  };
}

/**
 * The tensor called `name`, or `name` + '.weight'. Throws WeftError on `--tensor` with the closest names otherwise.
 */
export function findTensor(file: GgufFile, name: string): TensorInfo {
  const exact = file.tensors.find((tensor) => tensor.name === name) ?? file.tensors.find((tensor) => tensor.name === `${name}.weight`);
  if (exact !== undefined) return exact;
  if (file.tensors.length === 0) throw new WeftError('--tensor', `there is no tensor '${name}', the file holds no tensors at all`);
  const near = nearestNames(
    name,
    file.tensors.map((tensor) => tensor.name),
    3,
  );
  throw new WeftError('--tensor', `there is no tensor '${name}' among the ${grouped(file.tensors.length)} of the file`, [
    `Use one of the closest names: ${near.join(', ')}`,
  ]);
}

/** Loads and parses, doubling the loaded prefix until the header fits. */
async function loadHeader(reader: RangeReader): Promise<Header> {
  let loaded = await readExactly(reader, 0, Math.min(FIRST_READ_BYTES, reader.size));
  for (;;) {
    try {
      return parseHeader(new Cursor(loaded, reader.size));
    } catch (cause) {
      if (!(cause instanceof MoreBytes)) throw cause;
      const end = Math.min(reader.size, Math.max(cause.upTo, 2 * loaded.length));
      const grown = new Uint8Array(end);
      grown.set(loaded);
      grown.set(await readExactly(reader, loaded.length, end - loaded.length), loaded.length);
      loaded = grown;
    }
  }
}

function parseHeader(cursor: Cursor): Header {
  const version = readVersion(cursor);
  const tensorCount = cursor.count('tensor_count', MIN_TENSOR_INFO_BYTES, 'tensors');
  const entryCount = cursor.count('metadata_kv_count', MIN_ENTRY_BYTES, 'key-value pairs');
  const entries = readMetadata(cursor, entryCount);
  const alignment = readAlignment(entries);
  const infos = readTensorInfos(cursor, tensorCount);
  const dataOffset = alignUp(cursor.at, alignment);
  return { version, alignment, entries, dataOffset, tensors: checkLayout(infos, dataOffset, alignment, cursor) };
}

/** Magic and version, bytes 0 to 7. */
function readVersion(cursor: Cursor): number {
  const magic = cursor.u32('magic');
  if (magic !== GGUF_MAGIC) {
    throw malformed('magic', 0, `the file does not begin with 'GGUF' but with 0x${magic.toString(16).padStart(8, '0')}`, [
      'Choose a .gguf file; convert other models with llama.cpp, convert_hf_to_gguf.py',
    ]);
  }
  const version = cursor.u32('version');
  if (version === 2 || version === 3) return version;
  const why = version !== 0 && (version & 0xffff) === 0 ? 'the file is big-endian' : `version ${version} is not supported`;
  throw malformed('version', 4, `${why}; versions 2 and 3, little-endian, are read`, ['Convert the model again with a current llama.cpp']);
}

/** `general.alignment`: a u32 that is a power of two (ggml) and a multiple of 8 (specification); 32 when absent. */
function readAlignment(entries: readonly ReadEntry[]): number {
  const entry = entries.find((candidate) => candidate.key === 'general.alignment');
  if (entry === undefined) return DEFAULT_ALIGNMENT;
  if (entry.type !== 'u32') throw malformed(`metadata[${entry.index}].type`, entry.valueOffset - 4, `general.alignment has type ${entry.type}, it must be u32`);
  const alignment = entry.value as number;
  if (isValidAlignment(alignment)) return alignment;
  throw malformed(`metadata[${entry.index}].value`, entry.valueOffset, `general.alignment is ${alignment}, it must be a power of two and a multiple of 8`);
}

async function readRows(reader: RangeReader, info: TensorInfo, rowStart: number, rowCount: number): Promise<Uint8Array> {
  assert(Number.isInteger(rowStart) && Number.isInteger(rowCount) && rowStart >= 0 && rowCount >= 0, `rows ${rowStart} + ${rowCount}`);
  if (rowStart + rowCount > info.rows) {
    throw new WeftError(
      'rows',
      `rows ${grouped(rowStart)} to ${grouped(rowStart + rowCount)} were asked of tensor '${info.name}', which has ${grouped(info.rows)}`,
    );
  }
  const rowBytes = info.bytes / info.rows;
  return readExactly(reader, info.offset + rowStart * rowBytes, rowCount * rowBytes);
}
