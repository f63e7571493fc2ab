/** Numbers for people: visual.md section 4, "Numbers". Spaces below are U+202F, minus signs U+2212. */
import { describe, expect, it } from 'vitest';
import { bytes, factor, fixed, integer, percent, scientific, signed, signedPercent, significant, unit } from '../../src/base/format.ts';

const thin = (text: string): string => text.replaceAll(' ', '\u202f').replaceAll('-', '\u2212');

describe('numbers for people', () => {
  it.each([
    [0, '0'],
    [999, '999'],
    [1000, '1 000'],
    [22523, '22 523'],
    [33554432, '33 554 432'],
    [-4096, '-4 096'],
    [0.4, '0'],
    [-0.4, '0'],
  ])('the integer %d is written %s', (value, text) => expect(integer(value)).toBe(thin(text)));

  it('a fraction keeps its decimals and groups only its integer part: 12 345.60', () => {
    expect(fixed(12345.6, 2)).toBe(thin('12 345.60'));
    expect(fixed(Number.NaN, 2)).toBe('NaN');
    expect(fixed(Number.NEGATIVE_INFINITY, 2)).toBe(thin('-Infinity'));
  });

  it('a difference is always signed, zero is not: +12, −1 152, 0', () => {
    expect([signed(12), signed(-1152), signed(0), signed(0.2)]).toEqual(['+12', thin('-1 152'), '0', '0']);
    expect(signedPercent(-0.0213)).toBe(thin('-2.1 %'));
  });

  it('percents have one decimal, factors two, bytes are exact', () => {
    expect([percent(0.6194), percent(1), factor(2.7494), bytes(49152), unit('850', 'MHz')]).toEqual(
      ['61.9 %', '100.0 %', '2.75×', '49 152 B', '850 MHz'].map(thin),
    );
  });

  it.each([
    [25.74, '25.7'],
    [9.996, '10.0'],
    [0.0041249, '0.00412'],
    [1234.5, '1 230'],
    [0, '0'],
  ])('the time %d is written with three significant digits, %s', (value, text) => expect(significant(value)).toBe(thin(text)));

  it.each([
    [3.14e-6, '3.1 × 10⁻⁶'],
    [0, '0'],
    [1.25e12, '1.3 × 10¹²'],
  ])('the error %d is written %s', (value, text) => expect(scientific(value)).toBe(text));
});
