import { describe, expect, it } from 'vitest';
import { INITIAL } from '../../src/store/lab.ts';
import { placeBeside } from '../../src/views/controls/Flyout.tsx';
import { refusal } from '../../src/views/controls/NumberInput.tsx';
import { peOfRow, rowsOf } from '../../src/views/inspector/rows.ts';
import { fixFor } from '../../src/views/setup/fixes.ts';

const KERNELS = ['streaming', 'stationary'].map((id) => ({ id, name: id, idea: '', takes: 'gemm' as const, options: [] }));

describe('fixes as buttons', () => {
  it.each([
    ['use at most 32x48', { pes: { width: 32, height: 48 } }],
    ['use the kernel stationary', { kernel: 'stationary' }],
    ['choose WSE-3, whose queues are deeper', { machine: 'wse3' }],
    ['use K = 512', { k: 512 }],
    ['Use --n 4 or less', { n: 4 }],
    ['use inner streaming (5628 B)', { options: { inner: 'streaming' } }],
    ['use drain column (9000 B)', { options: { drain: 'column' } }],
    ['use at most 12 tokens, which need about 900 MB', { n: 12 }],
    ['leave the values out, which needs no PE memories: --timing-only', { engine: 'timing' }],
    ['use --engine wavelet, which says who waits for whom', { engine: 'wavelet' }],
    ['use a batch of at most 2', { options: { batch: 2 } }],
  ])('"%s" changes the setup', (text, patch) => {
    expect(fixFor(text, INITIAL.config, KERNELS)).toEqual(patch);
  });

  it('fewer rows on fewer PEs are taken of a synthetic matrix; those of a tensor are given', () => {
    const text = 'use 12\u202f800 rows on 128x100 PEs, which need about 900 MB';
    expect(fixFor(text, { ...INITIAL.config, model: 'synthetic' }, KERNELS)).toEqual({ m: 12_800, pes: { width: 128, height: 100 } });
    expect(fixFor(text, INITIAL.config, KERNELS)).toEqual({ pes: { width: 128, height: 100 } });
  });

  it.each([['open the file first'], ['report this as a bug of Weft'], ['use the kernel streaming'], ['give N rows of K f32 values']])(
    '"%s" stays a sentence',
    (text) => {
      expect(fixFor(text, INITIAL.config, KERNELS)).toBeNull();
    },
  );
});

describe('number fields', () => {
  const k = { label: 'K', min: 256, max: 65_536, step: 256 };
  it('refuse with the values that are valid', () => {
    expect(refusal(11_100, k)).toBe('K must be a multiple of 256: 11\u202f008 or 11\u202f264.');
    expect(refusal(0, k)).toBe('K must be between 256 and 65\u202f536.');
    expect(refusal(2.5, k)).toBe('K must be a whole number.');
    expect(refusal(Number.NaN, k)).toBe('K must be a whole number.');
    expect(refusal(512, k)).toBeNull();
  });
});

describe('rows of a PE', () => {
  const rows = { first: Int32Array.of(0, 3, 6, -1), count: Uint16Array.of(3, 3, 2, 0) };
  it('8 rows at 3 a PE are 3, 3, 2 and none', () => {
    expect([0, 1, 2, 3].map((pe) => rowsOf(rows, pe))).toMatchObject([
      { first: 0, count: 3 },
      { first: 3, count: 3 },
      { first: 6, count: 2 },
      { first: -1, count: 0 },
    ]);
  });
  it('row 7 of 8 is on the third PE, row 8 on none', () => {
    expect([peOfRow(rows, 7), peOfRow(rows, 8)]).toEqual([2, -1]);
  });
});

describe('a sheet beside its button', () => {
  const view = { width: 390, height: 844 };
  it('stays inside a 390 pixel screen at both edges', () => {
    expect(placeBeside({ left: 4, top: 100, bottom: 120 }, view)).toEqual({ left: 8, top: 124 });
    expect(placeBeside({ left: 380, top: 100, bottom: 120 }, view)).toEqual({ left: 82, top: 124 });
  });
  it('opens upwards where less than 180 pixels are left below', () => {
    expect(placeBeside({ left: 40, top: 700, bottom: 720 }, view)).toEqual({ left: 32, bottom: 148 });
  });
});
