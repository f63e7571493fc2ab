/** The fabric at a cycle, magnitudes and routes, against the reader's single answers. */
import { beforeAll, describe, expect, it } from 'vitest';
import { FabricFrame, IDLE_COUNT, sourceHeld } from '../../src/analysis/fabric-frame.ts';
import { latencyOf } from '../../src/analysis/latency.ts';
import { waveletsOnLinks } from '../../src/analysis/links-now.ts';
import { fillMagnitude, magnitudeDomain, windowCycles } from '../../src/analysis/magnitudes.ts';
import { routePosition, streamIndex } from '../../src/analysis/route-state.ts';
import { neighbour, Port } from '../../src/machine/fabric.ts';
import { WSE3 } from '../../src/machine/spec.ts';
import type { TraceReader } from '../../src/trace/reader.ts';
import { KIND } from '../../src/trace/schema.ts';
import { SAMPLE, SAMPLE_X, SAMPLE_Y, sampleRun } from '../drivers/sample-run.ts';

let reader: TraceReader;
/** Hop 2: wavelets are on a link for two cycles. */
let slow: TraceReader;
beforeAll(() => {
  reader = sampleRun();
  slow = sampleRun({ ...SAMPLE, machine: WSE3 });
});

const ALL = { x0: 0, y0: 0, x1: SAMPLE.width, y1: SAMPLE.height };

describe('the frame', () => {
  it('has the states of the reader at every 7th cycle, and counts that sum up to 12 PEs', () => {
    const frame = new FabricFrame(reader);
    for (let cycle = 0; cycle <= reader.trace.cycles; cycle += 7) {
      frame.seek(cycle);
      expect([...frame.states]).toEqual(Array.from({ length: 12 }, (_, pe) => reader.stateOf(pe, cycle)));
      expect(frame.counts.reduce((a, b) => a + b, 0)).toBe(12);
    }
    expect(frame.counts[IDLE_COUNT] + frame.counts[KIND.send]).toBeGreaterThan(0);
  });

  it('shows on its links exactly the wavelets under way, with hop 1 and hop 2', () => {
    for (const run of [reader, slow]) {
      const frame = new FabricFrame(run);
      for (let cycle = 0; cycle <= run.trace.cycles; cycle += 5) {
        frame.seek(cycle);
        frame.seekLinks(ALL, run.program.machine.hop);
        const counts = new Uint32Array(24);
        for (let pe = 0; pe < run.pes; pe++) {
          const flights = run.flightsFrom(pe, cycle).filter((f) => f.port !== Port.RAMP);
          for (let port = 0; port < 4; port++)
            expect(frame.links[pe * 4 + port] > 0, `PE ${pe} port ${port} cycle ${cycle}`).toBe(flights.some((f) => f.port === port));
          for (const f of flights) if (neighbour(pe, f.port, run.trace.width, run.trace.height) >= 0) counts[f.color]++;
        }
        expect([...waveletsOnLinks(run, cycle)]).toEqual([...counts]);
      }
    }
  });

  it('fills links piece by piece as long as it may go on, to the same as at once', () => {
    const [whole, pieces] = [new FabricFrame(reader), new FabricFrame(reader)];
    for (const cycle of [40, 41, reader.trace.cycles >> 1]) {
      whole.seek(cycle);
      pieces.seek(cycle);
      expect(whole.seekLinks(ALL, 3)).toBe(true);
      expect(pieces.seekLinks(ALL, 3, () => false)).toBe(false);
      expect(pieces.hasLinks(0)).toBe(false);
      let rows = 1;
      expect(pieces.seekLinks(ALL, 3, () => rows-- > 0)).toBe(false);
      expect([pieces.hasLinks(SAMPLE.width - 1), pieces.hasLinks(SAMPLE.width)]).toEqual([true, false]);
      expect(pieces.seekLinks(ALL, 3)).toBe(true);
      expect([pieces.links, pieces.flow, pieces.held]).toEqual([whole.links, whole.flow, whole.held]);
    }
  });

  it('averages a link: 16 wavelets in the 32 cycles around a block are 0.5 a cycle', () => {
    const frame = new FabricFrame(reader);
    const channel = reader.channel(0, Port.W, SAMPLE_X);
    const begin = reader.moveTick(channel, 8);
    frame.seek(begin + 31);
    frame.seekLinks(ALL, 32);
    const moved = reader.movesBefore(channel, begin + 32) - reader.movesBefore(channel, begin);
    expect(frame.flow[Port.E]).toBeCloseTo(moved / 32);
  });

  it('a source is held while the PEs dequantise, and not while they multiply', () => {
    expect(sourceHeld(reader, 0, 20, 1)).toBe(true);
    expect(sourceHeld(reader, 0, 40, 1)).toBe(false);
    expect(sourceHeld(reader, 0, reader.trace.cycles, 1)).toBe(false);
  });
});

describe('magnitudes', () => {
  const question = (layer: 'utilisation' | 'latency' | 'sram' | 'queues' | 'links', cycle: number, window = 16) =>
    ({ layer, stage: 'atEdge', cycle, window }) as const;

  it('SRAM is the account of the class: reserve 4 176, weights 128, block 64, results 8, in all 4 376 B', () => {
    const out = new Float32Array(12);
    fillMagnitude(reader, question('sram', 0), out);
    expect([...new Set(out)]).toEqual([4376]);
    expect(magnitudeDomain(reader, 'sram', 'atEdge').max).toBe(49152);
  });

  it('queues hold what the reader counts, at most their capacity of 6 + 2 words', () => {
    const out = new Float32Array(12);
    for (let cycle = 0; cycle < reader.trace.cycles; cycle += 11) {
      fillMagnitude(reader, question('queues', cycle), out);
      expect([...out]).toEqual(Array.from({ length: 12 }, (_, pe) => reader.inputAt(reader.channels.inputFirst[pe], pe, cycle).count));
      expect(Math.max(...out)).toBeLessThanOrEqual(magnitudeDomain(reader, 'queues', 'atEdge').max);
    }
    expect(magnitudeDomain(reader, 'queues', 'atEdge').max).toBe(8);
  });

  it('links never carry more than one wavelet a cycle, and the west column carries x at its rate', () => {
    const out = new Float32Array(12);
    fillMagnitude(reader, question('links', 47, 16), out);
    expect(Math.max(...out)).toBeLessThanOrEqual(1);
    expect(out[0]).toBeGreaterThan(0);
  });

  it('utilisation is the share of compute cycles in the window', () => {
    const out = new Float32Array(12);
    fillMagnitude(reader, question('utilisation', 20, 8), out);
    expect(Math.max(...out)).toBe(0);
    fillMagnitude(reader, question('utilisation', 60, 8), out);
    expect(Math.min(...out)).toBe(1);
  });

  it('latency is that of the map, its domain ends with the largest', () => {
    const out = new Float32Array(12);
    fillMagnitude(reader, question('latency', 0), out);
    expect([...out]).toEqual([...latencyOf(reader).atEdge]);
    expect(magnitudeDomain(reader, 'latency', 'atEdge').max).toBe(Math.max(...out));
  });

  it('means are over a two-hundredth of the run, a power of two from 16 to 1024 cycles', () => {
    expect([windowCycles(100), windowCycles(22_523), windowCycles(10_000_000)]).toEqual([16, 128, 1024]);
  });
});

describe('routes', () => {
  it('a drain stands on ramp to west until the own words have left, then on east to west, in the last column too', () => {
    for (let pe = 0; pe < 12; pe++) {
      const route = reader.program.routes[reader.program.routeOf[pe]][1];
      const own = reader.moveTick(reader.channel(pe, Port.RAMP, SAMPLE_Y), SAMPLE.columns - 1);
      expect(routePosition(reader, pe, route, own).rx).toBe(1 << Port.RAMP);
      expect(routePosition(reader, pe, route, own + 1).rx).toBe(1 << Port.E);
      expect(routePosition(reader, pe, route, 0).rx).toBe(1 << Port.RAMP);
    }
  });

  it('a result keeps its index from its PE to the edge: PE x, word n is word 2 x + n of its row', () => {
    for (let x = 0; x < SAMPLE.width; x++) {
      for (let n = 0; n < SAMPLE.columns; n++) {
        expect(streamIndex(reader, reader.channel(x, Port.RAMP, SAMPLE_Y), n)).toBe(2 * x + n);
        for (let via = 0; via < x; via++) {
          const ordinal = 2 * (x - via - 1) + n;
          expect(streamIndex(reader, reader.channel(via, Port.E, SAMPLE_Y), ordinal)).toBe(2 * x + n);
        }
      }
    }
  });

  it('an activation is numbered as it comes', () => {
    expect(streamIndex(reader, reader.channel(5, Port.W, SAMPLE_X), 13)).toBe(13);
  });
});
