/** Reads the golden files of test/golden/q4_k (its README.md says where they come from). All are little-endian. */
import { readFileSync } from 'node:fs';

/** The bytes of one golden file, in a buffer of their own. */
export function goldenBytes(name: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(readFileSync(new URL(`../golden/q4_k/${name}`, import.meta.url)));
}

export function goldenF32(name: string): Float32Array {
  return new Float32Array(goldenBytes(name).buffer);
}

export function goldenF64(name: string): Float64Array {
  return new Float64Array(goldenBytes(name).buffer);
}

export function goldenI32(name: string): Int32Array {
  return new Int32Array(goldenBytes(name).buffer);
}

export function goldenJson<T>(name: string): T {
  return JSON.parse(new TextDecoder().decode(goldenBytes(name))) as T;
}

/**
 * Indices at which two f32 arrays differ in their bits, the sign of zero included; two NaN count as equal whatever their
 * payload. Empty when all are equal, so a test prints where a format goes wrong.
 */
export function unequalBits(actual: Float32Array, expected: Float32Array): number[] {
  if (actual.length !== expected.length) throw new Error(`${actual.length} values against ${expected.length}`);
  const a = new Uint32Array(actual.buffer, actual.byteOffset, actual.length);
  const b = new Uint32Array(expected.buffer, expected.byteOffset, expected.length);
  const unequal: number[] = [];
  for (let i = 0; i < a.length; i++) {
    if (a[i] !== b[i] && !(Number.isNaN(actual[i]) && Number.isNaN(expected[i]))) unequal.push(i);
  }
  return unequal;
}
