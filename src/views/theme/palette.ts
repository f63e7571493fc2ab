/**
 * The colours of tokens.css for code that draws on a canvas, per theme (visual.md section 3). A test holds the two equal and
 * checks the contrast of every pair. Colours by PE state are indexed by the trace's kinds; idle PEs have an outline, no fill.
 */
import { interpolateCividis, interpolatePuOr, interpolateRgbBasis } from 'd3';
import type { MemoryKind } from '../../machine/program.ts';
import { KINDS, type Kind } from '../../trace/schema.ts';
import { inkOn, inkOnRgb, type Rgb, rgbOf } from './contrast.ts';

export type ThemeName = 'light' | 'dark';

const LIGHT = {
  'bg-app': '#EDEFF1',
  'bg-panel': '#FAFBFB',
  'bg-well': '#FFFFFF',
  'bg-raised': '#FFFFFF',
  'bg-hover': '#E9ECEF',
  'bg-active': '#E3E7F7',
  'text-1': '#14181C',
  'text-2': '#444C55',
  'text-3': '#5C656F',
  'line-1': '#DCE0E4',
  'line-2': '#C3C9CF',
  ctl: '#7D8690',
  accent: '#3A48B5',
  'accent-text': '#3340A6',
  'accent-weak': '#E3E7F7',
  'on-accent': '#FFFFFF',
  ink: '#1B2025',
  'on-ink': '#FFFFFF',
  focus: '#2B3DD6',
  ok: '#0B6B4F',
  warn: '#8A5300',
  err: '#B3261E',
  'ok-bg': '#E2F2EC',
  'warn-bg': '#FBF0DC',
  'err-bg': '#FBE7E4',
  's-compute': '#00845E',
  's-deq': '#C27D00',
  's-send': '#2F8ECB',
  's-recv': '#0B5C94',
  's-wait': '#868E97',
  's-blocked': '#AD3A00',
  's-load': '#953A76',
  's-idle': '#FFFFFF',
  's-edge': '#868E97',
  'wv-0': '#0B5C94',
  'wv-1': '#9A5B00',
  'wv-2': '#7A3E9D',
  'wv-3': '#00705A',
  'wv-4': '#A83A5B',
  'wv-5': '#4D5B00',
  'wv-6': '#3A48B5',
  'wv-7': '#8A4A2B',
} as const;

export type Token = keyof typeof LIGHT;
export type Tokens = Readonly<Record<Token, string>>;

const DARK: Tokens = {
  'bg-app': '#0D0F12',
  'bg-panel': '#14171B',
  'bg-well': '#101317',
  'bg-raised': '#1D2126',
  'bg-hover': '#22272D',
  'bg-active': '#262C48',
  'text-1': '#E7EAED',
  'text-2': '#B3BAC2',
  'text-3': '#8E97A1',
  'line-1': '#262B31',
  'line-2': '#3A414A',
  ctl: '#707A85',
  accent: '#98A7FF',
  'accent-text': '#AAB6FF',
  'accent-weak': '#262C48',
  'on-accent': '#0D0F12',
  ink: '#E7EAED',
  'on-ink': '#0D0F12',
  focus: '#B4BFFF',
  ok: '#57C79D',
  warn: '#E3AE4F',
  err: '#FF8A7A',
  'ok-bg': '#12261F',
  'warn-bg': '#2B2214',
  'err-bg': '#331A18',
  's-compute': '#14A67C',
  's-deq': '#E69F00',
  's-send': '#56B4E9',
  's-recv': '#2C83C4',
  's-wait': '#757E89',
  's-blocked': '#E8692A',
  's-load': '#CC79A7',
  's-idle': '#101317',
  's-edge': '#757E89',
  'wv-0': '#7CC4F2',
  'wv-1': '#F0B84A',
  'wv-2': '#C9A0E8',
  'wv-3': '#5FD0B0',
  'wv-4': '#F29AB2',
  'wv-5': '#C3CF6A',
  'wv-6': '#AAB6FF',
  'wv-7': '#E0A88A',
};

export const TOKENS: Readonly<Record<ThemeName, Tokens>> = { light: LIGHT, dark: DARK };

/** Token of each kind's fill. Waiting for the issue slot is waiting. */
const STATE_TOKEN: Readonly<Record<Kind, Token>> = {
  compute: 's-compute',
  dequantise: 's-deq',
  send: 's-send',
  receive: 's-recv',
  load: 's-load',
  wait: 's-wait',
  blocked: 's-blocked',
  slot: 's-wait',
};

/** Which activity fills the bytes (visual.md section 3, memory bars). */
const MEMORY_TOKEN: Readonly<Record<MemoryKind, Token>> = {
  code: 's-wait',
  weights: 's-recv',
  block: 's-deq',
  activations: 's-send',
  results: 's-send',
  queues: 's-send',
  stack: 's-send',
};

const DASHES: readonly (readonly number[])[] = [[], [4, 2], [2, 2], [6, 2, 2, 2], [8, 3], [1, 3], [5, 1], [3, 3, 1, 3]];

export const RAMP_STEPS = 256;

/** PuOr for dark paper: the middle recedes, the ends are light (visual.md section 3). */
const PUOR_DARK = ['#fee0b6', '#fdb863', '#e08214', '#a85a10', '#5f3c1a', '#23272d', '#40386a', '#6453a6', '#8f7fd0', '#b9aeea', '#e2dcff'];

export interface Palette {
  readonly theme: ThemeName;
  readonly token: Tokens;
  /** Fill and glyph ink by kind of schema.ts. */
  readonly states: readonly string[];
  readonly inks: readonly string[];
  /** RGBA words for an ImageData, by kind; 255 (idle) is the paper. */
  readonly stateWords: Uint32Array;
  /** cividis in 256 steps, as CSS colours and as RGBA words. */
  readonly ramp: readonly string[];
  readonly rampInks: readonly string[];
  readonly rampWords: Uint32Array;
  /** PuOr in 256 steps: orange is A, the middle is no difference, purple is B. */
  readonly diverging: readonly string[];
  readonly divergingInks: readonly string[];
  readonly divergingWords: Uint32Array;
  readonly paperWord: number;
  /** Of outlines. */
  readonly ctlWord: number;
  /** Of a value above its domain. */
  readonly overWord: number;
}

/** Eight hues; the second eight colors repeat them with the next dash. */
export const waveletColor = (palette: Palette, color: number): string => palette.token[`wv-${color % 8}` as Token];

/** Canvas line dash of a wavelet color. */
export const waveletDash = (color: number): readonly number[] => DASHES[(color + Math.floor(color / 8)) % DASHES.length];

export const memoryColor = (palette: Palette, kind: MemoryKind): string => palette.token[MEMORY_TOKEN[kind]];

/** A pixel as the 32-bit word that a little-endian ImageData holds. */
const word = ([r, g, b]: Rgb): number => ((255 << 24) | (b << 16) | (g << 8) | r) >>> 0;

const rgbOfCss = (css: string): Rgb => (css.startsWith('#') ? rgbOf(css) : (css.match(/\d+/g)!.map(Number) as unknown as Rgb));

function makePalette(theme: ThemeName): Palette {
  const token = TOKENS[theme];
  const states = KINDS.map((kind) => token[STATE_TOKEN[kind]]);
  const ramp = Array.from({ length: RAMP_STEPS }, (_, i) => interpolateCividis(i / (RAMP_STEPS - 1)));
  const puor = theme === 'light' ? (t: number) => interpolatePuOr(1 - t) : interpolateRgbBasis(PUOR_DARK);
  const diverging = Array.from({ length: RAMP_STEPS }, (_, i) => puor(i / (RAMP_STEPS - 1)));
  const wordsOf = (colours: readonly string[]): Uint32Array => Uint32Array.from(colours, (c) => word(rgbOfCss(c)));
  const inksOf = (colours: readonly string[]): readonly string[] => colours.map((c) => inkOnRgb(rgbOfCss(c)));
  const paperWord = word(rgbOf(token['bg-well']));
  const stateWords = new Uint32Array(256).fill(paperWord);
  states.forEach((fill, kind) => {
    stateWords[kind] = word(rgbOf(fill));
  });
  return {
    theme,
    token,
    states,
    inks: states.map(inkOn),
    stateWords,
    ramp,
    rampInks: inksOf(ramp),
    rampWords: wordsOf(ramp),
    diverging,
    divergingInks: inksOf(diverging),
    divergingWords: wordsOf(diverging),
    paperWord,
    ctlWord: word(rgbOf(token.ctl)),
    overWord: word(rgbOf(token.err)),
  };
}

export const PALETTES: Readonly<Record<ThemeName, Palette>> = { light: makePalette('light'), dark: makePalette('dark') };

/** Under forced colours data keeps its own fills; lines, labels and paper are the system's (visual.md section 3). */
export function forcedPalette(base: Palette): Palette {
  const text = { 'text-1': 'CanvasText', 'text-2': 'CanvasText', 'text-3': 'CanvasText', 'line-1': 'CanvasText', 'line-2': 'CanvasText' };
  const rest = { ctl: 'CanvasText', accent: 'Highlight', 'accent-text': 'LinkText', 'bg-well': 'Canvas', 'bg-panel': 'Canvas', 'bg-raised': 'Canvas' };
  return { ...base, token: { ...base.token, ...text, ...rest, 's-edge': 'CanvasText' } };
}

/** Step of the ramp for a value of [0, max]. */
export const rampStep = (value: number, max: number): number => Math.min(RAMP_STEPS - 1, Math.max(0, Math.round((value / max) * (RAMP_STEPS - 1))));
