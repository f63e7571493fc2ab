import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { OPTION_IDS, type RunConfig } from '../../src/api/protocol.ts';
import { INITIAL } from '../../src/store/lab.ts';
import { LAB_VIEW, type LabView } from '../../src/store/lab-view.ts';
import { keysOf } from '../../src/store/link-fields.ts';
import { inOrder } from '../../src/store/mark-text.ts';
import { SLOW_AROUND, SPEEDS } from '../../src/store/playback.ts';
import { DOCK_TAB_IDS, LAYERS, LINK_ORDERS, type Mark, PHONE_TABS, STAGES, TOGGLES } from '../../src/store/types.ts';
import { encodeLink, LIMITS, MACHINE_IDS, parseLink } from '../../src/store/url.ts';

const read = (hash: string) => parseLink(hash, INITIAL.config);

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
    tuning: fc.option(fc.constantFrom({ hop: 3 }, { ramp: 1, queue: 8, fifo: 4 }, { clock: 1100, mac: 0.5 }), { nil: undefined }),
    options: fc.option(fc.record({ dot: fc.constantFrom('two-op' as const, 'fused1' as const) }), { nil: undefined }),
  })
  .map(({ pes, options, tuning, ...c }) => {
    const sizes = c.model === 'synthetic' ? { tensor: INITIAL.config.tensor } : { m: INITIAL.config.m, k: INITIAL.config.k };
    return { ...c, ...sizes, ...(pes ? { pes } : {}), ...(options ? { options } : {}), ...(tuning ? { tuning } : {}) };
  });

const span = fc.tuple(fc.nat(1000), fc.integer({ min: 1, max: 1000 })).map(([from, width]) => ({ from, to: from + width }));
const share = fc.integer({ min: 0, max: 1000 }).map((thousandths) => thousandths / 1000);

/** Everything a view can be but as usual, which no link says. */
const views: fc.Arbitrary<Partial<LabView>> = fc.record(
  {
    layer: fc.constantFrom(...LAYERS.slice(1)),
    latencyStage: fc.constantFrom(...STAGES.slice(1)),
    dockTab: fc.constantFrom(...DOCK_TAB_IDS.slice(1)),
    camera: fc.record({ zoom: fc.integer({ min: 10, max: 999 }), x: share, y: share }),
    slowAround: fc.constantFrom(...SLOW_AROUND.slice(1)),
    phoneTab: fc.constantFrom(...PHONE_TABS.slice(1)),
    routes: fc.uniqueArray(fc.nat(23), { maxLength: 5 }).map((colors) => colors.sort((a, b) => a - b)),
    linkOrder: fc.constantFrom(...LINK_ORDERS.slice(1)),
    study: fc.constantFrom(
      { about: 'kernels', along: 'k', against: 'streaming' } as const,
      { about: 'constants', along: 'n', against: 'weight-streaming' } as const,
    ),
    block: fc.record({ row: fc.integer({ min: 1, max: 20 }), block: fc.nat(20) }),
    memoryRange: fc.nat(30),
    on: fc.subarray([...TOGGLES], { minLength: 1 }),
  },
  { requiredKeys: [] },
);

describe('links', () => {
  it('what is looked at stands in it: part of the run and of the fabric, panel, stage, rectangle of PEs; what cannot be read is said', () => {
    const view = { dockTab: 'links', latencyStage: 'sent', camera: { zoom: 2.51234, x: 0.3, y: 1 / 3 }, routes: [], on: ['dock-table', 'path'] } as const;
    const hash = encodeLink({
      config: INITIAL.config,
      sel: { x: 2, y: 1 },
      to: { x: 5, y: 3 },
      port: 1,
      span: { from: 120, to: 340 },
      anchor: 7,
      speed: 8,
      view,
    });
    expect(hash).toContain('&sel=2,1&to=5,3&port=e&span=120-340&from=7&speed=8&stage=sent&tab=links&zoom=2.51234,0.3,0.333333&routes=none&on=path,dock-table');
    const bad = read('#v=1&span=9-3&zoom=0.5,2,1&tab=what&to=1,1&port=up&speed=3&from=x&study=n&block=1&on=path,magic&routes=red&memory=-1&slow=5&order=best');
    expect(bad.link).toEqual({ config: INITIAL.config, view: {} });
    expect(bad.notices.map((notice) => notice.split('=')[0]).sort()).toEqual(
      ['block', 'from', 'memory', 'on', 'order', 'port', 'routes', 'slow', 'span', 'speed', 'study', 'tab', 'zoom'].sort(),
    );
  });

  it('made by earlier pages still mean what they meant', () => {
    const first = '#v=1&model=demo&tensor=blk.1.attn_output&n=2&seed=7&map=streaming&machine=wse2&t=1234&sel=12,7&layer=latency';
    expect(read(first)).toEqual({
      link: { config: INITIAL.config, cycle: 1234, sel: { x: 12, y: 7 }, view: { layer: 'latency' } },
      notices: [],
      present: true,
    });
    const later = '#v=1&model=synthetic&m=24&k=512&n=2&seed=7&map=split-k&machine=wse3&grid=6x4&reduce=tree&t=5&sel=1,1&to=4,2&layer=links&stage=sent';
    expect(read(`${later}&tab=links&span=10-40&zoom=2,0.5,0.25&marks=12.3.2,340-400k1&of=7246&mv=1.2`)).toMatchObject({
      link: {
        config: { kernel: 'split-k', pes: { width: 6, height: 4 }, options: { reduce: 'tree' } },
        ...{ cycle: 5, sel: { x: 1, y: 1 }, to: { x: 4, y: 2 }, span: { from: 10, to: 40 }, made: { version: '1.2', cycles: 7246 } },
        view: { layer: 'links', latencyStage: 'sent', dockTab: 'links', camera: { zoom: 2, x: 0.5, y: 0.25 } },
        marks: [{ cycle: 12 }, { cycle: 340, end: 400, digit: 1 }],
      },
      notices: [],
    });
  });

  it('a scenario needs nothing but its machine, and goes when the link names none; engine=auto is the usual choice', () => {
    const config = { ...INITIAL.config, scenario: 'deadlock', machine: 'wse3' as const };
    const hash = encodeLink({ config, cycle: 7, sel: { x: 1, y: 0 } });
    expect(hash).toBe('v=1&scenario=deadlock&machine=wse3&t=7&sel=1,0');
    expect(read(hash).link).toEqual({ config, cycle: 7, sel: { x: 1, y: 0 }, view: {} });
    expect(parseLink('#v=1&machine=wse2', config).link.config.scenario).toBeUndefined();
    expect(read('#v=1&engine=auto')).toMatchObject({ link: { config: INITIAL.config }, notices: [] });
    expect(read('#scenario=livelock').notices).toEqual(['scenario=livelock is unknown; it was left out.']);
  });

  it('holds constants of the machine set by hand, of scenarios, too, and says what it had to change of them', () => {
    const config = { ...INITIAL.config, scenario: 'slow-sink', tuning: { queue: 16, mac: 0.25 } };
    expect(encodeLink({ config })).toBe('v=1&scenario=slow-sink&machine=wse2&queue=16&mac=0.25');
    expect(read(encodeLink({ config })).link.config).toEqual(config);
    const { link, notices } = read('#hop=99&ramp=fast&mac=3&fifo=2.4');
    expect(link.config.tuning).toEqual({ hop: 16, fifo: 2, mac: 2 });
    expect([...notices].sort()).toEqual([
      'Hop latency=99 cannot be set; 16 was taken.',
      'Multiply-add rate=3 cannot be set; 2 was taken.',
      'Ramp latency=fast is not a number; the machine’s own was taken.',
      'Router FIFOs=2.4 cannot be set; 2 was taken.',
    ]);
  });

  it('every state survives encode and parse, and encodes to the same link again (500 random states)', () => {
    const state = fc.record(
      {
        config: configs,
        cycle: fc.nat(),
        sel: fc.record({ x: fc.nat(1000), y: fc.nat(1000) }),
        span,
        anchor: fc.nat(),
        speed: fc.constantFrom(...SPEEDS),
        view: views,
        marks: fc.array(fc.nat(), { minLength: 1, maxLength: 20 }),
      },
      { requiredKeys: ['config', 'view'] },
    );
    fc.assert(
      fc.property(state, ({ marks, ...rest }) => {
        const beside = rest.sel && { to: { x: 3, y: 4 }, port: rest.sel.x % 5 };
        const mark = (cycle: number, i: number): Mark => ({ cycle, ...(i % 3 === 0 && { end: cycle + 1 + i }), at: i % 2 ? { x: i, y: 0 } : null, name: '' });
        const s = { ...rest, ...beside, ...(marks && { marks: inOrder(marks.map(mark)) }) };
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
    const link = encodeLink({ config: INITIAL.config, cycle: 1234, sel: { x: 12, y: 7 } });
    expect(link).toBe('v=1&model=demo&tensor=blk.1.attn_output&n=2&seed=7&map=streaming&machine=wse2&t=1234&sel=12,7');
  });

  it('an empty hash is no link and gives the defaults without a notice', () => {
    expect(read('')).toEqual({ link: { config: INITIAL.config }, notices: [], present: false });
    expect(read('#').present).toBe(false);
  });

  it('n = 0 and k = 1000 are clamped to 1 and 1 024, and each change is said', () => {
    const { link, notices } = read('#v=1&model=synthetic&n=0&k=1000');
    expect([link.config.n, link.config.k]).toEqual([1, 1024]);
    expect(notices).toHaveLength(2);
    expect(notices.join(' ')).toContain('k=1000 cannot be set; 1024 was taken.');
  });

  it('a kernel that is no name, a torn grid and a cycle that is none are left out with a notice each', () => {
    const { link, notices } = read('#map=M%20agic&grid=4&t=-3&sel=a,b');
    expect(link.config.kernel).toBe('streaming');
    expect([link.config.pes, link.cycle, link.sel]).toEqual([undefined, undefined, undefined]);
    expect(notices).toHaveLength(4);
  });

  it('a link of a later version is read as far as it is understood, and says so', () => {
    const { link, notices } = read('#v=2&n=4');
    expect(link.config.n).toBe(4);
    expect(notices[0]).toContain('version 2');
  });

  it('hold every part of the state but what is of this screen, and what follows from the rest', () => {
    const held = ['config', 'wish', 'cycle', 'pe', 'area', 'link', 'span', 'anchor', 'speed', 'marks', ...Object.keys(LAB_VIEW)];
    const ofThisScreen = ['theme', 'describe', 'dockHeight', 'dockOpen', 'setupOpen', 'singleKeys'];
    const passing = ['playing', 'direction', 'slowed', 'hover', 'help', 'palette', 'remote', 'exporting', 'message'];
    const following = ['kernels', 'model', 'modelStatus', 'modelError', 'topology', 'plan', 'planError', 'status', 'progress', 'result', 'failure', 'program'];
    const alsoFollowing = ['opened', 'reader', 'error', 'stateHash', 'detail', 'peValues'];
    const keys = [...keysOf(LAB_VIEW), ...OPTION_IDS, 't', 'sel', 'to', 'port', 'span', 'from', 'speed', 'marks', 'of', 'mv', 'm', 'k', 'n', 'map', 'grid'];
    expect(new Set(keys).size, 'no key means two things').toBe(keys.length);
    expect(Object.keys(INITIAL).sort()).toEqual([...held, ...ofThisScreen, ...passing, ...following, ...alsoFollowing].sort());
  });
});
