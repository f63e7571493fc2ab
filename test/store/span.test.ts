import { describe, expect, it } from 'vitest';
import { followed, LEAST_SPAN, panned, spanIn, type TimeSpan, zoomed } from '../../src/store/span.ts';

const CYCLES = 1000;

describe('the part of a run that charts show', () => {
  it('zooms at a cycle, which stays where it is; never narrower than eight cycles nor outside the run', () => {
    expect(zoomed(null, CYCLES, 250, 0.5)).toEqual({ from: 125, to: 625 });
    expect(zoomed({ from: 125, to: 625 }, CYCLES, 125, 0.5)).toEqual({ from: 125, to: 375 });
    let span: TimeSpan | null = null;
    for (let i = 0; i < 40; i++) span = zoomed(span, CYCLES, 999, 0.7);
    expect(span).toEqual({ from: CYCLES - LEAST_SPAN, to: CYCLES });
    // A factor near 1 still changes a cycle, in and out.
    expect(zoomed({ from: 0, to: 10 }, CYCLES, 0, 0.999)).toEqual({ from: 0, to: 9 });
    expect(zoomed({ from: 0, to: 10 }, CYCLES, 0, 1.001)).toEqual({ from: 0, to: 11 });
  });

  it('is the whole run again when it is zoomed out far enough, or when the run is short', () => {
    expect(zoomed({ from: 400, to: 600 }, CYCLES, 500, 5)).toBeNull();
    expect(zoomed(null, CYCLES, 500, 2)).toBeNull();
    expect(zoomed(null, LEAST_SPAN, 4, 0.5)).toBeNull();
    expect(spanIn(null, CYCLES)).toEqual({ from: 0, to: CYCLES });
  });

  it('pans by a share of what is shown, at least a cycle, up to the ends', () => {
    expect(panned({ from: 100, to: 200 }, CYCLES, 0.25)).toEqual({ from: 125, to: 225 });
    expect(panned({ from: 100, to: 200 }, CYCLES, -0.001)).toEqual({ from: 99, to: 199 });
    expect(panned({ from: 850, to: 950 }, CYCLES, 3)).toEqual({ from: 900, to: 1000 });
    expect(panned({ from: 5, to: 50 }, CYCLES, -1)).toEqual({ from: 0, to: 45 });
    expect(panned(null, CYCLES, 1)).toBeNull();
  });

  it('turns over like a page when the playhead leaves it, and stays where the playhead was outside already', () => {
    const span = { from: 100, to: 200 };
    expect(followed(span, CYCLES, 199, 200)).toBe(span);
    expect(followed(span, CYCLES, 200, 201)).toEqual({ from: 201, to: 301 });
    expect(followed(span, CYCLES, 100, 99)).toEqual({ from: 0, to: 100 });
    expect(followed(span, CYCLES, 150, 990.5)).toEqual({ from: 900, to: 1000 });
    expect(followed(span, CYCLES, 500, 600)).toBe(span);
    expect(followed(null, CYCLES, 500, 600)).toBeNull();
  });
});
