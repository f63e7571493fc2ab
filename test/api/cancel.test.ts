/**
 * What a run does besides its evaluation yields too, however large it is: counted in pieces, not in time. A run that is aborted
 * ends in the phase in which it is.
 */
import { describe, expect, it } from 'vitest';
import { lookingAhead } from '../../src/analysis/ahead.ts';
import { checkingConservation } from '../../src/analysis/conservation.ts';
import { float64Reference, measuringErrors } from '../../src/analysis/errors.ts';
import { computingMetrics } from '../../src/analysis/metrics.ts';
import { simulate } from '../../src/api/library.ts';
import { SNAPSHOT_BUDGET, Snapshots } from '../../src/api/replay.ts';
import { timeShared } from '../../src/engine/timing/timing.ts';
import { createWaveletEngine, creatingWaveletEngine } from '../../src/engine/wavelet.ts';
import type { AllReduce } from '../../src/kernels/collectives/collective.ts';
import { ALL_REDUCES } from '../../src/kernels/collectives/index.ts';
import { seededVectors } from '../../src/kernels/measured/row.ts';
import { KERNELS } from '../../src/kernels/registry.ts';
import { enumerateChannels, enumerating } from '../../src/machine/channels.ts';
import { WSE2 } from '../../src/machine/spec.ts';
import { validating } from '../../src/machine/validate.ts';
import { synthesisingLayer } from '../../src/model/layer.ts';
import { drawingActivations } from '../../src/model/workload.ts';
import { FORMATS, rowBytes } from '../../src/quant/formats.ts';
import { traceHash, traceHashing } from '../../src/trace/hash.ts';
import { reading, TraceReader } from '../../src/trace/reader.ts';
import { Recorder } from '../../src/trace/recorder.ts';
import { Shapes } from '../../src/trace/shapes.ts';
import { inPieces } from '../drivers/pieces.ts';

/** PEs, or rows, that are looked at from one yield to the next: in a check of a program, in everything else. */
const BREATH = 1 << 14;
const EACH = 1 << 13;

const kernel = KERNELS.streaming;

/** A program whose weights are zeros that nothing touches, and how many pieces its building has. */
function built(width: number, height: number, k = 256) {
  const shape = { m: width * height, k, n: 1, format: 'q4_k' };
  const plan = kernel.plan(shape, WSE2, { width, height });
  const gemm = { ...shape, weights: new Uint8Array(shape.m * rowBytes(FORMATS.q4_k, k)), x: new Float32Array(k) };
  return { plan, gemm, ...inPieces(kernel.building(plan, gemm)) };
}

describe('work that can be cancelled', () => {
  it('a whole wafer is built in pieces of 8,192 PEs, validated in pieces of 16,384 PEs and loads', () => {
    const { result: program, pieces } = built(750, 994);
    // Classes, routes, loads.
    expect(pieces).toBeGreaterThanOrEqual((3 * program.classOf.length) / EACH);
    expect(inPieces(validating(program)).pieces).toBeGreaterThanOrEqual((program.classOf.length + program.loads.pe.length) / BREATH);
    expect(inPieces(enumerating(program)).pieces).toBeGreaterThanOrEqual((3 * program.classOf.length) / EACH);
  });

  it('a run of 16,384 PEs is made, simulated, put in order, checked and analysed in pieces, and gives what it gives at once', () => {
    const { result: program, plan, gemm } = built(128, 128);
    const pes = program.classOf.length;
    const { width, height, sources, sinks } = program;
    const recorder = new Recorder(pes, inPieces(enumerating(program)).result, sources.length, sinks.length);
    const { result: engine, pieces: ofMaking } = inPieces(creatingWaveletEngine(program, recorder));
    // Memories, both tables of queues, and places.
    const { count, inputCount } = enumerateChannels(program);
    expect(ofMaking).toBeGreaterThanOrEqual((pes * 144) / 2 ** 21 + (count + inputCount) / 2 ** 15 + pes / EACH);
    // The turns of all PEs at the first tick alone, 1,024 of them a piece.
    expect(inPieces(engine.advancing(Number.MAX_SAFE_INTEGER)).pieces).toBeGreaterThanOrEqual(pes / 1024);
    expect(inPieces(engine.snapshotting()).pieces).toBeGreaterThan(20);
    const hash = inPieces(engine.hashing());
    expect(hash.pieces).toBeGreaterThanOrEqual(pes / 4096);
    expect(hash.result).toBe(engine.stateHash());
    const reader = new TraceReader(program, recorder.finish(width, height, engine.cycle));
    const { weightBytes, usedPes, macRate } = plan;
    const work = { weightBytes, usedPes, macRate, macs: kernel.macs(plan, program) };
    const lanes = reader.channels.count;
    expect(inPieces(computingMetrics(reader, work)).pieces).toBeGreaterThanOrEqual((2 * lanes + pes) / EACH);
    const checked = inPieces(checkingConservation(reader, work));
    expect(checked.pieces).toBeGreaterThanOrEqual((2 * lanes + 3 * pes) / EACH);
    expect(checked.result.filter(({ holds }) => !holds)).toEqual([]);
    expect(inPieces(lookingAhead(reader)).pieces).toBeGreaterThanOrEqual((4 * pes) / EACH);
    const plain = inPieces(kernel.adding(plan, gemm));
    expect(plain.pieces).toBeGreaterThanOrEqual((gemm.m * gemm.k) / 2 ** 19);
    expect(plain.result.length).toBe(gemm.m);
  });

  it('the departures of one tick are asked for 8,192 at a time', () => {
    const { result: program } = built(128, 128);
    const [engine, other] = [createWaveletEngine(program), createWaveletEngine(program)];
    engine.advance(20);
    // Every FIFO asks in the first tick after a snapshot is restored.
    engine.restore(engine.snapshot());
    expect(inPieces(engine.advancing(21)).pieces).toBeGreaterThanOrEqual(Math.floor(enumerateChannels(program).count / EACH));
    other.advance(21);
    expect(engine.stateHash()).toBe(other.stateHash());
  });

  it('of a machine whose state is larger than all snapshots may be none is kept', () => {
    expect(new Snapshots(16, SNAPSHOT_BUDGET + 1).next).toBe(Number.POSITIVE_INFINITY);
    expect(new Snapshots(16, SNAPSHOT_BUDGET).next).toBe(0);
  });

  it('what is drawn, put in words, gathered and measured of a product with many tokens, and what a layer is drawn in, grows with the size', () => {
    const [m, k, n] = [64, 2048, 256];
    expect(inPieces(drawingActivations(n, k, 1)).pieces).toBeGreaterThanOrEqual((n * k) / 2 ** 16);
    const gemm = { m, k, n, format: 'q4_k', weights: new Uint8Array(m * rowBytes(FORMATS.q4_k, k)), x: new Float32Array(n * k) };
    const plan = kernel.plan(gemm, WSE2, { width: 8, height: 8 });
    // The words of the stream beside classes, routes and loads.
    expect(inPieces(kernel.building(plan, gemm)).pieces).toBeGreaterThanOrEqual((n * k) / 2 ** 16);
    const sinks = Array.from({ length: 8 }, () => new Uint32Array(8 * n));
    expect(inPieces(kernel.gathering(plan, sinks)).pieces).toBe(8);
    // Every token of a row for itself: a row may have more multiply-adds than are done at once.
    const row = new Float32Array(k);
    expect(inPieces(float64Reference(() => row, gemm.x, 1, k, n)).pieces).toBeGreaterThanOrEqual((k * n) / 2 ** 21);
    expect(inPieces(kernel.adding(plan, { ...gemm, m: 1, weights: gemm.weights.subarray(0, gemm.weights.length / m) })).pieces).toBeGreaterThanOrEqual(
      (k * n) / 2 ** 20,
    );
    const [y, f64] = [new Float32Array(2 ** 21), new Float64Array(2 ** 21)];
    expect(inPieces(measuringErrors(y, y, { y: f64, sumAbs: f64 }, null)).pieces).toBeGreaterThanOrEqual((3 * y.length) / 2 ** 19);
    expect(inPieces(synthesisingLayer(256, 1, 1, 'f32')).pieces).toBeGreaterThanOrEqual((12 * 256 ** 2) / 2 ** 14);
  });

  it('spans of few PEs with many rows are told some 65 536 at a time', () => {
    const [pes, rows] = [16, 20_000];
    const recorder = new Recorder(pes, { count: 0, inputCount: 0, outputCount: 0 }, 0, 0);
    for (let i = 0; i < rows; i++) for (let pe = 0; pe < pes; pe++) recorder.span(pe, 8, i % 3, i, 2 * i, 2 * i + 1);
    const { plan, gemm } = built(4, 4);
    const reader = inPieces(reading(kernel.build(plan, gemm), recorder.finish(4, 4, 2 * rows))).result;
    let [told, most] = [0, 0];
    const telling = reader.spans.telling(() => void told++);
    for (let before = 0; !telling.next().done; before = told) most = Math.max(most, told - before);
    expect(told).toBe(pes * rows);
    expect(most).toBeLessThan(2 ** 16 + rows);
  });

  it('what PEs share is hashed, counted and put in columns in pieces of 32 768 rows and a shape, not of PEs: few of them may have many', () => {
    const [m, k, n] = [256, 2048, 256];
    const gemm = { m, k, n, format: 'q4_k', weights: new Uint8Array(m * rowBytes(FORMATS.q4_k, k)), x: new Float32Array(n * k) };
    const timing = timeShared(kernel.build(kernel.plan(gemm, WSE2, { width: 16, height: 16 }), gemm));
    const { shapes } = timing.shared?.intervals ?? { shapes: new Shapes() };
    expect(shapes.rows).toBeGreaterThan(2 ** 16);
    const hash = inPieces(timing.hashing());
    expect(hash.pieces).toBeGreaterThanOrEqual(shapes.rows / 2 ** 16);
    expect(inPieces(timing.kindCycles()).pieces).toBeGreaterThanOrEqual(shapes.rows / 2 ** 16);
    const columns = inPieces(timing.tracing());
    expect(columns.pieces).toBeGreaterThanOrEqual(columns.result.intervals.pe.length / 2 ** 16);
    expect(traceHash(columns.result)).toBe(hash.result);
  });

  it('a ring of PEs, whose program grows with their square, is built PE by PE; tiles are loaded fabric column by fabric column', () => {
    const pes = 24;
    const row = { machine: WSE2, pes, wavelets: pes, group: pes, descriptors: 'registers' } as const;
    const { building, build } = ALL_REDUCES.ring as AllReduce;
    const vectors = seededVectors(pes, pes);
    const made = building && inPieces(building(row, vectors));
    expect(made?.pieces).toBeGreaterThanOrEqual(3 * pes);
    expect(made?.result).toEqual(build(row, vectors));
    const split = KERNELS['split-k'];
    const gemm = { m: 64, k: 8192, n: 1, format: 'q4_k', weights: new Uint8Array(64 * rowBytes(FORMATS.q4_k, 8192)), x: new Float32Array(8192) };
    expect(inPieces(split.building(split.plan(gemm, WSE2, { width: 32, height: 8 }), gemm)).pieces).toBeGreaterThanOrEqual(32);
    // Classes by rows of PEs, words by columns.
    const streamed = KERNELS['weight-streaming'];
    expect(inPieces(streamed.building(streamed.plan(gemm, WSE2, { width: 32, height: 8 }), gemm)).pieces).toBeGreaterThanOrEqual(8 + 32);
  });

  it('a trace of 300 000 rows is hashed in pieces of 65 536 rows and a lane at most', () => {
    const lanes = 100_000;
    const recorder = new Recorder(1, { count: lanes, inputCount: 0, outputCount: 0 }, 0, 0);
    for (let tick = 0; tick < 3000; tick += 1000) for (let lane = 0; lane < lanes; lane++) recorder.move(lane, 1, tick + (lane % 7) * (tick + 1));
    const finished = inPieces(recorder.finishing(1, 1, 40_000));
    const trace = finished.result;
    // The order by lane, counted and put, and five columns.
    expect(finished.pieces).toBeGreaterThanOrEqual(7);
    expect(trace.moves.lane.length).toBe(3 * lanes);
    const { result, pieces } = inPieces(traceHashing(trace));
    expect(pieces).toBe(Math.ceil((3 * lanes) / 65_538));
    expect(result).toBe(traceHash(trace));
  });
});

describe('a run with an AbortSignal', () => {
  it.each([
    ['wavelet', ['loading', 'placing', 'simulating', 'checking']],
    ['timing', ['loading', 'placing', 'checking']],
  ] as const)('ends with its reason in the phase in which it is aborted: %s', async (engine, phases) => {
    for (const phase of phases) {
      const abort = new AbortController();
      let last = '';
      const onProgress = (progress: { readonly phase: string }): void => {
        last = progress.phase;
        if (last === phase) abort.abort(new Error(`in ${phase}`));
      };
      const running = simulate({ m: 256, k: 1024, n: 4, kernel: 'stationary', pes: { width: 16, height: 16 }, engine }, { onProgress, signal: abort.signal });
      await expect(running).rejects.toThrow(`in ${phase}`);
      expect(last).toBe(phase);
    }
  });
});
