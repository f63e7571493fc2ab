import { scaleLinear, scaleLog } from 'd3';
import { describe, expect, it } from 'vitest';
import { stateShares } from '../../src/analysis/timeline.ts';
import { layers } from '../../src/views/charts/StackedShares.tsx';
import { axisTicks } from '../../src/views/charts/ticks.ts';
import { LEFT, RIGHT, timeScale, timeTicks } from '../../src/views/charts/time.ts';
import { lanesOf } from '../../src/views/dock/LanesTab.tsx';
import { STATE_ORDER } from '../../src/views/strings.ts';
import { sampleRun } from '../drivers/sample-run.ts';

describe('the time axis', () => {
  it('spans the plot from cycle 0 to the last, also for a run of no cycles', () => {
    expect(timeScale({ from: 0, to: 100 }, 500).range()).toEqual([LEFT, 500 - RIGHT]);
    expect(timeScale({ from: 0, to: 100 }, 500)(100)).toBe(500 - RIGHT);
    expect(Number.isFinite(timeScale({ from: 0, to: 0 }, 500)(0))).toBe(true);
    expect(timeScale({ from: 0, to: 100 }, 300, true).range()).toEqual([0, 300]);
  });

  it('has at most twelve ticks, all on whole cycles', () => {
    for (const [cycles, width] of [
      [3, 1400],
      [22_523, 1400],
      [7345, 320],
    ]) {
      const ticks = timeTicks(timeScale({ from: 0, to: cycles }, width));
      expect(ticks.length).toBeLessThanOrEqual(12);
      expect(ticks.every(Number.isInteger)).toBe(true);
    }
  });
});

describe('ticks of an axis', () => {
  const log = (low: number, high: number) => axisTicks(scaleLog().domain([low, high]), 8);

  it('on a logarithmic scale keep the powers of ten: nine, three or one a decade, whichever are at most eight', () => {
    expect(log(1.9, 6.5)).toEqual([2, 3, 4, 5, 6]);
    expect(log(1_070, 16_612)).toEqual([2_000, 5_000, 10_000]);
    expect(log(3, 2_500)).toEqual([10, 100, 1_000]);
    expect(log(1, 1e12).length).toBeLessThanOrEqual(8);
  });

  it('on a linear scale are round', () => {
    expect(axisTicks(scaleLinear().domain([0, 100]), 8)).toEqual([0, 20, 40, 60, 80, 100]);
  });
});

describe('stacked shares', () => {
  it('draw a layer for each state that occurs, in the fixed order, from the left to the right edge', () => {
    const reader = sampleRun();
    const shares = stateShares(reader, reader.trace.cycles, 50);
    const scale = timeScale({ from: 0, to: reader.trace.cycles }, 800);
    const list = layers({ shares, scale, top: 0, bottom: 100 });
    const order = list.map((l) => STATE_ORDER.indexOf(l.name));
    expect(order).toEqual([...order].sort((a, b) => a - b));
    for (const { path } of list) {
      const xs = [...path.matchAll(/[ML](-?[\d.]+),/g)].map((m) => Number(m[1]));
      expect(Math.min(...xs)).toBe(LEFT);
      expect(Math.max(...xs)).toBe(800 - RIGHT);
    }
  });
});

describe('lanes', () => {
  it('are the first PE, the selected one with its neighbours, and the last one with rows, each once', () => {
    expect(lanesOf(5, 11, 4, 3)).toEqual([0, 1, 4, 5, 6, 9, 11]);
    expect(lanesOf(0, 11, 4, 3)).toEqual([0, 1, 4, 11]);
  });
});
