/**
 * The words of the activations' stream: column by column, block by block. f32 one a word; f16 two a word, the lower k in the
 * low half. With the sums from the source, the eight sums of a block follow its activations as f32, one a word: each adds up
 * 32 activations as the PEs see them, k ascending from zero, rounded to f32 after every addition.
 */
import { each } from '../../base/pieces.ts';
import { f16ToF32, f32ToF16 } from '../../quant/f16.ts';
import { blockWeights, isHalf, type RowJob, SUB_BLOCKS, subWeights, wordsOfBlock } from './mapping.ts';

/** Activations that are put in words from one yield to the next. */
const BREATH = 1 << 16;

/** In pieces. */
export function* activationWords(job: RowJob, x: Float32Array): Generator<void, Uint32Array> {
  const size = blockWeights(job);
  const blocks = x.length / size;
  const perBlock = wordsOfBlock(job);
  const words = new Uint32Array(blocks * perBlock);
  const bits = new Uint32Array(x.buffer, x.byteOffset, x.length);
  const sums = new Float32Array(SUB_BLOCKS);
  const sumBits = new Uint32Array(sums.buffer);
  const put = (b: number): void => {
    const at = b * perBlock;
    if (isHalf(job)) for (let i = 0; i < size / 2; i++) words[at + i] = f32ToF16(x[b * size + 2 * i]) | (f32ToF16(x[b * size + 2 * i + 1]) << 16);
    else words.set(bits.subarray(b * size, (b + 1) * size), at);
    if (job.factored !== 'source') return;
    sumsOf(job, x.subarray(b * size, (b + 1) * size), sums);
    words.set(sumBits, at + perBlock - SUB_BLOCKS);
  };
  yield* each(blocks, put, BREATH / size);
  return words;
}

function sumsOf(job: RowJob, block: Float32Array, sums: Float32Array): void {
  const length = subWeights(job);
  for (let j = 0; j < SUB_BLOCKS; j++) {
    sums[j] = 0;
    for (let i = length * j; i < length * (j + 1); i++) sums[j] += isHalf(job) ? f16ToF32(f32ToF16(block[i])) : block[i];
  }
}
