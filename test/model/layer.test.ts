import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { WeftError } from '../../src/base/error.ts';
import { openGguf } from '../../src/model/gguf-read.ts';
import { blockNumber, layerFromModel, layerShape, matricesOf, matrixSize, syntheticLayer } from '../../src/model/layer.ts';
import { fromBytes } from '../../src/model/range.ts';

/** The error's line and its fixes. */
function messageOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof WeftError) return [`${error.field}: ${error.message}`, ...error.fixes].join(' | ');
    throw error;
  }
  return 'no error';
}

const tiny = () => openGguf(fromBytes(new Uint8Array(readFileSync(new URL('../golden/q4_k/tiny-llama-public.gguf', import.meta.url)))));

describe('a layer of a llama file', () => {
  it('has the sizes of the metadata: hidden 256, 4 heads over 2, FFN 512, SwiGLU, epsilon 1e-5, base 10 000', async () => {
    const layer = layerShape(await tiny(), 0);
    expect(layer).toMatchObject({ hidden: 256, heads: 4, kvHeads: 2, headSize: 64, feedForward: 512, activation: 'swiglu', residual: true });
    expect(layer.norm?.epsilon).toBeCloseTo(1e-5, 9);
    expect(layer.rope).toEqual({ base: 10_000, dimensions: 64 });
    expect(matrixSize(layer, 'down')).toEqual({ m: 256, k: 512 });
  });

  it('brings 7 matrices as stored, 2 norms of 256 gains and 3 tokens', async () => {
    const work = await layerFromModel(await tiny(), 1, { n: 3, seed: 1 });
    expect(matricesOf(work.layer)).toHaveLength(7);
    for (const name of matricesOf(work.layer)) expect(work.matrices[name]?.m).toBe(matrixSize(work.layer, name).m);
    expect([work.norms?.attention.length, work.norms?.feedForward.length, work.x.length, work.name]).toEqual([256, 256, 768, 'blk.1']);
  });

  it('is named by blk.N or by one of its tensors; blk.2 of 2 is an error', async () => {
    const file = await tiny();
    expect([blockNumber(file, ''), blockNumber(file, 'blk.1'), blockNumber(file, 'blk.1.attn_q')]).toEqual([0, 1, 1]);
    expect(messageOf(() => blockNumber(file, 'blk.2'))).toBe("--tensor: 'blk.2' names no layer; the file has blk.0 to blk.1 | Use --tensor blk.0");
  });
});

describe('a synthetic layer', () => {
  it('of hidden size 256 has 4 heads of 64, FFN 1 024, GELU, and the same bytes for the same seed', () => {
    const [a, b] = [syntheticLayer(256, 2, 7), syntheticLayer(256, 2, 7)];
    expect(a.layer).toMatchObject({ heads: 4, headSize: 64, feedForward: 1024, activation: 'gelu' });
    expect(a.matrices.up?.rows).toEqual(b.matrices.up?.rows);
    expect(a.x).toEqual(b.x);
  });

  it('of hidden size 300 is an error that names the multiples around it', () => {
    expect(messageOf(() => syntheticLayer(300, 1, 7))).toContain('--k: K is 300, it must be a multiple of 256 (next: 256 and 512)');
  });
});
