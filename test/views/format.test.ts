import { describe, expect, it } from 'vitest';
import { bytes, clock, count, duration, factor, grouped, parseNumber, percent, prefixed, real, sentence, shortHash, signed } from '../../src/views/format.ts';

const T = '\u202f';

describe('numbers on screen', () => {
  it('groups of three begin at 1 000 and are parted by U+202F', () => {
    expect(grouped(999)).toBe('999');
    expect(grouped(1000)).toBe(`1${T}000`);
    expect(grouped(-1234567)).toBe(`\u22121${T}234${T}567`);
    expect(grouped(1234.56, 1)).toBe(`1${T}234.6`);
  });

  it('a value that rounds to zero has no minus', () => {
    expect(grouped(-0.04, 1)).toBe('0.0');
    expect(grouped(-0)).toBe('0');
  });

  it('infinities and no number are said in words or signs, never as "NaN"', () => {
    expect([grouped(Number.POSITIVE_INFINITY), grouped(Number.NEGATIVE_INFINITY), grouped(Number.NaN)]).toEqual(['\u221e', '\u2212\u221e', 'not a number']);
  });

  it('differences are always signed, zero is not', () => {
    expect([signed(20928), signed(-1), signed(0)]).toEqual([`+20${T}928`, '\u22121', '0']);
  });

  it('percents have one decimal and a thin space', () => {
    expect([percent(0.3896), percent(1), percent(0)]).toEqual([`39.0${T}%`, `100.0${T}%`, `0.0${T}%`]);
  });

  it('factors have a times sign without a space', () => {
    expect([factor(2.749), factor(131.4)]).toEqual(['2.75\u00d7', '131\u00d7']);
  });

  it('times have three significant digits and the prefix that fits', () => {
    expect([duration(25.74), duration(1240), duration(0.5), duration(2_000_000)]).toEqual([`25.7${T}\u00b5s`, `1.24${T}ms`, `500${T}ns`, `2.00${T}s`]);
  });

  it('bytes are exact', () => {
    expect(bytes(49152)).toBe(`49${T}152${T}B`);
  });

  it('rates take a decimal prefix', () => {
    expect([prefixed(11_400_000), prefixed(950), prefixed(2.5e9)]).toEqual([`11.4${T}M`, '950', `2.50${T}G`]);
  });

  it('floats show seven digits, decimals in groups of three, powers of ten when far from one', () => {
    expect(real(Math.fround(-0.4829137))).toBe(`\u22120.482${T}913${T}7`);
    expect(real(1.1920929e-7)).toBe('1.19e\u22127');
    expect(real(3e12)).toBe('3.00e12');
    expect([real(0), real(2), real(-12.5)]).toEqual(['0', '2', '\u221212.5']);
  });

  it('an error is a sentence with grouped numbers; digits of names stay', () => {
    expect(sentence('kernel stationary with 1 row of K = 14336 on a PE (4x4 PEs) overflows a PE by 12792 B')).toBe(
      `Kernel stationary with 1 row of K = 14${T}336 on a PE (4x4 PEs) overflows a PE by 12${T}792 B`,
    );
    expect(sentence('use at most 745500 rows.')).toBe(`Use at most 745${T}500 rows.`);
    expect(sentence("blk.1024.ffn_up of 'run-20261201.gguf' has 512 rows")).toBe("blk.1024.ffn_up of 'run-20261201.gguf' has 512 rows");
  });

  it('what is shown can be typed back', () => {
    for (const n of [0, 7, 1000, -1234567]) expect(parseNumber(grouped(n))).toBe(n);
    expect(parseNumber('11,180')).toBe(11180);
    expect(parseNumber('eleven')).toBeNaN();
    expect(parseNumber('')).toBeNaN();
  });

  it('counts agree with their noun, clocks are in MHz, hashes are read in two groups', () => {
    expect([count(1, 'cycle'), count(2, 'cycle'), clock(875e6), shortHash('a41f09c712345678')]).toEqual(['1 cycle', '2 cycles', `875${T}MHz`, 'a41f 09c7']);
  });
});
