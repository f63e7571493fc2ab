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

describe('the memory a run without values needs', () => {
  it('is 60 MB and 250 B a PE where PEs share what they do; a whole wafer fits into a tab', () => {
    const wafer = planOf(745_500, 4096, 1, { width: 750, height: 994 });
    expect(timedNeed(wafer)).toBe(60e6 + 745_500 * 250);
    expect(() => checkTimedMemory(wafer, 1.5e9)).not.toThrow();
  });

  it.each([
    ['5 kB on a whole wafer', 'streaming', { width: 750, height: 994 }, 5e3],
    ['600 B near the source', 'streaming', { width: 256, height: 256 }, 600],
    ['600 B where weights stay', 'stationary', { width: 750, height: 994 }, 600],
  ] as const)('of PEs that receive ahead is 600 B for each and %s for a block at each distance, cycles alone or not', (_, id, pes, block) => {
    const { width, height } = pes;
    const receiving = KERNELS[id]!.plan({ m: width * height, k: 4096, n: 2, format: 'q4_k' }, MACHINES.wse2, pes, { overlap: 'on' });
    expect(timedNeed(receiving)).toBe(60e6 + width * height * 600 + 2 * (width + height) * 32 * block);
    expect(cyclesNeed(receiving)).toBe(timedNeed(receiving));
    expect(() => checkTimedMemory(receiving, 1.5e9)).not.toThrow();
  });

  it('of PEs that receive ahead does not grow with tokens where cycles alone are asked for', () => {
    const [eight, many] = [8, 64].map((n) => planOf(745_500, 4096, n, { width: 750, height: 994 }, { overlap: 'on' }));
    // Measured: 769 and 823 MB.
    expect(cyclesNeed(eight)).toBeGreaterThan(823e6);
    expect(cyclesNeed(eight)).toBeLessThan(2e9);
    expect(cyclesNeed(many)).toBe(cyclesNeed(eight));
    expect(timedNeed(many)).toBeGreaterThan(6 * timedNeed(eight));
  });

  it('of PEs whose host lanes share its rate counts blocks and results at routers', () => {
    const pes = { width: 750, height: 994 };
    const [plain, ahead] = (['off', 'on'] as const).map((overlap) =>
      KERNELS.batched!.plan({ m: 11_648, k: 4096, n: 64, format: 'q4_k' }, MACHINES.wse2, pes, { overlap }),
    );
    // Measured: 250 and 900 MB.
    expect(timedNeed(plain)).toBeGreaterThan(250e6);
    expect(timedNeed(ahead)).toBeGreaterThan(900e6);
    expect(cyclesNeed(ahead)).toBe(timedNeed(ahead));
    expect(timedNeed(ahead)).toBeLessThan(2e9);
    const weights = KERNELS['weight-streaming']!.plan({ m: 4096, k: 4096, n: 994, format: 'q4_k' }, MACHINES.wse2, pes, { overlap: 'on' });
    expect(timedNeed(weights)).toBeGreaterThan(500e6);
    expect(timedNeed(weights)).toBeLessThan(1.5e9);
  });

  it('has no rows of a sweep where cycles alone are asked for', () => {
    const swept = planOf(745_500, 4096, 2, { width: 750, height: 994 }, { drain: 'column' });
    expect(cyclesNeed(swept)).toBe(60e6 + 745_500 * (600 + 90));
    expect(timedNeed(swept)).toBeGreaterThan(5 * cyclesNeed(swept));
    const agents = planOf(4096, 1024, 1, { width: 64, height: 64 }, MEETING);
    expect(cyclesNeed(agents)).toBe(timedNeed(agents));
    // Shared where no two words meet, and every row is kept: measured 112 MB on WSE-2, 474 MB on WSE-3.
    expect(cyclesNeed(planOf(90_000, 4096, 2, { width: 300, height: 300 }, MEETING))).toBeGreaterThan(474e6);
  });

  it('is 15 kB and 300 B a block for each PE that receives ahead where columns of results meet the stream; what would fit is said', () => {
    const agents = planOf(4096, 1024, 1, { width: 64, height: 64 }, MEETING);
    expect(timedNeed(agents)).toBe(60e6 + 4096 * 16_200);
    expect(() => checkTimedMemory(agents, 100e6)).toThrow(/about 127 MB here even without values/);
    const half = planOf(2368, 1024, 1, { width: 64, height: 37 }, MEETING);
    expect(timedNeed(half)).toBeLessThanOrEqual(100e6);
  });

  it('is 20 kB and 5 kB a block for agents of other kernels', () => {
    const agents = KERNELS['split-k']!.plan({ m: 256, k: 4096, n: 2, format: 'q4_k' }, MACHINES.wse2, { width: 16, height: 256 });
    expect(timedNeed(agents)).toBe(60e6 + 4096 * 30e3);
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
    const need = timedNeed(run.value.plan) - 60e6;
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
  it('is 12 kB and 150 B a block for each PE where one agent stands for many: one token, one format', () => {
    const layer = (n: number, v = 'q4_k'): Plan => {
      const shape = syntheticLayerShape(4096);
      const formats = { ...shape.formats, v };
      return KERNELS.transformer_layer!.plan({ m: 4096, k: 4096, n, format: 'q4_k', layer: { ...shape, formats } }, MACHINES.wse2);
    };
    const { rectangle, usedPes } = layer(1);
    const pes = rectangle.width * rectangle.height;
    expect(timedNeed(layer(1))).toBeCloseTo(60e6 + pes * (12e3 + ((12 * 4096 * 16) / usedPes) * 150), 0);
    for (const other of [layer(2), layer(1, 'q6_k')]) expect(timedNeed(other)).toBeGreaterThan(60e6 + pes * 20e3);
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
