/** The fabric panel's own logic: holding states, smoothing values, the field of coordinates, legends. */
import { describe, expect, it } from 'vitest';
import { KIND } from '../../src/trace/schema.ts';
import type { Scene, Values } from '../../src/views/canvas/scene.ts';
import { wheelZoom } from '../../src/views/fabric/camera.ts';
import { parsePe } from '../../src/views/fabric/GoTo.tsx';
import { HOLD_MS, StateHold, smooth } from '../../src/views/fabric/hold.ts';
import { magnitudeShort, magnitudeText, rampLabels } from '../../src/views/fabric/layer.ts';
import { stateRows } from '../../src/views/fabric/StateLegend.tsx';
import { directionsOf } from '../../src/views/fabric/StreamLegend.tsx';
import { texelWords } from '../../src/views/fabric/texel-words.ts';
import { sampleProgram } from '../drivers/sample-run.ts';

describe('holding states', () => {
  it('a PE that alternates at every frame for a second changes at most 6 times: three flashes', () => {
    const hold = new StateHold(1);
    hold.reset(Uint8Array.of(0));
    let changes = 0;
    for (let frame = 1; frame <= 60; frame++) if (hold.update(Uint8Array.of(frame % 2), frame * (1000 / 60))) changes++;
    expect(changes).toBeLessThanOrEqual(6);
    expect(changes).toBeGreaterThan(3);
  });

  it('each PE is held by itself, and a reset shows everything at once', () => {
    const hold = new StateHold(2);
    hold.reset(Uint8Array.of(0, 0));
    hold.update(Uint8Array.of(1, 0), 1000);
    hold.update(Uint8Array.of(2, 2), 1000 + HOLD_MS / 2);
    expect([...hold.shown]).toEqual([1, 2]);
    hold.reset(Uint8Array.of(3, 3));
    expect([...hold.shown]).toEqual([3, 3]);
  });

  it('values approach their target: 63 % of the way after 200 ms; no value is taken over at once', () => {
    const shown = Float32Array.of(0, -1, 5);
    smooth(shown, Float32Array.of(10, 4, -1), 200);
    expect(shown[0]).toBeCloseTo(6.32, 2);
    expect([shown[1], shown[2]]).toEqual([4, -1]);
  });
});

describe('a texel of several PEs', () => {
  const view = { width: 10, height: 10, dpr: 1, gutters: { left: 0, top: 0, right: 0, bottom: 0 }, x: 0, y: 0 };
  const reader = { trace: { width: 4, height: 3 } } as Scene['reader'];
  const states = Uint8Array.of(0, 0, 255, 255, 0, 5, 255, 255, 1, 1, 1, 1);

  it('says the states of its square, the edge of the fabric cut off, and nothing where it is one PE', () => {
    const words = (scale: number, pe: number): string => texelWords({ reader, states, values: null }, null, { ...view, scale }, pe);
    expect(words(0.5, 5)).toBe('2 × 2 PEs: 3 compute, 1 wait for data');
    expect(words(0.5, 11)).toBe('2 × 1 PEs: 2 dequantise');
    expect(words(4, 5)).toBe('');
  });

  it('says sum, maximum, mean and 95th percentile of a magnitude', () => {
    const values = { perPe: Float32Array.of(0.5, 0.25, 0, 0, 0.25, 0), min: 0, max: 1 } as Values;
    expect(texelWords({ reader, states, values }, 'utilisation', { ...view, scale: 0.5 }, 0)).toBe(
      '2 × 2 PEs: sum 100.0\u202f%, max 50.0\u202f%, mean 25.0\u202f%, p95 50.0\u202f%',
    );
  });
});

describe('going to a PE', () => {
  it('reads x,y in several spellings, and says what is valid otherwise', () => {
    const grid = { width: 4, height: 3 };
    expect(['3,2', ' 0 , 1 ', '1;1', '2 2'].map((t) => parsePe(t, grid))).toEqual([11, 4, 5, 10]);
    expect(parsePe('4,0', grid)).toBe('Two numbers, x up to 3 and y up to 2, for example 2,1');
    expect(parsePe('abc', grid)).toBeTypeOf('string');
  });
});

describe('the legend', () => {
  it('has 8 rows in a fixed order and counts waiting for the slot as waiting', () => {
    const counts = new Array(9).fill(0);
    counts[KIND.wait] = 2;
    counts[KIND.slot] = 3;
    counts[8] = 7;
    const rows = stateRows(counts);
    expect(rows.map((r) => r.name)).toEqual(['dequantise', 'compute', 'send', 'receive', 'wait', 'blocked', 'load', 'idle']);
    expect([rows[4].count, rows[7].count]).toEqual([5, 7]);
  });

  it('writes values with their units, and ends of scales', () => {
    expect(magnitudeText('sram', 7896)).toBe('7\u202f896\u202fB');
    expect(magnitudeText('utilisation', 0.781)).toBe('78.1\u202f%');
    expect(magnitudeShort('latency', -1)).toBe('\u2013');
    expect(rampLabels('sram', 0, 49152)).toEqual(['0', '12', '24', '36', '48\u202fKiB']);
    expect(rampLabels('latency', 7236, 7346)).toEqual(['7\u202f236', '7\u202f291', '7\u202f346']);
  });

  it('says where streams lead: x east and south, y west', () => {
    const program = sampleProgram();
    expect([directionsOf(program, 0), directionsOf(program, 1)]).toEqual(['east, south', 'west']);
  });
});

describe('the wheel over the fabric', () => {
  const zoom = (deltaY: number, ctrlKey: boolean, deltaMode = 0): number => 2 ** wheelZoom({ deltaY, deltaMode, ctrlKey });

  it('a notch zooms alike with Ctrl and without, in pixels and in lines; a pinch zooms with the fingers', () => {
    expect(zoom(-120, false)).toBeCloseTo(1.18, 2);
    expect(zoom(-120, true)).toBeCloseTo(1.19, 2);
    expect(zoom(-3, true, 1)).toBeCloseTo(1.19, 2);
    expect(zoom(3, false, 1)).toBeCloseTo(0.9, 2);
    expect(zoom(-4, true)).toBeCloseTo(1.06, 2);
    expect(zoom(4, true) * zoom(-4, true)).toBeCloseTo(1, 12);
  });
});
