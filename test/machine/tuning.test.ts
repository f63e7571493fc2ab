/** Constants set by hand: what changes, what is said of it, what is refused. */
import { describe, expect, it } from 'vitest';
import { machineConstants } from '../../src/analysis/constants.ts';
import { limitsOf } from '../../src/analysis/limits.ts';
import { MACHINES, type MachineId, type Tuning, WSE2, WSE3 } from '../../src/machine/spec.ts';
import { fittedTo, isArithmetic, TUNABLE_IDS, TUNABLES, type Tunable, tunedMachine, tuningOf, usualOf } from '../../src/machine/tuning.ts';

const IDS = Object.keys(MACHINES) as MachineId[];

describe('a machine with constants set by hand', () => {
  it.each(IDS)('is the preset %s itself where nothing differs', (id) => {
    const same = Object.fromEntries(TUNABLE_IDS.map((name) => [name, usualOf(id, name)]).filter(([, value]) => value !== null));
    expect(tunedMachine(id)).toBe(MACHINES[id]);
    expect(tunedMachine(id, { hop: undefined })).toBe(MACHINES[id]);
    expect(tunedMachine(id, same)).toBe(MACHINES[id]);
  });

  it('has the values in its fields, and everything else as the preset', () => {
    const { hop, ramp, fifoDepth, inputQueues, clockHz, rates, name, sources, tuning, ...rest } = tunedMachine('wse2', {
      hop: 3,
      queue: 8,
      clock: 900,
      mac: 2,
    });
    expect({ hop, ramp, fifoDepth, inputQueues, clockHz }).toEqual({ hop: 3, ramp: 2, fifoDepth: 4, inputQueues: Array(8).fill(8), clockHz: 900e6 });
    expect([rates.f32_mul, rates.f32_sum, rates.and16]).toEqual([2, 1, WSE2.rates.and16]);
    expect(name).toBe('WSE-2 (hop 3 cycles, queue 8 words, clock 900\u202fMHz, mac 2×)');
    expect(tuning).toEqual({ hop: 3, queue: 8, clock: 900, mac: 2 });
    expect(rest).toMatchObject({ id: 'wse2', usable: WSE2.usable, outputQueues: WSE2.outputQueues, setup: WSE2.setup });
    expect(sources).toMatchObject({
      hop: 'set by hand; WSE-2 has 1 cycle',
      inputQueues: 'set by hand; WSE-2 has 6, 6, 4, 4, 2, 2, 2, 2 words',
      ramp: WSE2.sources.ramp,
    });
    expect(sources.fifoDepth).toMatch(/^assumed: hop \+ 1/);
  });

  it('takes FIFOs as they are asked for, and says what that leaves out of closed forms', () => {
    const machine = tunedMachine('wse3', { hop: 4, fifo: 2 });
    expect(machine.fifoDepth).toBe(2);
    expect(machine.sources.fifoDepth).toBe('set by hand; WSE-3 has 3 wavelets');
    expect(limitsOf(machine, {})[0]).toMatch(/hop 4 cycles, fifo 2 wavelets.*set by hand/);
    expect(limitsOf(machine, {})[1]).toMatch(/closed forms take links as busy/);
    expect(limitsOf(WSE3, {}).join()).not.toMatch(/by hand|closed forms take/);
  });

  it('has a line and a source for every constant', () => {
    for (const { value, source } of machineConstants(tunedMachine('teaching', { ramp: 5, mac: 0.25, fifo: 9 }))) {
      expect(value).not.toBe('');
      expect(source).toBeTruthy();
    }
  });

  it('prices sums and products, f16 or f32, by the rate; moves and conversions not', () => {
    expect(['f32_mul', 'f16_mac', 'f32_sum', 'f16_dot_f32', 'f32_add'].every((op) => isArithmetic(op as never))).toBe(true);
    expect(['mov32', 'i16_f32', 'and16', 'f16_f32', 'shr16'].some((op) => isArithmetic(op as never))).toBe(false);
  });

  it.each([
    [{ hop: 0 }, /0 is no Hop latency of 1 to 16 cycles/],
    [{ hop: 17 }, /17 is no Hop latency/],
    [{ queue: 2.5 }, /2\.5 is no Input queues/],
    [{ clock: Number.NaN }, /Clock of 1 to 10000 MHz/],
    [{ mac: 3 }, /there are 0\.25, 0\.5, 1, 2, 4/],
    [{ speed: 2 } as Tuning, /"speed" is no constant that can be set/],
  ])('%j is refused', (tuning, message) => {
    expect(() => tuningOf('wse2', tuning)).toThrow(message);
  });

  it('has a nearest value for every number', () => {
    for (const id of TUNABLE_IDS) {
      const { least, most }: Tunable = TUNABLES[id];
      for (const value of [-1e9, -1, 0, 0.3, 1, 2.6, 63, 1e9, Number.NaN]) {
        const fitted = fittedTo(id, value);
        expect(fitted).toBeGreaterThanOrEqual(least);
        expect(fitted).toBeLessThanOrEqual(most);
        expect(() => tunedMachine('wse2', { [id]: fitted })).not.toThrow();
      }
    }
  });
});
