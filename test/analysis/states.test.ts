/** What PEs do, cycle by cycle, counted slowly from the rows of a trace, against every number and picture that is made of it. */
import { describe, expect, it } from 'vitest';
import { checkConservation } from '../../src/analysis/conservation.ts';
import { peCycles, peShares } from '../../src/analysis/lanes.ts';
import { cyclesByKind } from '../../src/analysis/metrics.ts';
import { replayBins } from '../../src/analysis/replay-bins.ts';
import { type StateShares, stateShares, utilisationIn } from '../../src/analysis/timeline.ts';
import { toEnd } from '../../src/base/pieces.ts';
import { type Rng, rng } from '../../src/base/rng.ts';
import { Declined } from '../../src/engine/timing/declined.ts';
import { type Timing, timeGraph, timeProgram } from '../../src/engine/timing/timing.ts';
import { KERNELS } from '../../src/kernels/registry.ts';
import { MAIN_THREAD, type Program } from '../../src/machine/program.ts';
import { WSE2 } from '../../src/machine/spec.ts';
import { FORMATS, rowBytes } from '../../src/quant/formats.ts';
import { IDLE, TraceReader } from '../../src/trace/reader.ts';
import { isStall, KIND, KINDS, type Trace } from '../../src/trace/schema.ts';
import { columnsOf } from '../../src/trace/shared-columns.ts';
import { randomProgram } from '../drivers/random-program.ts';
import { waveletTrace } from '../drivers/timing.ts';

/** By cycle, what every PE does: what issues, which is one thread at most; else main's stall; else that of the lowest microthread. */
function slowStates({ intervals: { pe, thread, kind, begin, end }, width, height, cycles }: Trace): Uint8Array[] {
  const threads = MAIN_THREAD + 1;
  // A program error may leave an issue that outlasts it.
  const does = Array.from({ length: end.reduce((a, b) => Math.max(a, b), cycles + 1) }, () => new Uint8Array(width * height * threads).fill(IDLE));
  for (let row = 0; row < pe.length; row++) for (let t = begin[row]; t < end[row]; t++) does[t][pe[row] * threads + thread[row]] = kind[row];
  let most = 0;
  const states = does.map((kinds) =>
    Uint8Array.from({ length: width * height }, (_, p) => {
      const own = kinds.subarray(p * threads, (p + 1) * threads);
      const issues = own.filter((k) => k !== IDLE && !isStall(k));
      most = Math.max(most, issues.length);
      return issues[0] ?? [own[MAIN_THREAD], ...own].find((k) => k !== IDLE) ?? IDLE;
    }),
  );
  expect(most, 'threads of a PE that issue at once').toBeLessThan(2);
  return states;
}

/** PE-cycles by kind, and idle ones. */
function countsOf(states: readonly Uint8Array[]): number[] {
  const counts = new Array<number>(KINDS.length + 1).fill(0);
  for (const all of states) for (const state of all) counts[state === IDLE ? KINDS.length : state]++;
  return counts;
}

/** PEs by kind, cycle by cycle. */
const pesByKind = (states: readonly Uint8Array[]): string => states.map((of) => countsOf([of]).join()).join(' ');

/** The same of shares in buckets of one cycle, each a number of PEs. */
const pesOfShares = ({ shares, idle }: StateShares, pes: number): string =>
  Array.from(idle, (left, t) => [...shares.map((share) => share[t]), left].map((share) => Math.round(share * pes)).join()).join(' ');

/** Holds everything that is made of the states of a run against the slow ones. */
function compareStates(reader: TraceReader, slow: readonly Uint8Array[], random: Rng): void {
  const { cycles } = reader.trace;
  const { pes } = reader;
  const run = slow.slice(0, cycles);
  const all = countsOf(run);
  const filled = new Uint8Array(pes);
  const pe = random.below(pes);
  const differs = (states: Uint8Array, t: number): boolean => {
    reader.statesAt(t, filled);
    return Buffer.compare(filled, states) !== 0 || reader.stateOf(pe, t) !== states[pe];
  };
  expect(slow.findIndex(differs), 'the first cycle with other states').toBe(-1);
  expect(Object.values(cyclesByKind(reader, cycles))).toEqual(all);
  expect(all.reduce((a, b) => a + b)).toBe(pes * cycles);
  const macs = { perWord: reader.program.classes.map(() => []), expected: 0 };
  const check = checkConservation(reader, { weightBytes: 1, usedPes: 1, macRate: 1, macs }).find(({ name }) => name.startsWith('PE time'));
  expect(check, JSON.stringify(check)).toMatchObject({ holds: true });
  const from = random.below(cycles);
  const to = from + 1 + random.below(cycles - from);
  const part = run.slice(from, to);
  expect(pesOfShares(stateShares(reader, to, cycles, from), pes)).toBe(pesByKind(part));
  const own = part.map((states) => states.subarray(pe, pe + 1));
  expect(Object.values(peCycles(reader, pe, to, from))).toEqual(countsOf(own));
  expect(pesOfShares(peShares(reader, pe, to, cycles, from), 1)).toBe(pesByKind(own));
  const used = new Float32Array(pes);
  utilisationIn(reader, from, to, used);
  const computes = Float32Array.from(used, (_, p) => part.reduce((sum, states) => sum + (states[p] === KIND.compute ? 1 : 0), 0) / (to - from));
  expect(used).toEqual(computes);
  const film = replayBins(reader, cycles);
  if (film.binCycles > 1) return;
  expect(film.data.map((byte) => byte & 15).join()).toBe(run.map((states) => states.map((state) => Math.min(state, KINDS.length)).join()).join());
}

/** A run by the wavelet engine and, where it is accepted, the timing engine; the PEs that share with another in the latter. */
function compareRun(program: Program, seed: number, time: (program: Program) => Timing): { readonly hasThreads: boolean; readonly shared: number } {
  const { trace } = waveletTrace(program);
  const slow = slowStates(trace);
  const reader = new TraceReader(program, trace);
  const { multithreaded: hasThreads } = reader.spans;
  compareStates(reader, slow, rng(seed));
  const timing = timed(program, time);
  if (timing === undefined) return { hasThreads, shared: 0 };
  expect([...toEnd(timing.kindCycles())]).toEqual(countsOf(slow).slice(0, KINDS.length));
  if (timing.shared === undefined) return { hasThreads, shared: 0 };
  const shared = new TraceReader(program, columnsOf(timing.shared));
  compareStates(shared, slow, rng(seed));
  const groups = shared.tables.parts?.groups;
  return { hasThreads, shared: groups ? groups.times.reduce((sum, times) => sum + times - 1, 0) : 0 };
}

function timed(program: Program, time: (program: Program) => Timing): Timing | undefined {
  try {
    return time(program);
  } catch (error) {
    if (error instanceof Declined) return undefined;
    throw error;
  }
}

describe('every cycle of every PE is one state', () => {
  it('in 40 random programs, with microthreads in a third of them, in the wavelet and in the timing engine', () => {
    const runs = Array.from({ length: 40 }, (_, seed) => compareRun(randomProgram(seed), seed, timeGraph));
    expect(runs.filter(({ hasThreads }) => hasThreads).length).toBeGreaterThan(13);
  });

  it.each(['streaming', 'stationary'] as const)('where PEs share what they do: %s, a microthread that receives, two tokens', (id) => {
    const shape = { m: 11, k: 256, n: 2, format: 'q4_k' };
    const plan = KERNELS[id]!.plan(shape, WSE2, { width: 4, height: 3 }, { overlap: 'on' });
    const program = KERNELS[id]!.build(plan, { ...shape, weights: new Uint8Array(11 * rowBytes(FORMATS.q4_k, 256)), x: new Float32Array(512) });
    for (const time of [timeProgram, timeGraph]) expect(compareRun(program, 1, time)).toMatchObject({ hasThreads: true, shared: expect.any(Number) });
    expect(timeProgram(program).way).toBe('shared');
    expect(compareRun(program, 1, timeProgram).shared).toBeGreaterThan(3);
  });
});
