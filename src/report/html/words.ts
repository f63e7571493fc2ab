/** Small words that only the page needs. */

export const cyclesUnit = (n: number): string => (n === 1 ? 'cycle' : 'cycles');

/** A number with its unit, apart: "25.7 µs" -> ["25.7", "µs"]. */
export function numberAndUnit(text: string): [string, string] {
  const at = text.lastIndexOf('\u202f');
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
}
