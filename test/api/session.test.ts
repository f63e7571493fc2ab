import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Outcome, RunConfig, RunResult, Session } from '../../src/api/protocol.ts';
import { createSession } from '../../src/api/session.ts';
import { TraceReader } from '../../src/trace/reader.ts';
import { KIND } from '../../src/trace/schema.ts';
import { expectSameStates, VARIANTS } from '../drivers/variants.ts';

const TINY = new Blob([readFileSync(new URL('../golden/q4_k/tiny-llama-public.gguf', import.meta.url))]);
const BASE: RunConfig = {
  model: 'tiny',
  tensor: 'blk.0.ffn_up',
  m: 0,
  k: 0,
  n: 2,
  seed: 7,
  kernel: 'streaming',
  machine: 'wse2',
  pes: { width: 8, height: 8 },
};

function value<T>(outcome: Outcome<T>): T {
  if (!outcome.ok) throw new Error(`${outcome.error.field}: ${outcome.error.message}`);
  return outcome.value;
}

async function opened(): Promise<Session> {
  const session = createSession();
  value(await session.openModel({ kind: 'file', file: TINY, name: 'tiny' }));
  return session;
}

const run = async (session: Session, config: Partial<RunConfig> = {}): Promise<RunResult> => value(await session.run({ ...BASE, ...config }, () => {}));

describe('a session', () => {
  let session: Session;
  beforeAll(async () => {
    session = await opened();
  });

  it.each(['streaming', 'stationary'])('%s on a real Q4_K tensor: C equals the plain loop in all bits and float64 within 2e-6 of sum |w x|', async (kernel) => {
    const result = await run(session, { kernel });
    expect(result.errors.vsPlainLoop).toBe(0);
    expect(result.errors.maxRelVsSumAbs).toBeLessThan(2e-6);
    expect(result.errors.vsF32Sequential, 'k ascends on one PE').toBe(0);
    expect(result.errors.relRmsVsIntegerDot, 'activations in Q8_K cost 0.3 to 0.8 %').toBeGreaterThan(0.003);
    expect(result.errors.relRmsVsIntegerDot).toBeLessThan(0.008);
    expect(result.y).toHaveLength(2 * 512);
    expect(result.conservation.every((c) => c.holds)).toBe(true);
    expect(result.metrics.cycles).toBe(result.trace.cycles);
    expect(result.metrics.cycles).toBeGreaterThanOrEqual(result.estimate.lowerBound.cycles);
  });

  it.each(['streaming', 'stationary'])('%s: the reference engine gives the same trace hash, state hash and results', async (kernel) => {
    const small = { kernel, model: 'synthetic', m: 10, k: 256, n: 2, pes: { width: 3, height: 2 } };
    const [fast, slow] = [await run(session, { ...small, engine: 'wavelet' }), await run(session, { ...small, engine: 'reference' })];
    expect(fast.traceHash).toBe(slow.traceHash);
    expect(fast.stateHash).toBe(slow.stateHash);
    expect([...fast.y]).toEqual([...slow.y]);
  });

  it('visits every kernel that there is', async () => {
    expect(Object.keys(VARIANTS).sort()).toEqual(
      value(await session.kernels())
        .map(({ id }) => id)
        .sort(),
    );
  });

  it.each(Object.keys(VARIANTS))('%s, 20 seeds: steps to a cycle, the run to it and a scrub back to it have the same state hash', async (kernel) => {
    // A run of a layer takes a second: one seed here, all of them in test/deep.
    await expectSameStates(kernel, kernel === 'transformer_layer' ? 1 : 20);
  });

  it('the state hash at the end of a visit equals that of the run', async () => {
    const result = await run(session);
    expect(value(await session.stateHash(result.trace.cycles))).toBe(result.stateHash);
    expect(value(await session.stateHash(0))).not.toBe(result.stateHash);
  });

  it('the same configuration gives the same hashes and numbers twice', async () => {
    const [first, second] = [await run(session), await run(session)];
    expect(second.traceHash).toBe(first.traceHash);
    expect(second.metrics).toEqual(first.metrics);
  });

  it('inspect shows the queues, registers and the Q4_K blocks of the row of a PE', async () => {
    const result = await run(session);
    const detail = value(await session.inspect(9, Math.floor(result.trace.cycles / 2)));
    expect(detail.threads.map((t) => t.thread)).toEqual([8]);
    expect(detail.inputs[0]!.words.length).toBeLessThanOrEqual(detail.inputs[0]!.capacity);
    const [perRow, rows] = [result.plan.shape.k / 256, result.rows.count[9]!];
    expect(detail.blocks.map(({ row, column }) => [row, column])).toEqual(
      Array.from({ length: rows * perRow }, (_, i) => [result.rows.first[9]! + Math.floor(i / perRow), 256 * (i % perRow)]),
    );
    for (const { d, dmin, scales, mins, quants, values } of detail.blocks)
      expect([...values].every((w, i) => Math.abs(w - (d * scales[i >> 5]! * quants[i]! - dmin * mins[i >> 5]!)) < 1e-5)).toBe(true);
  });

  it('of several visits asked for at once only the last is answered', async () => {
    await run(session);
    const answers = await Promise.all([100, 200, 300].map((cycle) => session.stateHash(cycle)));
    expect(answers.map((a) => a.ok)).toEqual([false, false, true]);
  });

  it('cancel ends a run with a cancelled error, and the next run works', async () => {
    const pending = session.run({ ...BASE, model: 'synthetic', m: 4096, k: 1024, n: 4, pes: { width: 64, height: 64 } }, (p) => {
      if (p.phase === 'simulating') void session.cancel();
    });
    const outcome = await pending;
    expect(outcome.ok).toBe(false);
    expect(!outcome.ok && outcome.error.cancelled).toBe(true);
    expect((await run(session)).errors.vsPlainLoop).toBe(0);
  });

  it('reports progress in phases, with rising cycles', async () => {
    const phases: string[] = [];
    const cycles: number[] = [];
    value(
      await session.run(BASE, (p) => {
        phases.push(p.phase);
        cycles.push(p.cycle);
      }),
    );
    expect([...new Set(phases)].slice(0, 2)).toEqual(['loading', 'placing']);
    expect(phases.at(-1)).toBe('checking');
    expect(cycles).toEqual([...cycles].sort((a, b) => a - b));
  });

  it.each(['wavelet', 'reference'] as const)(
    'a program that gets stuck is an error with its waits and the trace up to there, on the %s engine',
    async (engine) => {
      const phases: string[] = [];
      const outcome = await session.run({ ...BASE, machine: 'teaching', scenario: 'deadlock', engine }, (p) => phases.push(p.phase));
      if (outcome.ok) throw new Error('the deadlock has ended');
      const { field, message, fixes, cancelled, failure } = outcome.error;
      expect({ field, cancelled, fixes }).toEqual({ field: 'program', cancelled: false, fixes: ['let one of them send before it waits'] });
      expect(message).toBe(
        'cycle 12: nothing can move any more, 4 waits in a circle: PE 0,0 waits for color 3 from the south; PE 0,1 waits for color 2 from the east; ' +
          'PE 1,1 waits for color 1 from the north; PE 1,0 waits for color 0 from the west',
      );
      expect(failure).toMatchObject({ message, title: 'A deadlock of four PEs', trace: { cycles: 12, width: 2, height: 2 } });
      expect(failure!.waits.map(({ pe, port, color, next }) => [pe, port, color, next])).toEqual([
        [0, 2, 3, 1],
        [2, 1, 2, 2],
        [3, 0, 1, 3],
        [1, 3, 0, 0],
      ]);
      // At the end all four wait, as the real state does; three cycles before they still add.
      const reader = new TraceReader(failure!.program, failure!.trace);
      expect([9, 12].map((cycle) => [0, 1, 2, 3].map((pe) => reader.stateOf(pe, cycle)))).toEqual([
        new Array(4).fill(KIND.compute),
        new Array(4).fill(KIND.wait),
      ]);
      expect(failure!.program.loads.pe).toHaveLength(0);
    },
  );

  it('a run that got stuck can be visited at any cycle up to its end, and a run after it works', async () => {
    await session.run({ ...BASE, machine: 'teaching', scenario: 'deadlock' }, () => {});
    const at = async (cycle: number) => value(await session.inspect(2, cycle));
    const [end, early, again] = [await at(12), await at(5), await at(12)];
    expect(end.threads).toMatchObject([{ thread: 8, task: 'rounds', instruction: 'f32_add', position: 0, length: 6, mark: 1 }]);
    expect(early.threads).toMatchObject([{ instruction: 'mov32', mark: 0 }]);
    expect(again).toEqual(end);
    expect(end.blocks).toEqual([]);
    expect((await run(session)).errors.vsPlainLoop).toBe(0);
  });

  it.each([
    [{ scenario: 'deadlok' }, 'scenario', 'deadlok'],
    [{ model: 'nowhere' }, 'model', 'not open'],
    [{ tensor: 'blk.9.ffn_up' }, '--tensor', 'blk.9.ffn_up'],
    [{ kernel: 'sreaming' }, 'kernel', 'sreaming'],
    [{ machine: 'wse9' as 'wse2' }, 'machine', 'wse9'],
    [{ pes: { width: 0, height: 4 } }, 'rectangle', '0'],
    [{ n: 0 }, 'N', '0'],
  ])('a bad configuration %j is one error that names the field', async (change, field, text) => {
    const outcome = await session.run({ ...BASE, ...change }, () => {});
    expect(outcome.ok).toBe(false);
    if (outcome.ok) return;
    expect(outcome.error.field).toBe(field);
    expect(outcome.error.message).toContain(text);
    expect(outcome.error.cancelled).toBe(false);
  });
});
