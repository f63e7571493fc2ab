/** What a run does besides its evaluation yields too, however large it is: counted in pieces, not in time. */
import { describe, expect, it } from 'vitest';
import { KERNELS } from '../../src/kernels/registry.ts';
import { WSE2 } from '../../src/machine/spec.ts';
import { validating } from '../../src/machine/validate.ts';
import { FORMATS, rowBytes } from '../../src/quant/formats.ts';
import { traceHash, traceHashing } from '../../src/trace/hash.ts';
import { Recorder } from '../../src/trace/recorder.ts';
import { inPieces } from '../drivers/pieces.ts';

/** PEs, or rows, that are looked at from one yield to the next. */
const BREATH = 1 << 14;

describe('work that can be cancelled', () => {
  it('a whole wafer is validated in pieces of 16 384 PEs and loads', () => {
    const [width, height, k] = [750, 994, 256];
    const shape = { m: width * height, k, n: 1, format: 'q4_k' };
    const kernel = KERNELS.streaming;
    const weights = new Uint8Array(shape.m * rowBytes(FORMATS.q4_k, k));
    const program = kernel.build(kernel.plan(shape, WSE2, { width, height }), { ...shape, weights, x: new Float32Array(k) });
    const { pieces } = inPieces(validating(program));
    expect(pieces).toBeGreaterThanOrEqual((width * height + program.loads.pe.length) / BREATH);
  });

  it('a trace of 300 000 rows is hashed in pieces of 65 536 rows and a lane at most', () => {
    const lanes = 100_000;
    const recorder = new Recorder(1, { count: lanes, inputCount: 0, outputCount: 0 }, 0, 0);
    for (let tick = 0; tick < 3000; tick += 1000) for (let lane = 0; lane < lanes; lane++) recorder.move(lane, 1, tick + (lane % 7) * (tick + 1));
    const trace = recorder.finish(1, 1, 40_000);
    expect(trace.moves.lane.length).toBe(3 * lanes);
    const { result, pieces } = inPieces(traceHashing(trace));
    expect(pieces).toBe(Math.ceil((3 * lanes) / 65_538));
    expect(result).toBe(traceHash(trace));
  });
});
