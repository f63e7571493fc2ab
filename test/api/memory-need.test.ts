import { describe, expect, it } from 'vitest';
import {
  checkMemory,
  checkResultsMemory,
  checkTimedMemory,
  checkValuedMemory,
  cyclesNeed,
  memoryLimit,
  memoryNeed,
  resultsNeed,
  timedNeed,
  valuedNeed,
} from '../../src/api/memory-need.ts';
import type { Progress, RunConfig } from '../../src/api/protocol.ts';
import { createSession } from '../../src/api/session.ts';
import { WeftError } from '../../src/base/error.ts';
import { createWaveletEngine } from '../../src/engine/wavelet.ts';
import type { KernelOptions } from '../../src/kernels/options.ts';
import { KERNELS } from '../../src/kernels/registry.ts';
import type { Plan, Rectangle } from '../../src/kernels/types.ts';
import { enumerateChannels } from '../../src/machine/channels.ts';
import { MACHINES } from '../../src/machine/spec.ts';
import { syntheticLayerShape } from '../../src/model/layer.ts';
import { synthetic } from '../../src/model/synthetic.ts';
import { Recorder } from '../../src/trace/recorder.ts';

function planOf(m: number, k: number, n: number, pes: Rectangle, options: KernelOptions = {}): Plan {
  return KERNELS.streaming!.plan({ m, k, n, format: 'q4_k' }, MACHINES.wse2, pes, options);
}

/** Columns of results share links with the stream, whose PEs receive ahead: evaluated agent by agent where they meet. */
const MEETING: KernelOptions = { overlap: 'on', drain: 'column', edge: 'east' };

/** The error's text and fixes. */
function refusal(plan: Plan, limit: number): WeftError {
  try {
    checkMemory(plan, true, limit);
  } catch (error) {
    if (error instanceof WeftError) return error;
    throw error;
  }
  throw new Error('not refused');
}

/** Bytes of the arrays in a value. */
function bytesIn(value: unknown): number {
  if (ArrayBuffer.isView(value)) return value.byteLength;
  return value && typeof value === 'object' ? Object.values(value).reduce((sum: number, each) => sum + bytesIn(each), 0) : 0;
}

/** The most memory in MB that processes had which timed whole wafers, K = 4,096 (`split-k`: 256 for each column), by the command line and shown. */
const MEASURED: ReadonlyArray<readonly [kernel: string, n: number, options: KernelOptions, cycles: number, shown?: number]> = [
  ['streaming', 1, {}, 101, 161],
  ['streaming', 8, {}, 114, 187],
  ['streaming', 64, {}, 219, 393],
  ['streaming', 64, { factored: 'source' }, 335, 622],
  ['streaming', 64, { factored: 'pe' }, 248],
  ['streaming', 1, { drain: 'column' }, 103, 164],
  ['streaming', 8, { drain: 'column' }, 352],
  ['streaming', 8, { drain: 'column', edge: 'east' }, 669],
  ['streaming', 1, { overlap: 'on' }, 255, 830],
  ['streaming', 1, { overlap: 'on', drain: 'column' }, 304],
  ['streaming', 8, { overlap: 'on' }, 804, 2583],
  ['streaming', 64, { overlap: 'on' }, 856],
  ['stationary', 8, { overlap: 'on' }, 128, 230],
  ['stationary', 64, { factored: 'source' }, 304, 570],
  ['batched', 1, {}, 140, 206],
  ['batched', 1, { overlap: 'on' }, 384],
  ['batched', 2, { overlap: 'on' }, 335],
  ['batched', 64, {}, 208, 372],
  ['batched', 64, { drain: 'column' }, 213],
  ['split-k', 1, {}, 135, 235],
  ['split-k', 1, { reduce: 'two-phase' }, 198],
  ['split-k', 8, { overlap: 'on' }, 311, 582],
  ['split-k', 64, {}, 1375],
  ['split-k', 64, { overlap: 'on' }, 1669],
  ['weight-streaming', 8, {}, 112, 141],
  ['weight-streaming', 64, { overlap: 'on' }, 121, 179],
];

/** The whole usable rectangle of WSE-2; `weight-streaming` in as many fabric rows as tokens. */
function waferPlan(id: string, n: number, options: KernelOptions): Plan {
  const { width, height } = MACHINES.wse2.usable;
  const sizes = { batched: width * Math.floor(height / n), 'split-k': height, 'weight-streaming': 4096 };
  const m = sizes[id as keyof typeof sizes] ?? width * height;
  const pes = { width, height: id === 'weight-streaming' ? n : height };
  return KERNELS[id]!.plan({ m, k: id === 'split-k' ? 256 * width : 4096, n, format: 'q4_k' }, MACHINES.wse2, pes, options);
}

describe('the memory a run without values needs', () => {
  const cases = MEASURED.map(([id, n, options, cycles, shown]) => ({ id, n, options, cycles, shown }));
  it.each(cases)('of $id, $n tokens, $options, is at least what was measured and at most 2.3 times that', ({ id, n, options, cycles, shown }) => {
    const plan = waferPlan(id, n, options);
    for (const [need, measured] of [[cyclesNeed(plan), cycles] as const, ...(shown ? [[timedNeed(plan), shown] as const] : [])]) {
      expect(need / 1e6).toBeGreaterThan(measured);
      expect(need / 1e6).toBeLessThan(2.3 * measured);
    }
  });

  it('of a whole wafer fits into a tab', () => {
    expect(() => checkTimedMemory(waferPlan('streaming', 64, {}), 1.5e9)).not.toThrow();
  });

  it('of PEs that receive ahead does not grow with tokens where cycles alone are asked for', () => {
    const [eight, many] = [8, 64].map((n) => waferPlan('streaming', n, { overlap: 'on' }));
    // But for the activations themselves.
    expect(cyclesNeed(many) - cyclesNeed(eight)).toBe(12 * 56 * 4096);
    expect(timedNeed(many)).toBeGreaterThan(5 * timedNeed(eight));
  });

  it('counts the rows of chains that differ where the run is shown, and their hashes for cycles alone', () => {
    const plan = waferPlan('batched', 1, { overlap: 'on' });
    // Measured: 2,185 MB with all rows.
    expect(timedNeed(plan)).toBeGreaterThan(2185e6);
    expect(cyclesNeed(plan)).toBeLessThan(1e9);
  });

  it('has no rows of a sweep where cycles alone are asked for', () => {
    const swept = waferPlan('streaming', 2, { drain: 'column' });
    expect(timedNeed(swept)).toBeGreaterThan(5 * cyclesNeed(swept));
    const agents = planOf(4096, 1024, 1, { width: 64, height: 64 }, MEETING);
    expect(cyclesNeed(agents)).toBe(timedNeed(agents));
    // Shared where no two words meet, and every row is kept: measured 112 MB on WSE-2, 474 MB on WSE-3.
    expect(cyclesNeed(planOf(90_000, 4096, 2, { width: 300, height: 300 }, MEETING))).toBeGreaterThan(474e6);
  });

  it('is 15 kB and 300 B a block for each PE that receives ahead where columns of results meet the stream; what would fit is said, and fits', () => {
    const agents = planOf(4096, 1024, 1, { width: 64, height: 64 }, MEETING);
    expect(timedNeed(agents)).toBe(95e6 + 4096 * 16_200);
    expect(() => checkTimedMemory(agents, 130e6)).toThrow(/about 162 MB here even without values/);
    const half = planOf(2112, 1024, 1, { width: 64, height: 33 }, MEETING);
    expect(timedNeed(half)).toBeLessThanOrEqual(130e6);
  });

  it('is 20 kB and 5 kB a block for agents where slices may have two lengths', () => {
    const split = (k: number): Plan => KERNELS['split-k']!.plan({ m: 256, k, n: 2, format: 'q4_k' }, MACHINES.wse2, { width: 16, height: 256 });
    expect(timedNeed(split(4352))).toBe(95e6 + 4096 * (20e3 + (2 * 17 * 5e3) / 16));
    expect(timedNeed(split(4096))).toBeLessThan(130e6);
  });

  it.each([
    [64, 8, 8],
    [200, 16, 8],
  ])('of `batched`, %i rows, %i tokens, %i bands, is more than its trace with what a reader needs, and less than 30 times that', async (m, n, batch) => {
    const config = {
      model: 'synthetic',
      tensor: '',
      m,
      k: 1024,
      n,
      seed: 1,
      kernel: 'batched',
      machine: 'wse2',
      engine: 'timing',
      options: { batch },
    } as const;
    const run = await createSession().runOrTime(config, () => {});
    if (!run.ok) throw new Error(run.error.message);
    const bytes = bytesIn(run.value.trace) + bytesIn(run.value.ahead?.tables);
    const need = timedNeed(run.value.plan) - 95e6;
    expect(need / bytes).toBeGreaterThan(1);
    expect(need / bytes).toBeLessThan(30);
  });
});

describe('the memory a timed run with values needs', () => {
  it('has no PE memories where PEs run one after the other, else all of them once; a refusal says what is left', () => {
    const wafer = planOf(745_500, 4096, 1, { width: 750, height: 994 });
    const { weights, trace } = memoryNeed(wafer, false);
    expect(resultsNeed(wafer, false)).toBe(timedNeed(wafer) + weights + 40 * 745_500);
    expect(valuedNeed(wafer, false)).toBe(resultsNeed(wafer, false) + trace);
    expect(() => checkResultsMemory(wafer, false, 1.5e9)).toThrow(/its results need about \d+\s\d+ MB here; 1\s500 MB are free/);
    expect(() => checkResultsMemory(planOf(745_500, 512, 1, { width: 750, height: 994 }), false, 1.5e9)).not.toThrow();
    expect(() => checkValuedMemory(wafer, false, 1.5e9)).toThrow(/about \d+\s\d+ MB here with its values; 1\s500 MB are free/);
    const agents = planOf(4096, 1024, 1, { width: 64, height: 64 }, MEETING);
    const own = memoryNeed(agents, false);
    expect(valuedNeed(agents, false)).toBeGreaterThan(timedNeed(agents) + own.weights + own.trace + 4096 * 576);
    expect(() => checkValuedMemory(agents, false, 1.5e9)).not.toThrow();
  });
});

describe('the memory a layer needs without values', () => {
  it.each([
    [256, 32, 152],
    [512, 16, 186],
    [512, 64, 438],
    [1024, 32, 589],
  ])('of h = %i, %i tokens, is at least the %i MB that were measured and at most twice that', (h, n, measured) => {
    const plan = KERNELS.transformer_layer!.plan({ m: h, k: h, n, format: 'q4_k', layer: syntheticLayerShape(h) }, MACHINES.wse2);
    expect(timedNeed(plan) / 1e6).toBeGreaterThan(measured);
    expect(timedNeed(plan) / 1e6).toBeLessThan(2 * measured);
  });

  it('is 3 kB and 150 B a block for each PE where one agent stands for many: one token, one format', () => {
    const layer = (n: number, v = 'q4_k'): Plan => {
      const shape = syntheticLayerShape(4096);
      const formats = { ...shape.formats, v };
      return KERNELS.transformer_layer!.plan({ m: 4096, k: 4096, n, format: 'q4_k', layer: { ...shape, formats } }, MACHINES.wse2);
    };
    const { rectangle, usedPes } = layer(1);
    const pes = rectangle.width * rectangle.height;
    expect(timedNeed(layer(1))).toBeCloseTo(95e6 + pes * (3e3 + ((12 * 4096 * 16) / usedPes) * 150), 0);
    for (const other of [layer(2), layer(1, 'q6_k')]) expect(timedNeed(other)).toBeGreaterThan(95e6 + pes * 12e3);
  });
});

describe('the memory a run needs', () => {
  it.each([
    [{}, 1],
    [{}, 4],
    [{ overlap: 'on' }, 1],
    [{ overlap: 'on' }, 4],
  ] as const)('is not less than what its engine and trace hold in the end (%o, %i tokens)', (options, n) => {
    const gemm = synthetic(144, 1024, n, 7);
    const plan = planOf(144, 1024, n, { width: 12, height: 12 }, options);
    const program = KERNELS.streaming!.build(plan, gemm);
    const recorder = new Recorder(144, enumerateChannels(program), program.sources.length, program.sinks.length);
    const engine = createWaveletEngine(program, recorder);
    engine.advance(Number.MAX_SAFE_INTEGER);
    const need = memoryNeed(plan, true);
    expect(need.peMemories).toBeGreaterThan(2 * engine.snapshot().bytes * 0.95);
    expect(need.trace).toBeGreaterThan(bytesIn(recorder.finish(12, 12, engine.cycle)));
    expect(need.total).toBe(need.peMemories + need.snapshots + need.weights + need.trace);
  });

  it('a whole wafer with values is refused in 1.5 GB with the figure, its parts and what fits', () => {
    const plan = planOf(745_500, 4096, 1, { width: 750, height: 994 });
    const { field, message, fixes } = refusal(plan, 1.5e9);
    expect(field).toBe('memory');
    expect(message).toMatch(/^the run needs about \d+\s\d+ MB here \(PE memories .*, snapshots .*, weights .*, trace .*\); 1\s500 MB are free$/);
    expect(fixes[0]).toMatch(/^use \d+\s\d+ rows on 750x\d+ PEs, which need about 1\s\d+ MB$/);
    expect(fixes.at(-1)).toMatch(/--timing-only/);
  });

  it('what it proposes fits, and one row more of PEs does not', () => {
    const { fixes } = refusal(planOf(745_500, 4096, 1, { width: 750, height: 994 }), 1.5e9);
    const height = Number(/750x(\d+)/.exec(fixes[0])?.[1]);
    expect(() => checkMemory(planOf(750 * height, 4096, 1, { width: 750, height }), true, 1.5e9)).not.toThrow();
    expect(() => checkMemory(planOf(750 * (height + 1), 4096, 1, { width: 750, height: height + 1 }), true, 1.5e9)).toThrow();
  });

  it('many tokens: fewer are proposed', () => {
    const plan = planOf(4096, 4096, 1000, { width: 64, height: 64 });
    const { fixes } = refusal(plan, 2e9);
    const tokens = Number(/at most (\d+) tokens/.exec(fixes[0])?.[1]);
    expect(tokens).toBeGreaterThan(1);
    expect(tokens).toBeLessThan(1000);
  });

  it('there is a limit everywhere', () => {
    expect(memoryLimit()).toBeGreaterThan(2 ** 20);
  });

  it('a run says what it needs before it starts, and its plan does', async () => {
    const session = createSession();
    const config: RunConfig = {
      model: 'synthetic',
      tensor: '',
      m: 4,
      k: 256,
      n: 1,
      seed: 1,
      kernel: 'streaming',
      machine: 'wse2',
      pes: { width: 2, height: 2 },
    };
    const plan = await session.plan(config);
    const seen: Progress[] = [];
    await session.run(config, (progress) => seen.push(progress));
    expect(plan.ok && plan.value.memory.total).toBeGreaterThan(0);
    expect(seen[0]).toMatchObject({ phase: 'loading', needs: plan.ok ? plan.value.memory.total : -1 });
  });
});
