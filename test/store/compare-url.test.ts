import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RunConfig } from '../../src/api/protocol.ts';
import { ALIGNMENTS, COMPARE_LAYERS, COMPARE_VIEWS, type CompareLink, encodeCompare, parseCompare } from '../../src/store/compare-url.ts';
import { INITIAL } from '../../src/store/lab.ts';

const DEFAULTS: CompareLink = {
  a: INITIAL.config,
  b: { ...INITIAL.config, kernel: 'stationary' },
  align: 'start',
  view: 'side',
  layer: 'state',
  cycle: null,
  sel: null,
};

const configs: fc.Arbitrary<RunConfig> = fc
  .record({
    tensor: fc.constantFrom('blk.0.ffn_up', 'a=b,c&d/#1'),
    n: fc.integer({ min: 1, max: 64 }),
    kernel: fc.constantFrom('streaming', 'split-k'),
    machine: fc.constantFrom('teaching' as const, 'wse2' as const, 'wse3' as const),
    pes: fc.option(fc.record({ width: fc.integer({ min: 1, max: 755 }), height: fc.integer({ min: 1, max: 1170 }) }), { nil: undefined }),
  })
  .map(({ pes, ...c }) => ({ ...INITIAL.config, ...c, ...(pes ? { pes } : {}) }));

describe('links of two runs', () => {
  it('survive encode and parse, and encode to the same link again (200 random states)', () => {
    const link = fc.record({
      a: configs,
      b: configs,
      align: fc.constantFrom(...ALIGNMENTS),
      view: fc.constantFrom(...COMPARE_VIEWS),
      layer: fc.constantFrom(...COMPARE_LAYERS),
      cycle: fc.option(fc.integer({ min: -5000, max: 5000 })),
      sel: fc.option(fc.record({ x: fc.nat(1000), y: fc.nat(1000) })),
    });
    fc.assert(
      fc.property(link, (l) => {
        const read = parseCompare(`#${encodeCompare(l)}`, DEFAULTS);
        expect(read).toEqual({ link: l, notices: [] });
        expect(encodeCompare(read.link)).toBe(encodeCompare(l));
      }),
      { numRuns: 200, seed: 1 },
    );
  });

  it('take the defaults for what is absent and say what they could not take', () => {
    expect(parseCompare('', DEFAULTS)).toEqual({ link: DEFAULTS, notices: [] });
    const { link, notices } = parseCompare('#v=2&align=middle&t=x&sel=1&a=v%3D1%26n%3D0', DEFAULTS);
    expect(link).toMatchObject({ align: 'start', cycle: null, sel: null });
    expect(notices).toHaveLength(5);
    expect(notices.join(' ')).toMatch(
      /version 2.*sel=1 cannot be read.*A: n=0 is out of range; 1 was taken.*align=middle is unknown; start was taken.*t=x cannot be read/,
    );
  });

  it('never throw on what people paste', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        parseCompare(`#a=${text}&b=${text}&t=${text}`, DEFAULTS);
      }),
      { numRuns: 200, seed: 2 },
    );
  });
});
