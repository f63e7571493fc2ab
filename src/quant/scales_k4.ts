/**
 * The twelve bytes of eight 6-bit scales and eight 6-bit minimums that Q4_K and Q5_K share.
 * Bytes 0..3 and 4..7 hold scales and minimums 0..3 in their low six bits; bytes 8..11 hold the low nibbles of scales and
 * minimums 4..7, whose upper two bits sit on top of bytes 0..7. Source: `get_scale_min_k4` of ggml-quants.c.
 */

/** Bytes that hold the eight scales and eight minimums (ggml's K_SCALE_SIZE). */
export const K4_SCALE_BYTES = 12;

/** Scale of sub-block j (0..7), 0..63, from the twelve bytes that start at `at`. */
export function scaleK4(bytes: Uint8Array, at: number, j: number): number {
  if (j < 4) return bytes[at + j] & 63;
  return (bytes[at + j + 4] & 15) | ((bytes[at + j - 4] >> 6) << 4);
}

/** Minimum of sub-block j (0..7), 0..63, from the twelve bytes that start at `at`. */
export function minK4(bytes: Uint8Array, at: number, j: number): number {
  if (j < 4) return bytes[at + j + 4] & 63;
  return (bytes[at + j + 4] >> 4) | ((bytes[at + j] >> 6) << 4);
}

/** Writes eight scales and eight minimums (each 0..63) into the twelve bytes that start at `at`. */
export function packScalesK4(scales: ArrayLike<number>, mins: ArrayLike<number>, bytes: Uint8Array, at: number): void {
  for (let j = 0; j < 4; j++) {
    bytes[at + j] = scales[j] | ((scales[j + 4] >> 4) << 6);
    bytes[at + j + 4] = mins[j] | ((mins[j + 4] >> 4) << 6);
    bytes[at + j + 8] = (scales[j + 4] & 15) | ((mins[j + 4] & 15) << 4);
  }
}

/**
 * Twin of {@link scaleK4} and {@link minK4}: all sixteen values at once, each put together from named pieces.
 * @param packed the twelve bytes
 */
export function unpackScalesK4Reference(packed: Uint8Array): { scales: number[]; mins: number[] } {
  const bytes = Array.from(packed.subarray(0, K4_SCALE_BYTES));
  const low6 = bytes.slice(0, 8).map((byte) => byte % 64);
  const top2 = bytes.slice(0, 8).map((byte) => Math.floor(byte / 64));
  const nibbles = bytes.slice(8);
  const upperScales = nibbles.map((byte, i) => (byte % 16) + 16 * top2[i]);
  const upperMins = nibbles.map((byte, i) => Math.floor(byte / 16) + 16 * top2[i + 4]);
  return { scales: [...low6.slice(0, 4), ...upperScales], mins: [...low6.slice(4, 8), ...upperMins] };
}
