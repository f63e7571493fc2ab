import { beforeAll, describe, expect, it } from 'vitest';
import { checkConservation } from '../../src/analysis/conservation.ts';
import { float64Reference, measuringErrors } from '../../src/analysis/errors.ts';
import { latencyOf } from '../../src/analysis/latency.ts';
import { computeMetrics, type Work } from '../../src/analysis/metrics.ts';
import { latencyCurves, stateShares, utilisationIn } from '../../src/analysis/timeline.ts';
import { toEnd } from '../../src/base/pieces.ts';
import { createWaveletEngine } from '../../src/engine/wavelet.ts';
import { KERNELS } from '../../src/kernels/registry.ts';
import { enumerateChannels } from '../../src/machine/channels.ts';
import { maskOf, Port } from '../../src/machine/fabric.ts';
import type { Program } from '../../src/machine/program.ts';
import { TEACHING } from '../../src/machine/spec.ts';
import { synthetic } from '../../src/model/synthetic.ts';
import { TraceReader } from '../../src/trace/reader.ts';
import { Recorder } from '../../src/trace/recorder.ts';
import { KIND, type Runs, type Trace } from '../../src/trace/schema.ts';

/** 6 x 256 by 256 x 1 on 3 x 2 PEs of Teaching: 952 cycles of dequantising, 256 of fused dot, one result a PE. */
const [WIDTH, HEIGHT, M, K, N] = [3, 2, 6, 256, 1];
const WORK: Work = { weightBytes: M * 144, usedPes: 6, macRate: 1, macs: { perWord: [[1]], expected: M * K * N } };
let program: Program;
let trace: Trace;

beforeAll(() => {
  const gemm = synthetic(M, K, N, 1);
  program = KERNELS.streaming.build(KERNELS.streaming.plan(gemm, TEACHING, { width: WIDTH, height: HEIGHT }), gemm);
  const recorder = new Recorder(WIDTH * HEIGHT, enumerateChannels(program), program.sources.length, program.sinks.length);
  const engine = createWaveletEngine(program, recorder);
  engine.advance(100_000);
  trace = recorder.finish(WIDTH, HEIGHT, engine.cycle);
});

const reader = (changed: Partial<Trace> = {}, of: Program = program): TraceReader => new TraceReader(of, { ...trace, ...changed });
const failed = (r: TraceReader, work = WORK): string[] => checkConservation(r, work).flatMap((c) => (c.holds ? [] : [c.name]));
/** The same runs with one event less, or more, in the first run that has several. */
function oneLess(runs: Runs, by = 1): Runs {
  const count = runs.count.slice();
  count[runs.count.findIndex((n) => n > 1)] -= by;
  return { ...runs, count };
}
const oneMore = (runs: Runs): Runs => oneLess(runs, -1);
const kinds = (names: readonly string[]): string[] => names.map((name) => name.split(':')[0]);
/** The trace's moves with the ports of the first run from (PE, color) changed. */
function turned(pe: number, color: number, change: (tx: number) => number): Runs {
  const channels = enumerateChannels(program);
  const tx = trace.moves.tx.slice();
  const row = trace.moves.lane.findIndex((lane) => channels.pe[lane] === pe && channels.color[lane] === color);
  tx[row] = change(tx[row]);
  return { ...trace.moves, tx };
}

describe('the physics of a run', () => {
  it('hold as simulated: all 7 checks', () => {
    expect(checkConservation(reader(), WORK)).toHaveLength(7);
    expect(failed(reader())).toEqual([]);
  });

  it('a wavelet lost in a router is found by the routers, and by the ramps it does not reach', () => {
    const names = failed(reader({ moves: oneLess(trace.moves) }));
    expect(names.some((name) => name.startsWith('routers'))).toBe(true);
    expect(names.some((name) => name.startsWith('ramps'))).toBe(true);
  });

  it('a wavelet made from nothing is found by the routers', () => {
    expect(kinds(failed(reader({ moves: oneMore(trace.moves) })))).toContain('routers');
  });

  it('copies lost on one branch of a multicast are found by the routers', () => {
    expect(kinds(failed(reader({ moves: turned(0, 0, (tx) => tx & ~maskOf(Port.S)) })))).toEqual(['routers']);
  });

  it('copies lost on the way up a ramp are found by the routers and at the ramp', () => {
    expect(kinds(failed(reader({ moves: turned(0, 0, (tx) => tx & ~maskOf(Port.RAMP)) })))).toEqual(['routers', 'ramps']);
  });

  it('copies through a port that is not in the route are found by the routers, even over the edge', () => {
    expect(kinds(failed(reader({ moves: turned(0, 0, (tx) => tx | maskOf(Port.N)) })))).toEqual(['routers']);
  });

  it('a word used that never came is found at the ramp, and as a multiply-add too many', () => {
    expect(kinds(failed(reader({ uses: oneMore(trace.uses) })))).toEqual(['ramps', 'multiply-adds = M·N·K']);
  });

  it('a result still in flight at the end is found: its last departure is missing', () => {
    const channels = enumerateChannels(program);
    const { lane, count } = trace.moves;
    const last = lane.findLastIndex((l) => channels.pe[l] === 0 && channels.color[l] === 1);
    const cut = Uint32Array.from(count, (n, i) => (i === last ? n - 1 : n));
    expect(kinds(failed(reader({ moves: { ...trace.moves, count: cut } })))).toEqual(['routers']);
  });

  it('a word delivered and never used is found at the ramp, and as a missing multiply-add', () => {
    const names = failed(reader({ uses: oneLess(trace.uses) }));
    expect(names.map((name) => name.split(':')[0])).toEqual(['ramps', 'multiply-adds = M·N·K']);
  });

  it('a result that never reaches the host is found at the edge', () => {
    expect(failed(reader({ hostOut: oneLess(trace.hostOut) })).map((name) => name.split(':')[0])).toEqual(['host']);
  });

  it('an activation the host never sent is found at the edge and in the first router', () => {
    expect(failed(reader({ hostIn: oneLess(trace.hostIn) })).map((name) => name.split(':')[0])).toEqual(['routers', 'host']);
  });

  it('one row more than was computed is found: 1 792 multiply-adds wanted, 1 536 done', () => {
    const checks = checkConservation(reader(), { ...WORK, macs: { ...WORK.macs, expected: (M + 1) * K * N } });
    expect(checks.filter((c) => !c.holds).map((c) => c.name)).toEqual(['multiply-adds = M·N·K']);
  });

  it('a PE with 49 153 B in use is found', () => {
    const [first, ...rest] = program.classes;
    const over = { ...first, memory: [{ name: 'all', kind: 'weights' as const, address: 0, bytes: 49_153 }] };
    expect(failed(reader({}, { ...program, classes: [over, ...rest] }))).toEqual(['SRAM within 49 152 B on every PE']);
  });

  it('one PE of six with 49 153 B in use is found', () => {
    const over = { ...program.classes[0], memory: [{ name: 'all', kind: 'weights' as const, address: 0, bytes: 49_153 }] };
    const classOf = program.classOf.slice();
    classOf[5] = program.classes.length;
    const work = { ...WORK, macs: { ...WORK.macs, perWord: [[1], [1]] } };
    expect(failed(reader({}, { ...program, classes: [...program.classes, over], classOf }), work)).toEqual(['SRAM within 49 152 B on every PE']);
  });

  it('two wavelets on one link in one cycle are found', () => {
    const { lane, begin, tx } = trace.moves;
    const channels = enumerateChannels(program);
    const x = lane.findIndex((l) => channels.pe[l] === 0 && channels.color[l] === 0);
    const y = lane.findIndex((l) => channels.pe[l] === 0 && channels.color[l] === 1);
    const [moved, turned] = [begin.slice(), tx.slice()];
    moved[y] = begin[x];
    turned[y] = maskOf(Port.E);
    expect(failed(reader({ moves: { ...trace.moves, begin: moved, tx: turned } }))).toContain('links: at most one wavelet a cycle');
  });

  it('two threads of a PE that issue in one cycle are found', () => {
    const { pe, thread, kind, mark, begin, end } = trace.intervals;
    const last = end[kind.indexOf(KIND.compute)];
    const beside = {
      pe: Uint32Array.from([0, ...pe]),
      thread: Uint8Array.from([0, ...thread]),
      kind: Uint8Array.from([KIND.receive, ...kind]),
      mark: Int32Array.from([-1, ...mark]),
      begin: Uint32Array.from([last - 1, ...begin]),
      end: Uint32Array.from([last, ...end]),
    };
    expect(failed(reader({ intervals: beside }))).toEqual(['PE time: one state a cycle']);
  });
});

describe('the numbers of a run', () => {
  it('count cycles to the last result, at 1 GHz; utilisation 1 536 / (6 x cycles); every PE holds a row', () => {
    const metrics = computeMetrics(reader(), WORK);
    const { cycles } = trace;
    expect(metrics.cycles).toBe(cycles);
    expect(metrics.microseconds).toBeCloseTo(cycles / 1000, 9);
    expect(metrics.utilisation).toEqual({ mac: 1536 / (6 * cycles), busy: (6 * (952 + 256 + 1)) / (6 * cycles), mapping: 1 });
    expect(metrics.peCycles).toMatchObject({ dequantise: 6 * 952, compute: 6 * 256, send: 6 });
    expect(Object.values(metrics.peCycles).reduce((a, b) => a + b, 0)).toBe(6 * cycles);
  });

  it('count wavelets: 256 x down 5 links and up 6 ramps; results 1 + 2 hops a row, and off the edge', () => {
    expect(computeMetrics(reader(), WORK).wavelets).toEqual({ hops: 5 * 256 + 2 * (1 + 2 + 3), ramp: 6 * 256, used: 6 * 256 });
  });

  it('give the host its own cycles: 864 B of weights, 256 activations in, 6 results out', () => {
    const { loadCycles, hostInCycles, hostOutCycles } = computeMetrics(reader(), WORK);
    expect([loadCycles, hostInCycles, hostOutCycles]).toEqual([Math.ceil(216 / 44), Math.ceil(256 / 44), Math.ceil(6 / (44 / 7.5))]);
  });

  it('tell latency by PE: the first x after d + 1 hops and the ramp, the first multiply-add after 952 cycles, the last result at the end', () => {
    const map = latencyOf(reader());
    expect([...map.firstX]).toEqual([3, 4, 5, 4, 5, 6]);
    expect(Math.min(...map.firstMac)).toBe(952);
    for (let pe = 0; pe < 6; pe++) expect(map.atEdge[pe]).toBeGreaterThan(map.sent[pe]);
    expect(Math.max(...map.atEdge)).toBe(trace.cycles);
    expect(computeMetrics(reader(), WORK).latency).toMatchObject({ first: Math.min(...map.atEdge), max: trace.cycles });
  });

  it('spread over time: shares sum to 1 in every bucket, all PEs dequantise in the first 952 cycles', () => {
    const shares = stateShares(reader(), trace.cycles, 40);
    for (let b = 0; b < shares.buckets; b++) expect(shares.shares.reduce((sum, s) => sum + s[b], shares.idle[b])).toBeCloseTo(1, 5);
    expect(shares.shares[KIND.dequantise][0]).toBe(1);
    const used = new Float32Array(6);
    utilisationIn(reader(), 0, 952, used);
    expect([...used]).toEqual([0, 0, 0, 0, 0, 0]);
    utilisationIn(reader(), 952, 952 + 256, used);
    expect(used[0]).toBe(1);
    expect(latencyCurves(latencyOf(reader()), trace.cycles, 10).atEdge[9]).toBe(6);
  });
});

describe('errors of results', () => {
  it('count unequal bits, -0 against 0 among them, and hold differences against float64', () => {
    const rows = [Float32Array.of(1, 2), Float32Array.of(3, -4)];
    const reference = toEnd(float64Reference((r) => rows[r], Float32Array.of(10, 20), 2, 2, 1));
    expect([[...reference.y], [...reference.sumAbs], [...reference.sequential]]).toEqual([
      [50, -50],
      [50, 110],
      [50, -50],
    ]);
    const errors = toEnd(measuringErrors(Float32Array.of(50, -49), Float32Array.of(50, -50), reference, Float64Array.of(50, -50)));
    expect(errors).toMatchObject({ vsPlainLoop: 1, maxAbsVsF64: 1, maxRelVsSumAbs: 1 / 110 });
    expect(errors.relRmsVsF64).toBeCloseTo(1 / Math.sqrt(5000), 12);
    expect(errors.relRmsVsUnquantised).toBe(errors.relRmsVsF64);
    expect([errors.vsF32Sequential, errors.relRmsVsF32Sequential]).toEqual([1, errors.relRmsVsF64]);
    expect([errors.maxAbsVsIntegerDot, errors.relRmsVsIntegerDot]).toEqual([null, null]);
    const withInteger = toEnd(measuringErrors(Float32Array.of(50, -49), Float32Array.of(50, -50), reference, null, Float32Array.of(50, -52)));
    expect(withInteger.maxAbsVsIntegerDot).toBe(3);
    expect(withInteger.relRmsVsIntegerDot).toBeCloseTo(3 / Math.hypot(50, 52), 12);
    expect(toEnd(measuringErrors(Float32Array.of(-0), Float32Array.of(0), { y: Float64Array.of(0), sumAbs: Float64Array.of(0) }, null)).vsPlainLoop).toBe(1);
  });
});
