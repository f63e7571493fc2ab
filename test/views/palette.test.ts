/** Holds palette.ts and tokens.css equal, and the contrasts that visual.md section 3 promises. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { IDLE } from '../../src/trace/reader.ts';
import { KIND, KINDS } from '../../src/trace/schema.ts';
import { contrast, inkOn } from '../../src/views/theme/contrast.ts';
import { glyphPath } from '../../src/views/theme/glyphs.ts';
import { PALETTES, rampStep, type ThemeName, TOKENS, type Token, waveletColor, waveletDash } from '../../src/views/theme/palette.ts';
import { resolveTheme } from '../../src/views/theme/theme.ts';

const css = readFileSync(new URL('../../src/views/theme/tokens.css', import.meta.url), 'utf8');
const THEMES: readonly ThemeName[] = ['light', 'dark'];
const STATES: readonly Token[] = ['s-compute', 's-deq', 's-send', 's-recv', 's-wait', 's-blocked', 's-load'];
const WAVELETS = Array.from({ length: 8 }, (_, i) => `wv-${i}` as Token);
const BACKGROUNDS: readonly Token[] = ['bg-app', 'bg-panel', 'bg-well', 'bg-raised'];

/** Every pair of the contrast table with the least ratio it needs. */
function pairs(): [Token, Token, number][] {
  const text: readonly Token[] = ['text-1', 'text-2', 'text-3', 'accent-text', 'ok', 'warn', 'err'];
  const list: [Token, Token, number][] = text.flatMap((f) => [...BACKGROUNDS, 'bg-hover' as Token].map((b): [Token, Token, number] => [f, b, 4.5]));
  list.push(
    ['accent-text', 'accent-weak', 4.5],
    ['text-1', 'bg-active', 4.5],
    ['text-2', 'bg-active', 4.5],
    ['on-accent', 'accent', 4.5],
    ['on-ink', 'ink', 4.5],
  );
  for (const s of ['ok', 'warn', 'err'] as const) list.push([s, `${s}-bg`, 4.5]);
  for (const f of ['ctl', 'focus', 'accent'] as const) for (const b of BACKGROUNDS) list.push([f, b, 3]);
  for (const s of [...STATES, 's-edge' as Token]) list.push([s, 'bg-well', 3], [s, 'bg-panel', 3]);
  for (const w of WAVELETS) list.push([w, 'bg-well', 4.5]);
  return list;
}

describe('tokens', () => {
  it.each(THEMES)('of the %s theme are the same 52 in palette.ts and tokens.css', (theme) => {
    const blocks = [...css.matchAll(/([^{}]*)\{([^{}]*)\}/g)];
    const block = blocks.find(([, selector]) => selector.includes(`data-theme="${theme}"`))?.[2] ?? '';
    const found = Object.fromEntries([...block.matchAll(/--([\w-]+):\s*(#[0-9a-fA-F]{6})/g)].map((m) => [m[1], m[2].toUpperCase()]));
    expect(Object.keys(found)).toHaveLength(Object.keys(TOKENS[theme]).length);
    expect(found).toEqual(Object.fromEntries(Object.entries(TOKENS[theme]).map(([k, v]) => [k, v.toUpperCase()])));
  });

  it.each(THEMES)('of the %s theme: text on fills >= 4.5:1, controls and state fills >= 3:1, without a failure', (theme) => {
    const token = TOKENS[theme];
    const failures = pairs().filter(([f, b, need]) => contrast(token[f], token[b]) < need);
    expect(failures).toEqual([]);
    expect(pairs().length).toBeGreaterThan(70);
  });

  it.each(THEMES)('of the %s theme: the ink of a glyph or label reaches 4.5:1 on every state and wavelet fill', (theme) => {
    for (const fill of [...STATES, ...WAVELETS].map((t) => TOKENS[theme][t])) expect(contrast(fill, inkOn(fill)), fill).toBeGreaterThanOrEqual(4.5);
  });
});

/** How the three kinds of colour-blindness see linear RGB, whole deficiency (Machado, Oliveira and Fernandes 2009, severity 1). */
const DEFICIENCIES = {
  protan: [0.152286, 1.052583, -0.204868, 0.114503, 0.786281, 0.099216, -0.003882, -0.048116, 1.051998],
  deutan: [0.367322, 0.860646, -0.227968, 0.280085, 0.672501, 0.047413, -0.01182, 0.04294, 0.968881],
  tritan: [1.255528, -0.076749, -0.178779, -0.078411, 0.930809, 0.147602, 0.004733, 0.691367, 0.3039],
} as const;

const linear = (hex: string): number[] =>
  [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16) / 255).map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4));

/** CIE L*a*b* of linear sRGB, D65. */
function lab([r, g, b]: readonly number[]): number[] {
  const xyz = [0.4124 * r + 0.3576 * g + 0.1805 * b, 0.2126 * r + 0.7152 * g + 0.0722 * b, 0.0193 * r + 0.1192 * g + 0.9505 * b];
  const [x, y, z] = xyz.map((v, i) => v / [0.95047, 1, 1.08883][i]).map((t) => (t > 216 / 24_389 ? Math.cbrt(t) : ((24_389 / 27) * t + 16) / 116));
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)];
}

/** CIE76 distance of two colours as somebody with the deficiency sees them. */
function distance(a: string, b: string, m: readonly number[]): number {
  const seen = (hex: string): number[] => {
    const [r, g, bl] = linear(hex);
    return [0, 3, 6].map((i) => Math.min(1, Math.max(0, m[i] * r + m[i + 1] * g + m[i + 2] * bl)));
  };
  const [p, q] = [lab(seen(a)), lab(seen(b))];
  return Math.hypot(p[0] - q[0], p[1] - q[1], p[2] - q[2]);
}

describe('states, for the colour-blind', () => {
  it.each(THEMES.flatMap((theme) => (Object.keys(DEFICIENCIES) as (keyof typeof DEFICIENCIES)[]).map((kind) => [theme, kind] as const)))(
    'of the %s theme differ under %s by a CIE76 of at least 8, every pair',
    (theme, kind) => {
      const pairs = STATES.flatMap((a, i) => STATES.slice(i + 1).map((b) => [a, b, distance(TOKENS[theme][a], TOKENS[theme][b], DEFICIENCIES[kind])] as const));
      expect(pairs).toHaveLength(21);
      expect(pairs.filter(([, , d]) => d < 8)).toEqual([]);
    },
  );

  it('differ by their glyphs as well, every one from every other and from the empty outline of an idle PE', () => {
    const paths = KINDS.filter((kind) => kind !== 'slot').map((kind) => glyphPath(KIND[kind], 0, 12));
    expect(new Set([...paths, '']).size).toBe(8);
  });
});

describe('palettes', () => {
  it('know a fill and an ink for each of the 8 kinds; an idle PE is paper', () => {
    for (const theme of THEMES) {
      const { states, inks, stateWords, paperWord } = PALETTES[theme];
      expect([states.length, inks.length]).toEqual([KINDS.length, KINDS.length]);
      expect(stateWords[IDLE]).toBe(paperWord);
    }
    // #00845E as an ABGR word.
    expect(PALETTES.light.stateWords[KIND.compute].toString(16)).toBe('ff5e8400');
  });

  it('map a value to 256 steps of cividis, clamped at both ends, with inks of at least 4.3:1', () => {
    expect([rampStep(0, 8), rampStep(4, 8), rampStep(8, 8), rampStep(9, 8), rampStep(-1, 8)]).toEqual([0, 128, 255, 255, 0]);
    expect(PALETTES.light.ramp).toHaveLength(256);
    expect(new Set(PALETTES.light.rampInks)).toEqual(new Set(['#0D0F12', '#FFFFFF']));
  });

  it('repeat the 8 wavelet hues with the next dash', () => {
    const { light } = PALETTES;
    expect(waveletColor(light, 9)).toBe(waveletColor(light, 1));
    expect(waveletDash(0)).toEqual([]);
    expect(waveletDash(9)).not.toEqual(waveletDash(1));
    expect(waveletDash(8)).toEqual(waveletDash(1));
  });

  it('follow the system only when asked to', () => {
    expect([resolveTheme('system', true), resolveTheme('system', false), resolveTheme('light', true)]).toEqual(['dark', 'light', 'light']);
  });
});
