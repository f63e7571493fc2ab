/**
 * How numbers are written for people, on the page, in the terminal and in reports: groups of three, a true minus, units
 * after a narrow space, percents with one decimal, times with three significant digits, bytes exact.
 * Machine-readable output (JSON) never passes through here.
 */

/** Narrow no-break space: between groups of digits and before a unit. */
const THIN = '\u202f';
const MINUS = '\u2212';
const SUPERSCRIPTS = '⁰¹²³⁴⁵⁶⁷⁸⁹';

const group = (digits: string): string => digits.replace(/\B(?=(\d{3})+$)/g, THIN);

/** A number with `decimals` digits after the point, its integer part in groups of three: 12345.6, 1 -> 12 345.6. */
export function fixed(value: number, decimals: number): string {
  if (!Number.isFinite(value)) return String(value).replace('-', MINUS);
  const [whole, fraction] = Math.abs(value).toFixed(decimals).split('.');
  const text = fraction === undefined ? group(whole) : `${group(whole)}.${fraction}`;
  return value < 0 && /[1-9]/.test(text) ? MINUS + text : text;
}

/** An integer, rounded: 12345 -> 12 345. */
export const integer = (value: number): string => fixed(value, 0);

/** A difference, always signed; zero has no sign: +12, −3, 0. */
export function signed(value: number, decimals = 0): string {
  const text = fixed(value, decimals);
  return value > 0 && /[1-9]/.test(text) ? `+${text}` : text;
}

/** A share of 1 as a percent with one decimal: 0.619 -> 61.9 %. */
export const percent = (share: number): string => `${fixed(share * 100, 1)}${THIN}%`;

/** A relative difference as a signed percent: −0.0213 -> −2.1 %. */
export const signedPercent = (share: number): string => `${signed(share * 100, 1)}${THIN}%`;

/** A factor with two decimals: 2.75×. */
export const factor = (value: number): string => `${fixed(value, 2)}×`;

/** Three significant digits, never in exponent form: 25.7, 0.00412, 1 230. */
export function significant(value: number): string {
  if (value === 0 || !Number.isFinite(value)) return fixed(value, 0);
  const rounded = Number(value.toPrecision(3));
  const exponent = Math.floor(Math.log10(Math.abs(rounded)));
  return fixed(rounded, Math.max(0, 2 - exponent));
}

/** Bytes, exact: 7 896 B. */
export const bytes = (value: number): string => unit(integer(value), 'B');

/** A number, already text, with its unit: 850 MHz. */
export const unit = (text: string, name: string): string => `${text}${THIN}${name}`;

/** A small error with two significant digits as a power of ten: 3.1 × 10⁻⁶; 0 is 0. */
export function scientific(value: number): string {
  if (value === 0 || !Number.isFinite(value)) return fixed(value, 0);
  const [mantissa, exponent] = value.toExponential(1).split('e');
  const digits = [...String(Math.abs(Number(exponent)))].map((d) => SUPERSCRIPTS[Number(d)]).join('');
  return `${mantissa.replace('-', MINUS)} × 10${Number(exponent) < 0 ? '⁻' : ''}${digits}`;
}
