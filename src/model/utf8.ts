/**
 * Strict UTF-8 (RFC 3629): no overlong forms, no surrogates, nothing above U+10FFFF, nothing replaced silently.
 * The core has no TextDecoder (tsconfig.core.json), and GGUF errors must name the offending byte, which TextDecoder cannot.
 */
import { WeftError } from '../base/error.ts';

/** Length of the well-formed sequence at `at` (1 to 4), or 0 when the bytes there are not UTF-8. RFC 3629, section 4. */
function sequenceLength(bytes: Uint8Array, at: number, end: number): number {
  const lead = bytes[at]!;
  if (lead < 0x80) return 1;
  if (lead < 0xc2 || lead > 0xf4) return 0;
  const length = lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
  if (at + length > end) return 0;
  // The second byte's range is narrower after four leads: it excludes overlong forms, surrogates and > U+10FFFF.
  const low = lead === 0xe0 ? 0xa0 : lead === 0xf0 ? 0x90 : 0x80;
  const high = lead === 0xed ? 0x9f : lead === 0xf4 ? 0x8f : 0xbf;
  const second = bytes[at + 1]!;
  if (second < low || second > high) return 0;
  for (let i = 2; i < length; i++) if ((bytes[at + i]! & 0xc0) !== 0x80) return 0;
  return length;
}

/** Index of the first byte of [start, end) that is not part of well-formed UTF-8, or -1. */
export function invalidUtf8At(bytes: Uint8Array, start: number, end: number): number {
  for (let at = start; at < end; ) {
    const length = sequenceLength(bytes, at, end);
    if (length === 0) return at;
    at += length;
  }
  return -1;
}

/** Decodes [start, end), which `invalidUtf8At` has found well formed. A byte order mark is kept as U+FEFF. */
export function decodeUtf8(bytes: Uint8Array, start: number, end: number): string {
  let text = '';
  for (let at = start; at < end; ) {
    const length = sequenceLength(bytes, at, end);
    let code = length === 1 ? bytes[at]! : bytes[at]! & (0x7f >> length);
    for (let i = 1; i < length; i++) code = (code << 6) | (bytes[at + i]! & 0x3f);
    text += String.fromCodePoint(code);
    at += length;
  }
  return text;
}

/** The UTF-8 bytes of `text`. Throws WeftError on a lone surrogate, which has no UTF-8 form. */
export function encodeUtf8(text: string): Uint8Array {
  const out = new Uint8Array(text.length * 3);
  let size = 0;
  for (const character of text) {
    const code = character.codePointAt(0)!;
    if (code >= 0xd800 && code <= 0xdfff) throw new WeftError('text', `it holds the lone surrogate U+${code.toString(16)}, which UTF-8 cannot store`);
    if (code < 0x80) out[size++] = code;
    else {
      const tail = code < 0x800 ? 1 : code < 0x10000 ? 2 : 3;
      out[size++] = ((0xff00 >> (tail + 1)) & 0xff) | (code >> (6 * tail));
      for (let i = tail - 1; i >= 0; i--) out[size++] = 0x80 | ((code >> (6 * i)) & 0x3f);
    }
  }
  return out.slice(0, size);
}
