/**
 * A run of 100 cycles on two PEs, written by hand so that every number of a report can be checked by eye: PE 0 dequantises
 * 60 cycles and computes 30, PE 1 waits 40 and computes 50. Names are hostile on purpose where a test asks for it.
 */

import type { Program } from '../../src/machine/program.ts';
import { WSE2 } from '../../src/machine/spec.ts';
import type { ReportInput } from '../../src/report/types.ts';
import { KIND, type Runs, type Trace } from '../../src/trace/schema.ts';

const NO_RUNS: Runs = { lane: new Uint32Array(), tx: new Uint8Array(), begin: new Uint32Array(), count: new Uint32Array(), period: new Uint32Array() };

const TRACE: Trace = {
  version: 1,
  width: 2,
  height: 1,
  cycles: 100,
  intervals: {
    pe: Uint32Array.of(0, 0, 1, 1),
    thread: Uint8Array.of(8, 8, 8, 8),
    kind: Uint8Array.of(KIND.dequantise, KIND.compute, KIND.wait, KIND.compute),
    mark: Int32Array.of(0, 0, 0, 1),
    begin: Uint32Array.of(0, 60, 0, 40),
    end: Uint32Array.of(60, 90, 40, 90),
  },
  moves: NO_RUNS,
  uses: NO_RUNS,
  sends: NO_RUNS,
  hostIn: NO_RUNS,
  hostOut: NO_RUNS,
  hostSteps: { step: new Uint32Array(), begin: new Uint32Array(), end: new Uint32Array() },
};

const MEMORY = [
  { name: 'code and run-time reserve', kind: 'code', address: 0, bytes: 4176 },
  { name: 'row as Q4_K blocks', kind: 'weights', address: 4176, bytes: 144 },
] as const;

const PROGRAM: Program = {
  machine: WSE2,
  width: 2,
  height: 1,
  classes: [{ name: 'row', tasks: [], memory: MEMORY, inputs: [], outputs: [] }],
  classOf: new Uint16Array(2),
  routes: [[]],
  routeOf: new Uint16Array(2),
  loads: { data: [], source: new Uint16Array(), pe: new Uint32Array(), address: new Uint32Array(), offset: new Float64Array(), length: new Uint32Array() },
  sources: [],
  sinks: [],
  streams: [],
  marks: [{ name: 'column', size: 2 }],
};

export function finishedRun(changes: Partial<ReportInput> = {}): ReportInput {
  return {
    config: { model: 'demo', tensor: 'blk.0.ffn_up.weight', seed: 7 },
    title: 'blk.0.ffn_up, 2 × 256, 1 token',
    attribution: 'Universal Sentence Encoder Lite, Apache-2.0',
    engine: 'wavelet',
    modelVersion: '0.1',
    plan: {
      kernel: 'streaming',
      shape: { m: 2, k: 256, n: 1, format: 'q4_k' },
      machine: WSE2,
      rectangle: { width: 2, height: 1 },
      options: { dot: 'two-op' },
      rowsPerPe: 1,
      usedPes: 2,
      memory: MEMORY,
      blockPrice: { dequantise: { element: 752, setup: 108, scalar: 140 }, dot: { element: 768, setup: 12, scalar: 0 } },
      macRate: 1 / 3,
    },
    estimate: {
      closedForm: {
        cycles: 98,
        terms: [
          { name: 'fill', cycles: 8 },
          { name: 'blocks', cycles: 90 },
        ],
      },
      lowerBound: { cycles: 80, issue: 80, link: 40, path: 12 },
    },
    program: PROGRAM,
    trace: TRACE,
    traceHash: '0123456789abcdef',
    stateHash: 'fedcba9876543210',
    metrics: {
      cycles: 100,
      microseconds: 100 / 850,
      utilisation: { mac: 0.768, busy: 0.7, mapping: 1 },
      latency: { first: 96, mean: 98, max: 100 },
      loadCycles: 2,
      hostInCycles: 6,
      hostOutCycles: 1,
      peCycles: { compute: 80, dequantise: 60, send: 0, receive: 0, load: 0, wait: 40, blocked: 0, slot: 0, idle: 20 },
      wavelets: { hops: 1258, ramp: 512, used: 512 },
    },
    conservation: [
      { name: 'multiply-adds = M·N·K', holds: true, detail: '512 of 512' },
      { name: 'links: at most one wavelet a cycle', holds: true, detail: 'no link above capacity' },
    ],
    prices: [{ machine: 'wse2', name: 'WSE-2', price: { dequantise: { element: 752, setup: 108, scalar: 140 }, dot: { element: 768, setup: 12, scalar: 0 } } }],
    errors: {
      vsPlainLoop: 0,
      maxAbsVsF64: 3.14e-6,
      relRmsVsF64: 2e-7,
      maxRelVsSumAbs: 1e-7,
      relRmsVsUnquantised: null,
      vsF32Sequential: 0,
      relRmsVsF32Sequential: 0,
      maxAbsVsIntegerDot: 0.01,
      relRmsVsIntegerDot: 4e-3,
    },
    ...changes,
  };
}
