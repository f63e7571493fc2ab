import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gguf } from '@huggingface/gguf';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { openGguf } from '../../src/model/gguf-read.ts';
import { isMetadataArray, type MetadataEntry, type MetadataValue, metadataArray, type ValueType } from '../../src/model/gguf-types.ts';
import { type TensorToWrite, writeGguf } from '../../src/model/gguf-write.ts';
import { fromBytes } from '../../src/model/range.ts';
import { syntheticModel } from '../../src/model/synthetic.ts';

/** Arrays as plain lists, so that values compare by content. */
const plain = (value: MetadataValue): unknown => (isMetadataArray(value) ? { of: value.elementType, items: value.items().map(plain) } : value);

/** Integers of a width, as the reader returns them: numbers up to 2^53 - 1, bigints beyond. */
function integers(bits: number, signed: boolean): fc.Arbitrary<MetadataValue> {
  const low = signed ? -(2n ** BigInt(bits - 1)) : 0n;
  const high = 2n ** BigInt(signed ? bits - 1 : bits) - 1n;
  return fc.bigInt(low, high).map((value) => (Number.isSafeInteger(Number(value)) ? Number(value) : value));
}

const scalars: Record<Exclude<ValueType, 'array'>, fc.Arbitrary<MetadataValue>> = {
  u8: integers(8, false),
  i8: integers(8, true),
  u16: integers(16, false),
  i16: integers(16, true),
  u32: integers(32, false),
  i32: integers(32, true),
  u64: integers(64, false),
  i64: integers(64, true),
  f32: fc.float(),
  f64: fc.double(),
  bool: fc.boolean(),
  string: fc.string({ unit: 'binary', maxLength: 20 }),
};
const scalarTypes = Object.keys(scalars) as Exclude<ValueType, 'array'>[];

const arrays = (depth: number): fc.Arbitrary<MetadataValue> => {
  const flat = fc.constantFrom(...scalarTypes).chain((type) => fc.array(scalars[type], { maxLength: 6 }).map((items) => metadataArray(type, items)));
  if (depth === 0) return flat;
  return fc.oneof(
    flat,
    fc.array(arrays(depth - 1), { maxLength: 3 }).map((items) => metadataArray('array', items)),
  );
};
const typed: fc.Arbitrary<{ type: ValueType; value: MetadataValue }> = fc.oneof(
  fc.constantFrom(...scalarTypes).chain((type) => scalars[type].map((value) => ({ type: type as ValueType, value }))),
  arrays(2).map((value) => ({ type: 'array' as const, value })),
);
const entryLists: fc.Arbitrary<MetadataEntry[]> = fc
  .uniqueArray(fc.string({ unit: 'binary', minLength: 1, maxLength: 12 }), { maxLength: 8 })
  .chain((keys) => fc.tuple(...keys.map((key) => typed.map((value) => ({ key, ...value })))));

/** F32, F16, Q8_0 and Q4_K tensors of one to three rows. */
const KINDS = [
  { typeId: 0, k: 3, rowBytes: 12 },
  { typeId: 1, k: 5, rowBytes: 10 },
  { typeId: 8, k: 64, rowBytes: 68 },
  { typeId: 12, k: 256, rowBytes: 144 },
] as const;
const tensorLists: fc.Arbitrary<TensorToWrite[]> = fc
  .array(fc.tuple(fc.constantFrom(...KINDS), fc.integer({ min: 1, max: 3 }), fc.nat(255)), { maxLength: 5 })
  .map((list) =>
    list.map(([{ typeId, k, rowBytes }, rows, fill], index) => ({
      name: `t${index}`,
      typeId,
      shape: [k, rows],
      data: new Uint8Array(rows * rowBytes).fill(fill),
    })),
  );

describe('what is written is read back', () => {
  test('300 random files of all 13 value types, nested arrays and alignments 8 to 256', async () => {
    await fc.assert(
      fc.asyncProperty(entryLists, tensorLists, fc.constantFrom(8, 32, 256), async (entries, tensors, alignment) => {
        const bytes = writeGguf(entries, tensors, { alignment });
        const file = await openGguf(fromBytes(bytes));
        expect(file.alignment).toBe(alignment);
        const expected = [...entries, { key: 'general.alignment', type: 'u32', value: alignment }];
        expect(file.entries.map(({ key, type, value }) => ({ key, type, value: plain(value) }))).toEqual(
          expected.map(({ key, type, value }) => ({ key, type, value: plain(value as MetadataValue) })),
        );
        expect(bytes.length).toBe(Math.ceil(bytes.length / alignment) * alignment);
        for (const [index, tensor] of tensors.entries()) {
          const info = file.tensors[index]!;
          expect([info.name, info.typeId, info.shape, info.offset % alignment]).toEqual([tensor.name, tensor.typeId, tensor.shape, 0]);
          expect(await file.readTensor(info)).toEqual(tensor.data);
        }
        // A file written from what was read is the same file.
        const again = writeGguf(
          file.entries,
          await Promise.all(file.tensors.map(async (info) => ({ name: info.name, typeId: info.typeId, shape: info.shape, data: await file.readTensor(info) }))),
        );
        expect(again).toEqual(bytes);
      }),
      { seed: 3, numRuns: 300 },
    );
  });

  test('a version 2 file, which has the same layout, opens as version 2', async () => {
    const bytes = writeGguf([{ key: 'k', type: 'u8', value: 7 }], []);
    bytes[4] = 2;
    const file = await openGguf(fromBytes(bytes));
    expect([file.version, file.metadata.get('k')]).toEqual([2, 7]);
  });

  test('a header of 300,000 strings (over 64 KiB, several reads) keeps the last one', async () => {
    const tokens = Array.from({ length: 300_000 }, (_, i) => `token ${i}`);
    const file = await openGguf(fromBytes(writeGguf([{ key: 'tokens', type: 'array', value: metadataArray('string', tokens) }], [])));
    const read = file.metadata.get('tokens')!;
    expect(isMetadataArray(read) && read.items().at(-1)).toBe('token 299999');
  });
});

describe('@huggingface/gguf, an independent parser, reads our files', () => {
  async function throughHuggingFace(bytes: Uint8Array) {
    const folder = await mkdtemp(join(tmpdir(), 'weft-gguf-'));
    try {
      const path = join(folder, 'model.gguf');
      await writeFile(path, bytes);
      return await gguf(path, { allowLocalFile: true, typedMetadata: true });
    } finally {
      await rm(folder, { recursive: true });
    }
  }

  test('a synthetic model has the same 7 pairs and 7 tensors, shapes, types and offsets', async () => {
    const bytes = syntheticModel(7, { hidden: 256, feedForward: 512, layers: 2 });
    const ours = await openGguf(fromBytes(bytes));
    const theirs = await throughHuggingFace(bytes);
    const list = theirs.tensorInfos.map((info) => ({
      name: info.name,
      shape: info.shape.map(Number),
      typeId: info.dtype as number,
      offset: Number(theirs.tensorDataOffset + info.offset),
    }));
    expect(list).toEqual(ours.tensors.map(({ name, shape, typeId, offset }) => ({ name, shape, typeId, offset })));
    expect(list).toHaveLength(7);
    expect(ours.metadata.size).toBe(7);
    for (const [key, value] of ours.metadata) expect(theirs.metadata[key as keyof typeof theirs.metadata]).toEqual(value);
  });

  test('every value type and a 64-byte alignment arrive as written', async () => {
    const entries: MetadataEntry[] = [
      { key: 'general.architecture', type: 'string', value: 'weft' },
      { key: 'a.u8', type: 'u8', value: 255 },
      { key: 'a.i8', type: 'i8', value: -128 },
      { key: 'a.u16', type: 'u16', value: 65535 },
      { key: 'a.i16', type: 'i16', value: -32768 },
      { key: 'a.u32', type: 'u32', value: 4294967295 },
      { key: 'a.i32', type: 'i32', value: -2147483648 },
      { key: 'a.f32', type: 'f32', value: 0.5 },
      { key: 'a.f64', type: 'f64', value: Math.PI },
      { key: 'a.bool', type: 'bool', value: true },
      { key: 'a.string', type: 'string', value: 'Ünïcode ☃ 🧵' },
      { key: 'a.u64', type: 'u64', value: 2n ** 64n - 1n },
      { key: 'a.i64', type: 'i64', value: -(2n ** 63n) },
      { key: 'a.array', type: 'array', value: metadataArray('string', ['x', 'ÿ']) },
    ];
    const data = new Uint8Array(144).fill(3);
    const theirs = await throughHuggingFace(writeGguf(entries, [{ name: 'w', typeId: 12, shape: [256], data }], { alignment: 64 }));
    for (const { key, value } of entries) {
      const expected = isMetadataArray(value) ? value.items() : value;
      const read: unknown = theirs.metadata[key as keyof typeof theirs.metadata];
      expect(read).toEqual(expected);
    }
    expect(Number(theirs.tensorDataOffset) % 64).toBe(0);
  });
});

describe('what cannot be written is an error that names the field', () => {
  const data = new Uint8Array(144);
  test.each([
    { what: '256 as u8', entries: [{ key: 'k', type: 'u8', value: 256 }], field: 'metadata[0].value' },
    { what: '-1 as u64', entries: [{ key: 'k', type: 'u64', value: -1 }], field: 'metadata[0].value' },
    { what: '0.5 as i32', entries: [{ key: 'k', type: 'i32', value: 0.5 }], field: 'metadata[0].value' },
    { what: 'a number as a string', entries: [{ key: 'k', type: 'string', value: 1 }], field: 'metadata[0].value' },
    { what: 'a string in a u8 array', entries: [{ key: 'k', type: 'array', value: metadataArray('u8', [1, 'x']) }], field: 'metadata[0].value[1]' },
    {
      what: 'a key twice',
      entries: [
        { key: 'k', type: 'u8', value: 1 },
        { key: 'k', type: 'u8', value: 2 },
      ],
      field: 'metadata[1].key',
    },
    { what: 'an alignment of 48', entries: [{ key: 'general.alignment', type: 'u32', value: 48 }], field: 'general.alignment' },
  ] satisfies { what: string; entries: MetadataEntry[]; field: string }[])('$what: $field', ({ entries, field }) => {
    expect(() => writeGguf(entries, [])).toThrow(expect.objectContaining({ name: 'WeftError', field }));
  });

  test.each([
    { what: 'a name twice', tensors: [0, 1].map(() => ({ name: 't', typeId: 12, shape: [256], data })), field: 'tensor[1].name' },
    { what: '144 bytes for 2 rows', tensors: [{ name: 't', typeId: 12, shape: [256, 2], data }], field: 'tensor[0].data' },
    { what: 'Q4_K rows of 128', tensors: [{ name: 't', typeId: 12, shape: [128, 2], data }], field: 'tensor[0].data' },
    { what: 'type 77', tensors: [{ name: 't', typeId: 77, shape: [256], data }], field: 'tensor[0].type' },
    { what: 'a dimension of 0', tensors: [{ name: 't', typeId: 12, shape: [0], data }], field: 'tensor[0].ne' },
  ])('$what: $field', ({ tensors, field }) => {
    expect(() => writeGguf([], tensors)).toThrow(expect.objectContaining({ name: 'WeftError', field }));
  });
});
