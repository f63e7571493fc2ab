import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RunConfig } from '../../src/api/protocol.ts';
import {
  ALIGNMENTS,
  CHANGE_ORDERS,
  COMPARE_LAYERS,
  COMPARE_TABLES,
  COMPARE_VIEWS,
  type CompareLooks,
  encodeCompare,
  parseCompare,
  THRESHOLDS,
} from '../../src/store/compare-url.ts';
import { INITIAL } from '../../src/store/lab.ts';
import { SPEEDS } from '../../src/store/playback.ts';
import { STAGES } from '../../src/store/types.ts';

const DEFAULTS = { a: INITIAL.config, b: { ...INITIAL.config, kernel: 'stationary' } };

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
    const share = fc.integer({ min: 0, max: 1000 }).map((thousandths) => thousandths / 1000);
    const looks: fc.Arbitrary<Partial<CompareLooks>> = fc.record(
      {
        align: fc.constantFrom(...ALIGNMENTS.slice(1)),
        view: fc.constantFrom(...COMPARE_VIEWS.slice(1)),
        layer: fc.constantFrom(...COMPARE_LAYERS.slice(1)),
        latencyStage: fc.constantFrom(...STAGES.slice(1)),
        camera: fc.record({ zoom: fc.integer({ min: 10, max: 999 }), x: share, y: share }),
        threshold: fc.constantFrom(...THRESHOLDS.filter((t) => t !== 0.01)),
        sort: fc.constantFrom(...CHANGE_ORDERS.slice(1)),
        tables: fc.subarray([...COMPARE_TABLES], { minLength: 1 }),
      },
      { requiredKeys: [] },
    );
    const link = fc.record(
      {
        a: configs,
        b: configs,
        looks,
        cycle: fc.integer({ min: -5000, max: 5000 }),
        sel: fc.record({ x: fc.nat(1000), y: fc.nat(1000) }),
        speed: fc.constantFrom(...SPEEDS),
      },
      { requiredKeys: ['a', 'b', 'looks'] },
    );
    fc.assert(
      fc.property(link, (l) => {
        const read = parseCompare(`#${encodeCompare(l)}`, DEFAULTS);
        expect(read).toEqual({ link: l, notices: [], present: true });
        expect(encodeCompare(read.link)).toBe(encodeCompare(l));
      }),
      { numRuns: 200, seed: 1 },
    );
  });

  it('made by earlier pages still mean what they meant', () => {
    const a = 'v=1&model=demo&tensor=blk.1.attn_output&n=2&seed=7&map=streaming&machine=wse2';
    const b = a.replace('streaming', 'stationary');
    const hash = `#v=1&a=${encodeURIComponent(a)}&b=${encodeURIComponent(b)}&align=mac&view=overlay&layer=utilisation&t=-12&sel=3,2`;
    const looks = { align: 'mac', view: 'overlay', layer: 'utilisation' };
    expect(parseCompare(hash, { a: DEFAULTS.b, b: DEFAULTS.a })).toEqual({
      link: { ...DEFAULTS, cycle: -12, sel: { x: 3, y: 2 }, looks },
      notices: [],
      present: true,
    });
  });

  it('take the defaults for what is absent and say what they could not take', () => {
    expect(parseCompare('', DEFAULTS)).toEqual({ link: { ...DEFAULTS, looks: {} }, notices: [], present: false });
    const { link, notices } = parseCompare('#v=2&align=middle&t=x&sel=1&a=v%3D1%26n%3D0', DEFAULTS);
    expect(link).toEqual({ ...DEFAULTS, a: { ...INITIAL.config, n: 1 }, looks: {} });
    expect(notices).toHaveLength(5);
    expect(notices.join(' ')).toMatch(
      /version 2.*sel=1 is not two numbers.*t=x is no whole number.*A: n=0 cannot be set; 1 was taken.*align=middle is unknown; start was taken/,
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
