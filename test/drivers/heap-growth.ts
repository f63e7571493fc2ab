/**
 * Prints what a cycle of the wavelet engine takes of the heap, as JSON: a program of its own, run by test/engine/cost.test.ts
 * from a bundle, as the page and the command line are (through a loader that rewrites imports nothing is inlined, and floats
 * returned from one module to another live on the heap).
 */
import { createWaveletEngine } from '../../src/engine/wavelet.ts';
import { REDUCES } from '../../src/kernels/collectives/index.ts';
import { seededVectors } from '../../src/kernels/measured/row.ts';
import { KERNELS } from '../../src/kernels/registry.ts';
import type { Program } from '../../src/machine/program.ts';
import { WSE2 } from '../../src/machine/spec.ts';
import { synthetic } from '../../src/model/synthetic.ts';

export interface Growth {
  readonly name: string;
  readonly cycles: number;
  /** Bytes of heap a cycle takes. */
  readonly bytes: number;
}

/** The second half of a run is measured, in so many slices. */
const SLICES = 9;
/** Whole runs until the code is compiled for good: what is rare in a run stays uncompiled for long, and puts its floats on the heap. */
const WARM_UP = { streaming: 6, stationary: 6, chain: 300 };

function broadcastGemv(kernel: string, k: number, n: number): Program {
  const gemm = synthetic(64, k, n, 7);
  return KERNELS[kernel].build(KERNELS[kernel].plan(gemm, WSE2, { width: 8, height: 8 }), gemm);
}

function chain(pes: number, wavelets: number): Program {
  const row = { machine: WSE2, pes, wavelets, group: pes, descriptors: 'memory' } as const;
  return REDUCES.chain.build(row, seededVectors(pes, wavelets)).program;
}

const heapUsed = (): number => process.memoryUsage().heapUsed;

/** What looking at the heap takes of it. */
function lookingTakes(): number {
  const before = heapUsed();
  return heapUsed() - before;
}

/** Cycles of a run. */
function wholeRun(program: Program): number {
  const engine = createWaveletEngine(program);
  engine.advance(Number.MAX_SAFE_INTEGER);
  return engine.cycle;
}

/** The least growth of a slice: what every cycle takes is in all of them, what is compiled now and then in few; where memory was collected it shrank. Whole runs and a half are warm-up. */
function growthOf(name: keyof typeof WARM_UP, program: Program): Growth {
  const cycles = Math.max(...Array.from({ length: WARM_UP[name] }, () => wholeRun(program)));
  const slice = Math.floor(cycles / 2 / SLICES);
  const engine = createWaveletEngine(program);
  engine.advance(cycles - SLICES * slice);
  const used = new Float64Array(SLICES + 1);
  for (let i = 0; i <= SLICES; i++) {
    if (i > 0) engine.advance(engine.cycle + slice);
    used[i] = heapUsed();
  }
  const grown = Array.from({ length: SLICES }, (_, i) => used[i + 1] - used[i] - lookingTakes());
  return { name, cycles, bytes: Math.min(...grown.filter((bytes) => bytes >= 0)) / slice };
}

const growths = [
  growthOf('streaming', broadcastGemv('streaming', 4096, 24)),
  growthOf('stationary', broadcastGemv('stationary', 4096, 24)),
  growthOf('chain', chain(64, 11_000)),
];
process.stdout.write(JSON.stringify(growths));
