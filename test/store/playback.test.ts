import { describe, expect, it } from 'vitest';
import { createStore } from 'zustand/vanilla';
import type { RunResult } from '../../src/api/protocol.ts';
import { INITIAL } from '../../src/store/lab.ts';
import { advance, changeSpeed, defaultSpeed, jumper, pause, play, seek, step, toggle } from '../../src/store/playback.ts';
import type { LabState } from '../../src/store/types.ts';

/** A store with a finished run of so many cycles. */
function at(cycle: number, cycles = 100, more: Partial<LabState> = {}) {
  const result = { trace: { cycles } } as RunResult;
  return createStore<LabState>(() => ({ ...INITIAL, result, status: 'done', cycle, speed: 10, ...more }));
}

describe('playback', () => {
  it('one second at 10 cycles/s moves the playhead by 10 cycles, in slices of any length', () => {
    const lab = at(5, 100, { playing: true });
    for (const ms of [100, 50, 250, 200, 150, 249, 1]) advance(lab, ms);
    expect(lab.getState().cycle).toBeCloseTo(15, 9);
  });

  it('takes the window of the charts along where the playhead leaves it: by a step, by a jump, by playing', () => {
    const lab = at(200, 1000, { span: { from: 100, to: 200 } });
    step(lab, 1);
    expect(lab.getState().span).toEqual({ from: 201, to: 301 });
    seek(lab, 0);
    expect(lab.getState().span).toEqual({ from: 0, to: 100 });
    lab.setState({ cycle: 99.5, playing: true });
    advance(lab, 100);
    expect(lab.getState()).toMatchObject({ cycle: 100.5, span: { from: 100, to: 200 } });
  });

  it('stops at the last cycle, and backwards at 0', () => {
    const lab = at(99.5, 100, { playing: true });
    expect(advance(lab, 200)).toBe(false);
    expect(lab.getState()).toMatchObject({ cycle: 100, playing: false });
    const back = at(0.5, 100, { playing: true, direction: -1 });
    expect(advance(back, 200)).toBe(false);
    expect(back.getState()).toMatchObject({ cycle: 0, playing: false });
  });

  it('slow motion: 4 cycles/s within 8 cycles of an event, both ways, and no frame jumps over it', () => {
    const fast = { playing: true, speed: 10_000, slowAround: 8 } as const;
    const lab = at(0, 1000, fast);
    advance(lab, 100, [500]);
    // 492 cycles take 49.2 ms; the other 50.8 ms are slow.
    expect(lab.getState().cycle).toBeCloseTo(492 + 4 * 0.0508, 6);
    expect(lab.getState().slowed).toBe(true);
    for (let i = 0; i < 41; i++) advance(lab, 100, [500]);
    expect(lab.getState()).toMatchObject({ cycle: 1000, playing: false, slowed: false });
    const back = at(1000, 1000, { ...fast, direction: -1 });
    advance(back, 100, [200, 500]);
    expect(back.getState().cycle).toBeCloseTo(508 - 4 * 0.0508, 6);
    const off = at(0, 1000, { ...fast, slowAround: 0 });
    advance(off, 50, [300]);
    expect(off.getState().cycle).toBeCloseTo(500, 6);
  });

  it('a tab that slept for a minute moves by at most a quarter of a second', () => {
    const lab = at(0, 1000, { playing: true });
    advance(lab, 60_000);
    expect(lab.getState().cycle).toBe(2.5);
  });

  it('a step from a playing, fractional playhead pauses on a whole cycle', () => {
    const lab = at(7.6, 100, { playing: true });
    step(lab, 1);
    expect(lab.getState()).toMatchObject({ cycle: 8, playing: false });
    step(lab, -3);
    expect(lab.getState().cycle).toBe(5);
  });

  it('seeking and stepping stay inside the run', () => {
    const lab = at(0);
    step(lab, -1);
    expect(lab.getState().cycle).toBe(0);
    seek(lab, 1e9);
    expect(lab.getState().cycle).toBe(100);
  });

  it('play at the end starts over, play backwards at 0 starts from the end', () => {
    const lab = at(100);
    play(lab, 1);
    expect(lab.getState()).toMatchObject({ cycle: 0, playing: true, direction: 1 });
    const back = at(0);
    play(back, -1);
    expect(back.getState()).toMatchObject({ cycle: 100, playing: true, direction: -1 });
  });

  it('play twice pauses; play the other way turns round', () => {
    const lab = at(50.5, 100, { playing: true });
    play(lab, -1);
    expect(lab.getState()).toMatchObject({ playing: true, direction: -1 });
    play(lab, -1);
    expect(lab.getState()).toMatchObject({ playing: false, cycle: 50 });
    toggle(lab);
    expect(lab.getState()).toMatchObject({ playing: true, direction: -1 });
    pause(lab);
    expect(lab.getState().playing).toBe(false);
  });

  it('without a run nothing plays', () => {
    const lab = createStore<LabState>(() => INITIAL);
    play(lab, 1);
    expect(lab.getState().playing).toBe(false);
  });

  it('the default speed is the offered one nearest to a run of ten seconds', () => {
    expect([0, 10, 300, 1000, 7345, 22_523, 1e6].map(defaultSpeed)).toEqual([1, 1, 30, 100, 1000, 1000, 10_000]);
  });

  it('faster and slower go through the offered speeds and stop at their ends', () => {
    const lab = at(0, 100, { speed: 8 });
    changeSpeed(lab, 1);
    expect(lab.getState().speed).toBe(30);
    changeSpeed(lab, -1);
    changeSpeed(lab, -1);
    expect(lab.getState().speed).toBe(4);
    for (let i = 0; i < 20; i++) changeSpeed(lab, 1);
    expect(lab.getState().speed).toBe(10_000);
  });

  it('with reduced motion the playhead jumps once a second, to the next boundary', () => {
    const lab = at(0, 100, { playing: true });
    const jump = jumper(lab, (cycle, direction) => cycle + direction * 40);
    for (let i = 0; i < 3; i++) jump(250);
    expect(lab.getState().cycle).toBe(0);
    jump(250);
    expect(lab.getState().cycle).toBe(40);
    for (let i = 0; i < 8; i++) jump(250);
    expect(lab.getState()).toMatchObject({ cycle: 100, playing: false });
  });
});
