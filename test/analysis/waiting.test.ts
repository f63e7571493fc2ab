import { describe, expect, it } from 'vitest';
import { waitingFor } from '../../src/analysis/waiting.ts';
import { TEACHING } from '../../src/machine/spec.ts';
import { KIND } from '../../src/trace/schema.ts';
import { SAMPLE, SAMPLE_X, sampleRun } from '../drivers/sample-run.ts';

/** Wide enough that the far PEs stand ready before their first x arrives. */
const reader = sampleRun({ ...SAMPLE, width: 30, machine: TEACHING });
const { cycles } = reader.trace;

/** Every (PE, cycle) in a state. */
function moments(kind: number): [pe: number, cycle: number][] {
  const list: [number, number][] = [];
  for (let pe = 0; pe < reader.pes; pe++) for (let t = 0; t < cycles; t++) if (reader.stateOf(pe, t) === kind) list.push([pe, t]);
  return list;
}

describe('what a PE waits for', () => {
  it('a PE that issues waits for nothing', () => {
    const busy = moments(KIND.compute);
    expect(busy.length).toBeGreaterThan(0);
    expect(busy.every(([pe, t]) => waitingFor(reader, pe, t).kind === 'nothing')).toBe(true);
  });

  it('a PE without data waits for the next x, counted by those it has used', () => {
    const waits = moments(KIND.wait);
    expect(waits.length).toBeGreaterThan(0);
    for (const [pe, t] of waits) {
      const waiting = waitingFor(reader, pe, t);
      expect(waiting).toMatchObject({ kind: 'wavelet', color: SAMPLE_X });
      if (waiting.kind !== 'wavelet') continue;
      const lane = reader.channels.inputFirst[pe];
      expect(reader.useTick(lane, waiting.ordinal)).toBeGreaterThanOrEqual(t);
      if (waiting.ordinal > 0) expect(reader.useTick(lane, waiting.ordinal - 1)).toBeLessThan(t);
    }
  });

  it('the PE that holds the wavelet is upstream and its router does hold one', () => {
    const held = moments(KIND.wait).flatMap(([pe, t]) => {
      const waiting = waitingFor(reader, pe, t);
      return waiting.kind === 'wavelet' && typeof waiting.heldAt === 'number' ? [{ pe, t, at: waiting.heldAt }] : [];
    });
    expect(held.length).toBeGreaterThan(0);
    for (const { pe, t, at } of held) {
      const { width } = reader.trace;
      expect(at % width).toBeLessThanOrEqual(pe % width);
      expect(Math.floor(at / width)).toBeLessThanOrEqual(Math.floor(pe / width));
      const { first, color } = reader.channels;
      let words = 0;
      for (let c = first[at]; c < first[at + 1]; c++) if (color[c] === SAMPLE_X) words += reader.fifoAt(c, t).count;
      expect(words).toBeGreaterThan(0);
    }
  });

  it('before the first x has entered, the host has it', () => {
    expect(reader.sourceTick(0, 0)).toBe(0);
    const early = moments(KIND.wait).filter(([, t]) => t === 0);
    for (const [pe, t] of early) expect(waitingFor(reader, pe, t)).toMatchObject({ heldAt: 'host' });
  });
});
