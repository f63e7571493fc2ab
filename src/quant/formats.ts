/**
 * The registry of number formats: every tensor type ggml knows with its size, and the ones Weft turns into f32.
 * Numbers and sizes: ggml 0.21.0 (commit d99724f2), `enum ggml_type` of ggml.h and the block structs of ggml-common.h.
 * Types ggml has removed (4, 5, 31 to 33, 36 to 38) are not in the table. To add a format: one file with its reference
 * twin, one line in FORMATS. Formats that are not ggml's (q4_k_ix) have no number and are never found in a file.
 */
import { WeftError } from '../base/error.ts';
import { K_BLOCK_WEIGHTS } from './blocks.ts';
import type { Fp8Kind } from './fp8.ts';
import { dequantiseBF16, dequantiseBF16Reference, dequantiseF16, dequantiseF16Reference, dequantiseF32, dequantiseF32Reference } from './plain.ts';
import { dequantiseQ4KReference } from './q4_k.ts';
import { dequantiseQ4KIx, dequantiseQ4KIxReference, Q4_K_IX_BYTES } from './q4_k_ix.ts';
import { dequantiseQ4KFast } from './q4_k_simd.ts';
import { dequantiseQ5K, dequantiseQ5KReference } from './q5_k.ts';
import { dequantiseQ6K, dequantiseQ6KReference } from './q6_k.ts';
import { dequantiseQ80, dequantiseQ80Reference } from './q8_0.ts';

/** How rows are stored: enough to compute sizes and to name it in a message. */
export interface BlockType {
  /** ggml's name, e.g. `Q4_K`, for its own types. */
  readonly name: string;
  /** Weights per block, along the contiguous dimension. */
  readonly blockSize: number;
  /** Bytes per block. */
  readonly blockBytes: number;
}

/** A tensor type of ggml. */
export interface GgmlType extends BlockType {
  /** The number in a GGUF file. */
  readonly type: number;
}

/** Formats of ggml that Weft can turn into f32; the id is ggml's name in lower case. */
export type GgmlFormatId = 'f32' | 'f16' | 'bf16' | 'q4_k' | 'q5_k' | 'q6_k' | 'q8_0';
/** The block format of the original kernel file, with d and dmin in E4M3 or in E5M2 (q4_k_ix.ts). */
export type OriginalFormatId = 'q4_k_ix' | 'q4_k_ix_e5m2';
export type FormatId = GgmlFormatId | OriginalFormatId;

/** bytes[blockBytes * n] -> out[blockSize * n], any n; `bytes` may start at any address, both lengths must match. */
export type Dequantise = (bytes: Uint8Array, out: Float32Array) => void;

/** A format with its conversion to f32 and the readable twin that the fast one is compared with. */
export interface Format extends BlockType {
  readonly id: FormatId;
  readonly dequantise: Dequantise;
  readonly reference: Dequantise;
}

const GGML_TYPES: ReadonlyMap<number, GgmlType> = new Map(
  (
    [
      [0, 'F32', 1, 4],
      [1, 'F16', 1, 2],
      [2, 'Q4_0', 32, 18],
      [3, 'Q4_1', 32, 20],
      [6, 'Q5_0', 32, 22],
      [7, 'Q5_1', 32, 24],
      [8, 'Q8_0', 32, 34],
      [9, 'Q8_1', 32, 36],
      [10, 'Q2_K', 256, 84],
      [11, 'Q3_K', 256, 110],
      [12, 'Q4_K', 256, 144],
      [13, 'Q5_K', 256, 176],
      [14, 'Q6_K', 256, 210],
      [15, 'Q8_K', 256, 292],
      [16, 'IQ2_XXS', 256, 66],
      [17, 'IQ2_XS', 256, 74],
      [18, 'IQ3_XXS', 256, 98],
      [19, 'IQ1_S', 256, 50],
      [20, 'IQ4_NL', 32, 18],
      [21, 'IQ3_S', 256, 110],
      [22, 'IQ2_S', 256, 82],
      [23, 'IQ4_XS', 256, 136],
      [24, 'I8', 1, 1],
      [25, 'I16', 1, 2],
      [26, 'I32', 1, 4],
      [27, 'I64', 1, 8],
      [28, 'F64', 1, 8],
      [29, 'IQ1_M', 256, 56],
      [30, 'BF16', 1, 2],
      [34, 'TQ1_0', 256, 54],
      [35, 'TQ2_0', 256, 66],
      [39, 'MXFP4', 32, 17],
      [40, 'NVFP4', 64, 36],
      [41, 'Q1_0', 128, 18],
      [42, 'Q2_0', 64, 18],
    ] as const
  ).map(([type, name, blockSize, blockBytes]) => [type, { type, name, blockSize, blockBytes }]),
);

/** Every format Weft can compute with, by id. */
export const FORMATS: Readonly<Record<GgmlFormatId, Format & GgmlType> & Record<OriginalFormatId, Format>> = {
  f32: format('f32', 0, dequantiseF32, dequantiseF32Reference),
  f16: format('f16', 1, dequantiseF16, dequantiseF16Reference),
  bf16: format('bf16', 30, dequantiseBF16, dequantiseBF16Reference),
  q4_k: format('q4_k', 12, dequantiseQ4KFast, dequantiseQ4KReference),
  q5_k: format('q5_k', 13, dequantiseQ5K, dequantiseQ5KReference),
  q6_k: format('q6_k', 14, dequantiseQ6K, dequantiseQ6KReference),
  q8_0: format('q8_0', 8, dequantiseQ80, dequantiseQ80Reference),
  q4_k_ix: originalFormat('q4_k_ix', 'e4m3'),
  q4_k_ix_e5m2: originalFormat('q4_k_ix_e5m2', 'e5m2'),
};

function originalFormat(id: OriginalFormatId, kind: Fp8Kind): Format {
  const layout = { name: id.toUpperCase(), blockSize: K_BLOCK_WEIGHTS, blockBytes: Q4_K_IX_BYTES };
  return { ...layout, id, dequantise: dequantiseQ4KIx(kind), reference: dequantiseQ4KIxReference(kind) };
}

function format(id: GgmlFormatId, type: number, dequantise: Dequantise, reference: Dequantise): Format & GgmlType {
  return { ...(GGML_TYPES.get(type) as GgmlType), id, dequantise, reference };
}

/** The formats of ggml among them. */
export const GGML_FORMATS: ReadonlyArray<Format & GgmlType> = Object.values(FORMATS).filter((candidate): candidate is Format & GgmlType => 'type' in candidate);

/** Whether a format is the original file's block format, not one of ggml. */
export const isOriginalFormat = (format: string): format is OriginalFormatId => Object.hasOwn(FORMATS, format) && !GGML_FORMATS.some(({ id }) => id === format);

/** The ggml type with this number; undefined if ggml 0.21.0 knows none or has removed it. */
export function ggmlType(type: number): GgmlType | undefined {
  return GGML_TYPES.get(type);
}

/** The format with this ggml type number; undefined if Weft cannot turn it into f32. */
export function formatOfType(type: number): (Format & GgmlType) | undefined {
  return GGML_FORMATS.find((candidate) => candidate.type === type);
}

/**
 * Bytes of one row of k weights.
 * @throws WeftError when k is not a positive whole number of blocks.
 */
export function rowBytes(format: BlockType, k: number): number {
  if (!Number.isSafeInteger(k) || k <= 0 || k % format.blockSize !== 0) {
    const message = `a row of ${k} weights is not a whole number of ${format.name} blocks of ${format.blockSize}`;
    throw new WeftError('K', message, [`Use a K that is a multiple of ${format.blockSize}`]);
  }
  return (k / format.blockSize) * format.blockBytes;
}
