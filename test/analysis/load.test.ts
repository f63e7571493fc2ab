/** Load of PEs and links of a small run, against counts that go through the trace cycle by cycle. */
import { describe, expect, it } from 'vitest';
import { type Cycles, departuresOver } from '../../src/analysis/departures.ts';
import { linkPartsIn } from '../../src/analysis/link-demand.ts';
import { linkLoads, linkTimes } from '../../src/analysis/link-load.ts';
import { distribution, peBusy, peMap } from '../../src/analysis/pe-load.ts';
import { replayBins } from '../../src/analysis/replay-bins.ts';
import { Port } from '../../src/machine/fabric.ts';
import { isStall, KINDS } from '../../src/trace/schema.ts';
import { sampleRun } from '../drivers/sample-run.ts';

const reader = sampleRun();
const { cycles } = reader.trace;
const { channels } = reader;

function counted(most: number, part?: Cycles) {
  const work = linkTimes(reader, most, part);
  let step = work.next();
  while (!step.done) step = work.next();
  return step.value!;
}

describe('links', () => {
  const loads = linkLoads(reader) ?? [];

  it('carry what the routers sent', () => {
    const sent = new Map<string, number>();
    for (let c = 0; c < channels.count; c++)
      for (let port = 0; port <= Port.RAMP; port++) {
        const n = reader.movesThrough(c, 1 << port, cycles + 1);
        if (n > 0) sent.set(`${channels.pe[c]} ${port}`, (sent.get(`${channels.pe[c]} ${port}`) ?? 0) + n);
      }
    expect(new Map(loads.map((l) => [`${l.pe} ${l.port}`, l.wavelets]))).toEqual(sent);
  });

  it('are waited for in the cycles in which a ready head does not depart', () => {
    const { hop, ramp } = reader.program.machine;
    const waited = new Map<string, number>();
    for (let c = 0; c < channels.count; c++) {
      const late = channels.port[c] === Port.RAMP ? 1 + ramp : hop;
      for (let t = 0; t < cycles; t++) {
        const arrived = reader.fifoCount(c, t - late + 1) + reader.movesBefore(c, t - late + 1);
        if (arrived <= reader.movesBefore(c, t) || reader.departureAt(c, t) !== 0) continue;
        const next = reader.moveTick(c, reader.movesBefore(c, t));
        const tx = reader.departureAt(c, next);
        for (let port = 0; port <= Port.RAMP; port++)
          if ((tx >> port) & 1) waited.set(`${channels.pe[c]} ${port}`, (waited.get(`${channels.pe[c]} ${port}`) ?? 0) + 1);
      }
    }
    expect(new Map(loads.filter((l) => l.waited > 0).map((l) => [`${l.pe} ${l.port}`, l.waited]))).toEqual(waited);
    expect(waited.size).toBeGreaterThan(0);
  });

  it('over time in buckets of 8 cycles: what departed and what waited in each, summing up to the whole', () => {
    const times = counted(Math.ceil(cycles / 8));
    expect(times.bucketCycles).toBe(8);
    expect(times.links.map(({ pe, port, wavelets, waited }) => [pe, port, wavelets, waited])).toEqual(
      loads.map(({ pe, port, wavelets, waited }) => [pe, port, wavelets, waited]),
    );
    for (const link of times.links) {
      expect(link.waits.reduce((a, b) => a + b)).toBe(link.waited);
      for (let b = 0; b < link.moves.length; b++) {
        let moved = 0;
        for (let c = channels.first[link.pe]; c < channels.first[link.pe + 1]; c++)
          moved += reader.movesThrough(c, 1 << link.port, (b + 1) * 8) - reader.movesThrough(c, 1 << link.port, b * 8);
        expect(link.moves[b]).toBe(moved);
      }
    }
  });

  it('counted in a part of the run have what departed and waited in its cycles', () => {
    const whole = counted(cycles);
    for (const [from, to] of [
      [0, 9],
      [31, 32],
      [Math.floor(cycles / 3), Math.floor(cycles / 2)],
    ]) {
      const part = counted(1, { from, to });
      const sums = whole.links.map(({ pe, port, moves, waits }) => {
        const sum = (counts: Uint32Array) => counts.subarray(from, to).reduce((a, b) => a + b, 0);
        return [pe, port, sum(moves), sum(waits)] as const;
      });
      const own = new Map(part.links.map(({ pe, port, wavelets, waited }) => [`${pe} ${port}`, [wavelets, waited]]));
      expect(own).toEqual(new Map(sums.filter(([, , a, b]) => a + b > 0).map(([pe, port, ...counts]) => [`${pe} ${port}`, counts])));
    }
  });

  it('in a part of the run at one cycle a part: exactly what departed and waited in each, as over the whole', () => {
    const { links } = counted(cycles);
    const [from, to] = [Math.floor(cycles / 4), Math.floor(cycles / 2)];
    for (const link of links.slice(0, 6)) {
      const parts = linkPartsIn(departuresOver(reader, link.pe, link.port, { from, to }), from, to, cycles);
      expect(parts.map((p) => [p.begin, p.moved, p.waited])).toEqual(
        Array.from({ length: to - from }, (_, i) => [from + i, link.moves[from + i], link.waits[from + i]]),
      );
    }
  });
});

describe('PEs', () => {
  it('are busy in the cycles in which one of their threads issues', () => {
    const busy = peBusy(reader, cycles);
    const { pe, kind, begin, end } = reader.trace.intervals;
    const sum = pe.reduce((total, _, i) => total + (isStall(kind[i]) ? 0 : end[i] - begin[i]), 0);
    expect(busy.reduce((a, b) => a + b, 0) * cycles).toBeCloseTo(sum, 2);
  });

  it('are distributed: 0, 0.5 and 1 of three, one without a value', () => {
    expect(distribution([0, 1, 0.5, -1], 100)).toMatchObject({ count: 3, min: 0, max: 1, mean: 0.5 });
    expect(distribution([-1])).toBeNull();
  });

  it('make a map of cells with the largest value of each: 5 x 3 PEs in at most 3 columns are 3 x 2 cells', () => {
    const map = peMap([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, -1, 12, 13, 14, 15], 5, 3, 3, 0);
    expect(map).toEqual({ width: 3, height: 2, block: 2, values: [7, 9, 10, 12, 14, 15] });
  });
});

describe('a film', () => {
  it('holds for every PE and step what it mostly did', () => {
    const film = replayBins(reader, cycles);
    const cells = film.width * film.height;
    expect([film.block, cells, film.data.length]).toEqual([1, reader.pes, cells * film.bins]);
    for (let bin = 0; bin < film.bins; bin += 7)
      for (let pe = 0; pe < cells; pe++) {
        const counts = new Array<number>(KINDS.length + 1).fill(0);
        for (let t = bin * film.binCycles; t < Math.min(cycles, (bin + 1) * film.binCycles); t++) counts[Math.min(KINDS.length, reader.stateOf(pe, t))]++;
        expect(counts[film.data[bin * cells + pe] & 15]).toBe(Math.max(...counts));
      }
  });
});
