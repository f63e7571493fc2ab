/** Trace files: what is written while running is what is kept in memory, whatever the engine, its pace and the chunks. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { createReferenceEngine } from '../../src/engine/reference.ts';
import { createWaveletEngine } from '../../src/engine/wavelet.ts';
import { KERNELS } from '../../src/kernels/registry.ts';
import { enumerateChannels } from '../../src/machine/channels.ts';
import { withoutLoads } from '../../src/machine/loads.ts';
import type { Program } from '../../src/machine/program.ts';
import { WSE2 } from '../../src/machine/spec.ts';
import { synthetic } from '../../src/model/synthetic.ts';
import { traceHash } from '../../src/trace/hash.ts';
import { encodeHeader } from '../../src/trace/header.ts';
import { openTrace, TraceOpener } from '../../src/trace/open.ts';
import { Recorder } from '../../src/trace/recorder.ts';
import { encodeTrace, TraceWriter } from '../../src/trace/writer.ts';
import { runBoth } from '../drivers/compare.ts';
import { randomProgram } from '../drivers/random-program.ts';
import { SAMPLE, sampleProgram } from '../drivers/sample-run.ts';
import { inMemory, joined, MODEL, written } from '../drivers/trace-file.ts';

const ENGINES = [
  ['reference', createReferenceEngine],
  ['wavelet', createWaveletEngine],
] as const;
const SEEDS = Array.from({ length: 75 }, (_, seed) => seed);

/** A streaming product of 64 rows and 4 tokens on 8 x 8 PEs: 2 673 rows of trace. */
function product(): Program {
  const gemm = synthetic(64, 512, 4, 7);
  return KERNELS.streaming.build(KERNELS.streaming.plan(gemm, WSE2, { width: 8, height: 8 }), gemm);
}

describe('a trace file', () => {
  it.each(ENGINES)('of 75 random programs on the %s engine opens as the trace in memory, with its hash and program', (_, factory) => {
    for (const seed of SEEDS) {
      const program = randomProgram(seed);
      const trace = inMemory(program, factory);
      const opened = openTrace(joined(encodeTrace(program, trace, MODEL)));
      expect(opened.trace, `seed ${seed}`).toEqual(trace);
      expect(opened.program).toEqual(withoutLoads(program));
      expect([opened.traceHash, opened.modelVersion]).toEqual([traceHash(trace), MODEL]);
    }
  });

  it.each(ENGINES)('of 75 random programs on the %s engine has the same bytes drained every 1 or 7 cycles or once, however they end', (_, factory) => {
    for (const seed of SEEDS) {
      const program = randomProgram(seed);
      const whole = written(program, factory, 20_000, 8).bytes;
      for (const pace of [1, 7]) expect(Buffer.compare(written(program, factory, pace, 8).bytes, whole), `seed ${seed}, every ${pace} cycles`).toBe(0);
    }
  });

  it('of 75 random programs has the same bytes from both engines, if they finish or get stuck', () => {
    const compared = SEEDS.filter((seed) => {
      const program = randomProgram(seed);
      const { outcome } = runBoth(program, [createReferenceEngine, createWaveletEngine], seed);
      if (outcome !== 'finished' && outcome !== 'stuck') return false;
      const [a, b] = ENGINES.map(([, factory]) => written(program, factory, 100, 8).bytes);
      expect(Buffer.compare(a, b), `seed ${seed}`).toBe(0);
      return true;
    });
    expect(compared.length).toBeGreaterThan(65);
  });

  it('encoded from memory is the file written while running, byte for byte', () => {
    for (const program of [sampleProgram(), product()]) {
      const whole = joined(encodeTrace(program, inMemory(program, createWaveletEngine), MODEL));
      expect(Buffer.compare(written(program, createWaveletEngine, 64).bytes, whole)).toBe(0);
    }
  });

  it('in chunks of 1 row and given byte by byte opens as the one in whole chunks', () => {
    const program = sampleProgram();
    const { bytes } = written(program, createWaveletEngine, 10, 1);
    const opener = new TraceOpener();
    for (let i = 0; i < bytes.length; i++) opener.push(bytes.subarray(i, i + 1));
    const [small, whole] = [opener.finish(), openTrace(written(program, createWaveletEngine, 10).bytes)];
    expect(small.trace).toEqual(whole.trace);
    expect([small.traceHash, small.bytes]).toEqual([whole.traceHash, bytes.length]);
    expect([small.chunks > 100, whole.chunks]).toEqual([true, 6]);
  });

  it('takes less than 2 bytes a row of a product on 64 PEs, beside its header', () => {
    const program = product();
    const { trace, bytes } = openTrace(written(program, createWaveletEngine, 1000).bytes);
    const { intervals, moves, uses, sends } = trace;
    const rows = intervals.pe.length + moves.lane.length + uses.lane.length + sends.lane.length;
    expect(rows).toBeGreaterThan(2000);
    expect((bytes - encodeHeader(program, MODEL).length) / rows).toBeLessThan(2);
  });
});

describe('docs/trace-format.md', () => {
  it('shows the bytes of a file: two words at a sink in ticks 59 and 60', () => {
    const { bytes } = written(sampleProgram({ ...SAMPLE, width: 2, height: 1, columns: 1, blocks: 1, block: 4 }), createWaveletEngine, 1000);
    const example = /sink in ticks 59 and 60[^`]*```\n([^`]*)```/.exec(readFileSync('docs/trace-format.md', 'utf8'))?.[1] ?? '';
    const hex = example.split('\n').flatMap((line) => /^(?:[0-9a-f]{2} )*[0-9a-f]{2}/.exec(line)?.[0].split(' ') ?? []);
    expect(hex).toHaveLength(27);
    expect(Buffer.from(bytes).includes(Buffer.from(hex.join(''), 'hex'))).toBe(true);
  });
});

describe('a recorder with a writer', () => {
  it.each(ENGINES)('on the %s engine holds 64 closed rows and those of one cycle of 64 PEs, of more than 2 000 in all', (_, factory) => {
    const { bytes, waiting, left } = written(product(), factory, 1, 64, true);
    expect(openTrace(bytes).chunks).toBeGreaterThan(2000 / 64);
    // In one cycle each of the 64 PEs may close a few rows: an interval, a use, departures.
    expect(waiting).toBeLessThan(64 + 64 * 4);
    expect(left).toBeLessThan(64);
  });

  it('that is drained when it is full holds 256 closed rows of 200 000, and hands over chunks of 256', () => {
    const program = sampleProgram();
    const pieces: Uint8Array[] = [];
    const writer = new TraceWriter(program, MODEL, (bytes) => pieces.push(bytes), 256);
    const recorder = new Recorder(12, enumerateChannels(program), 1, 3, writer);
    let most = 0;
    for (let tick = 0; tick < 100_000; tick++) {
      for (const pe of [0, 1]) recorder.span(pe, 8, tick % 2, -1, tick, tick + 1);
      most = Math.max(most, recorder.waiting);
      if (recorder.isFull) recorder.drain(tick + 1);
    }
    recorder.end(100_000);
    expect(most).toBe(256);
    expect(Math.max(...pieces.slice(1).map((piece) => piece.length))).toBeLessThan(256 * 5);
    expect(openTrace(joined(pieces)).trace.intervals.pe).toHaveLength(200_000);
  });
});
