/**
 * A workload put into the block format of the original kernel file (quant/q4_k_ix.ts), so that a run shows what that format
 * makes of real weights. The result is labelled wherever a workload is shown, and its `original` are the weights before:
 * the unquantised ones where they are known, else ggml's dequantised ones, so that every error is one against real weights.
 */
import { WeftError } from '../base/error.ts';
import { each } from '../base/pieces.ts';
import { encoderOf } from '../quant/encode.ts';
import { FORMATS, type FormatId, isOriginalFormat, type OriginalFormatId, rowBytes } from '../quant/formats.ts';
import { Q4_K_IX_LABEL } from '../quant/q4_k_ix.ts';
import { relativeRms } from '../quant/q4_k_ix_real.ts';
import type { Workload } from './workload.ts';

/**
 * The format a run asks for by name.
 * @throws WeftError (`--as`) for anything but an id of the original format.
 */
export function checkOriginalFormat(name: string): OriginalFormatId {
  if (isOriginalFormat(name)) return name;
  throw new WeftError('--as', `a tensor cannot be run as ${name}, only as q4_k_ix or q4_k_ix_e5m2`, [
    'use --as q4_k_ix',
    'leave --as out to run the tensor as stored',
  ]);
}

/** Weights from one yield to the next, if a row has no more: encoding them takes some 10 ms. */
const BREATH = 1 << 14;

/** The same product with A re-encoded, in pieces. Takes about a second for 2^20 weights. */
export function* reencoding(workload: Workload, format: OriginalFormatId): Generator<void, Workload> {
  if (workload.format === format) return workload;
  const { m, k } = workload;
  const before = yield* dequantising(workload);
  const original = workload.original ?? before;
  const bytes = rowBytes(FORMATS[format], k);
  const weights = new Uint8Array(m * bytes);
  const encode = encoderOf(format)!;
  const encodeRow = (row: number): void => weights.set(encode(before.subarray(row * k, (row + 1) * k)), row * bytes);
  yield* each(m, encodeRow, Math.ceil(BREATH / k));
  const after = yield* dequantising({ ...workload, format, weights });
  const kind = format === 'q4_k_ix' ? 'FP8 E4M3' : 'FP8 E5M2';
  const change = `${(100 * relativeRms(after, before)).toFixed(2)} % relative RMS from ${FORMATS[workload.format as FormatId].name}`;
  const { source } = workload;
  return {
    ...workload,
    name: `${workload.name} as ${Q4_K_IX_LABEL}`,
    source: { ...source, summary: [...source.summary, ['format', `${Q4_K_IX_LABEL}, ${kind}`], ['re-encoded', change]] },
    format,
    weights,
    original,
  };
}

function* dequantising({ m, k, format, weights }: Workload): Generator<void, Float32Array> {
  const out = new Float32Array(m * k);
  const bytes = weights.length / m;
  const { dequantise } = FORMATS[format as FormatId];
  yield* each(m, (row) => dequantise(weights.subarray(row * bytes, (row + 1) * bytes), out.subarray(row * k, (row + 1) * k)), Math.ceil(BREATH / k));
  return out;
}
