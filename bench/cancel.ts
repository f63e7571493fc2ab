/**
 * `npm run bench:cancel [-- NAME ...]`: how long the largest works keep their thread before they let messages in: a cancel is heard
 * of after this at most. A process for each, as on the command line, where nothing is compiled yet. NAME is the beginning of a row's
 * name; some minutes for all.
 *
 * Of each the longest stretches between two turns of the event loop, with the phases in which they began, in milliseconds:
 *
 * - `clock`: by the clock, without the time in which the thread was ready and waited for a core (Linux): on a machine with nothing else to
 *   do what a user waits. On a busy one it is too much, for V8's helpers wait, too, and the thread for them.
 * - `thread`: CPU of that thread. What V8's helpers do beside it (compiling, collecting garbage) is not in it, waiting for them neither.
 * - `ended`: `clock` of a second run that is cancelled on its way, from then until it has ended; - where it was over before.
 */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { keepYoungSmall } from '../bin/v8.ts';
import { reducingAll } from '../src/api/micro.ts';
import type { Progress, RunConfig } from '../src/api/protocol.ts';
import { createSession } from '../src/api/session.ts';
import { breathe, inSlices } from '../src/api/slices.ts';
import { type Lap, OwnTime } from './own-time.ts';

/** What a user is promised. */
const PROMISED_MS = 100;

type Tell = (phase: string) => void;
/** Runs to its end, or until `signal` aborts. */
type Work = (tell: Tell, signal: AbortSignal) => Promise<unknown>;

const COMMON = { model: 'synthetic', tensor: '', seed: 7, machine: 'wse2', n: 1 } as const;
const rows = (side: readonly [number, number], kernel: string, k: number, more: Partial<RunConfig> = {}): RunConfig => ({
  ...COMMON,
  ...{ kernel, m: side[0] * side[1], k, pes: { width: side[0], height: side[1] }, engine: 'timing', ...more },
});
const WAFER = [750, 994] as const;
const SQUARE = [256, 256] as const;

type Way = 'timing' | 'run' | 'runOrTime' | 'results';
const RUNS: ReadonlyArray<readonly [name: string, way: Way, config: RunConfig]> = [
  ['wafer, N = 1, timed', 'timing', rows(WAFER, 'streaming', 4096)],
  ['wafer, N = 64, timed', 'timing', rows(WAFER, 'streaming', 4096, { n: 64 })],
  ['wafer, N = 1, opened on the page', 'runOrTime', rows(WAFER, 'streaming', 4096)],
  ['wafer, N = 64, opened on the page', 'runOrTime', rows(WAFER, 'streaming', 4096, { n: 64 })],
  ['wafer, drain column, N = 2, timed', 'timing', rows(WAFER, 'streaming', 4096, { n: 2, options: { drain: 'column' } })],
  ['wafer, overlap, N = 8, opened on the page', 'runOrTime', rows(WAFER, 'streaming', 4096, { n: 8, options: { overlap: 'on' } })],
  ['wafer, batched, N = 4, timed', 'timing', rows(WAFER, 'batched', 1024, { n: 4 })],
  ['wafer, split-k by tree, timed', 'timing', { ...rows(WAFER, 'split-k', 192_000, { options: { reduce: 'tree' } }), m: 994 }],
  ['wafer, all results, K = 256', 'results', rows(WAFER, 'streaming', 256)],
  ['wafer, K = 256, values by the wavelet engine', 'run', rows(WAFER, 'streaming', 256, { engine: 'wavelet' })],
  ['layer, h = 4096, timed', 'timing', { ...COMMON, kernel: 'transformer_layer', m: 4096, k: 4096, engine: 'timing' }],
  ['layer, h = 4096, opened on the page', 'runOrTime', { ...COMMON, kernel: 'transformer_layer', m: 4096, k: 4096, engine: 'timing' }],
  ['256 x 256, overlap', 'timing', rows(SQUARE, 'streaming', 256, { options: { overlap: 'on' } })],
  ['256 x 256, K = 512, values by the wavelet engine', 'runOrTime', rows(SQUARE, 'streaming', 512, { engine: 'wavelet' })],
  ['256 x 256, K = 4096, values by the timing engine', 'run', rows(SQUARE, 'streaming', 4096)],
  ['K = 8192, N = 512: 4 million activations', 'run', rows([4, 4], 'stationary', 8192, { n: 512 })],
  ['4096 x 4096, weight-streaming, N = 4', 'run', { ...COMMON, kernel: 'weight-streaming', m: 4096, k: 4096, n: 4 }],
  ['4096 x 4096, split-k, timed', 'timing', { ...COMMON, kernel: 'split-k', m: 4096, k: 4096, engine: 'timing' }],
  ['4096 x 4096, batched, 16 sequences', 'runOrTime', { ...COMMON, kernel: 'batched', m: 4096, k: 4096, n: 4, options: { batch: 4 } }],
];

const ofRun =
  (way: Way, config: RunConfig): Work =>
  async (tell, signal) => {
    // As the command line does.
    if (way === 'timing') keepYoungSmall();
    const session = createSession();
    signal.addEventListener('abort', () => void session.cancel());
    const outcome = await session[way](config, ({ phase }: Progress) => tell(phase));
    if (!outcome.ok && !outcome.error.cancelled) throw new Error(outcome.error.message);
  };

const ring: Work = async (_, signal) => {
  const pause = async (): Promise<void> => {
    await breathe();
    signal.throwIfAborted();
  };
  await inSlices(reducingAll({ machine: 'wse2', algo: 'ring', pes: 128, wavelets: 128 }), pause).catch(() => signal.throwIfAborted());
};

const WORKS = new Map<string, Work>([
  ...RUNS.map(([name, way, config]) => [name, ofRun(way, config)] as const),
  ['a ring of 128 PEs (weft micro all-reduce)', (tell, signal) => ring(tell, signal).catch(() => undefined)],
]);

/** A stretch between two turns of the event loop. */
interface Stretch {
  readonly ms: number;
  readonly phase: string;
}

/** The longest stretches of a work that runs to its end. */
async function longest(work: Work): Promise<Record<keyof Lap, Stretch>> {
  const time = new OwnTime();
  let phase = 'planning';
  const most = { clock: { ms: 0, phase }, thread: { ms: 0, phase } };
  let [isOver, begun] = [false, phase];
  const turn = (): void => {
    const { clock, thread } = time.lap();
    if (clock > most.clock.ms) most.clock = { ms: clock, phase: begun };
    if (thread > most.thread.ms) most.thread = { ms: thread, phase: begun };
    begun = phase;
    if (!isOver) setImmediate(turn);
  };
  setImmediate(turn);
  await work((next) => {
    phase = next;
  }, new AbortController().signal);
  isOver = true;
  await new Promise(setImmediate);
  return most;
}

/** From a cancel after `ms` milliseconds until the work has ended; undefined where it had ended before. */
async function ended(work: Work, ms: number): Promise<number | undefined> {
  const time = new OwnTime();
  const abort = new AbortController();
  const timer = setTimeout(() => {
    time.lap();
    abort.abort();
  }, ms);
  await work(() => undefined, abort.signal);
  clearTimeout(timer);
  return abort.signal.aborted ? time.lap().clock : undefined;
}

async function measure(name: string, work: Work): Promise<void> {
  const begin = performance.now();
  const { clock, thread } = await longest(work);
  const stop = await ended(work, (performance.now() - begin) / 4);
  const figures = [clock.ms, thread.ms, stop].map((ms) => (ms?.toFixed(0) ?? '-').padStart(6)).join('');
  const isOver = [clock.ms, thread.ms, stop ?? 0].some((ms) => ms > PROMISED_MS);
  process.stdout.write(`${figures}  ${`${clock.phase}, ${thread.phase}`.padEnd(22)}  ${name}${isOver ? `  (over ${PROMISED_MS})` : ''}\n`);
}

const [flag, ...rest] = process.argv.slice(2);
if (flag === '--only') {
  const work = WORKS.get(rest[0]);
  if (work) await measure(rest[0], work);
} else {
  const names = process.argv.slice(2);
  process.stdout.write(' clock thread ended  phases\n');
  for (const name of WORKS.keys()) {
    if (names.length > 0 && !names.some((begin) => name.startsWith(begin))) continue;
    const { status } = spawnSync(process.execPath, [fileURLToPath(import.meta.url), '--only', name], { stdio: 'inherit' });
    if (status !== 0) process.exitCode = 1;
  }
}
