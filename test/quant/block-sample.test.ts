import { expect, it } from 'vitest';
import { HELD_BYTES, sampleBlocks } from '../../src/quant/block-sample.ts';
import { Q4_K_BYTES } from '../../src/quant/q4_k.ts';

it.each([
  [9000, 4, 4096],
  [3, 5, 4096],
  [7, 5, 11],
  [2, 30_000, 50],
])('%i rows of %i blocks: %i blocks at most, evenly spaced, the same from rows read some at a time as from all', async (m, perRow, most) => {
  const rowBytes = perRow * Q4_K_BYTES;
  const all = new Uint8Array(m * rowBytes);
  new Uint32Array(all.buffer).forEach((_, i, words) => {
    words[i] = Math.imul(i, 0x9e3779b1);
  });
  const held: number[] = [];
  const sample = await sampleBlocks({ m, perRow }, most, async (first, count) => {
    held.push(count * rowBytes);
    return all.subarray(first * rowBytes, (first + count) * rowBytes);
  });
  const count = Math.min(m * perRow, most);
  const places = Array.from({ length: count }, (_, i) => Math.floor((i * m * perRow) / count) * Q4_K_BYTES);
  expect(Buffer.compare(sample, Buffer.concat(places.map((at) => all.subarray(at, at + Q4_K_BYTES))))).toBe(0);
  expect(Math.max(...held)).toBeLessThanOrEqual(Math.max(HELD_BYTES, rowBytes));
  expect(held.reduce((sum, bytes) => sum + bytes, 0)).toBe(all.length);
});
