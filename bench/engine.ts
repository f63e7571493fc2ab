/**
 * Speed of the wavelet engine on a streaming broadcast GEMV, values carried, trace recorded, one thread: busy PE-cycles a
 * second (a PE's element consumed an activation, so multiply-adds a second) and wavelet-hops a second (links and ramps).
 * Baseline: the reference engine on a small case in the same run, in the same unit.
 */
import type { EngineFactory } from '../src/engine/engine.ts';
import { createReferenceEngine } from '../src/engine/reference.ts';
import { createWaveletEngine } from '../src/engine/wavelet.ts';
import { KERNELS } from '../src/kernels/registry.ts';
import { enumerateChannels } from '../src/machine/channels.ts';
import { WSE2 } from '../src/machine/spec.ts';
import { synthetic } from '../src/model/synthetic.ts';
import { Recorder } from '../src/trace/recorder.ts';
import { type BenchRow, cpuMs, row } from './row.ts';

interface Rates {
  /** Million per CPU second. */
  readonly macs: number;
  readonly hops: number;
  /** Bytes of engine state per PE: a snapshot less the PE's own memory. */
  readonly stateBytes: number;
}

function measure(factory: EngineFactory, side: number, k: number): Rates {
  const gemm = synthetic(side * side, k, 1, 7);
  const plan = KERNELS.stationary.plan(gemm, WSE2, { width: side, height: side });
  const program = KERNELS.stationary.build(plan, gemm);
  const recorder = new Recorder(side * side, enumerateChannels(program), program.sources.length, program.sinks.length);
  const engine = factory(program, recorder);
  const begin = cpuMs();
  engine.advance(Number.MAX_SAFE_INTEGER);
  const seconds = (cpuMs() - begin) / 1000;
  const { count, tx } = recorder.finish(side, side, engine.cycle).moves;
  const hops = count.reduce((sum, n, i) => sum + n * bits(tx[i]), 0);
  const memory = plan.memory.reduce((sum, a) => sum + (a.kind === 'code' ? 0 : a.bytes), 0);
  return { macs: (side * side * k) / seconds / 1e6, hops: hops / seconds / 1e6, stateBytes: engine.snapshot().bytes / (side * side) - memory };
}

const bits = (mask: number): number => [0, 1, 2, 3, 4].filter((port) => (mask >> port) & 1).length;

/** Every row of this bench; about half a minute. */
export function benches(): BenchRow[] {
  measure(createWaveletEngine, 16, 1024);
  const reference = measure(createReferenceEngine, 4, 256);
  const unit = 'million/s of CPU';
  const sizes = [64, 128].map((side) => [side, measure(createWaveletEngine, side, 1024)] as const);
  return sizes.flatMap(([side, r]) => [
    row(`multiply-adds, broadcast GEMV ${side} x ${side} PEs, K = 1024 (baseline: reference engine 4 x 4, K = 256)`, r.macs, unit, reference.macs),
    row(`wavelet-hops, the same`, r.hops, unit, reference.hops),
    row(`engine state per PE beside its memory (baseline: the 400 B of the plan)`, r.stateBytes, 'B', 400),
  ]);
}
