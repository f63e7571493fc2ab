/** Holds palette.ts and tokens.css equal, and the contrasts that visual.md section 3 promises. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { IDLE } from '../../src/trace/reader.ts';
import { KIND, KINDS } from '../../src/trace/schema.ts';
import { contrast, inkOn } from '../../src/views/theme/contrast.ts';
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
