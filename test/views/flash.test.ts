/**
 * WCAG 2.3.1: at the highest speed nothing flashes more than three times a second. Looked at is one PE that fills a region of
 * 24 x 24 px, the worst case: it unpacks and multiplies in turn, five times a second. A flash is two opposing changes of
 * relative luminance by a tenth.
 */
import { describe, expect, it } from 'vitest';
import { INITIAL } from '../../src/store/lab.ts';
import { SPEEDS } from '../../src/store/playback.ts';
import type { Layer, RunResult } from '../../src/store/types.ts';
import { fillOf } from '../../src/views/canvas/scene.ts';
import { SceneSource } from '../../src/views/fabric/scene-source.ts';
import { luminance, rgbOf } from '../../src/views/theme/contrast.ts';
import { PALETTES } from '../../src/views/theme/palette.ts';
import { SAMPLE, sampleRun } from '../drivers/sample-run.ts';

const FRAMES = 60;
const reader = sampleRun({ ...SAMPLE, width: 2, height: 1, block: 256, blocks: 13, columns: 2 });
const { cycles } = reader.trace;

const rgb = (css: string) => (css.startsWith('#') ? rgbOf(css) : (css.match(/\d+/g)!.map(Number) as [number, number, number]));

/** Luminance of PE 0 in every frame of a run played at `speed`. */
function played(layer: Layer, speed: number, theme: 'light' | 'dark'): number[] {
  const source = new SceneSource();
  const palette = PALETTES[theme];
  const run = { trace: { cycles }, rows: { first: [0, 0] }, plan: {} } as unknown as RunResult;
  const list: number[] = [];
  for (let frame = 0; (frame * speed) / FRAMES <= cycles; frame++) {
    const state = { ...INITIAL, reader, result: run, playing: true, speed, layer, cycle: (frame * speed) / FRAMES };
    const scene = source.scene(state, palette, null, false, (frame * 1000) / FRAMES)!;
    list.push(luminance(rgb(fillOf(scene, 0)?.fill ?? palette.token['bg-well'])));
  }
  return list;
}

/** Frames at which the luminance has changed by a tenth against the direction of the change before. */
function turns(luminances: readonly number[]): number[] {
  const list: number[] = [];
  let [low, high, up] = [luminances[0], luminances[0], 0];
  luminances.forEach((l, frame) => {
    [low, high] = [Math.min(low, l), Math.max(high, l)];
    if (up <= 0 && l - low >= 0.1) [high, low, up] = [l, l, list.push(frame)];
    else if (up >= 0 && high - l >= 0.1) [high, low, up] = [l, l, -list.push(frame)];
  });
  return list;
}

/** Most of them in any second. */
const mostInASecond = (frames: readonly number[]): number => Math.max(0, ...frames.map((from) => frames.filter((f) => f >= from && f < from + FRAMES).length));

describe('at the highest speed', () => {
  it('the run would flash if every frame showed its cycle', () => {
    const speed = SPEEDS[SPEEDS.length - 1];
    const states = Array.from({ length: Math.floor((cycles * FRAMES) / speed) }, (_, f) => reader.stateOf(0, Math.floor((f * speed) / FRAMES)));
    expect(mostInASecond(states.flatMap((s, f) => (f > 0 && s !== states[f - 1] ? [f] : [])))).toBeGreaterThan(6);
  });

  for (const layer of ['state', 'utilisation', 'queues', 'links', 'latency'] as const)
    for (const theme of ['light', 'dark'] as const)
      it(`${layer}, ${theme}: at most three flashes in any second`, () => {
        for (const speed of SPEEDS.filter((s) => s >= 1000)) expect(mostInASecond(turns(played(layer, speed, theme)))).toBeLessThanOrEqual(6);
      });
});
