/**
 * The tensor part of a GGUF header, and the check that the tensors fit in the file without touching one another
 * (GGUF specification, "gguf_tensor_info_t"; type sizes from src/quant).
 */
import type { WeftError } from '../base/error.ts';
import { grouped } from '../base/numbers.ts';
import { formatOfType, ggmlType } from '../quant/formats.ts';
import { type Cursor, malformed } from './gguf-cursor.ts';
import { alignUp, MAX_DIMS, MAX_NAME_BYTES } from './gguf-types.ts';

/** Smallest tensor entry: a length, one byte of name, n_dims, one dimension, type, offset. */
export const MIN_TENSOR_INFO_BYTES = 8 + 1 + 4 + 8 + 4 + 8;

/** A tensor as listed in the header. */
export interface TensorInfo {
  readonly name: string;
  /** Number format: a FormatId (`q4_k`) where Weft computes with it, ggml's name (`IQ2_XS`) otherwise. */
  readonly type: string;
  /** ggml's number for it. */
  readonly typeId: number;
  /** Dimensions in ggml's order: shape[0] = ne[0] = K is contiguous. */
  readonly shape: readonly number[];
  /** First byte of the data, absolute in the file. */
  readonly offset: number;
  /** Bytes of data, without padding. */
  readonly bytes: number;
  readonly elements: number;
  /** elements / shape[0]. */
  readonly rows: number;
}

/** A tensor before the start of the data is known: its offset is relative, with the byte where the file says so. */
interface RelativeInfo extends Omit<TensorInfo, 'offset'> {
  readonly relative: bigint;
  readonly offsetField: number;
}

/** Reads `count` entries. Throws WeftError with field `tensor[i].name`, `.n_dims`, `.ne[j]` or `.type`, and the byte. */
export function readTensorInfos(cursor: Cursor, count: number): RelativeInfo[] {
  const infos: RelativeInfo[] = [];
  const seen = new Map<string, number>();
  for (let index = 0; index < count; index++) {
    const start = cursor.at;
    const info = readTensorInfo(cursor, `tensor[${index}]`);
    const earlier = seen.get(info.name);
    if (earlier !== undefined) throw malformed(`tensor[${index}].name`, start, `the name '${info.name}' already is tensor[${earlier}]`);
    seen.set(info.name, index);
    infos.push(info);
  }
  return infos;
}

function readTensorInfo(cursor: Cursor, field: string): RelativeInfo {
  const start = cursor.at;
  const name = cursor.string(`${field}.name`, MAX_NAME_BYTES);
  if (name === '') throw malformed(`${field}.name`, start, 'the name is empty');
  const shapeOffset = cursor.at + 4;
  const shape = readShape(cursor, field, name);
  const size = readSize(cursor, field, name, shape, shapeOffset);
  const offsetField = cursor.at;
  return { name, shape, ...size, relative: cursor.u64(`${field}.offset`), offsetField };
}

/** n_dims and ne[]: 1 to 4 dimensions, each at least 1, their product at most 2^53 - 1. */
function readShape(cursor: Cursor, field: string, name: string): number[] {
  const start = cursor.at;
  const dims = cursor.u32(`${field}.n_dims`);
  if (dims < 1 || dims > MAX_DIMS) throw malformed(`${field}.n_dims`, start, `tensor '${name}' has ${dims} dimensions, ggml has 1 to ${MAX_DIMS}`);
  const shape: number[] = [];
  let elements = 1n;
  for (let j = 0; j < dims; j++) {
    const at = cursor.at;
    const ne = cursor.u64(`${field}.ne[${j}]`);
    if (ne === 0n) throw malformed(`${field}.ne[${j}]`, at, `a dimension of tensor '${name}' is 0`);
    elements *= ne;
    if (elements > BigInt(Number.MAX_SAFE_INTEGER))
      throw malformed(`${field}.ne[${j}]`, at, `the dimensions of tensor '${name}' multiply to ${grouped(elements)}, over 2^53`);
    shape.push(Number(ne));
  }
  return shape;
}

/** The type, and the bytes it gives the shape: rows of whole blocks. */
function readSize(cursor: Cursor, field: string, name: string, shape: readonly number[], shapeOffset: number) {
  const start = cursor.at;
  const typeId = cursor.u32(`${field}.type`);
  const type = ggmlType(typeId);
  if (type === undefined) throw malformed(`${field}.type`, start, `tensor '${name}' has type ${typeId}, which is none of ggml's`);
  const k = shape[0]!;
  if (k % type.blockSize !== 0) {
    throw malformed(`${field}.ne[0]`, shapeOffset, `rows of tensor '${name}' have ${grouped(k)} elements, ${type.name} needs a multiple of ${type.blockSize}`);
  }
  const elements = shape.reduce((product, ne) => product * ne, 1);
  const bytes = (elements / type.blockSize) * type.blockBytes;
  return { type: formatOfType(typeId)?.id ?? type.name, typeId, elements, rows: elements / k, bytes };
}

/**
 * Turns relative offsets into absolute ones and checks the data section: every offset aligned and inside the file, no two
 * tensors sharing a byte, and nothing after the last one but padding (more means that the counts and the data contradict).
 */
export function checkLayout(infos: readonly RelativeInfo[], dataOffset: number, alignment: number, cursor: Cursor): TensorInfo[] {
  const placed = infos.map((info, index) => ({ index, info, tensor: place(info, index, dataOffset, alignment, cursor.fileSize) }));
  const inOrder = [...placed].sort((a, b) => a.tensor.offset - b.tensor.offset || a.index - b.index);
  for (let i = 1; i < inOrder.length; i++) {
    const before = inOrder[i - 1]!.tensor;
    const { index, info, tensor } = inOrder[i]!;
    if (before.offset + before.bytes <= tensor.offset) continue;
    const problem = `tensor '${tensor.name}' begins at byte ${grouped(tensor.offset)}, inside '${before.name}', which ends at byte ${grouped(before.offset + before.bytes)}`;
    throw malformed(`tensor[${index}].offset`, info.offsetField, problem);
  }
  const last = inOrder.at(-1)?.tensor;
  const end = last === undefined ? cursor.at : last.offset + last.bytes;
  if (cursor.fileSize > alignUp(end, alignment)) throw trailing(cursor.fileSize, end, infos.length);
  return placed.map(({ tensor }) => tensor);
}

function place(info: RelativeInfo, index: number, dataOffset: number, alignment: number, fileSize: number): TensorInfo {
  const { relative, offsetField, ...rest } = info;
  const field = `tensor[${index}]`;
  if (relative % BigInt(alignment) !== 0n) {
    throw malformed(`${field}.offset`, offsetField, `the offset ${grouped(relative)} of tensor '${info.name}' is not a multiple of the alignment ${alignment}`);
  }
  if (relative + BigInt(dataOffset) >= BigInt(fileSize)) {
    const where = `the data begins at byte ${grouped(dataOffset)} and the file ends at byte ${grouped(fileSize)}`;
    throw malformed(`${field}.offset`, offsetField, `tensor '${info.name}' lies outside the file: its offset is ${grouped(relative)}, ${where}`, [
      DOWNLOAD_AGAIN,
    ]);
  }
  const offset = dataOffset + Number(relative);
  if (offset + info.bytes > fileSize) {
    const problem = `tensor '${info.name}' needs ${grouped(info.bytes)} bytes from here, the file ends at byte ${grouped(fileSize)}`;
    throw malformed(`${field}.data`, offset, problem, [DOWNLOAD_AGAIN]);
  }
  return { ...rest, offset };
}

const DOWNLOAD_AGAIN = 'Download or copy the file again, it is cut short or its header is damaged';

function trailing(fileSize: number, end: number, count: number): WeftError {
  const problem = `the ${grouped(count)} tensors listed end here, yet ${grouped(fileSize - end)} more bytes follow, more than padding`;
  return malformed('file.size', end, problem, ['Check tensor_count and general.alignment; the file may be damaged or have been appended to']);
}
