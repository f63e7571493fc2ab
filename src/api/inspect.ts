/**
 * What a model file says, and its weights as f32, without a session: for the command line and whoever uses Weft as a library.
 * Only the header and the rows asked for are ever read.
 */
import { WeftError } from '../base/error.ts';
import { findTensor, openGguf, type TensorInfo } from '../model/gguf-read.ts';
import { isMetadataArray, type MetadataValue } from '../model/gguf-types.ts';
import { type BlobLike, fromBlob } from '../model/range.ts';
import { formatOfType, GGML_FORMATS } from '../quant/formats.ts';

export { DEMO_FILE, DEMO_TENSOR } from '../model/demo.ts';

/** A metadata value as JSON can hold it: integers beyond 2^53 as decimal strings, floats that are not finite as their names. */
export type JsonValue = number | string | boolean | readonly JsonValue[];

export interface TensorEntry {
  readonly name: string;
  /** ggml's name of the number format. */
  readonly type: string;
  /** ne order: shape[0] is contiguous. */
  readonly shape: readonly number[];
  /** First byte relative to dataOffset, as the header states it. */
  readonly offset: number;
  /** First byte in the file. */
  readonly fileOffset: number;
  readonly bytes: number;
}

export interface ModelInspection {
  readonly file: string;
  readonly bytes: number;
  readonly version: number;
  readonly alignment: number;
  /** Byte where tensor data begins. */
  readonly dataOffset: number;
  readonly metadata: Readonly<Record<string, JsonValue>>;
  readonly tensors: readonly TensorEntry[];
}

/** Where dequantised values go, in order; awaited before more are read. */
export type RowSink = (values: Float32Array) => Promise<void>;

/** At most this many bytes of f32 are held at once. */
const CHUNK_BYTES = 4 * 1024 * 1024;

/** The header of a GGUF file. Throws WeftError that names field and byte for malformed files. */
export async function inspectModel(blob: BlobLike, name: string): Promise<ModelInspection> {
  const file = await openGguf(fromBlob(blob, name));
  return {
    file: name,
    bytes: blob.size,
    version: file.version,
    alignment: file.alignment,
    dataOffset: file.dataOffset,
    metadata: Object.fromEntries([...file.metadata].map(([key, value]) => [key, jsonValue(value)])),
    tensors: file.tensors.map((tensor) => entry(tensor, file.dataOffset)),
  };
}

/**
 * Dequantises `tensor` (exact name, or without `.weight`) row after row into `sink`, bit for bit as ggml does.
 * Throws WeftError for unknown tensors and for formats that Weft cannot turn into f32.
 */
export async function dequantiseTensor(blob: BlobLike, name: string, tensor: string, sink: RowSink): Promise<TensorEntry> {
  const file = await openGguf(fromBlob(blob, name));
  const info = findTensor(file, tensor);
  const format = formatOfType(info.typeId);
  if (format === undefined) {
    const known = GGML_FORMATS.map((f) => f.name);
    throw new WeftError('--tensor', `'${info.name}' is stored as ${info.type}, which Weft cannot turn into f32`, [
      `Choose a tensor of type ${known.join(', ')}`,
    ]);
  }
  const k = info.shape[0];
  const step = Math.max(1, Math.floor(CHUNK_BYTES / 4 / k));
  for (let row = 0; row < info.rows; row += step) {
    const count = Math.min(step, info.rows - row);
    const values = new Float32Array(count * k);
    format.dequantise(await file.readTensor(info, row, count), values);
    await sink(values);
  }
  return entry(info, file.dataOffset);
}

function entry(info: TensorInfo, dataOffset: number): TensorEntry {
  const { name, type, shape, offset, bytes } = info;
  return { name, type: formatOfType(info.typeId)?.name ?? type, shape, offset: offset - dataOffset, fileOffset: offset, bytes };
}

function jsonValue(value: MetadataValue): JsonValue {
  if (isMetadataArray(value)) return value.items().map(jsonValue);
  if (typeof value === 'bigint') return String(value);
  return typeof value === 'number' && !Number.isFinite(value) ? String(value) : value;
}
