import { beforeAll, describe, expect, it, vi } from 'vitest';
import { cyclesByKind } from '../../src/analysis/metrics.ts';
import { exportRun } from '../../src/api/export.ts';
import { cyclesNeed } from '../../src/api/memory-need.ts';
import { hasValues, type Outcome, type Progress, type RunConfig, type RunResult } from '../../src/api/protocol.ts';
import { createSession } from '../../src/api/session.ts';
import { timingOf } from '../../src/api/timing.ts';
import { inOne } from '../../src/base/pieces.ts';
import { evaluate } from '../../src/engine/timing/timing.ts';
import { KERNELS } from '../../src/kernels/registry.ts';
import type { Kernel } from '../../src/kernels/types.ts';
import type { PeClass, Program } from '../../src/machine/program.ts';
import { MACHINES } from '../../src/machine/spec.ts';
import { synthetic } from '../../src/model/synthetic.ts';
import { TraceReader } from '../../src/trace/reader.ts';

const CONFIG: RunConfig = { model: 'synthetic', tensor: '', m: 11, k: 256, n: 2, seed: 7, kernel: 'stationary', machine: 'wse2', pes: { width: 4, height: 2 } };
const session = createSession();
const value = <T>(outcome: Outcome<T>): T => {
  if (!outcome.ok) throw new Error(outcome.error.message);
  return outcome.value;
};
const run = async (more: Partial<RunConfig> = {}): Promise<RunResult> => value(await session.run({ ...CONFIG, ...more }, () => {}));

describe('a run by the timing engine', () => {
  let wavelet: RunResult;
  beforeAll(async () => {
    wavelet = await run();
  });

  it.each(['timing', 'auto'] as const)("gives the wavelet engine's trace, numbers and metrics with the engine %s", async (engine) => {
    const timed = await run({ engine });
    expect([timed.engine, wavelet.engine]).toEqual(['timing', 'wavelet']);
    expect(timed.traceHash).toBe(wavelet.traceHash);
    expect(timed.y).toEqual(wavelet.y);
    expect(timed.metrics).toEqual(wavelet.metrics);
    expect(timed.conservation).toEqual(wavelet.conservation);
    expect([timed.stateHash, timed.errors]).toEqual(['', wavelet.errors]);
  });

  it('to be looked at has the same cycles, trace and physics without values, and cannot be visited', async () => {
    const needs: (number | undefined)[] = [];
    const timed = value(await session.runOrTime({ ...CONFIG, engine: 'timing' }, (progress) => needs.push(progress.needs)));
    expect(hasValues(timed)).toBe(false);
    expect(timed).toMatchObject({
      engine: 'timing',
      traceHash: wavelet.traceHash,
      title: wavelet.title,
      metrics: wavelet.metrics,
      conservation: wavelet.conservation,
    });
    expect(needs[0]).toBeGreaterThan(50e6);
    expect(await session.stateHash(10)).toMatchObject({ ok: false, error: { field: 'run' } });
    const file = new Blob((await exportRun(timed, 'trace')) as BlobPart[]);
    expect(value(await session.openTrace(file, 'a trace')).traceHash).toBe(wavelet.traceHash);
    await expect(exportRun(timed, 'html')).rejects.toThrow('no values');
  });

  it('to be looked at is simulated with values where that fits, and timed from 1,000 million PE-cycles on', async () => {
    expect(hasValues(value(await session.runOrTime(CONFIG, () => {})))).toBe(true);
    const large = { ...CONFIG, m: 745_500, k: 4096, n: 1, pes: { width: 750, height: 994 } };
    const autos = [CONFIG, large].map((config) => session.plan(config));
    expect((await Promise.all(autos)).map((plan) => value(plan).auto)).toEqual(['wavelet', 'timing']);
  });

  it('can be visited at any cycle, as the machine the wavelet engine runs', async () => {
    await run({ engine: 'timing' });
    const hash = value(await session.stateHash(wavelet.trace.cycles));
    expect(hash).toBe(wavelet.stateHash);
  });

  it('has values with microthreads, too: the same results and checks', async () => {
    const config: RunConfig = { ...CONFIG, options: { overlap: 'on' } };
    const whole = value(await session.run({ ...config, engine: 'wavelet' }, () => {}));
    for (const engine of ['timing', 'auto'] as const) {
      const { y, errors, traceHash, ...timed } = value(await session.run({ ...config, engine }, () => {}));
      expect({ y, errors, traceHash, engine: timed.engine }).toEqual({ y: whole.y, errors: whole.errors, traceHash: whole.traceHash, engine: 'timing' });
    }
  });

  it.each([{}, { overlap: 'on' }, { drain: 'column' }] as const)('gives cycles alone, with the options %o', async (options) => {
    const whole = await run({ options });
    const timed = value(await session.timing({ ...CONFIG, options }, () => {}));
    expect([timed.cycles, timed.traceHash]).toEqual([whole.trace.cycles, whole.traceHash]);
    const { idle, ...states } = cyclesByKind(new TraceReader(whole.program, whole.trace), timed.cycles);
    expect(timed.peCycles).toEqual(states);
    expect(Object.values(states).reduce((a, b) => a + b, idle)).toBe(8 * timed.cycles);
  });
});

describe('cycles alone', () => {
  const kernel = KERNELS.streaming!;
  const gemm = synthetic(11, 256, 2, 7);
  const plan = kernel.plan(gemm, MACHINES.wse2, { width: 4, height: 2 });
  const untimed = {
    kernel: { ...kernel, building: (...given: Parameters<Kernel['build']>) => inOne(() => guarded(kernel.build(...given))) },
    plan,
    problem: async () => gemm,
  };
  const pause = async (): Promise<void> => {};

  it('are told what they need before they start, and are refused where that is not free; auto, too, without proposing to leave values out', async () => {
    const told: Progress[] = [];
    value(await session.timing(CONFIG, (progress) => told.push(progress)));
    expect(told[0]).toMatchObject({ phase: 'simulating', cycle: 0, needs: cyclesNeed(plan) });
    const free = vi.spyOn(process, 'availableMemory').mockReturnValue(1e6);
    try {
      for (const engine of ['timing', 'auto'] as const) {
        const refused = await session.timing({ ...CONFIG, m: 4096, pes: { width: 64, height: 64 }, engine }, () => expect.fail('it starts'));
        expect(refused).toMatchObject({ ok: false, error: { field: 'memory', message: expect.stringMatching(/needs about \d+ MB here.* 1 MB are free/) } });
        expect(refused).not.toMatchObject({ error: { fixes: expect.arrayContaining([expect.stringContaining('--timing-only')]) } });
      }
    } finally {
      free.mockRestore();
    }
  });

  it('come from the wavelet engine with auto where data decides, which is said, and are refused otherwise', async () => {
    const plain = await timingOf({ ...untimed, kernel }, CONFIG, pause);
    const simulated = await timingOf(untimed, { ...CONFIG, engine: 'auto' }, pause);
    expect([plain.engine, plain.declined]).toEqual(['timing', undefined]);
    expect(simulated).toMatchObject({ engine: 'wavelet', way: 'stepped', declined: expect.stringContaining('data-dependent control') });
    expect(simulated.cycles).toBeGreaterThan(plain.cycles);
    await expect(timingOf(untimed, CONFIG, pause)).rejects.toMatchObject({ field: 'engine' });
  });

  it('come from the wavelet engine with auto where the routers of more than a few PEs, which all differ, arbitrate', async () => {
    const contended: RunConfig = { ...CONFIG, m: 33 * 32, pes: { width: 33, height: 32 }, options: { drain: 'column', edge: 'east' } };
    const simulated = value(await session.timing({ ...contended, engine: 'auto' }, () => {}));
    expect(simulated).toMatchObject({ engine: 'wavelet', way: 'stepped', declined: expect.stringMatching(/arbitration, .* at most 1024 PEs are timed$/) });
    const timed = value(await session.timing({ ...contended, engine: 'timing' }, () => {}));
    expect(timed).toMatchObject({ engine: 'timing', way: 'graph', cycles: simulated.cycles, traceHash: simulated.traceHash });
  });

  it('are evaluated in pieces between which somebody can stop it', async () => {
    let pieces = 0;
    for (const _ of evaluate(kernel.build(plan, gemm))) pieces++;
    expect(pieces).toBeGreaterThan(plan.rectangle.width + plan.rectangle.height);
    // Long enough for a look at what has come meanwhile.
    const asked = session.timing({ ...CONFIG, m: 40_000, k: 4096, pes: { width: 200, height: 200 } }, () => {});
    await session.cancel();
    expect(await asked).toMatchObject({ ok: false, error: { cancelled: true } });
  });
});

/** The program whose PEs branch on a weight before anything else. */
function guarded(program: Program): Program {
  const classes = program.classes.map((cls): PeClass => {
    const at = cls.memory.find(({ kind }) => kind === 'weights')?.address;
    if (at === undefined) return cls;
    const load = { kind: 'scalar', activity: 'compute', steps: [{ op: 'ld16', d: 15, imm: at }] } as const;
    const branch = { kind: 'branch', activity: 'compute', register: 15, when: 'zero', to: 2 } as const;
    const code = cls.tasks[0].code.map((i) => ('to' in i ? { ...i, to: i.to + 2 } : i));
    return { ...cls, tasks: [{ ...cls.tasks[0], code: [load, branch, ...code] }] };
  });
  return { ...program, classes };
}
