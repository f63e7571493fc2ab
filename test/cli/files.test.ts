/** `weft inspect` and `weft dequantize` against what ggml says of the same file. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { folder, INDEX, TINY, weft } from './weft.ts';

const DIR = folder();

interface Inspection {
  readonly version: number;
  readonly alignment: number;
  readonly dataOffset: number;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly tensors: ReadonlyArray<{
    readonly name: string;
    readonly type: string;
    readonly shape: readonly number[];
    readonly offset: number;
    readonly fileOffset: number;
    readonly bytes: number;
  }>;
}

describe('weft inspect', () => {
  it('--json lists the 26 metadata and 21 tensors as ggml does', async () => {
    const { code, stdout, stderr } = await weft(['inspect', TINY, '--json'], DIR);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const said = JSON.parse(stdout) as Inspection;
    expect(said).toMatchObject({ version: INDEX.version, alignment: INDEX.alignment, dataOffset: INDEX.data_offset });
    expect(Object.keys(said.metadata)).toHaveLength(INDEX.n_kv);
    expect(said.metadata).toMatchObject({ 'general.architecture': 'llama', 'llama.block_count': 2 });
    expect(said.metadata['tokenizer.ggml.tokens']).toHaveLength(320);
    expect(said.tensors.map((t) => [t.name, t.type.toLowerCase(), t.shape, t.offset, t.bytes, t.fileOffset])).toEqual(
      INDEX.tensors.map((t) => [t.name, t.type.toLowerCase(), t.ne, t.offset, t.nbytes, t.offset + INDEX.data_offset]),
    );
  });

  it('for people names the file, every key and every tensor with its size', async () => {
    const { code, stdout } = await weft(['inspect', TINY], DIR);
    expect(code).toBe(0);
    const text = stdout.replaceAll('\u202f', ' ');
    expect(text).toContain('tiny-llama-public.gguf: GGUF version 3, 944 032 B, alignment 32 B, data from byte 9 248');
    expect(text).toContain('… 320 in all]');
    for (const tensor of INDEX.tensors) expect(text).toContain(tensor.name);
    expect(text).toMatch(/blk\.0\.attn_k\.weight +Q4_K +256 × 128 +152 192 +18 432 B/);
  });
});

describe('weft dequantize', () => {
  it.each(INDEX.tensors)('$name ($type) gives the bytes of ggml', async ({ name, sha256_dequant_f32le: sha }) => {
    const output = `${name}.f32`;
    const { code, stderr } = await weft(['dequantize', TINY, '--tensor', name, '--output', output], DIR);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(
      createHash('sha256')
        .update(readFileSync(join(DIR, output)))
        .digest('hex'),
    ).toBe(sha);
  });

  it('takes a name without .weight, replaces an old file, follows a link, and says what it wrote', async () => {
    writeFileSync(join(DIR, 'old.f32'), 'old');
    symlinkSync('old.f32', join(DIR, 'link.f32'));
    const { code, stdout } = await weft(['dequantize', TINY, '--tensor', 'blk.0.attn_k', '--output', 'link.f32', '--json'], DIR);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toEqual({ tensor: 'blk.0.attn_k.weight', type: 'Q4_K', shape: [256, 128], values: 32768, bytes: 131072, written: ['link.f32'] });
    expect(readFileSync(join(DIR, 'old.f32'))).toHaveLength(131072);
    expect(readdirSync(DIR).filter((name) => name.endsWith('.part'))).toEqual([]);
  });

  it('writes into a device without replacing it', async () => {
    const { code, stderr } = await weft(['dequantize', TINY, '--tensor', 'output_norm', '--output', '/dev/null'], DIR);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(readFileSync('/dev/null')).toHaveLength(0);
  });
});
