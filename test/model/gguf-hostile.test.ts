import { describe, expect, test } from 'vitest';
import { WeftError } from '../../src/base/error.ts';
import { grouped } from '../../src/base/numbers.ts';
import { openGguf } from '../../src/model/gguf-read.ts';
import { metadataArray } from '../../src/model/gguf-types.ts';
import { writeGguf } from '../../src/model/gguf-write.ts';
import { fromBytes, type RangeReader } from '../../src/model/range.ts';
import { assemble, type FileParts, join, pair, tensor, text, u8, u32, u64 } from './assemble.ts';

/** Type numbers of the specification used below. */
const [U8, U32, BOOL, STRING, ARRAY, U64] = [0, 4, 7, 8, 9, 10] as const;
const align = (value: number) => pair('general.alignment', U32, u32(value));
/** general.alignment's pair begins at 24; its value lies after an 8-byte length, 17 bytes of key and a 4-byte type. */
const ALIGN_VALUE = 24 + 8 + 17 + 4;
/** A tensor named 't' with one dimension from byte 24: name 9, n_dims 4, ne 8, type 4, offset 8. */
const T = { name: 24, dims: 33, ne0: 37, type: 45, offset: 49, end: 57 } as const;
/** A pair with key 'k' from byte 24: key 9 bytes, type 4. */
const K = { key: 24, type: 33, value: 37 } as const;

interface Case {
  readonly what: string;
  readonly file: FileParts | Uint8Array;
  readonly field: string;
  readonly byte: number;
}

/** An array pair: nested `depth` deep, the innermost an empty u8 array. */
function nested(depth: number): Uint8Array {
  const levels = Array.from({ length: depth }, () => join(u32(ARRAY), u64(1)));
  return pair('k', ARRAY, join(...levels, u32(U8), u64(0)));
}

const cases: Case[] = [
  { what: 'an empty file', file: new Uint8Array(0), field: 'magic', byte: 0 },
  { what: 'a file of 3 bytes', file: u8(71, 71, 85), field: 'magic', byte: 0 },
  { what: "a file that begins with 'GGML'", file: { magic: 'GGML' }, field: 'magic', byte: 0 },
  { what: 'version 0', file: { version: 0 }, field: 'version', byte: 4 },
  { what: 'version 1, whose lengths have 32 bits', file: { version: 1 }, field: 'version', byte: 4 },
  { what: 'version 4', file: { version: 4 }, field: 'version', byte: 4 },
  { what: 'a big-endian file', file: { version: 0x03000000 }, field: 'version', byte: 4 },
  { what: '2^64 - 1 tensors', file: { tensorCount: 2n ** 64n - 1n }, field: 'tensor_count', byte: 8 },
  { what: '2^40 key-value pairs', file: { pairCount: 2n ** 40n }, field: 'metadata_kv_count', byte: 16 },
  { what: 'a pair more than there is', file: { pairCount: 2, pairs: [pair('k', U32, u32(1))] }, field: 'metadata_kv_count', byte: 16 },
  { what: 'a key longer than the file', file: { pairs: [join(u64(2n ** 63n), u8(1, 2, 3, 4, 5, 6))] }, field: 'metadata[0].key', byte: K.key },
  { what: 'a key of 65,536 bytes', file: { pairs: [pair('x'.repeat(65536), U8, u8(1))] }, field: 'metadata[0].key', byte: K.key },
  { what: 'an empty key', file: { pairs: [pair('', U32, u32(1))] }, field: 'metadata[0].key', byte: K.key },
  { what: 'a key that is not UTF-8', file: { pairs: [join(u64(1), u8(0xff), u32(U32), u32(1))] }, field: 'metadata[0].key', byte: 32 },
  { what: 'the same key twice', file: { pairs: [pair('k', U32, u32(1)), pair('k', U32, u32(2))] }, field: 'metadata[1].key', byte: 41 },
  { what: 'metadata type 13', file: { pairs: [pair('k', 13, u32(1))] }, field: 'metadata[0].type', byte: K.type },
  { what: 'a value cut by the end of the file', file: { pairs: [pair('k', U64, u8(1, 2, 3))] }, field: 'metadata[0].value', byte: K.value },
  { what: 'a bool of 2', file: { pairs: [pair('k', BOOL, u8(2))] }, field: 'metadata[0].value', byte: K.value },
  { what: 'a string longer than the file', file: { pairs: [pair('k', STRING, join(u64(99), u8(1)))] }, field: 'metadata[0].value', byte: K.value },
  {
    what: 'a string with an overlong form',
    file: { pairs: [pair('k', STRING, join(u64(3), u8(0x61, 0xc0, 0x80)))] },
    field: 'metadata[0].value',
    byte: K.value + 9,
  },
  { what: 'an array of type 99', file: { pairs: [pair('k', ARRAY, join(u32(99), u64(0)))] }, field: 'metadata[0].value', byte: K.value },
  { what: 'an array of 2^61 u64', file: { pairs: [pair('k', ARRAY, join(u32(U64), u64(2n ** 61n)))] }, field: 'metadata[0].value', byte: K.value + 4 },
  {
    what: 'a string array whose second string is cut',
    file: { pairs: [pair('k', ARRAY, join(u32(STRING), u64(2), text('abcdefgh'), u64(9), u8(1)))] },
    field: 'metadata[0].value[1]',
    byte: K.value + 12 + 16,
  },
  {
    what: 'a bool array whose third bool is 7',
    file: { pairs: [pair('k', ARRAY, join(u32(BOOL), u64(3), u8(0, 1, 7)))] },
    field: 'metadata[0].value[2]',
    byte: K.value + 12 + 2,
  },
  { what: 'arrays nested 20 deep', file: { pairs: [nested(20)] }, field: `metadata[0].value${'[0]'.repeat(16)}`, byte: K.value + 16 * 12 },
  { what: 'an alignment of 0', file: { pairs: [align(0)] }, field: 'metadata[0].value', byte: ALIGN_VALUE },
  { what: 'an alignment of 24', file: { pairs: [align(24)] }, field: 'metadata[0].value', byte: ALIGN_VALUE },
  { what: 'an alignment of 4', file: { pairs: [align(4)] }, field: 'metadata[0].value', byte: ALIGN_VALUE },
  {
    what: 'an alignment that is a u64',
    file: { pairs: [pair('general.alignment', U64, u64(32))] },
    field: 'metadata[0].type',
    byte: ALIGN_VALUE - 4,
  },
  { what: 'a tensor entry cut in its offset', file: assemble({ tensors: [tensor('t')] }).subarray(0, 53), field: 'tensor[0].offset', byte: T.offset },
  { what: 'an empty tensor name', file: { tensors: [tensor('')], data: 32 }, field: 'tensor[0].name', byte: T.name },
  { what: 'a tensor name longer than the file', file: { tensors: [join(u64(2n ** 50n), new Uint8Array(40))] }, field: 'tensor[0].name', byte: T.name },
  { what: 'the same tensor name twice', file: { tensors: [tensor('t'), tensor('t', { offset: 32 })], data: 64 }, field: 'tensor[1].name', byte: T.end },
  { what: 'a tensor of 0 dimensions', file: { tensors: [tensor('t', { dims: 0 })], data: 32 }, field: 'tensor[0].n_dims', byte: T.dims },
  { what: 'a tensor of 5 dimensions', file: { tensors: [tensor('t', { ne: [1, 1, 1, 1, 8] })], data: 32 }, field: 'tensor[0].n_dims', byte: T.dims },
  { what: 'a dimension of 0', file: { tensors: [tensor('t', { ne: [8, 0] })], data: 32 }, field: 'tensor[0].ne[1]', byte: T.ne0 + 8 },
  { what: 'a dimension of 2^63', file: { tensors: [tensor('t', { ne: [2n ** 63n] })], data: 32 }, field: 'tensor[0].ne[0]', byte: T.ne0 },
  {
    what: 'dimensions whose product overflows 64 bits',
    file: { tensors: [tensor('t', { ne: [2n ** 32n, 2n ** 32n] })], data: 32 },
    field: 'tensor[0].ne[1]',
    byte: T.ne0 + 8,
  },
  { what: 'Q4_K rows of 300', file: { tensors: [tensor('t', { ne: [300, 2], type: 12 })], data: 288 }, field: 'tensor[0].ne[0]', byte: T.ne0 },
  { what: 'tensor type 9999', file: { tensors: [tensor('t', { type: 9999 })], data: 32 }, field: 'tensor[0].type', byte: T.type },
  { what: 'tensor type 4, removed from ggml', file: { tensors: [tensor('t', { type: 4 })], data: 32 }, field: 'tensor[0].type', byte: T.type },
  { what: 'an offset of 16 at alignment 32', file: { tensors: [tensor('t', { offset: 16 })], data: 64 }, field: 'tensor[0].offset', byte: T.offset },
  { what: 'an offset of 2^64 - 32', file: { tensors: [tensor('t', { offset: 2n ** 64n - 32n })], data: 64 }, field: 'tensor[0].offset', byte: T.offset },
  { what: 'an offset at the end of the file', file: { tensors: [tensor('t', { offset: 32 })], data: 32 }, field: 'tensor[0].offset', byte: T.offset },
  { what: 'data that end in the middle', file: { tensors: [tensor('t')], data: 31 }, field: 'tensor[0].data', byte: 64 },
  { what: 'a file without its data section', file: { tensors: [tensor('t')] }, field: 'tensor[0].offset', byte: T.offset },
  {
    what: 'two tensors on the same bytes',
    file: { tensors: [tensor('t', { ne: [16] }), tensor('u', { offset: 32 })], data: 64 },
    field: 'tensor[1].offset',
    byte: T.end + 25,
  },
  {
    what: 'an earlier tensor that begins inside a later one',
    file: { tensors: [tensor('t', { offset: 32 }), tensor('u', { ne: [16] })], data: 64 },
    field: 'tensor[0].offset',
    byte: T.offset,
  },
  {
    what: 'a tensor fewer than the data show',
    file: { tensorCount: 1, tensors: [tensor('t'), tensor('u', { offset: 32 })], data: 64 },
    field: 'file.size',
    byte: 96,
  },
  { what: 'data behind a header without tensors', file: { data: 64 }, field: 'file.size', byte: 24 },
];

async function failure(reader: RangeReader): Promise<WeftError> {
  const outcome = await openGguf(reader).catch((error: unknown) => error);
  expect(outcome).toBeInstanceOf(WeftError);
  return outcome as WeftError;
}

describe('a malformed GGUF file is one WeftError that names the field and the byte', () => {
  test.each(cases)('$what: $field at byte $byte', async ({ file, field, byte }) => {
    const error = await failure(fromBytes(file instanceof Uint8Array ? file : assemble(file)));
    expect({ field: error.field, message: error.message }).toEqual({ field, message: expect.stringMatching(new RegExp(`^at byte ${grouped(byte)}: .+`)) });
  });

  test('the table has at least 25 cases', () => expect(cases.length).toBeGreaterThanOrEqual(25));

  test('an array of 2^40 u64 in a file of 2^50 bytes stops at the header limit of 256 MiB after one read of 64 KiB', async () => {
    const head = assemble({ pairs: [pair('k', ARRAY, join(u32(U64), u64(2n ** 40n)))] });
    let loaded = 0;
    const reader: RangeReader = {
      size: 2 ** 50,
      read: async (offset, length) => {
        loaded += length;
        const bytes = new Uint8Array(length);
        bytes.set(head.subarray(offset, offset + length));
        return bytes;
      },
    };
    const error = await failure(reader);
    expect(error.field).toBe('metadata[0].value');
    expect(error.message).toContain('268\u202f435\u202f456 bytes');
    expect(loaded).toBe(65536);
  });
});

describe('damage of a good file', () => {
  const good = writeGguf(
    [
      { key: 'general.name', type: 'string', value: 'wafer ☃' },
      { key: 'list', type: 'array', value: metadataArray('string', ['a', 'bc', '']) },
      { key: 'deep', type: 'array', value: metadataArray('array', [metadataArray('u8', [1, 2]), metadataArray('bool', [true])]) },
      { key: 'big', type: 'u64', value: 2n ** 63n },
    ],
    [
      { name: 'a', typeId: 0, shape: [8], data: new Uint8Array(32).fill(1) },
      { name: 'b', typeId: 12, shape: [256, 2], data: new Uint8Array(288).fill(2) },
    ],
  );

  test('every one of its prefixes fails with a WeftError that names a byte, and the whole opens', async () => {
    for (let length = 0; length < good.length; length++) {
      const error = await failure(fromBytes(good.subarray(0, length)));
      expect(error.message).toMatch(/^at byte [\d\u202f]+: /);
    }
    expect((await openGguf(fromBytes(good))).tensors).toHaveLength(2);
  });

  test('every single byte set to 0, 127 and 255 either opens or fails with a WeftError', async () => {
    for (let at = 0; at < good.length; at++) {
      for (const value of [0, 127, 255]) {
        const damaged = good.slice();
        damaged[at] = value;
        const outcome = await openGguf(fromBytes(damaged)).catch((error: unknown) => error);
        if (outcome instanceof Error) expect(outcome).toBeInstanceOf(WeftError);
      }
    }
  });

  test('a reader that returns 10 bytes fewer than asked is an error on the file, not short data', async () => {
    const file = await openGguf(fromBytes(good));
    const short: RangeReader = { size: good.length, read: async (offset, length) => good.slice(offset, offset + length - 10) };
    await expect(openGguf(short)).rejects.toMatchObject({ field: 'file', name: 'WeftError' });
    await expect(file.readTensor(file.tensors[1]!, 1, 2)).rejects.toMatchObject({ field: 'rows', name: 'WeftError' });
  });
});
