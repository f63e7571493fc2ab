import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { findTensor, openGguf } from '../../src/model/gguf-read.ts';
import type { MetadataArray } from '../../src/model/gguf-types.ts';
import { type BlobLike, fromBlob, fromBytes } from '../../src/model/range.ts';
import { dotF64 } from '../../src/quant/dot.ts';
import { formatOfType } from '../../src/quant/formats.ts';

interface GoldenTensor {
  readonly name: string;
  readonly type: string;
  readonly type_id: number;
  readonly ne: readonly number[];
  readonly offset: number;
  readonly nbytes: number;
  readonly sha256_raw: string;
  readonly sha256_dequant_f32le: string;
  readonly matmul?: { readonly x_offset_f32: number; readonly y_offset: number };
}

const path = (name: string) => fileURLToPath(new URL(`../golden/q4_k/${name}`, import.meta.url));
const bytes = new Uint8Array(readFileSync(path('tiny-llama-public.gguf')));
const index = JSON.parse(readFileSync(path('gguf_index.json'), 'utf8')) as {
  readonly version: number;
  readonly alignment: number;
  readonly data_offset: number;
  readonly n_kv: number;
  readonly tensors: readonly GoldenTensor[];
};
const sha256 = (data: Uint8Array) => createHash('sha256').update(data).digest('hex');
const file = await openGguf(fromBytes(bytes, 'tiny-llama-public.gguf'));

async function dequantise(golden: GoldenTensor): Promise<Float32Array> {
  const tensor = findTensor(file, golden.name);
  const values = new Float32Array(tensor.elements);
  formatOfType(tensor.typeId)!.dequantise(await file.readTensor(tensor), values);
  return values;
}

describe('tiny-llama-public.gguf, written by ggml', () => {
  test('has version 3, alignment 32, 26 pairs, 21 tensors and its data at byte 9,248', () => {
    expect([file.version, file.alignment, file.entries.length, file.tensors.length, file.dataOffset]).toEqual([
      index.version,
      index.alignment,
      index.n_kv,
      index.tensors.length,
      index.data_offset,
    ]);
  });

  test('its metadata keep numbers, booleans, text and arrays', () => {
    const get = (key: string) => file.metadata.get(key);
    expect(get('general.architecture')).toBe('llama');
    expect(get('llama.embedding_length')).toBe(256);
    expect(get('llama.attention.layer_norm_rms_epsilon')).toBe(Math.fround(1e-5));
    expect(get('tokenizer.ggml.add_bos_token')).toBe(true);
    expect((get('general.tags') as MetadataArray).items()).toEqual(['golden', 'q4_k', 'test']);
    const tokens = get('tokenizer.ggml.tokens') as MetadataArray;
    expect([tokens.elementType, tokens.length, tokens.items(4)]).toEqual(['string', 320, ['<unk>', '<s>', '</s>', '<0x00>']]);
    expect((get('tokenizer.ggml.token_type') as MetadataArray).items(4)).toEqual([2, 3, 3, 6]);
  });

  test.each(index.tensors)('$name ($type, $ne) has its place, its bytes and its weights', async (golden) => {
    const tensor = findTensor(file, golden.name);
    expect([tensor.typeId, tensor.shape, tensor.offset - file.dataOffset, tensor.bytes]).toEqual([golden.type_id, golden.ne, golden.offset, golden.nbytes]);
    expect(tensor.type).toBe(golden.type.toLowerCase());
    expect(sha256(await file.readTensor(tensor))).toBe(golden.sha256_raw);
    expect(sha256(new Uint8Array((await dequantise(golden)).buffer))).toBe(golden.sha256_dequant_f32le);
  });

  test('each row times the golden activations is within 1e-9 of the float64 product', async () => {
    const x = new Float32Array(new Uint8Array(readFileSync(path('gguf_matmul_x_f32.bin'))).buffer);
    const y = new Float64Array(new Uint8Array(readFileSync(path('gguf_matmul_y_ref_f64.bin'))).buffer);
    for (const golden of index.tensors) {
      if (golden.matmul === undefined) continue;
      const [k, m] = golden.ne as [number, number];
      const weights = await dequantise(golden);
      for (let token = 0; token < 3; token++) {
        const column = x.subarray(golden.matmul.x_offset_f32 + token * k, golden.matmul.x_offset_f32 + (token + 1) * k);
        for (let row = 0; row < m; row++) {
          const product = dotF64(weights.subarray(row * k, (row + 1) * k), column);
          expect(Math.abs(product - y[golden.matmul.y_offset + token * m + row]!)).toBeLessThan(1e-9);
        }
      }
    }
  });
});

describe('reading by ranges', () => {
  /** A File as the browser has it, counting the bytes it is asked for. */
  function countingFile(blob: Blob): { file: BlobLike; loaded: () => number } {
    let loaded = 0;
    const wrap = (part: Blob): BlobLike => ({
      size: part.size,
      name: 'model.gguf',
      slice: (start, end) => wrap(part.slice(start, end)),
      arrayBuffer: () => {
        loaded += part.size;
        return part.arrayBuffer();
      },
    });
    return { file: wrap(blob), loaded: () => loaded };
  }

  test('a Blob of 944,032 bytes is opened with 65,536 and rows 3 and 4 of a Q4_K tensor cost 288 more', async () => {
    const { file: blob, loaded } = countingFile(new Blob([bytes]));
    const opened = await openGguf(fromBlob(blob));
    expect([opened.name, loaded()]).toEqual(['model.gguf', 65536]);
    const tensor = findTensor(opened, 'blk.1.attn_q');
    const rows = await opened.readTensor(tensor, 3, 2);
    expect(loaded()).toBe(65536 + 288);
    expect(rows).toEqual(bytes.subarray(tensor.offset + 3 * 144, tensor.offset + 5 * 144));
  });

  test('of a file of 6.75 GiB only the header and the rows asked for are read', async () => {
    const [name, k, rows] = ['blk.0.ffn_up.weight', 16384, 786432];
    const header = Buffer.alloc(96);
    header.write('GGUF', 0, 'ascii');
    header.writeUInt32LE(3, 4);
    header.writeBigUInt64LE(1n, 8); // tensors; no metadata
    header.writeBigUInt64LE(BigInt(name.length), 24);
    header.write(name, 32, 'ascii');
    header.writeUInt32LE(2, 51);
    header.writeBigUInt64LE(BigInt(k), 55);
    header.writeBigUInt64LE(BigInt(rows), 63);
    header.writeUInt32LE(12, 71); // Q4_K, at offset 0 behind the header's 96 bytes
    const rowBytes = (k / 256) * 144;
    let loaded = 0;
    const part = (from: number, to: number): BlobLike => ({
      size: to - from,
      name: 'large.gguf',
      slice: (start, end) => part(from + start, Math.min(to, from + end)),
      arrayBuffer: async () => {
        loaded += to - from;
        const read = new Uint8Array(to - from);
        if (from < header.length) read.set(header.subarray(from, to));
        return read.buffer;
      },
    });
    const opened = await openGguf(fromBlob(part(0, header.length + rows * rowBytes)));
    const tensor = findTensor(opened, name);
    expect(tensor).toMatchObject({ offset: 96, rows });
    await opened.readTensor(tensor, rows - 2, 2);
    expect(loaded).toBe(65536 + 2 * rowBytes);
  });

  test('a Blob that the browser refuses to read is a WeftError on the file', async () => {
    const refused: BlobLike = { size: 100, slice: () => refused, arrayBuffer: () => Promise.reject(new Error('NotReadableError')) };
    await expect(openGguf(fromBlob(refused))).rejects.toMatchObject({ field: 'file', message: expect.stringContaining('NotReadableError') });
  });
});

describe('finding a tensor', () => {
  test('the exact name and the name without .weight find the same tensor', () => {
    expect(findTensor(file, 'blk.0.ffn_up')).toBe(findTensor(file, 'blk.0.ffn_up.weight'));
  });

  test('a misspelt name is an error on --tensor that offers the closest names', () => {
    expect(() => findTensor(file, 'blk.0.fnn_up.weight')).toThrow(expect.objectContaining({ field: '--tensor' }));
    try {
      findTensor(file, 'blk.0.fnn_up.weight');
    } catch (error) {
      expect((error as { fixes: string[] }).fixes[0]).toContain('blk.0.ffn_up.weight');
    }
  });
});
