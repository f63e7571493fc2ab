import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RunConfig } from '../../src/api/protocol.ts';
import { INITIAL } from '../../src/store/lab.ts';
import { inOrder } from '../../src/store/mark-text.ts';
import { DOCK_TAB_IDS, LAYERS, type Mark, STAGES } from '../../src/store/types.ts';
import { encodeLink, LIMITS, type LinkState, MACHINE_IDS, parseLink } from '../../src/store/url.ts';

const DEFAULTS: LinkState = { config: INITIAL.config, cycle: null, sel: null, layer: 'state' };
const read = (hash: string) => parseLink(hash, DEFAULTS);

const size = (key: keyof typeof LIMITS): fc.Arbitrary<number> =>
  fc.integer({ min: LIMITS[key].min / LIMITS[key].step, max: LIMITS[key].max / LIMITS[key].step }).map((v) => v * LIMITS[key].step);

/** Every configuration a page can be in: a model's sizes are not part of its link. */
const configs: fc.Arbitrary<RunConfig> = fc
  .record({
    model: fc.constantFrom('demo', 'synthetic', 'my model & co.gguf'),
    tensor: fc.constantFrom('blk.0.ffn_up', 'a=b,c/d'),
    m: size('m'),
    k: size('k'),
    n: size('n'),
    seed: size('seed'),
    kernel: fc.constantFrom('streaming', 'split-k', 'transformer_layer'),
    machine: fc.constantFrom(...MACHINE_IDS),
    pes: fc.option(fc.record({ width: size('width'), height: size('height') }), { nil: undefined }),
    options: fc.option(fc.record({ dot: fc.constantFrom('two-op' as const, 'fused1' as const) }), { nil: undefined }),
  })
  .map(({ pes, options, ...c }) => {
    const sizes = c.model === 'synthetic' ? { tensor: INITIAL.config.tensor } : { m: INITIAL.config.m, k: INITIAL.config.k };
    return { ...c, ...sizes, ...(pes ? { pes } : {}), ...(options ? { options } : {}) };
  });

const span = () =>
  fc.option(
    fc.tuple(fc.nat(1000), fc.integer({ min: 1, max: 1000 })).map(([from, width]) => ({ from, to: from + width })),
    { nil: undefined },
  );
const share = fc.integer({ min: 0, max: 1000 }).map((thousandths) => thousandths / 1000);

describe('links', () => {
  it('what is looked at stands in it: part of the run and of the fabric, panel, stage, rectangle of PEs; what cannot be read is said', () => {
    const state = { ...DEFAULTS, sel: { x: 2, y: 1 }, to: { x: 5, y: 3 }, span: { from: 120, to: 340 }, tab: 'links', stage: 'sent' } as const;
    const hash = encodeLink({ ...state, camera: { zoom: 2.51234, x: 0.3, y: 1 / 3 } });
    expect(hash).toContain('&sel=2,1&to=5,3&stage=sent&tab=links&span=120-340&zoom=2.512,0.3,0.3333');
    const bad = read('#v=1&span=9-3&zoom=0.5,2,1&tab=what&to=1,1');
    expect(bad.link).toMatchObject({ config: INITIAL.config, sel: null });
    expect(bad.link).not.toHaveProperty('to');
    expect(bad.notices.map((notice) => notice.split('=')[0]).sort()).toEqual(['span', 'tab', 'zoom']);
  });

  it('a scenario needs nothing but its machine, and goes when the link names none', () => {
    const config = { ...INITIAL.config, scenario: 'deadlock', machine: 'wse3' as const };
    const hash = encodeLink({ ...DEFAULTS, config, cycle: 7, sel: { x: 1, y: 0 } });
    expect(hash).toBe('v=1&scenario=deadlock&machine=wse3&t=7&sel=1,0');
    expect(read(hash).link).toEqual({ config, cycle: 7, sel: { x: 1, y: 0 }, layer: 'state' });
    expect(parseLink('#v=1&machine=wse2', { ...DEFAULTS, config }).link.config.scenario).toBeUndefined();
    expect(read('#scenario=livelock').notices).toEqual(['scenario=livelock is unknown; it was left out.']);
  });

  it('every state survives encode and parse, and encodes to the same link again (500 random states)', () => {
    const state = fc.record({
      config: configs,
      cycle: fc.option(fc.nat()),
      sel: fc.option(fc.record({ x: fc.nat(1000), y: fc.nat(1000) })),
      layer: fc.constantFrom(...LAYERS),
      span: span(),
      tab: fc.constantFrom(undefined, ...DOCK_TAB_IDS.slice(1)),
      stage: fc.constantFrom(undefined, ...STAGES.slice(1)),
      camera: fc.option(fc.record({ zoom: fc.integer({ min: 10, max: 999 }), x: share, y: share }), { nil: undefined }),
      marks: fc.option(fc.array(fc.nat(), { minLength: 1, maxLength: 20 }), { nil: undefined }),
    });
    fc.assert(
      fc.property(state, ({ marks, ...rest }) => {
        const to = rest.sel && { x: 3, y: 4 };
        const mark = (cycle: number, i: number): Mark => ({ cycle, ...(i % 3 === 0 && { end: cycle + 1 + i }), at: i % 2 ? { x: i, y: 0 } : null, name: '' });
        const s = { ...rest, ...(to && { to }), ...(marks && { marks: inOrder(marks.map(mark)) }) };
        const { link, notices } = read(encodeLink(s));
        expect(notices).toEqual([]);
        expect(link).toEqual(s);
        expect(encodeLink(link)).toBe(encodeLink(s));
      }),
      { numRuns: 500, seed: 1 },
    );
  });

  it('1 000 random hashes never throw, and every number taken is inside its limits', () => {
    const keys = ['v', 'model', 'tensor', 'm', 'k', 'n', 'seed', 'map', 'machine', 'grid', 'dot', 't', 'sel', 'layer', 'x'];
    const noise = fc
      .array(fc.tuple(fc.constantFrom(...keys), fc.oneof(fc.string(), fc.integer().map(String), fc.double().map(String))))
      .map((pairs) => pairs.map(([k, v]) => `${k}=${encodeURIComponent(v)}`).join('&'));
    fc.assert(
      fc.property(fc.oneof(noise, fc.string()), (hash) => {
        const { config } = read(hash).link;
        for (const key of ['m', 'k', 'n', 'seed'] as const) {
          expect(config[key]).toBeGreaterThanOrEqual(LIMITS[key].min);
          expect(config[key]).toBeLessThanOrEqual(LIMITS[key].max);
          expect(config[key] % LIMITS[key].step).toBe(0);
        }
      }),
      { numRuns: 1000, seed: 2 },
    );
  });

  it('is readable: the default state is one short line', () => {
    const link = encodeLink({ config: INITIAL.config, cycle: 1234, sel: { x: 12, y: 7 }, layer: 'state' });
    expect(link).toBe('v=1&model=demo&tensor=blk.1.attn_output&n=2&seed=7&map=streaming&machine=wse2&t=1234&sel=12,7');
  });

  it('an empty hash is no link and gives the defaults without a notice', () => {
    expect(read('')).toEqual({ link: DEFAULTS, notices: [], present: false });
    expect(read('#').present).toBe(false);
  });

  it('n = 0 and k = 1000 are clamped to 1 and 1 024, and each change is said', () => {
    const { link, notices } = read('#v=1&model=synthetic&n=0&k=1000');
    expect([link.config.n, link.config.k]).toEqual([1, 1024]);
    expect(notices).toHaveLength(2);
    expect(notices.join(' ')).toContain('k=1000 is out of range; 1024 was taken.');
  });

  it('a kernel that is no name, a torn grid and a cycle that is none are left out with a notice each', () => {
    const { link, notices } = read('#map=M%20agic&grid=4&t=-3&sel=a,b');
    expect(link.config.kernel).toBe('streaming');
    expect([link.config.pes, link.cycle, link.sel]).toEqual([undefined, null, null]);
    expect(notices).toHaveLength(4);
  });

  it('a link of a later version is read as far as it is understood, and says so', () => {
    const { link, notices } = read('#v=2&n=4');
    expect(link.config.n).toBe(4);
    expect(notices[0]).toContain('version 2');
  });
});
