/** What one PE computes by itself, and its state at any cycle, held against a run of the whole product by the wavelet engine. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { Models } from '../../src/api/models.ts';
import { PeStates } from '../../src/api/pe-state.ts';
import type { Outcome, PeDetail, RunConfig, Session } from '../../src/api/protocol.ts';
import { createSession } from '../../src/api/session.ts';
import { rng } from '../../src/base/rng.ts';
import { Port } from '../../src/machine/fabric.ts';
import { siteOf } from '../../src/trace/pe-site.ts';
import { TraceReader } from '../../src/trace/reader.ts';

const BASE: RunConfig = { model: 'synthetic', tensor: '', m: 11, k: 512, n: 3, seed: 3, kernel: 'streaming', machine: 'wse2', pes: { width: 3, height: 2 } };
const TINY = new Blob([readFileSync(new URL('../golden/q4_k/tiny-llama-public.gguf', import.meta.url))]);

function value<T>(outcome: Outcome<T>): T {
  if (!outcome.ok) throw new Error(`${outcome.error.field}: ${outcome.error.message}`);
  return outcome.value;
}

const bits = (y: number): number => new Uint32Array(Float32Array.of(y).buffer)[0];

const LOOKS = 20;
const placeOf = ({ port, color }: PeDetail['fifos'][number]): string => `${port} ${color}`;

/** Random PEs at random cycles of the run that `session` has simulated, the next one soon after; alone as among all. */
async function expectSameStates(session: Session, timing: Session, config: RunConfig): Promise<void> {
  const { program, trace, rows } = value(await timing.runOrTime({ ...config, engine: 'timing' }, () => {}));
  const reader = new TraceReader(program, trace);
  const random = rng(7);
  const held = [...rows.first.keys()].filter((pe) => rows.first[pe] >= 0);
  let sums = 0;
  for (let look = 0, pe = 0, cycle = 0; look < LOOKS; look++) {
    if (look % 2 === 0) [pe, cycle] = [held[random.below(held.length)], random.below(trace.cycles + 1)];
    else cycle = Math.min(trace.cycles, cycle + random.below(40));
    const among = value(await session.inspect(pe, cycle));
    const alone = value(await timing.inspectAlone(config, siteOf(reader, pe, cycle)));
    const fifos = alone.fifos.map((own) => among.fifos.find((fifo) => placeOf(fifo) === placeOf(own)));
    expect(alone, `PE ${pe}, cycle ${cycle}`).toEqual({ ...among, positions: [], stateHash: null, fifos });
    expect(fifos, 'what feeds its input queue, and its output queue').toHaveLength(2);
    if (alone.partial !== null && alone.partial.count > 0) sums++;
  }
  expect(sums, 'with a sum under way').toBeGreaterThan(0);
}

/** Runs all and asks every PE with rows: each result has the run's bits, and PEs have all results between them. */
async function expectSame(session: Session, config: RunConfig): Promise<void> {
  const { y, yF64, rows, plan } = value(await session.run({ ...config, engine: 'wavelet' }, () => {}));
  const seen = new Set<number>();
  for (let pe = 0; pe < rows.first.length; pe++) {
    if (rows.first[pe] < 0) continue;
    const found = value(await session.values(config, pe));
    expect(found).toMatchObject({ pe, vsPlainLoop: 0, of: found.results.length });
    expect(found.blocks).toEqual(value(await session.inspect(pe, 0)).blocks);
    for (const result of found.results) {
      const at = result.column * plan.shape.m + result.row;
      seen.add(at);
      expect([bits(result.y), result.yF64], `PE ${pe}, row ${result.row}, column ${result.column}`).toEqual([bits(y[at]), yF64[at]]);
    }
  }
  expect(seen.size).toBe(y.length);
}

describe('the values of a PE by itself', () => {
  const ROWS: readonly Partial<RunConfig>[] = [
    {},
    { machine: 'wse3', pes: { width: 12, height: 1 }, options: { dot: 'fused1' } },
    { machine: 'teaching', options: { overlap: 'on', edge: 'east' } },
    { options: { f16: 'on' } },
    { options: { f16: 'on', dot: 'fused1', overlap: 'on' } },
    { options: { factored: 'source', drain: 'column' } },
    { options: { factored: 'pe', f16: 'on', sequences: 2 } },
  ];
  const FORMATS = ['q5_k', 'q6_k', 'q8_0', 'f16', 'bf16', 'f32', 'q4_k_ix'];
  it.each<Partial<RunConfig>>([
    ...['streaming', 'stationary'].flatMap((kernel) => ROWS.map((more) => ({ ...more, kernel }))),
    ...FORMATS.map((format, i) => ({ format, kernel: i % 2 === 0 ? 'streaming' : 'stationary' })),
    { kernel: 'streaming', as: 'q4_k_ix' },
    { kernel: 'llama7b', options: { inner: 'stationary' } },
    { kernel: 'batched', n: 7, pes: { width: 3, height: 9 }, options: { batch: 5 } },
    { kernel: 'batched', n: 4, pes: { width: 11, height: 2 }, options: { batch: 4, inner: 'stationary', drain: 'column' } },
    { kernel: 'split-k', pes: { width: 2, height: 3 } },
    { kernel: 'split-k', k: 1280, pes: { width: 5, height: 4 }, options: { reduce: 'two-phase', inner: 'stationary', overlap: 'on' } },
    { kernel: 'split-k', k: 1024, pes: { width: 4, height: 2 }, options: { reduce: 'tree' } },
    { kernel: 'weight-streaming', n: 5 },
    { kernel: 'weight-streaming', machine: 'wse3', options: { overlap: 'on' } },
  ])('%o: the bits of the run, its float64 and its blocks; at any cycle its registers, threads, sum and queue words', async (more) => {
    const [session, config] = [createSession(), { ...BASE, ...more }];
    await expectSame(session, config);
    if (config.kernel !== 'split-k') await expectSameStates(session, createSession(), config);
  });

  it('come from a file by the rows of the PE, with given activations', async () => {
    const session = createSession();
    value(await session.openModel({ kind: 'file', file: TINY, name: 'tiny' }));
    const input = Float32Array.from({ length: 2 * 256 }, (_, i) => Math.sin(i));
    const [config, timing] = [{ ...BASE, model: 'tiny', tensor: 'blk.0.ffn_up', input, pes: { width: 7, height: 3 } }, createSession()];
    await expectSame(session, config);
    value(await timing.openModel({ kind: 'file', file: TINY, name: 'tiny' }));
    await expectSameStates(session, timing, config);
  });

  it('of a whole wafer are there at once, of a PE with very much to do for the first columns', async () => {
    const session = createSession();
    const wafer = { ...BASE, m: 745_500, k: 4096, n: 1, pes: { width: 750, height: 994 } };
    const { results, blocks } = value(await session.values(wafer, 745_499));
    expect(results).toMatchObject([{ row: 745_499, column: 0 }]);
    expect(blocks).toHaveLength(16);
    const long = value(await session.values({ ...wafer, n: 5000, options: { drain: 'column' } }, 1));
    expect([long.results.length, long.of, long.vsPlainLoop]).toEqual([512, 5000, 0]);
  });

  it('of a run with very many words its state is known for the first of them; that of a PE that takes sums of others is refused', async () => {
    const [session, config] = [createSession(), { ...BASE, n: 5 }];
    const run = value(await session.runOrTime({ ...config, engine: 'timing' }, () => {}));
    const reader = new TraceReader(run.program, run.trace);
    const few = new PeStates(new Models(), 2 * 512);
    const at = (cycle: number) => few.at(config, siteOf(reader, 4, cycle), async () => {});
    const end = reader.moveTick(reader.channel(4, Port.W, 0), 2 * 512 - 4);
    expect(await at(end)).toEqual(value(await session.inspectAlone(config, siteOf(reader, 4, end))));
    const late = reader.moveTick(reader.channel(4, Port.W, 0), 2 * 512) + 1;
    await expect(at(late)).rejects.toMatchObject({
      field: 'cycle',
      message: `the state of a PE by itself is known while its first 1024 words come, not at cycle ${late}`,
    });
    const tiled = { ...BASE, kernel: 'split-k', pes: { width: 2, height: 3 } };
    expect(await session.inspectAlone(tiled, siteOf(reader, 4, 9))).toMatchObject({ ok: false, error: { field: 'pe' } });
    const answers = await Promise.all([1, 2, 3].map((cycle) => session.inspectAlone(config, siteOf(reader, 4, cycle))));
    expect(answers.map(({ ok }) => ok)).toEqual([false, false, true]);
  });

  it('are refused for a PE without rows and for a PE of a layer; of several asked for at once the last is answered', async () => {
    const session = createSession();
    const idle = { ...BASE, m: 4 };
    expect(await session.values(idle, 5)).toMatchObject({ ok: false, error: { field: 'pe' } });
    expect(await session.values(idle, 99)).toMatchObject({ ok: false, error: { field: 'pe' } });
    expect(await session.values({ ...BASE, kernel: 'transformer_layer', m: 256, k: 256, n: 1, pes: undefined }, 0)).toMatchObject({
      ok: false,
      error: { field: 'pe' },
    });
    const answers = await Promise.all([0, 1, 2].map((pe) => session.values(BASE, pe)));
    expect(answers.map(({ ok }) => ok)).toEqual([false, false, true]);
    const ended = session.values(BASE, 0);
    await session.cancel();
    expect(await ended).toMatchObject({ ok: false, error: { cancelled: true } });
  });
});
