/** Speed of values without wavelets, one thread: PEs that take one stream, sixteen at a time and one by one; a layer beside the wavelet engine. */
import { assert } from '../src/base/error.ts';
import { toEnd } from '../src/base/pieces.ts';
import { timeShared } from '../src/engine/timing/timing.ts';
import { computeLines } from '../src/engine/values/line-by-line.ts';
import { computeSinks } from '../src/engine/values/values.ts';
import { createWaveletEngine } from '../src/engine/wavelet.ts';
import { KERNELS } from '../src/kernels/registry.ts';
import { transformerLayer } from '../src/kernels/transformer_layer/index.ts';
import type { Program } from '../src/machine/program.ts';
import { WSE2 } from '../src/machine/spec.ts';
import { syntheticLayer } from '../src/model/layer.ts';
import { synthetic } from '../src/model/synthetic.ts';
import { type BenchRow, cpuMs, row } from './row.ts';

const SIDE = 256;
const K = 4096;
const HIDDEN = 512;
const TOKENS = 4;

/** CPU seconds of the fastest of some calls, and what it gives. */
function seconds<Result>(times: number, work: () => Result): { readonly cpu: number; readonly result: Result } {
  const runs = Array.from({ length: times }, () => {
    const begin = cpuMs();
    const result = work();
    return { cpu: (cpuMs() - begin) / 1000, result };
  });
  return runs.reduce((best, run) => (run.cpu < best.cpu ? run : best));
}

const areEqual = (a: readonly Uint32Array[], b: readonly Uint32Array[]): boolean => a.every((words, i) => words.every((word, k) => word === b[i][k]));

function streamRows(): BenchRow[] {
  const gemm = synthetic(SIDE * SIDE, K, 1, 7);
  const kernel = KERNELS.streaming!;
  const program = kernel.build(kernel.plan(gemm, WSE2, { width: SIDE, height: SIDE }), gemm);
  const { wiring } = timeShared(program);
  assert(wiring !== undefined, 'rows of equal PEs are shared');
  const rules = { picker: { kind: 'lowest' }, completion: WSE2.completion, forgets: true } as const;
  const fast = seconds(3, () => toEnd(computeLines(program, wiring, rules)));
  const plain = seconds(1, () => toEnd(computeLines(program, wiring, rules, false)));
  assert(areEqual(fast.result, plain.result), 'lanes give the bits of the plain way');
  const rate = (cpu: number): number => (SIDE * SIDE * K) / cpu / 1e6;
  return [row(`values of ${SIDE} x ${SIDE} PEs, streaming Q4_K, sixteen in lanes (baseline: one by one)`, rate(fast.cpu), 'M weights/s', rate(plain.cpu))];
}

function layerRows(): BenchRow[] {
  const layer = syntheticLayer(HIDDEN, TOKENS, 3);
  const program: Program = transformerLayer.build(transformerLayer.plan(layer, WSE2), layer);
  const values = seconds(2, () => toEnd(computeSinks(program, undefined)));
  const stepped = seconds(1, () => {
    const engine = createWaveletEngine(program);
    engine.advance(Number.MAX_SAFE_INTEGER);
    return program.sinks.map((_, i) => engine.sinkWords(i));
  });
  assert(areEqual(values.result, stepped.result), 'both give the same bits');
  return [row(`values of a transformer layer, h = ${HIDDEN}, ${TOKENS} tokens (baseline: the wavelet engine)`, values.cpu, 's CPU', stepped.cpu)];
}

export const benches = (): BenchRow[] => [...streamRows(), ...layerRows()];
