import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeUtf8, encodeUtf8, invalidUtf8At } from '../../src/model/utf8.ts';

test('any text survives encoding and decoding, and the bytes equal TextEncoder', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const bytes = encodeUtf8(text);
      expect(bytes).toEqual(new TextEncoder().encode(text));
      expect(invalidUtf8At(bytes, 0, bytes.length)).toBe(-1);
      expect(decodeUtf8(bytes, 0, bytes.length)).toBe(text);
    }),
    { seed: 1, numRuns: 500 },
  );
});

test('any bytes are judged as the fatal TextDecoder judges them', () => {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  const nearlyUtf8 = fc.oneof(fc.integer({ min: 0, max: 255 }), fc.constantFrom(0x80, 0xbf, 0xc1, 0xc2, 0xe0, 0xed, 0xf0, 0xf4, 0x9f, 0xa0, 0x8f, 0x90));
  fc.assert(
    fc.property(fc.array(nearlyUtf8, { maxLength: 8 }), (values) => {
      const bytes = Uint8Array.from(values);
      let expected: string | undefined;
      try {
        expected = decoder.decode(bytes);
      } catch {
        expected = undefined;
      }
      const valid = invalidUtf8At(bytes, 0, bytes.length) === -1;
      expect(valid ? decodeUtf8(bytes, 0, bytes.length) : undefined).toBe(expected);
    }),
    { seed: 2, numRuns: 5000 },
  );
});

test('a lone surrogate U+D800 cannot be encoded', () => {
  expect(() => encodeUtf8('a\ud800')).toThrow('U+d800');
});
