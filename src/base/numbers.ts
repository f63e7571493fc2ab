/**
 * Numbers in words and on screen, one way everywhere (page, insights, reports): groups of three by U+202F from 1 000 up,
 * U+2212 as minus, U+202F before a unit. Locale-free on purpose, so that the same run reads the same on every machine.
 */
const THIN = '\u202f';
const MINUS = '\u2212';

const groupThousands = (digits: string): string => digits.replace(/\B(?=(\d{3})+(?!\d))/g, THIN);

/** A number with at most `decimals` fixed decimals, grouped: 22523 -> "22 523"; of 64 bits it is whole and exact. */
export function grouped(value: number | bigint, decimals = 0): string {
  if (typeof value === 'bigint') return value < 0n ? MINUS + groupThousands(String(-value)) : groupThousands(String(value));
  if (!Number.isFinite(value)) return value > 0 ? '\u221e' : value < 0 ? `${MINUS}\u221e` : 'not a number';
  const [whole, fraction] = Math.abs(value).toFixed(decimals).split('.');
  const text = fraction === undefined ? groupThousands(whole) : `${groupThousands(whole)}.${fraction}`;
  return value < 0 && /[1-9]/.test(text) ? MINUS + text : text;
}

/** With as many decimals as it has: 0.25 -> "0.25". */
export const exactly = (value: number): string => grouped(value, (String(value).split('.')[1] ?? '').length);

/** A difference: always signed, zero without a sign. */
export function signed(value: number, decimals = 0): string {
  const text = grouped(value, decimals);
  return value > 0 && /[1-9]/.test(text) ? `+${text}` : text;
}

/** A share in percent with one decimal: 0.615 -> "61.5 %". */
export const percent = (share: number, decimals = 1): string => `${grouped(share * 100, decimals)}${THIN}%`;

/** How many times: "2.75×", without a space. */
export const factor = (ratio: number): string => `${grouped(ratio, ratio < 100 ? 2 : 0)}\u00d7`;

/** A number and its unit. */
export const withUnit = (value: number, unit: string, decimals = 0): string => `${grouped(value, decimals)}${THIN}${unit}`;

/** A number of things: "2 cycles", "1 cycle". */
export const count = (n: number, one: string, many = `${one}s`): string => `${grouped(n)} ${n === 1 ? one : many}`;

/** Bytes, exact, never rounded to KB. */
export const bytes = (value: number): string => withUnit(value, 'B');

/** Three significant digits with the fitting prefix: 25.74 µs -> "25.7 µs", 1240 µs -> "1.24 ms". */
export function duration(microseconds: number): string {
  const [scale, unit] = microseconds < 1 ? [1e3, 'ns'] : microseconds < 1e3 ? [1, '\u00b5s'] : microseconds < 1e6 ? [1e-3, 'ms'] : [1e-6, 's'];
  return withUnit(microseconds * scale, unit, significant(microseconds * scale, 3));
}

/** Decimals that leave `digits` significant digits. */
function significant(value: number, digits: number): number {
  if (value === 0 || !Number.isFinite(value)) return 0;
  return Math.max(0, digits - 1 - Math.floor(Math.log10(Math.abs(value))));
}

/** A rate with three significant digits and a decimal prefix: 11 400 000 -> "11.4 M". */
export function prefixed(value: number): string {
  const [scale, prefix] = value >= 1e9 ? [1e-9, 'G'] : value >= 1e6 ? [1e-6, 'M'] : value >= 1e3 ? [1e-3, 'k'] : [1, ''];
  const text = grouped(value * scale, Math.min(2, significant(value * scale, 3)));
  return prefix === '' ? text : `${text}${THIN}${prefix}`;
}

/** A binary float with seven significant digits, decimals in groups of three: "−0.482 913 7"; very small or large as "1.19e−7". */
export function real(value: number, digits = 7): string {
  if (!Number.isFinite(value)) return grouped(value);
  if (value === 0) return '0';
  const size = Math.abs(value);
  if (size < 1e-4 || size >= 1e9)
    return value
      .toExponential(Math.min(digits, 3) - 1)
      .replace(/-/g, MINUS)
      .replace('e+', 'e');
  const [whole, fraction = ''] = grouped(value, Math.min(12, significant(value, digits))).split('.');
  const trimmed = fraction.replace(/0+$/, '');
  return trimmed === '' ? whole : `${whole}.${trimmed.replace(/(\d{3})(?=\d)/g, `$1${THIN}`)}`;
}

/** Reads a number as typed or as shown: separators and both minus signs are understood. NaN when it is none. */
export function parseNumber(text: string): number {
  const plain = text.replace(/[\s\u00a0\u202f,_]/g, '').replace(MINUS, '-');
  return /^[+-]?\d+(\.\d+)?$/.test(plain) ? Number(plain) : Number.NaN;
}
