/** The sweep page: its link, its grid, and points that come in one by one. */
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { PointResult } from '../../src/api/point.ts';
import type { PointPool } from '../../src/api/point-pool.ts';
import { labLinkOfPoint, parseSweep, SWEEP_DEFAULTS, type SweepSetup, sweep, sweepLink } from '../../src/store/sweep.ts';
import { createSweepActions } from '../../src/store/sweep-actions.ts';
import { parseLink } from '../../src/store/url.ts';

const SETUP: SweepSetup = {
  base: { ...SWEEP_DEFAULTS.base, m: 32, k: 768, n: 3, machine: 'wse3', options: { drain: 'column' }, tuning: { hop: 3 } },
  x: { name: 'k', values: '256..1024:256' },
  y: { name: 'pes', values: '4x4,8x8' },
  mode: 'closed-form',
  metric: 'sramBytes',
  view: 'pareto',
};

beforeEach(() => sweep.setState({ ...SWEEP_DEFAULTS, status: 'empty', records: [], points: 0, asked: null, error: null }));

/** Actions over a pool that answers with `compute`. */
function actionsWith(compute: PointPool['compute'], size = vi.fn()) {
  const close = vi.fn(async () => {});
  const createPool = (room: number): PointPool => {
    size(room);
    return { room, compute, close };
  };
  return { actions: createSweepActions({ sweep, createPool, cores: 3, demoUrl: 'demo' }), close, size };
}

const result = { cycles: 1 } as PointResult;

describe("the sweep page's link", () => {
  it('brings back every setup', () => {
    expect(parseSweep(sweepLink(SETUP))).toEqual({ setup: SETUP, run: false, notices: [] });
    expect(parseSweep(sweepLink({ ...SETUP, asked: SETUP })).run).toBe(true);
    expect(parseSweep(sweepLink({ ...SETUP, asked: { ...SETUP, x: { name: 'm', values: '8' } } })).run).toBe(false);
    expect(sweepLink(SETUP).length).toBeLessThan(1500);
  });

  it.each(['', '#', '#x=', '#x=:&y=::&mode=7', '#%%%', '#v=9&x=n'])('never throws: %s', (hash) => {
    expect(parseSweep(hash).setup.base.machine).toBeTruthy();
  });
});

describe('a sweep on the page', () => {
  it('computes every point of the grid over as many workers as there are cores to spare, once', async () => {
    const compute = vi.fn(async () => ({ ok: true, result }) as const);
    const { actions, close, size } = actionsWith(compute);
    await actions.run();
    expect(size).toHaveBeenCalledWith(3);
    expect(sweep.getState()).toMatchObject({ status: 'done', points: 8 });
    expect(sweep.getState().records).toHaveLength(8);
    expect(compute).toHaveBeenCalledTimes(8);
    expect(close).toHaveBeenCalledTimes(1);
    await actions.run();
    expect(compute).toHaveBeenCalledTimes(8);
    expect(sweep.getState().records).toHaveLength(8);
  });

  it('keeps the points that fail, with why', async () => {
    const { actions } = actionsWith(async () => ({ ok: false, error: { field: 'placement', message: 'too large', fixes: [] } }));
    await actions.run();
    expect(sweep.getState().records.every((r) => 'error' in r)).toBe(true);
  });

  it('stops when asked and keeps what it has', async () => {
    let computed = 0;
    const { actions } = actionsWith(() => (++computed > 3 ? new Promise(() => {}) : Promise.resolve({ ok: true, result })));
    const running = actions.run();
    await vi.waitFor(() => expect(sweep.getState().records.length).toBe(3));
    actions.stop();
    await running;
    expect(sweep.getState()).toMatchObject({ status: 'stopped' });
    expect(sweep.getState().records).toHaveLength(3);
  });

  it.each([
    [{ x: { name: 'n', values: '8..1' } }, 'ends before it begins'],
    [{ x: { name: 'nothing', values: '1' } }, 'parameters are'],
    [{ x: { name: 'n', values: '1..6000' } }, '12 000 points are more'],
    [{ y: { name: 'n', values: '1' } }, 'given twice'],
  ])('says what is wrong with a grid: %o', async (patch, message) => {
    const { actions } = actionsWith(async () => ({ ok: true, result }));
    actions.configure(patch);
    await actions.run();
    expect(sweep.getState().error?.message).toContain(message);
  });

  it('a point opens as the run it is', () => {
    const { link } = parseLink(
      labLinkOfPoint({ model: 'synthetic', m: 8, k: 512, n: 2, seed: 1, kernel: 'split-k', machine: 'wse3', pes: '2x8', reduce: 'tree', hop: 4, mac: 0.5 }),
      SWEEP_DEFAULTS.base,
    );
    expect(link.config).toMatchObject({
      m: 8,
      k: 512,
      kernel: 'split-k',
      pes: { width: 2, height: 8 },
      options: { reduce: 'tree' },
      tuning: { hop: 4, mac: 0.5 },
    });
  });

  it('varies the machine’s constants over those that stay', async () => {
    sweep.setState({ base: SETUP.base, x: { name: 'mac', values: '0.25..1*2' }, y: { name: 'hop', values: '1,2' } });
    const compute = vi.fn(async () => ({ ok: true, result }) as const);
    await actionsWith(compute).actions.run();
    expect(sweep.getState().records.map(({ config }) => [config.mac, config.hop])).toEqual([0.25, 0.5, 1].flatMap((mac) => [1, 2].map((hop) => [mac, hop])));
  });
});
